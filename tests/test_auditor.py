"""An auditor reads everything from submission on and changes nothing; of drafts and advice an auditor reads nothing."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.db import transaction
from django.urls import reverse

from feasibility import services
from feasibility.enums import Outcome
from reporting.services import ask_report
from tests.test_access import ROWS, Case

SECRET = "Between the two of us: the jury will ask for the price."
ASKING_IS_READING = {"reports"}
"""A report that an auditor asks for changes nothing of the programme; every other post of the desk is refused."""
SHOWS_ITS_MAILS = {"demo_mail", "demo_mail_message"}
"""Pages of a demonstration alone, open to everybody."""


@pytest.fixture
def case(cast: Any, settings: Any) -> Case:
    settings.DEMO = True
    case = Case(cast)
    for proposal in (case.draft, case.submitted):
        services.advise(
            proposal=proposal, section="summary", text=SECRET, by=cast.people["consultant"], now=cast.now
        )
    return case


def _everything() -> dict[str, list[Any]]:
    """Every row of every table but those that a visit itself writes."""
    kept = {"sessions.Session", "core.OutboxMessage"}
    return {
        model._meta.label: list(model._default_manager.order_by("pk").values_list())
        for model in apps.get_models()
        if model._meta.label not in kept and model._meta.managed
    }


@pytest.mark.django_db
def test_every_post_of_the_desk_is_refused_and_leaves_no_trace(case: Case) -> None:
    auditor, before, tried = case.cast.client("auditor"), _everything(), 0
    for row in ROWS:
        address = reverse(row.name, args=row.args(case))
        if not address.startswith("/desk/") or row.name in ASKING_IS_READING:
            continue
        data = row.data(case) if callable(row.data) else row.data or {}
        answer = auditor.post(address, {"reason": "So it is.", "answer": "grant", "text": "Yes.", **data})
        assert answer.status_code in (403, 404, 405), (address, answer.status_code)
        tried += 1
    assert tried > 40
    assert _everything() == before


@pytest.mark.django_db
def test_the_services_refuse_an_auditor_too(case: Case) -> None:
    from rocket.core.errors import Refused

    auditor, now = case.cast.people["auditor"], case.cast.now
    for change in (
        lambda: services.move(proposal=case.submitted, verb="confirm_eligible", by=auditor, now=now),
        lambda: services.move(proposal=case.checked, verb="await_decision", by=auditor, now=now),
        lambda: services.decide(
            proposal=_pending(case), outcome=Outcome.REJECTED, reason="No.", by=auditor, now=now
        ),
        lambda: services.grant_derogation(
            proposal=case.draft, rule_code="ANNEXES", reason="Yes.", by=auditor, now=now
        ),
    ):
        with pytest.raises(Refused), transaction.atomic():
            change()


def _pending(case: Case) -> Any:
    services.move(
        proposal=case.checked, verb="await_decision", by=case.cast.people["manager"], now=case.cast.now
    )
    return case.checked


@pytest.mark.django_db
def test_an_auditor_stops_no_report_of_somebody_else(case: Case) -> None:
    def ask(who: str) -> Any:
        return ask_report(
            programme=case.programme, format="pdf", language="en", as_of=case.cast.now,
            by=case.cast.people[who], now=case.cast.now,
        )  # fmt: skip

    auditor, theirs, own = case.cast.client("auditor"), ask("manager"), ask("auditor")
    stop = [reverse("cancel_report", args=[case.programme.code, one.pk]) for one in (theirs, own)]
    assert [auditor.post(address).status_code for address in stop] == [403, 302]
    theirs.refresh_from_db()
    assert theirs.state == "waiting"


@pytest.mark.django_db
def test_from_submission_on_everything_is_read(case: Case) -> None:
    auditor, code = case.cast.client("auditor"), case.programme.code

    def text(name: str, *args: Any, **query: Any) -> str:
        answer = auditor.get(reverse(name, args=args), query)
        assert answer.status_code == 200, name
        return answer.content.decode()

    for proposal in (case.submitted, case.checked, case.project.proposal):
        assert proposal.number in text("desk_proposals", code)
        assert "SHA-256" in text("desk_proposal", code, proposal.number)
        receipt = proposal.submissions.get().receipt_number
        assert text("receipt_json", proposal.number, receipt) == proposal.submissions.get().content
    decided = text("desk_proposal", code, case.project.proposal.number)
    assert case.project.decision.reason in decided
    assert case.project.number in text("desk_projects", code)
    assert case.project.title in text("control", code)
    assert case.checked.number in text("assessment", code)
    assert case.organisation.name in text("desk_organisations", code)
    assert case.submitted.number in text("audit_trail", code)
    assert auditor.get(reverse("report_file", args=[code, case.report.pk])).status_code == 200


@pytest.mark.django_db
def test_no_page_shows_a_draft_or_advice(case: Case) -> None:
    auditor = case.cast.client("auditor")
    never = {SECRET: "advice", "PulsePatch": "the title of a draft", "Carsten Wolff, NMWP": "who advised"}
    wrong = []
    for row in ROWS:
        if row.method != "get" or "auditor" not in row.open_to or row.name in SHOWS_ITS_MAILS:
            continue
        data = row.data if isinstance(row.data, dict) else {}
        answer = auditor.get(reverse(row.name, args=row.args(case)), data)
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        found = [what for words, what in never.items() if words.encode() in content]
        if row.name != "desk_derogations" and case.draft.number.encode() in content:
            found.append("the number of a draft, where nobody asks for a derogation")
        if found:
            wrong.append((row.name, found))
    assert wrong == []


@pytest.mark.django_db
def test_the_search_finds_no_draft(case: Case) -> None:
    auditor = case.cast.client("auditor")
    address = reverse("desk_search", args=[case.programme.code])
    drafts = reverse("desk_proposal", args=[case.programme.code, case.draft.number])
    for words in (case.draft.number, "PulsePatch", "Münster", "P-"):
        page = auditor.get(address, {"q": words}).content.decode()
        assert drafts not in page
        assert "PulsePatch</a>" not in page
    assert auditor.get(drafts).status_code == 404
