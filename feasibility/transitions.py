"""Every way of a proposal from one state to the next. Buttons, permissions, mails and audit read this table."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from feasibility.enums import BEFORE_ACCEPTANCE
from feasibility.enums import ProposalState as S
from feasibility.models import Proposal
from rocket.core.states import Condition, Transition, TransitionTable


def _open(proposal: Proposal, now: datetime, **facts: Any) -> bool:
    return proposal.call.is_open_at(now)


def _stands(proposal: Proposal, now: datetime, **facts: Any) -> bool:
    """Nothing can take the place of the last submission: the proposal was not opened again, or its time is over."""
    if proposal.state not in (S.REOPENED, S.RETURNED):
        return True
    return proposal.closes_at is not None and now >= proposal.closes_at


def _all_passed(proposal: Proposal, **facts: Any) -> bool:
    """Every blocking rule of the latest submission passed, or passed by a recorded derogation."""
    latest = proposal.submissions.first()
    return latest is not None and bool(latest.findings.get("is_eligible", False))


def _completion_set(due: datetime | None = None, now: datetime | None = None, **facts: Any) -> bool:
    return due is not None and now is not None and due > now


def _conditions_given(conditions: str = "", **facts: Any) -> bool:
    return bool(conditions.strip())


call_is_open = Condition("call_is_open", _open, _("The call is closed. The last accepted submission stands."))
submission_stands = Condition(
    "submission_stands",
    _stands,
    _("The consortium may still submit again. Once its time is over, the last submission stands."),
)
rules_passed = Condition(
    "rules_passed",
    _all_passed,
    _("A blocking rule failed in the submission, so only “ineligible” is possible."),
)
completion_has_a_date = Condition(
    "completion_due", _completion_set, _("Give a moment in the future for the completion.")
)
conditions_are_stated = Condition("conditions", _conditions_given, _("State the conditions."))

_CHECKED = (S.SUBMITTED, S.REOPENED, S.RETURNED)
"""States from which the formal check goes on; where the consortium may submit again, once its time is over."""
_DECIDABLE = (S.DECISION_PENDING, S.RESERVE, S.APPEALED)

PROPOSAL = TransitionTable(
    [
        Transition(
            "submit",
            (S.DRAFT, S.REOPENED, S.RETURNED),
            S.SUBMITTED,
            pgettext_lazy("verb", "Submit"),
            "submitted",
        ),
        Transition(
            "reopen",
            (S.SUBMITTED,),
            S.REOPENED,
            pgettext_lazy("verb", "Reopen to change it"),
            "reopened",
            holds=(call_is_open,),
        ),
        Transition(
            "confirm_eligible",
            _CHECKED,
            S.ELIGIBLE,
            pgettext_lazy("verb", "Formal check passed"),
            "found_eligible",
            allowed="check",
            holds=(submission_stands, rules_passed),
        ),
        Transition(
            "return",
            _CHECKED,
            S.RETURNED,
            pgettext_lazy("verb", "Return for completion"),
            "returned",
            allowed="check",
            holds=(submission_stands, completion_has_a_date),
            needs_reason=True,
        ),
        Transition(
            "find_ineligible",
            _CHECKED,
            S.INELIGIBLE,
            pgettext_lazy("verb", "Find it ineligible"),
            "found_ineligible",
            allowed="check",
            holds=(submission_stands,),
            needs_reason=True,
        ),
        Transition(
            "assess",
            (S.ELIGIBLE,),
            S.IN_ASSESSMENT,
            pgettext_lazy("verb", "Start the assessment"),
            "assessment_started",
            allowed="check",
        ),
        Transition(
            "await_decision",
            (S.ELIGIBLE, S.IN_ASSESSMENT),
            S.DECISION_PENDING,
            pgettext_lazy("verb", "Put it up for decision"),
            "decision_awaited",
            allowed="check",
        ),
        Transition(
            "approve",
            _DECIDABLE,
            S.APPROVED,
            pgettext_lazy("verb", "Approve"),
            "approved",
            allowed="decide",
            holds=(rules_passed,),
            needs_reason=True,
        ),
        Transition(
            "approve_conditions",
            _DECIDABLE,
            S.APPROVED_WITH_CONDITIONS,
            pgettext_lazy("verb", "Approve with conditions"),
            "approved_with_conditions",
            allowed="decide",
            holds=(rules_passed, conditions_are_stated),
            needs_reason=True,
        ),
        Transition(
            "put_on_reserve",
            (S.DECISION_PENDING, S.APPEALED),
            S.RESERVE,
            pgettext_lazy("verb", "Put on the reserve list"),
            "put_on_reserve",
            allowed="decide",
            holds=(rules_passed,),
            needs_reason=True,
        ),
        Transition(
            "reject",
            _DECIDABLE,
            S.REJECTED,
            pgettext_lazy("verb", "Reject"),
            "rejected",
            allowed="decide",
            needs_reason=True,
        ),
        Transition(
            "record_appeal",
            (S.REJECTED, S.INELIGIBLE),
            S.APPEALED,
            pgettext_lazy("verb", "Record an appeal"),
            "appeal_recorded",
            allowed="check",
            needs_reason=True,
        ),
        Transition(
            "accept",
            (S.APPROVED, S.APPROVED_WITH_CONDITIONS),
            S.ACCEPTED,
            pgettext_lazy("verb", "Accept the grant"),
            "accepted",
        ),
        Transition(
            "withdraw",
            BEFORE_ACCEPTANCE,
            S.WITHDRAWN,
            pgettext_lazy("verb", "Withdraw the proposal"),
            "withdrawn",
            needs_reason=True,
        ),
    ]
)
DECISION_VERBS = {
    "approved": "approve",
    "approved_conditions": "approve_conditions",
    "reserve": "put_on_reserve",
    "rejected": "reject",
}
"""Which transition each outcome of a decision takes."""


_OTHER_EVENTS: dict[str, Any] = {
    "started": _("Draft started"),
    "copied": _("Copied from an earlier proposal"),
    "care_changed": _("Another cluster organisation looks after it"),
    "figures_taken_over": _("Figures taken over from an earlier proposal"),
    "advised": _("Advice given"),
    "advice_answered": _("Advice answered"),
    "advice_done": _("Advice marked as done"),
    "derogation_asked": _("Derogation asked for"),
    "advice_reopened": _("Advice opened again"),
    "derogation_granted": _("Derogation granted"),
    "derogation_refused": _("Derogation refused"),
    "derogation_taken_back": _("Request for a derogation taken back"),
    "saved_summary": _("Summary saved"),
    "saved_cross_border": _("Cross-border value saved"),
    "saved_technology": _("Technology saved"),
    "saved_partners": _("Partnership saved"),
    "saved_work_plan": _("Work plan saved"),
    "saved_budget": _("Budget saved"),
    "saved_products": _("Products saved"),
    "saved_annexes": _("Annexes saved"),
    "saved_declarations": _("Declarations saved"),
}


def event_words(event: str) -> str:
    """An event of the audit trail in words: the target state of its transition, or what was done."""
    row = next((row for row in PROPOSAL if row.event == event), None)
    return S(row.target).desk_label if row else str(_OTHER_EVENTS.get(event, event))
