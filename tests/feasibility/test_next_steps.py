"""Every state says what comes next, whose turn it is and until when."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine

from feasibility.enums import EDITABLE, ProposalState
from feasibility.models import Proposal
from feasibility.next_steps import is_over, next_step
from feasibility.selectors import load
from rocket.core.desk import waiting_for

SECOND = timedelta(seconds=1)


def in_state(cast: Any, state: str, **values: Any) -> Proposal:
    proposal = cast.draft()
    Proposal.objects.filter(pk=proposal.pk).update(state=state, **values)
    return load(proposal.pk)


def step(cast: Any, proposal: Proposal, who: str = "lead", now: Any = None) -> Any:
    return next_step(proposal, reader=cast.people[who], now=now or cast.now)


@pytest.mark.parametrize("state", [state for state in ProposalState if state is not ProposalState.DRAFT])
def test_every_state_has_one(cast: Any, state: ProposalState) -> None:
    due = cast.now + timedelta(days=3)
    found = step(cast, in_state(cast, state, completion_due_at=due))
    assert found.title
    assert found.text
    assert found.turn in {"yours", "lead", "consortium", "office", "nobody"}
    assert bool(found.due) is (state in (ProposalState.REOPENED, ProposalState.RETURNED))


def test_a_draft_in_time_needs_none(cast: Any) -> None:
    proposal = cast.draft()
    assert step(cast, load(proposal.pk)) is None
    assert step(cast, load(proposal.pk), now=proposal.call.closes_at - SECOND) is None


@pytest.mark.parametrize(
    ("state", "lead", "partner", "consultant"),
    [
        ("approved", "yours", "lead", "lead"),
        ("returned", "yours", "yours", "consortium"),
        ("reopened", "yours", "yours", "consortium"),
        ("submitted", "office", "office", "office"),
        ("rejected", "nobody", "nobody", "nobody"),
    ],
)
def test_whose_turn_depends_on_the_reader(
    cast: Any, state: str, lead: str, partner: str, consultant: str
) -> None:
    proposal = in_state(cast, state, completion_due_at=cast.now + timedelta(days=3))
    turns = [step(cast, proposal, who).turn for who in ("lead", "partner", "consultant")]
    assert turns == [lead, partner, consultant]


@pytest.mark.parametrize("state", EDITABLE)
def test_over_from_the_very_moment_of_the_deadline(cast: Any, state: ProposalState) -> None:
    due = cast.now + timedelta(days=3)
    proposal = in_state(cast, state, completion_due_at=due)
    end = due if state is ProposalState.RETURNED else proposal.call.closes_at
    assert proposal.closes_at == end
    assert not is_over(proposal, end - SECOND)
    assert is_over(proposal, end)
    text = step(cast, proposal, now=end).text
    assert ("can no longer be submitted" in text) is (state is ProposalState.DRAFT)
    assert ("The last submission stands" in text) is (state is not ProposalState.DRAFT)


def test_what_is_submitted_is_never_over(cast: Any) -> None:
    assert not is_over(in_state(cast, "submitted"), cast.now + timedelta(days=999))


@pytest.mark.parametrize("state", ["submitted", "eligible", "decision_pending"])
def test_day_of_the_decision_is_told_until_then(cast: Any, state: str) -> None:
    proposal = in_state(cast, state)
    proposal.call.decision_expected_on = None
    assert "expected by" not in step(cast, proposal).text
    proposal.call.decision_expected_on = date(2027, 2, 28)
    assert "The decision is expected by 28 February 2027." in step(cast, proposal).text


def test_decided_proposal_expects_no_decision(cast: Any) -> None:
    proposal = in_state(cast, "rejected")
    proposal.call.decision_expected_on = date(2027, 2, 28)
    assert "28 February" not in step(cast, proposal).text


def not_returned(user: Any) -> list[str]:
    return [str(one.title) for one in waiting_for(user) if "not submitted again in time" in str(one.title)]


@pytest.mark.parametrize("who", ["manager", "auditor"])
def test_desk_hears_of_what_was_not_submitted_again_in_time(cast: Any, who: str) -> None:
    proposal = in_state(cast, "reopened")
    user = cast.people[who]
    assert not_returned(user) == []
    with time_machine.travel(proposal.call.closes_at, tick=False):
        assert not_returned(user) == [f"Check {proposal.number}: it was not submitted again in time"]
        assert not_returned(cast.people["lead"]) == []


def test_time_to_complete_counts_for_what_was_returned(cast: Any) -> None:
    proposal = in_state(cast, "returned", completion_due_at=cast.now + timedelta(days=200))
    manager = cast.people["manager"]
    with time_machine.travel(proposal.call.closes_at + SECOND, tick=False):
        assert not_returned(manager) == []
    with time_machine.travel(cast.now + timedelta(days=200), tick=False):
        assert len(not_returned(manager)) == 1
