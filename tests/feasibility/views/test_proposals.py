"""Starting a proposal, my work, the task list, withdrawing, reopening and accepting through the pages."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from consortia.models import Organisation
from feasibility import services
from feasibility.enums import Outcome, SectionName
from feasibility.models import Proposal
from feasibility.services.sections import section_of
from feasibility.tasks_of_proposal import next_task
from rocket.core.models import AuditEntry
from rocket.demo.documents import small_pdf
from tests.feasibility.pages import findings_on, press_submit, text_of


def fresh(proposal: Proposal) -> Proposal:
    return Proposal.objects.get(pk=proposal.pk)


class TestStart:
    def test_without_an_organisation_registration_comes_first_and_leads_back(self, cast: Any) -> None:
        client = cast.client("newcomer")
        start = reverse("start_proposal", args=[cast.call.slug])
        answer = client.get(start)
        assert answer.status_code == 302
        target = urlsplit(answer["Location"])
        assert target.path == reverse("register_organisation")
        assert parse_qs(target.query)["next"] == [start]
        search = client.get(answer["Location"], {"q": "Neumann", "next": start})
        assert search.status_code == 200
        details = reverse("register_organisation_details")
        page = client.get(details, {"name": "Neumann Textil GmbH", "next": start})
        assert page.status_code == 200
        assert f'value="{start}"' in page.content.decode()
        answer = client.post(
            details,
            {
                "name": "Neumann Textil GmbH",
                "kind": "sme",
                "country": "DE",
                "region": "2021:DEA33",
                "postcode": "48149",
                "town": "Münster",
                "register_number": "Münster HRB 4712",
                "next": start,
            },
        )
        assert answer.status_code == 302, answer.context["form"].errors
        assert Organisation.objects.filter(name="Neumann Textil GmbH").exists()
        assert answer["Location"] == start
        assert client.get(start).status_code == 200

    def test_starts_with_title_kind_and_lead(self, cast: Any) -> None:
        client = cast.client("lead")
        answer = client.post(
            reverse("start_proposal", args=[cast.call.slug]),
            {
                "organisation": cast.builder.firms["lead"].pk,
                "kind": cast.call.kinds.get().pk,
                "title": "Loom eye",
                "state": "approved",
                "number": "P-0",
            },
        )
        proposal = Proposal.objects.get()
        assert answer["Location"] == proposal.get_absolute_url()
        assert (proposal.title, proposal.state) == ("Loom eye", "draft")
        assert proposal.number == "P-2026-0001"
        assert proposal.created_by == cast.people["lead"]
        assert client.get(answer["Location"]).status_code == 200

    def test_for_an_organisation_of_others_is_refused(self, cast: Any) -> None:
        page = cast.client("lead").post(
            reverse("start_proposal", args=[cast.call.slug]),
            {
                "organisation": cast.builder.firms["partner"].pk,
                "kind": cast.call.kinds.get().pk,
                "title": "Not mine",
            },
        )
        assert list(page.context["form"].errors) == ["organisation"]
        assert Proposal.objects.count() == 0

    def test_closed_call_says_so_and_keeps_the_title(self, cast: Any) -> None:
        with time_machine.travel(cast.call.closes_at, tick=False):
            page = cast.client("lead").post(
                reverse("start_proposal", args=[cast.call.slug]),
                {
                    "organisation": cast.builder.firms["lead"].pk,
                    "kind": cast.call.kinds.get().pk,
                    "title": "A second too late",
                },
            )
        assert "This call takes no proposals any more. See the open calls." in text_of(page)
        assert "A second too late" in page.content.decode()
        assert Proposal.objects.count() == 0


class TestTaskList:
    def test_finished_draft_has_one_task_left(self, cast: Any) -> None:
        proposal = cast.draft()
        page = cast.client("lead").get(proposal.get_absolute_url())
        assert page.context["done"] == page.context["total"] == 11
        task = next_task(page.context["groups"])
        assert task is not None
        assert task.url == reverse("check_answers", args=[proposal.number])

    def test_new_draft_begins_with_the_summary(self, cast: Any) -> None:
        proposal = services.start_proposal(
            call=cast.call,
            kind=cast.call.kinds.get(),
            organisation=cast.builder.firms["lead"],
            title="New",
            by=cast.people["lead"],
            now=cast.now,
        )
        page = cast.client("lead").get(proposal.get_absolute_url())
        assert page.context["done"] == 0
        assert page.context["next_task"].url == reverse("section_summary", args=[proposal.number])
        for name in ("check_answers", "section_technology", "section_budget", "section_products"):
            assert cast.client("lead").get(reverse(name, args=[proposal.number])).status_code == 200

    def test_finished_draft_has_one_button(self, cast: Any) -> None:
        proposal = cast.draft()
        page = text_of(cast.client("lead").get(proposal.get_absolute_url()))
        assert "Continue: Check your answers" not in page
        assert page.count("Check your answers and submit") == 2  # the button and its row in the list

    def test_partners_own_part_comes_first(self, cast: Any) -> None:
        proposal = cast.draft()
        proposal.sections.filter(name__in=[SectionName.SUMMARY, SectionName.BUDGET]).update(
            is_completed=False
        )
        part = proposal.consortium.partners.get(organisation=cast.builder.firms["partner"])
        page = cast.client("partner").get(proposal.get_absolute_url())
        assert page.context["next_task"].url == reverse("partner_budget", args=[proposal.number, part.pk])
        page = cast.client("lead").get(proposal.get_absolute_url())
        assert page.context["next_task"].url == reverse("section_summary", args=[proposal.number])

    def test_what_nobody_goes_on_with_stands_last_in_my_work(self, cast: Any) -> None:
        going_on = cast.draft()
        withdrawn = services.start_proposal(
            call=cast.call,
            kind=cast.call.kinds.get(),
            organisation=cast.builder.firms["lead"],
            title="Given up",
            by=cast.people["lead"],
            now=cast.now,
        )
        Proposal.objects.filter(pk=withdrawn.pk).update(
            state="withdrawn", changed_at=going_on.changed_at + timedelta(days=1)
        )
        listed = cast.client("lead").get(reverse("my_work")).context["proposals"]
        assert [proposal.pk for proposal, _step in listed] == [going_on.pk, withdrawn.pk]

    def test_whoever_is_done_is_led_to_whoever_is_not(self, cast: Any) -> None:
        proposal = cast.draft()
        part = proposal.consortium.partners.get(organisation=cast.builder.firms["partner"])
        part.declarations.all().delete()
        task = cast.client("lead").get(proposal.get_absolute_url()).context["next_task"]
        assert task.url == reverse("section_partners", args=[proposal.number])
        task = cast.client("partner").get(proposal.get_absolute_url()).context["next_task"]
        assert task.url == reverse("section_declarations", args=[proposal.number])

    def test_only_the_lead_is_told_to_submit(self, cast: Any) -> None:
        proposal = cast.draft()
        page = text_of(cast.client("partner").get(proposal.get_absolute_url()))
        assert "Check your answers and submit" not in page
        assert "The lead partner submits" in page
        assert "Budget of Lichtmess Optik GmbH The lead partner fills it in" in page

    def test_a_section_to_look_at_again_says_why(self, cast: Any) -> None:
        proposal = cast.draft()
        Proposal.objects.filter(pk=proposal.pk).update(months=8)
        page = text_of(cast.client("lead").get(proposal.get_absolute_url()))
        assert "Summary The project takes 8 months; at least 12 are needed." in page

    def test_a_section_without_rules_shows_none(self, cast: Any) -> None:
        proposal = cast.draft()
        page = cast.client("lead").get(reverse("section_cross_border", args=[proposal.number]))
        assert page.context["panel"].shown == []
        assert "Rules that this section can change" not in text_of(page)

    def test_every_task_opens(self, cast: Any) -> None:
        proposal = cast.draft()
        for who in ("lead", "partner", "research"):
            client = cast.client(who)
            page = client.get(proposal.get_absolute_url())
            for group in page.context["groups"]:
                for task in group.tasks:
                    assert client.get(task.url).status_code == 200, (who, task.title)

    def test_panel_of_the_fragment_is_that_of_the_page(self, cast: Any) -> None:
        proposal = cast.draft()
        client, url = cast.client("partner"), reverse("proposal_eligibility", args=[proposal.number])
        fragment = client.get(url, headers={"hx-request": "true"})
        assert "<html" not in fragment.content.decode()
        assert findings_on(fragment) == findings_on(client.get(url))


class TestOtherPages:
    def test_my_work_names_own_proposals_and_no_others(self, cast: Any) -> None:
        proposal = cast.draft()
        for who, sees in (("lead", True), ("research", True), ("outsider", False), ("consultant", False)):
            page = cast.client(who).get(reverse("my_work"))
            assert ("LumiWeave" in text_of(page)) is sees, who
        assert proposal.number in cast.client("lead").get(reverse("my_work")).content.decode()

    def test_withdrawing_asks_for_the_reason(self, cast: Any) -> None:
        proposal = cast.draft()
        client, url = cast.client("lead"), reverse("withdraw_proposal", args=[proposal.number])
        assert client.get(url).status_code == 200
        page = client.post(url, {"reason": " "})
        assert list(page.context["form"].errors) == ["reason"]
        assert fresh(proposal).state == "draft"
        assert client.post(url, {"reason": "The mill closed."})["Location"] == proposal.get_absolute_url()
        assert fresh(proposal).state == "withdrawn"
        assert AuditEntry.objects.about(proposal).get(verb="withdrawn").after["reason"] == "The mill closed."

    @pytest.mark.parametrize("name", ["withdraw_proposal", "reopen_proposal", "accept_grant"])
    def test_partner_is_told_that_the_lead_does_it(self, cast: Any, name: str) -> None:
        proposal = cast.submitted()
        answer = cast.client("partner").post(reverse(name, args=[proposal.number]))
        assert answer.status_code == 403
        assert "Only people of the lead partner may do this." in text_of(answer)

    def test_reopen_change_and_submit_again(self, cast: Any) -> None:
        proposal = cast.submitted()
        client = cast.client("lead")
        page = client.post(reverse("reopen_proposal", args=[proposal.number]), follow=True)
        assert "until then the last submission stands" in text_of(page)
        assert fresh(proposal).state == "reopened"
        assert press_submit(client, proposal).status_code == 302
        assert proposal.submissions.count() == 2

    def test_reopening_after_the_deadline_is_refused(self, cast: Any) -> None:
        proposal = cast.submitted()
        client = cast.client("lead")
        with time_machine.travel(proposal.call.closes_at, tick=False):
            client = cast.client("lead")
            page = client.post(reverse("reopen_proposal", args=[proposal.number]), follow=True)
        assert "The call is closed. The last accepted submission stands." in text_of(page)
        assert fresh(proposal).state == "submitted"

    def test_accepting_twice_accepts_once(self, cast: Any) -> None:
        proposal = cast.submitted()
        manager = cast.people["manager"]
        for verb in ("confirm_eligible", "await_decision"):
            services.move(proposal=fresh(proposal), verb=verb, by=manager, now=cast.now)
        services.decide(
            proposal=fresh(proposal), outcome=Outcome.APPROVED, reason="Good.", by=manager, now=cast.now
        )
        client, url = cast.client("lead"), reverse("accept_grant", args=[proposal.number])
        assert client.post(url).status_code == 302
        page = client.post(url, follow=True)
        assert "This step is not possible in the present state." in text_of(page)
        assert AuditEntry.objects.about(proposal).filter(verb="accepted").count() == 1

    def test_receipt_of_another_proposal_is_not_found(self, cast: Any) -> None:
        one, other = cast.submitted("One"), cast.submitted("Other")
        receipt = other.submissions.get().receipt_number
        url = reverse("receipt", args=[one.number, receipt])
        assert cast.client("lead").get(url).status_code == 404
        for who, status in (("partner", 200), ("manager", 200), ("consultant", 200), ("outsider", 404)):
            right = reverse("receipt", args=[other.number, receipt])
            assert cast.client(who).get(right).status_code == status, who


class TestDesk:
    def url(self, proposal: Proposal, *rest: str) -> str:
        name = "desk_step" if rest else "desk_proposal"
        return reverse(name, args=[proposal.call.programme.code, proposal.number, *rest])

    def test_formal_check_by_buttons(self, cast: Any) -> None:
        proposal = cast.submitted()
        client = cast.client("manager")
        page = client.get(self.url(proposal))
        assert [step["verb"] for step in page.context["steps"]] == [
            "confirm_eligible",
            "return",
            "find_ineligible",
        ]
        assert client.post(self.url(proposal, "confirm_eligible")).status_code == 302
        assert fresh(proposal).state == "eligible"
        again = client.post(self.url(proposal, "confirm_eligible"), follow=True)
        assert "This step is not possible in the present state." in text_of(again)

    def test_auditor_reads_and_has_no_buttons(self, cast: Any) -> None:
        proposal = cast.submitted()
        client = cast.client("auditor")
        page = client.get(self.url(proposal))
        assert (page.status_code, page.context["steps"], page.context["decide_url"]) == (200, [], "")
        assert client.post(self.url(proposal, "confirm_eligible")).status_code == 404
        assert fresh(proposal).state == "submitted"

    def test_return_with_reason_and_moment(self, cast: Any) -> None:
        proposal = cast.submitted()
        client = cast.client("manager")
        url = self.url(proposal, "return")
        assert client.get(url).status_code == 200
        late = client.post(url, {"reason": "Accounts", "due": "2020-01-01T12:00"})
        assert late.status_code == 422
        assert "Give a moment in the future for the completion." in text_of(late)
        due = (cast.now + timedelta(days=3)).strftime("%Y-%m-%dT17:00")
        assert client.post(url, {"reason": "Accounts", "due": due}).status_code == 302
        assert fresh(proposal).completion_due_at.isoformat() == "2026-11-27T16:00:00+00:00"

    def test_unknown_steps_and_other_programmes_are_not_found(self, cast: Any) -> None:
        proposal = cast.submitted()
        client = cast.client("manager")
        for verb in ("approve", "submit", "withdraw", "explode"):
            assert client.post(self.url(proposal, verb)).status_code == 404
        assert client.get(reverse("desk_proposal", args=["rocket", proposal.number])).status_code == 404

    def test_filters(self, cast: Any) -> None:
        cast.submitted("GridSkin")
        client = cast.client("manager")
        url = reverse("desk_proposals", args=["rocket-next"])
        assert "GridSkin" in text_of(client.get(url, {"state": "submitted"}))
        empty = client.get(url, {"state": "approved"})
        assert "GridSkin" not in text_of(empty)
        assert (empty.context["shown"], empty.context["total"]) == (0, 1)
        for nonsense in ({"state": "draft"}, {"call": "x"}, {"page": "-1"}, {"main_ket": "999999"}):
            assert client.get(url, nonsense).status_code == 200

    def test_derogation_is_named_in_the_consortiums_panel(self, cast: Any) -> None:
        proposal = cast.draft()
        proposal.annexes.filter(code="accounts").update(removed_at=cast.now)
        url = reverse("grant_derogation", args=["rocket-next", proposal.number])
        client = cast.client("manager")
        page = client.get(url)
        assert "LumiWeave" not in page.content.decode()
        refused = client.post(url, {"rule_code": "CALL-OPEN", "reason": "Late"})
        assert refused.status_code == 422
        answer = client.post(url, {"rule_code": "ANNEXES", "reason": "Fire in the archive."})
        assert answer.status_code == 302
        seen = findings_on(cast.client("lead").get(reverse("proposal_eligibility", args=[proposal.number])))[
            "ANNEXES"
        ]
        assert "Fire in the archive." in seen.message
        assert seen.state not in ("failed", "unknown")
        assert press_submit(cast.client("lead"), proposal).status_code == 302

    def test_history_begins_with_the_submission(self, cast: Any) -> None:
        proposal = cast.submitted()
        page = cast.client("auditor").get(self.url(proposal))
        assert [entry["word"] for entry in page.context["history"]] == ["Formal check due"]

    def test_annexes_are_those_of_the_submission(self, cast: Any) -> None:
        proposal = cast.submitted()
        submitted = {annex.pk for annex in proposal.annexes.all()}
        services.reopen(proposal=fresh(proposal), by=cast.people["lead"], now=cast.now)
        services.save_annex(
            proposal=fresh(proposal),
            code="accounts",
            file=SimpleUploadedFile("secret.pdf", small_pdf("secret"), "application/pdf"),
            seen_version=section_of(proposal, SectionName.ANNEXES).version,
            by=cast.people["lead"],
            now=cast.now,
        )
        client = cast.client("manager")
        page = client.get(self.url(proposal))
        links = re.findall(rf"/proposals/{proposal.number}/annexes/(\d+)/", page.content.decode())
        assert sorted(map(int, links)) == sorted(submitted)
        later = proposal.annexes.get(document__name="secret.pdf")
        assert client.get(reverse("annex_file", args=[proposal.number, later.pk])).status_code == 404
        for pk in submitted:
            assert client.get(reverse("annex_file", args=[proposal.number, pk])).status_code == 200
        assert (
            cast.client("partner").get(reverse("annex_file", args=[proposal.number, later.pk])).status_code
            == 200
        )
