"""What the programme's desk does with a proposal: check, return, decide, grant a derogation."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from feasibility.eligibility import rule_class
from feasibility.enums import Outcome
from feasibility.models import Decision, Derogation, Proposal
from feasibility.services._states import take
from feasibility.services.mails import tell_consortium
from feasibility.transitions import DECISION_VERBS
from rocket.accounts.models import User
from rocket.core import audit
from rocket.core.errors import RocketError
from rocket.core.permissions import demand
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


@transaction.atomic
def grant_derogation(
    *, proposal: Proposal, rule_code: str, reason: str, by: User, now: datetime
) -> Derogation:
    """Let one rule pass for this proposal, by a named manager, for a reason; the rule then says so."""
    demand(by, "grant_derogation", proposal)
    reason = without_controls(reason).strip()
    if not reason:
        raise RocketError("reason_missing", _("Give the reason; it is shown with the rule."))
    if not rule_class(rule_code).derogable:
        raise RocketError("not_derogable", _("This rule allows no derogation."))
    derogation, _created = Derogation.objects.update_or_create(
        proposal=proposal,
        rule_code=rule_code,
        defaults={"reason": reason, "granted_by": by, "granted_at": now},
    )
    audit.record(
        subject=proposal,
        verb="derogation_granted",
        by=by,
        now=now,
        after={"rule": rule_code, "reason": reason},
    )
    return derogation
