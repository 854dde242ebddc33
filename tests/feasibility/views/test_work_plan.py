"""The pages of the work plan: every press and every pause saves, two people write at once, nothing is lost."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from feasibility import services
from feasibility.enums import SectionName
from feasibility.models import Deliverable, Proposal, WorkPackage
from feasibility.selectors import load, parts_of, work_plan_of
from feasibility.services.sections import section_of
from tests.feasibility.pages import text_of

pytestmark = pytest.mark.django_db
FROM_HERE = {"HTTP_ORIGIN": "http://testserver", "HTTP_SEC_FETCH_SITE": "same-origin"}
AUTOSAVE = {"X-Autosave": "1"}


def version(proposal: Proposal) -> int:
    return section_of(proposal, SectionName.WORK_PLAN).version


def typed(proposal: Proposal, rows: list[tuple[str, str, str]] = (), **over: Any) -> dict[str, Any]:
    """What the page of a work package posts; ``rows`` are title, proof and month of deliverables, a spare one follows."""
    lead = parts_of(proposal)[0]
    data = {
        "seen_version": version(proposal),
        "title": "Trial",
        "aim": "Two mills try it.",
        "lead": lead.pk,
        "partners": [],
        "first_month": "1",
        "last_month": "6",
        "deliverables-TOTAL_FORMS": len(rows) + 1,
        "deliverables-INITIAL_FORMS": 0,
    }
    for number, row in enumerate([*rows, ("", "", "")]):
        for name, value in zip(("title", "proof", "due_month"), row, strict=True):
            data[f"deliverables-{number}-{name}"] = value
    return {**data, **over}


def new(proposal: Proposal) -> str:
    return reverse("new_work_package", args=[proposal.number])


def page_of(package: WorkPackage) -> str:
    return reverse("edit_work_package", args=[package.proposal.number, package.pk])


def last(proposal: Proposal) -> WorkPackage:
    package = WorkPackage.objects.filter(proposal=proposal).last()
    assert package is not None
    return package


class TestPackage:
    def test_a_new_one_is_saved_with_its_deliverables(self, cast: Any) -> None:
        proposal = cast.draft()
        answer = cast.client("partner").post(new(proposal), typed(proposal, [("Report", "Signed.", "6")]))
        assert answer.status_code == 302
        assert answer["Location"] == reverse("section_work_plan", args=[proposal.number])
        package = last(proposal)
        assert (package.title, package.first_month, package.last_month) == ("Trial", 1, 6)
        assert [(one.title, one.proof, one.due_month) for one in package.deliverables.all()] == [
            ("Report", "Signed.", 6)
        ]

    def test_another_row_is_added_by_a_press_and_what_was_typed_is_saved(self, cast: Any) -> None:
        """Without any script: the button saves and shows one more spare row."""
        proposal, client = cast.draft(), cast.client("lead")
        answer = client.post(new(proposal), {**typed(proposal, [("Report", "", "6")], title=""), "add": "1"})
        package = last(proposal)
        assert answer["Location"] == f"{page_of(package)}#id_deliverables-1-title"
        page = client.get(page_of(package))
        assert 'id="id_deliverables-1-title"' in page.content.decode()
        assert 'id="id_deliverables-2-title"' not in page.content.decode()
        assert package.title == "", "a title may follow"

    def test_an_emptied_row_is_removed(self, cast: Any) -> None:
        proposal = cast.draft()
        package = proposal.work_packages.first()
        rows = [("", "", ""), ("Left", "", "4")]
        cast.client("lead").post(page_of(package), typed(proposal, rows))
        assert [one.title for one in package.deliverables.all()] == ["Left"]

    @pytest.mark.parametrize(
        ("over", "rows", "message"),
        [
            ({"title": ""}, [], "Give the work package a title"),
            ({"first_month": "7"}, [], "The last month is not before the first one"),
            ({"last_month": "121"}, [], "Last month: at most 120"),
            ({"first_month": "0"}, [], "First month: at least 1"),
            ({"first_month": "soon"}, [], "First month"),
            ({}, [("", "Signed.", "2")], "Name the deliverable"),
            ({}, [("Report", "", "7")], "The work package runs from month 1 to 6"),
            ({}, [("Report", "", "-1")], "Due in month: at least 1"),
            ({"lead": "999999"}, [], "Select a valid choice"),
        ],
    )
    def test_mistakes_are_named_and_nothing_is_saved(
        self, cast: Any, over: dict[str, Any], rows: list[tuple[str, str, str]], message: str
    ) -> None:
        proposal = cast.draft()
        seen, count = version(proposal), proposal.work_packages.count()
        page = cast.client("lead").post(new(proposal), typed(proposal, rows, **over))
        assert page.status_code == 422
        assert message in text_of(page)
        assert 'class="error-summary"' in page.content.decode()
        assert (version(proposal), WorkPackage.objects.filter(proposal=proposal).count()) == (seen, count)

    def test_only_partners_of_the_consortium_can_be_chosen(self, cast: Any) -> None:
        proposal, other = cast.draft(), cast.draft("Other")
        stranger = parts_of(other)[1]
        for over in ({"lead": stranger.pk}, {"partners": [stranger.pk]}):
            assert cast.client("lead").post(new(proposal), typed(proposal, **over)).status_code == 422

    def test_fields_that_the_form_does_not_have_change_nothing(self, cast: Any) -> None:
        proposal = cast.draft()
        other = cast.draft("Other")
        cast.client("lead").post(
            new(proposal), {**typed(proposal, position="1", saved_in="99", id="1"), "proposal": other.pk}
        )
        package = last(proposal)
        assert (package.title, package.proposal, package.position) == ("Trial", proposal, 4)

    def test_the_package_of_another_proposal_is_not_there(self, cast: Any) -> None:
        proposal, other = cast.draft(), cast.draft("Other")
        foreign = other.work_packages.first()
        client = cast.client("lead")
        for name in ("edit_work_package", "move_work_package", "remove_work_package"):
            url = reverse(name, args=[proposal.number, foreign.pk])
            answer = client.get(url) if name.startswith("edit") else client.post(url, {"to": "up"})
            assert answer.status_code == 404, name

    def test_whoever_may_not_write_reads_it(self, cast: Any) -> None:
        proposal = cast.submitted()
        package = proposal.work_packages.first()
        page = cast.client("lead").get(page_of(package))
        assert page.status_code == 200
        assert package.aim[:40] in text_of(page)
        assert "data-autosave>" not in page.content.decode()
        consultant = cast.client("consultant")
        draft = cast.draft("Draft")
        assert consultant.get(page_of(draft.work_packages.first())).status_code == 200
        assert consultant.post(page_of(draft.work_packages.first()), typed(draft)).status_code == 403


class TestAutosave:
    def test_a_new_package_gets_its_own_page_and_is_added_once(self, cast: Any) -> None:
        proposal, client = cast.draft(), cast.client("lead")
        count = proposal.work_packages.count()
        data = typed(proposal, title="", lead="", first_month="", last_month="")
        answer = client.post(new(proposal), {**data, "aim": "A first"}, headers=AUTOSAVE)
        assert answer.status_code == 200
        found = answer.json()
        package = last(proposal)
        assert (found["url"], found["version"], package.aim) == (
            page_of(package),
            version(proposal),
            "A first",
        )
        assert "WORK-PLAN" in found["panel"]
        again = {**data, "aim": "A first sentence", "seen_version": found["version"]}
        answer = client.post(found["url"], again, headers=AUTOSAVE)
        assert answer.json()["version"] == version(proposal)
        assert WorkPackage.objects.filter(proposal=proposal).count() == count + 1
        assert last(proposal).aim == "A first sentence"

    def test_what_is_not_right_yet_is_kept_too(self, cast: Any) -> None:
        """Months in the wrong order are a mistake for a press, and what somebody is just typing for a pause."""
        proposal, client = cast.draft(), cast.client("lead")
        rows = [("", "half", "")]
        answer = client.post(new(proposal), typed(proposal, rows, first_month="9"), headers=AUTOSAVE)
        assert answer.status_code == 200
        package = last(proposal)
        assert (package.first_month, package.last_month) == (9, 6)
        assert package.deliverables.get().proof == "half"
        assert (
            client.post(new(proposal), typed(proposal, first_month="x"), headers=AUTOSAVE).status_code == 422
        )

    def test_two_people_write_two_packages(self, cast: Any) -> None:
        proposal = cast.draft()
        one, two = proposal.work_packages.all()[:2]
        seen = typed(proposal)
        lead, partner = cast.client("lead"), cast.client("partner")
        first = lead.post(page_of(one), {**seen, "title": "Of the lead"}, headers=AUTOSAVE)
        second = partner.post(page_of(two), {**seen, "title": "Of the partner"}, headers=AUTOSAVE)
        assert (first.status_code, second.status_code) == (200, 200)
        third = lead.post(
            page_of(one), {**seen, "title": "Of the lead still", "seen_version": first.json()["version"]}
        )
        assert third.status_code == 302
        titles = [package.title for package in WorkPackage.objects.filter(proposal=proposal)[:2]]
        assert titles == ["Of the lead still", "Of the partner"]

    def test_two_people_on_one_package_see_both_texts(self, cast: Any) -> None:
        proposal = cast.draft()
        package = proposal.work_packages.first()
        mine, theirs = typed(proposal, title="Mine"), typed(proposal, [("New", "", "3")], title="Theirs")
        assert cast.client("partner").post(page_of(package), theirs).status_code == 302
        lead = cast.client("lead")
        quiet = lead.post(page_of(package), mine, headers=AUTOSAVE)
        assert quiet.status_code == 409
        assert "Press save to compare them." in quiet.json()["text"]
        page = lead.post(page_of(package), mine)
        assert page.status_code == 409
        answers = dict(page.context["theirs"].answers())
        assert (answers["Title"], answers["Deliverable 1"]) == ("Theirs", "New · 3")
        assert page.context["form"]["title"].value() == "Mine"
        assert lead.post(page_of(package), typed(proposal, title="Mine")).status_code == 302
        package.refresh_from_db()
        assert package.title == "Mine"

    def test_what_somebody_removed_meanwhile_is_kept_on_the_page_and_added_anew_by_a_press(
        self, cast: Any
    ) -> None:
        proposal = cast.draft()
        package = proposal.work_packages.first()
        mine = typed(proposal, title="Still wanted")
        url = page_of(package)
        cast.client("partner").post(
            reverse("remove_work_package", args=[proposal.number, package.pk]),
            {"seen_version": version(proposal)},
        )
        lead = cast.client("lead")
        assert lead.post(url, mine, headers=AUTOSAVE).status_code == 409
        page = lead.post(url, mine)
        assert page.status_code == 409
        assert "Still wanted" in page.content.decode()
        assert f'action="{new(proposal)}"' in page.content.decode()
        assert lead.get(url).status_code == 404
        assert not WorkPackage.objects.filter(proposal=proposal, title="Still wanted").exists()
        assert lead.post(new(proposal), typed(proposal, title="Still wanted")).status_code == 302
        assert last(proposal).title == "Still wanted"

    def test_a_post_after_the_session_ended_is_offered_after_sign_in(self, cast: Any) -> None:
        proposal = cast.draft()
        url = page_of(proposal.work_packages.first())
        cast.client("lead")  # reads English from here on
        gone = Client()
        data = typed(proposal, [("Typed too late", "", "3"), ("And this", "", "4")])
        assert gone.post(url, data, **FROM_HERE)["Location"].startswith("/account/login/")
        gone.force_login(cast.people["lead"], backend="django.contrib.auth.backends.ModelBackend")
        page = gone.get(url).content.decode()
        assert "Typed too late" in page
        assert "And this" in page
        assert "is not saved yet" in page
        assert gone.post(url, data).status_code == 302
        assert "is not saved yet" not in gone.get(url).content.decode()

    def test_a_stale_token_keeps_the_text(self, cast: Any) -> None:
        proposal = cast.draft()
        client = Client(enforce_csrf_checks=True)
        client.force_login(cast.people["lead"], backend="django.contrib.auth.backends.ModelBackend")
        assert client.post(new(proposal), typed(proposal, aim="Old token"), **FROM_HERE).status_code == 403
        assert "Old token" in client.get(new(proposal)).content.decode()


class TestList:
    def change(self, cast: Any, proposal: Proposal, name: str, package: WorkPackage, **data: Any) -> Any:
        url = reverse(name, args=[proposal.number, package.pk])
        return cast.client("lead").post(url, {"seen_version": version(proposal), **data}, follow=True)

    def test_packages_move_and_go(self, cast: Any) -> None:
        proposal = cast.draft()
        first, second, third = proposal.work_packages.all()
        self.change(cast, proposal, "move_work_package", third, to="up")
        assert list(WorkPackage.objects.filter(proposal=proposal)) == [first, third, second]
        self.change(cast, proposal, "move_work_package", first, to="down")
        assert list(WorkPackage.objects.filter(proposal=proposal)) == [third, first, second]
        self.change(cast, proposal, "remove_work_package", first)
        assert list(WorkPackage.objects.filter(proposal=proposal)) == [third, second]

    def test_what_changed_meanwhile_is_not_removed_and_the_page_says_so(self, cast: Any) -> None:
        proposal = cast.draft()
        package = proposal.work_packages.first()
        seen = version(proposal)
        cast.client("partner").post(page_of(package), typed(proposal, title="Newer"))
        page = self.change(cast, proposal, "remove_work_package", package, seen_version=seen)
        assert "Somebody changed this work package in the meantime." in text_of(page)
        assert WorkPackage.objects.filter(pk=package.pk).exists()

    def test_a_press_that_names_no_direction_is_not_there(self, cast: Any) -> None:
        proposal = cast.draft()
        page = self.change(cast, proposal, "move_work_package", proposal.work_packages.first(), to="left")
        assert page.status_code == 404

    def test_the_tick_completes_the_section(self, cast: Any) -> None:
        proposal = cast.draft()
        url = reverse("section_work_plan", args=[proposal.number])
        client = cast.client("lead")
        client.post(url, {"seen_version": version(proposal)})
        assert not section_of(proposal, SectionName.WORK_PLAN).is_completed
        client.post(url, {"seen_version": version(proposal), "is_completed": "on"})
        assert section_of(proposal, SectionName.WORK_PLAN).is_completed

    def test_days_stand_beside_months_once_the_first_day_is_known(self, cast: Any) -> None:
        proposal = cast.draft()
        url = reverse("section_work_plan", args=[proposal.number])
        Proposal.objects.filter(pk=proposal.pk).update(starts_on=date(2028, 1, 31))
        page = text_of(cast.client("lead").get(url))
        assert "Months 1 to 6 (31 Jan 2028 to 30 Jul 2028)" in page
        assert "Month 5 (until 29 Jun 2028)" in page
        Proposal.objects.filter(pk=proposal.pk).update(starts_on=None)
        page = text_of(cast.client("lead").get(url))
        assert "Months 1 to 6 · led by" in page
        assert "Days are shown once its first day is known." in page

    def test_the_picture_and_its_table_say_the_same(self, cast: Any) -> None:
        proposal = cast.draft()
        page = cast.client("lead").get(reverse("section_work_plan", args=[proposal.number]))
        html = page.content.decode()
        assert html.count('class="f-brand"') == 3
        table = html[html.index("gantt__table") : html.index("</table>")]
        for package in proposal.work_packages.all():
            assert package.title in table
            assert f"Months {package.first_month} to {package.last_month}" in table

    def test_a_package_beyond_the_end_is_drawn_beyond_it(self, cast: Any) -> None:
        proposal = cast.draft()
        Proposal.objects.filter(pk=proposal.pk).update(months=20)
        html = cast.client("lead").get(reverse("section_work_plan", args=[proposal.number])).content.decode()
        assert 'class="gantt__end"' in html
        assert html.count('class="f-failed"') == 2, "the part of the bar, and its key"


class TestElsewhere:
    def test_the_task_list_counts_the_packages(self, cast: Any) -> None:
        proposal = cast.draft()
        page = text_of(cast.client("lead").get(proposal.get_absolute_url()))
        assert "Work plan 3 work packages" in page

    def test_check_page_desk_and_care_show_the_plan(self, cast: Any) -> None:
        proposal = cast.submitted()
        lead = cast.client("lead")
        pages = [
            lead.get(reverse("check_answers", args=[proposal.number])),
            cast.client("manager").get(
                reverse("desk_proposal", args=[proposal.call.programme.code, proposal.number])
            ),
        ]
        draft = cast.draft("Draft")
        pages.append(cast.client("consultant").get(reverse("draft_in_care", args=[draft.number])))
        for page in pages:
            words = text_of(page)
            assert "Light and camera on the loom" in words
            assert "Prototype for production" in words
            assert "led by Lichtmess Optik GmbH" in words

    def test_the_desk_sees_what_was_submitted_and_not_what_is_written_now(self, cast: Any) -> None:
        proposal = cast.submitted()
        services.reopen(proposal=proposal, by=cast.people["lead"], now=cast.now)
        proposal.refresh_from_db()
        package = proposal.work_packages.first()
        package.title = "Written since"
        services.save_work_package(
            proposal=proposal,
            package=package,
            partners=[],
            deliverables=[Deliverable(title="Since")],
            seen_version=version(proposal),
            by=cast.people["lead"],
            now=cast.now,
        )
        page = cast.client("manager").get(
            reverse("desk_proposal", args=[proposal.call.programme.code, proposal.number])
        )
        assert "What mills need" in text_of(page)
        assert "Written since" not in text_of(page)

    def test_a_plan_from_the_database_and_from_its_content_are_one(self, cast: Any) -> None:
        proposal = load(cast.draft().pk)
        plan = work_plan_of(proposal)
        assert [one.key for one in plan.packages] == [one.pk for one in proposal.work_packages.all()]
        assert plan.packages[1].deliverables[1].number == "2.2"
