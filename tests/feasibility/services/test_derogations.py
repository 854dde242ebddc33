"""Asking for a derogation: the lead says why, a manager answers with a reason, the rule and the consortium hear of it."""

from __future__ import annotations

from typing import Any

import pytest

from feasibility import services
from feasibility.enums import DerogationState
from feasibility.models import DerogationRequest, Proposal
from feasibility.selectors import load, report_of
from rocket.core.audit import chain_is_whole
from rocket.core.errors import Refused, RocketError
from rocket.core.models import AuditEntry, OutboxMessage


def ask(cast: Any, proposal: Proposal, *, who: str = "lead", rule: str = "ANNEXES", **over: Any) -> Any:
    return services.ask_for_derogation(
        proposal=proposal, by=cast.people[who], now=cast.now,
        **{"rule_code": rule, "reason": "Fire in the archive.", **over},
    )  # fmt: skip


@pytest.fixture
def draft(cast: Any) -> Proposal:
    """A draft whose annexes lack."""
    proposal: Proposal = cast.draft()
    proposal.annexes.update(removed_at=cast.now)
    OutboxMessage.objects.all().delete()
    return proposal


def outcome(cast: Any, proposal: Proposal, rule: str = "ANNEXES") -> Any:
    report = report_of(load(proposal.pk), now=cast.now)
    return next(finding for finding in report.findings if finding.code == rule)


def test_asking_changes_no_rule_and_no_version(cast: Any, draft: Proposal) -> None:
    version = draft.version
    asked = ask(cast, draft, reason="  Fire\x00 in the archive. ")
    assert (asked.state, asked.reason, asked.asked_by) == (
        "waiting",
        "Fire in the archive.",
        cast.people["lead"],
    )
    assert outcome(cast, draft).outcome == "failed"
    draft.refresh_from_db()
    assert draft.version == version
    assert list(DerogationRequest.objects.waiting()) == [asked]
    assert chain_is_whole(draft)


def test_granting_passes_the_rule_and_tells_everybody(cast: Any, draft: Proposal) -> None:
    asked = ask(cast, draft)
    services.grant_request(
        request=asked, reason="The fire brigade confirms it.", by=cast.people["manager"], now=cast.now
    )
    asked.refresh_from_db()
    assert (asked.state, asked.answer, asked.answered_by) == (
        DerogationState.GRANTED, "The fire brigade confirms it.", cast.people["manager"],
    )  # fmt: skip
    finding = outcome(cast, draft)
    assert (finding.outcome, finding.derogation) == ("passed", "The fire brigade confirms it.")
    mails = {mail.to: mail.text for mail in OutboxMessage.objects.all()}
    assert set(mails) == {"lead@demo.example", "partner@demo.example", "research@demo.example"}
    assert all("The fire brigade confirms it." in text for text in mails.values())
    assert not DerogationRequest.objects.waiting().exists()


def test_refusing_leaves_the_rule_and_tells_everybody(cast: Any, draft: Proposal) -> None:
    asked = ask(cast, draft)
    services.refuse_derogation(
        request=asked, reason="Copies are at the register.", by=cast.people["manager"], now=cast.now
    )
    asked.refresh_from_db()
    assert (asked.state, asked.answer) == (DerogationState.REFUSED, "Copies are at the register.")
    assert outcome(cast, draft).outcome == "failed"
    assert OutboxMessage.objects.count() == 3
    assert AuditEntry.objects.about(draft).get(verb="derogation_refused").by == cast.people["manager"]
    assert ask(cast, draft, reason="The register burnt too.").state == "waiting"


def test_granting_by_number_answers_the_request_too(cast: Any, draft: Proposal) -> None:
    asked = ask(cast, draft)
    services.grant_derogation(
        proposal=draft, rule_code="ANNEXES", reason="Seen.", by=cast.people["manager"], now=cast.now
    )
    asked.refresh_from_db()
    assert asked.state == DerogationState.GRANTED


@pytest.mark.parametrize("second", ["grant_request", "refuse_derogation"])
@pytest.mark.parametrize("first", ["grant_request", "refuse_derogation", "take_back"])
def test_of_two_answers_the_second_is_refused(cast: Any, draft: Proposal, first: str, second: str) -> None:
    asked = ask(cast, draft)
    stale = DerogationRequest.objects.select_related("proposal").get(pk=asked.pk)
    if first == "take_back":
        services.take_back_derogation_request(request=asked, by=cast.people["lead"], now=cast.now)
    else:
        getattr(services, first)(request=asked, reason="First.", by=cast.people["manager"], now=cast.now)
    mails = OutboxMessage.objects.count()
    with pytest.raises(RocketError) as refused:
        getattr(services, second)(request=stale, reason="Second.", by=cast.people["manager"], now=cast.now)
    assert refused.value.code == "answered"
    assert OutboxMessage.objects.count() == mails
    assert DerogationRequest.objects.get(pk=asked.pk).answer != "Second."


@pytest.mark.parametrize(
    ("over", "code"),
    [
        ({"rule": "CALL-OPEN"}, "not_derogable"),
        ({"rule": "SME-LED"}, "not_derogable"),
        ({"rule": "NO-SUCH"}, "not_derogable"),
        ({"reason": " \x00\n"}, "reason_missing"),
    ],
)
def test_what_can_not_be_asked(cast: Any, draft: Proposal, over: dict[str, str], code: str) -> None:
    with pytest.raises(RocketError) as refused:
        ask(cast, draft, **over)
    assert refused.value.code == code
    assert DerogationRequest.objects.count() == 0


def test_once_at_a_time_and_not_what_is_granted(cast: Any, draft: Proposal) -> None:
    asked = ask(cast, draft)
    with pytest.raises(RocketError) as refused:
        ask(cast, draft)
    assert refused.value.code == "asked_already"
    ask(cast, draft, rule="DURATION")
    services.grant_request(request=asked, reason="Seen.", by=cast.people["manager"], now=cast.now)
    with pytest.raises(RocketError) as refused:
        ask(cast, draft)
    assert refused.value.code == "granted_already"


def test_who_asks_and_who_answers(cast: Any, draft: Proposal) -> None:
    for who in ("partner", "consultant", "manager", "outsider"):
        with pytest.raises(Refused):
            ask(cast, draft, who=who)
    asked = ask(cast, draft)
    for who in ("lead", "partner", "consultant", "auditor", "outsider"):
        for answer in (services.grant_request, services.refuse_derogation):
            with pytest.raises(Refused):
                answer(request=asked, reason="Mine.", by=cast.people[who], now=cast.now)
    with pytest.raises(Refused):
        services.take_back_derogation_request(request=asked, by=cast.people["partner"], now=cast.now)
    asked.refresh_from_db()
    assert asked.state == "waiting"


def test_a_submitted_proposal_asks_for_nothing_and_waits_for_nothing(cast: Any) -> None:
    proposal = cast.draft()
    ask(cast, proposal)
    cast.builder.submit(proposal, 0)
    proposal.refresh_from_db()
    assert not DerogationRequest.objects.waiting().exists()
    with pytest.raises(Refused):
        ask(cast, proposal, rule="DURATION")
