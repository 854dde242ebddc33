"""Other people's drafts, fields that no form has, bytes that are no text, and a call that closes meanwhile."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from consortia.models import Membership, Organisation, Partner
from feasibility import services
from feasibility.enums import SectionName
from feasibility.models import Proposal, Submission
from feasibility.selectors import parts_of
from feasibility.services.sections import section_of
from tests.feasibility.pages import text_of

pytestmark = pytest.mark.django_db
FORM = "application/x-www-form-urlencoded"


def routes(patterns: Any = None) -> list[URLPattern]:
    found: list[URLPattern] = []
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        found += routes(entry.url_patterns) if isinstance(entry, URLResolver) else [entry]
    return found


def test_another_consortiums_draft_is_not_there_by_any_of_its_addresses(cast: Any) -> None:
    """Somebody who leads a proposal of the same call, and writes a number that is not theirs into the address."""
    theirs, someone = cast.draft("LumiWeave"), cast.people["outsider"]
    own_firm = Organisation.objects.create(
        name="Erfundene Nachbarn GmbH", country="DE", claimed_at=cast.now, created_at=cast.now
    )
    Membership.objects.create(user=someone, organisation=own_firm, role="owner", joined_at=cast.now)
    own = services.start_proposal(
        call=cast.call, kind=cast.call.kinds.get(), organisation=own_firm, title="Mine", by=someone, now=cast.now
    )  # fmt: skip
    hidden = {
        "number": theirs.number, "code": theirs.annexes.first().code, "receipt": "R-2026-0001", "name": "partners",
        "pk": 1, "partner": parts_of(theirs)[0].pk,
    }  # fmt: skip
    before = Proposal.objects.values().get(pk=theirs.pk)
    client, seen = cast.client("outsider"), []
    for route in routes():
        names = set(route.pattern.converters)
        if "number" not in names or not str(route.pattern).startswith("proposals/"):
            continue
        url = reverse(route.name, kwargs={name: hidden.get(name, 1) for name in names})
        for method in (client.get, client.post):
            with transaction.atomic():
                status = method(url, {"seen_version": "1", "title": "Taken over"}).status_code
                transaction.set_rollback(True)
            # A page that takes no look says so before anything is looked up: it tells nothing either.
            if status not in (404, 405):
                seen.append((method.__name__, route.name, status))
    assert seen == []
    assert Proposal.objects.values().get(pk=theirs.pk) == before
    assert client.get(reverse("proposal", args=[own.number])).status_code == 200
    # A number that nobody has reads the same as one of somebody else.
    pages = [client.get(reverse("proposal", args=[number])) for number in (theirs.number, "P-2026-9999")]
    assert pages[0].status_code == pages[1].status_code == 404
    assert text_of(pages[0]) == text_of(pages[1])


class TestExtraFields:
    """A post may hold whatever somebody adds; only the fields of the page count."""

    EXTRA = {
        "state": "approved", "version": "99", "number": "P-1999-0001", "lead": "1", "is_lead": "on", "owner_id": "1",
        "created_by": "1", "created_by_id": "1", "call": "1", "call_id": "1", "consortium": "1", "cluster": "1",
        "completion_due_at": "2030-01-01", "received_at": "2020-01-01T00:00", "by": "1", "now": "2020-01-01",
        "claimed_at": "", "source": "keep.eu", "role": "lead", "confirmed_at": "2020-01-01", "submitted_by": "1",
        "is_staff": "on", "is_superuser": "on",
    }  # fmt: skip

    def test_a_new_proposal_begins_as_a_draft_of_the_one_who_starts_it(self, cast: Any) -> None:
        form = {
            "title": "Mine", "kind": cast.call.kinds.get().pk, "organisation": cast.builder.firms["lead"].pk,
        }  # fmt: skip
        page = cast.client("lead").post(
            reverse("start_proposal", args=[cast.call.slug]), {**self.EXTRA, **form}
        )
        assert page.status_code == 302
        made = Proposal.objects.get()
        assert (made.state, made.version, made.created_by, made.call) == (
            "draft", 1, cast.people["lead"], cast.call,
        )  # fmt: skip
        assert [part.organisation for part in parts_of(made)] == [cast.builder.firms["lead"]]

    def test_a_proposal_is_never_started_for_an_organisation_of_others(self, cast: Any) -> None:
        form = {
            "title": "Mine", "kind": cast.call.kinds.get().pk, "organisation": cast.builder.firms["partner"].pk,
        }  # fmt: skip
        assert (
            cast.client("lead").post(reverse("start_proposal", args=[cast.call.slug]), form).status_code
            == 200
        )
        assert not Proposal.objects.exists()

    @pytest.mark.parametrize(
        "address", ["section_technology", "partner_budget", "new_product", "section_partners"]
    )
    def test_a_section_changes_nothing_but_its_own(self, cast: Any, address: str) -> None:
        proposal = cast.draft()
        part = parts_of(proposal)[1]
        args = [proposal.number, *([part.pk] if address == "partner_budget" else [])]
        name = {
            "section_technology": SectionName.TECHNOLOGY, "partner_budget": SectionName.BUDGET,
            "new_product": SectionName.PRODUCTS, "section_partners": SectionName.PARTNERS,
        }[address]  # fmt: skip
        seen = section_of(proposal, name, part if address == "partner_budget" else None).version
        before = Proposal.objects.values().get(pk=proposal.pk)
        parts = list(Partner.objects.order_by("pk").values())
        programme = cast.builder.programme
        page = cast.client("partner").post(
            reverse(address, args=args),
            {
                **self.EXTRA, "seen_version": seen, "name": "Loom eye", "description": "A camera.",
                "ket": programme.kets.first().pk, "owner": part.pk, "trl_start": 4, "trl_end": 6,
                "market_year": 2031, "fields_of_application": [programme.application_fields.first().pk],
                "main_ket": before["main_ket_id"],
            },
        )  # fmt: skip
        assert page.status_code == 302, text_of(page)
        after = Proposal.objects.values().get(pk=proposal.pk)
        assert {key for key in after if after[key] != before[key]} <= {"version", "changed_at", "main_ket_id"}
        assert after["version"] == before["version"] + 1
        assert list(Partner.objects.order_by("pk").values()) == parts

    def test_a_submission_takes_moment_and_person_from_the_request(self, cast: Any) -> None:
        proposal = cast.draft()
        proposal.refresh_from_db()
        with time_machine.travel(cast.now, tick=False):
            page = cast.client("lead").post(
                reverse("submit_proposal", args=[proposal.number]),
                {**self.EXTRA, "seen_version": proposal.version, "sha256": "0" * 64, "receipt_number": "R-1"},
            )
        assert page.status_code == 302
        made = Submission.objects.get()
        assert (made.received_at, made.submitted_by) == (cast.now, cast.people["lead"])
        assert made.receipt_number == "R-2026-0001"
        proposal.refresh_from_db()
        assert proposal.state == "submitted"

    def test_an_organisation_keeps_its_owner_and_where_it_came_from(self, cast: Any) -> None:
        firm = cast.builder.firms["lead"]
        before = Organisation.objects.values().get(pk=firm.pk)
        members = list(Membership.objects.order_by("pk").values())
        page = cast.client("lead").post(
            reverse("edit_organisation", args=[firm.pk]),
            {
                **self.EXTRA, "seen_version": before["version"], "name": "Lichtmess Optik Münster GmbH", "kind": "sme",
                "country": "DE", "postcode": firm.postcode, "town": firm.town, "register_number": firm.register_number,
                "owner": cast.people["partner"].pk, "user": cast.people["partner"].pk, "size_class": "micro",
            },
        )  # fmt: skip
        assert page.status_code == 302, text_of(page)
        after = Organisation.objects.values().get(pk=firm.pk)
        changed = {key for key in after if after[key] != before[key]}
        assert changed == {"name", "search_name", "version"}
        assert list(Membership.objects.order_by("pk").values()) == members


class TestOddBytes:
    """What a browser never sends and a script does."""

    @pytest.mark.parametrize(
        ("sent", "kept"),
        [
            ("%ED%A0%80Light%ED%BF%BF", None),
            ("%FFLight%C3", None),
            ("%E2%80%8FLight%E2%80%AE%E2%81%A6", "\u200fLight\u202e\u2066"),
            ("Light%00", 422),
        ],
        ids=["lone surrogates", "no text at all", "right-to-left marks", "NUL"],
    )
    def test_a_section_keeps_what_can_be_kept_and_refuses_the_rest(
        self, cast: Any, sent: str, kept: str | int | None
    ) -> None:
        proposal, client = cast.draft(), cast.client("lead")
        url = reverse("section_summary", args=[proposal.number])
        seen = section_of(proposal, SectionName.SUMMARY).version
        body = f"title=LumiWeave&summary={sent}&seen_version={seen}"
        page = client.post(url, body, content_type=FORM)
        summary = Proposal.objects.get(pk=proposal.pk).summary
        if kept == 422:
            assert page.status_code == 422
            assert "Light" not in summary
            return
        assert page.status_code == 302
        summary.encode()
        assert not any(0xD800 <= ord(letter) <= 0xDFFF for letter in summary)
        assert "Light" in summary
        if kept:
            assert summary == kept
        # And every page that shows it is made.
        for address in ("section_summary", "check_answers", "proposal", "draft_pdf"):
            assert client.get(reverse(address, args=[proposal.number])).status_code == 200

    @pytest.mark.parametrize(
        ("address", "names"),
        [
            ("calls", ("ket", "field", "kind", "state")),
            ("qualify", ("place", "staff", "turnover", "ket")),
            ("register_organisation", ("q", "next")),
            ("register_organisation_details", ("name", "next")),
            ("account_login", ("next",)),
            ("projects", ("ket", "page")),
        ],
    )
    def test_an_address_with_odd_bytes_has_a_page(self, cast: Any, address: str, names: Any) -> None:
        client = cast.client("anonymous" if address == "account_login" else "lead")
        for odd in ("%00", "%ED%A0%80", "%FF", "%E2%80%8F", "x" * 5000):
            query = "&".join(f"{name}={odd}" for name in names)
            assert client.get(f"{reverse(address)}?{query}").status_code in (200, 422), odd


class TestAfterTheDeadline:
    """The call closes while somebody writes: the draft stays theirs, only submission has ended."""

    @pytest.mark.parametrize("late", [timedelta(0), timedelta(days=3)])
    def test_a_section_opened_before_is_saved_after(self, cast: Any, late: timedelta) -> None:
        proposal = cast.draft()
        url, closes = reverse("section_summary", args=[proposal.number]), proposal.call.closes_at
        with time_machine.travel(closes - timedelta(seconds=20), tick=False):
            client = cast.client("lead")
            form = {
                field.html_name: field.value()
                for field in client.get(url).context["form"]
                if field.value() is not None
            }
        with time_machine.travel(closes + late, tick=False):
            client = cast.client("lead")
            assert client.post(url, {**form, "summary": "Written on the last day"}).status_code == 302
            assert "Written on the last day" in text_of(
                client.get(reverse("check_answers", args=[proposal.number]))
            )
            assert client.get(reverse("draft_pdf", args=[proposal.number])).status_code == 200
        assert Proposal.objects.get(pk=proposal.pk).summary == "Written on the last day"


class TestMonthsOutOfOrder:
    """A work package ends after it begins, and what it delivers is due while it runs."""

    def form(self, proposal: Proposal, **over: str) -> dict[str, Any]:
        return {
            "seen_version": section_of(proposal, SectionName.WORK_PLAN).version, "title": "Optics", "aim": "A camera.",
            "lead": parts_of(proposal)[0].pk, "first_month": "3", "last_month": "12",
            "deliverables-TOTAL_FORMS": "1", "deliverables-INITIAL_FORMS": "0", "deliverables-0-title": "Prototype",
            "deliverables-0-due_month": "12", **over,
        }  # fmt: skip

    @pytest.mark.parametrize(
        ("over", "field"),
        [
            ({"last_month": "2", "deliverables-0-due_month": ""}, "last_month"),
            ({"first_month": "0"}, "first_month"),
            ({"last_month": "121"}, "last_month"),
            ({"deliverables-0-due_month": "2"}, "deliverables-0-due_month"),
            ({"deliverables-0-due_month": "13"}, "deliverables-0-due_month"),
            ({"deliverables-0-due_month": "-1"}, "deliverables-0-due_month"),
        ],
    )
    def test_is_refused_at_its_field(self, cast: Any, over: dict[str, str], field: str) -> None:
        proposal = cast.draft()
        before = list(proposal.work_packages.values_list("pk", flat=True))
        page = cast.client("lead").post(
            reverse("new_work_package", args=[proposal.number]), self.form(proposal, **over)
        )
        assert page.status_code == 422
        html = page.content.decode()
        assert re.findall(r'<(?:input|select|textarea)[^>]*name="([^"]+)"[^>]*aria-invalid="true"', html) == [
            field
        ]
        assert list(proposal.work_packages.values_list("pk", flat=True)) == before

    def test_the_edges_are_taken(self, cast: Any) -> None:
        proposal = cast.draft()
        url = reverse("new_work_package", args=[proposal.number])
        for over in ({"deliverables-0-due_month": "3"}, {"first_month": "12"}):
            assert cast.client("lead").post(url, self.form(proposal, **over)).status_code == 302
