"""What the programme's desk does with a proposal: check, return, decide."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from feasibility.enums import Outcome
from feasibility.models import Decision, Proposal
from feasibility.services._states import take
from feasibility.services.mails import tell_consortium
from feasibility.transitions import DECISION_VERBS
from rocket.accounts.models import User
from rocket.core.text import without_controls

TOLD = {"returned", "found_ineligible", "found_eligible", "appeal_recorded"}
"""Events of the formal check that the consortium hears of by mail."""


@transaction.atomic
def move(
    *, proposal: Proposal, verb: str, by: User, now: datetime, reason: str = "", due: datetime | None = None
) -> None:
    """Take one step of the formal check. ``due`` is needed for a return: until when it may be completed."""
    reason = without_controls(reason)
    changes = {"completion_due_at": due} if verb == "return" else None
    row = take(proposal, verb, by=by, now=now, reason=reason, changes=changes, facts={"due": due})
    if row.event in TOLD:
        words: dict[str, object] = {"reason": reason.strip()} | ({"due": due} if due is not None else {})
        tell_consortium(proposal, row.event, now=now, words=words)


@transaction.atomic
def decide(
    *, proposal: Proposal, outcome: Outcome, reason: str, by: User, now: datetime, conditions: str = ""
) -> Decision:
    """Decide on the latest submission, with reason, and tell every partner.

    Raises ``NotPossible`` where a blocking rule failed in it without a recorded derogation.
    """
    reason, conditions = without_controls(reason).strip(), without_controls(conditions).strip()
    latest = proposal.submissions.first()
    take(
        proposal,
        DECISION_VERBS[Outcome(outcome)],
        by=by,
        now=now,
        reason=reason,
        facts={"conditions": conditions},
    )
    assert latest is not None  # no state with a decision is reached without a submission
    decision = Decision.objects.create(
        proposal=proposal,
        submission=latest,
        outcome=outcome,
        reason=reason,
        conditions=conditions,
        decided_by=by,
        decided_at=now,
    )
    tell_consortium(
        proposal, Outcome(outcome).value, now=now, words={"reason": reason, "conditions": conditions}
    )
    return decision
