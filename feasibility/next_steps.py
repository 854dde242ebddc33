"""What comes next for a proposal, whose turn it is and until when: on its page and in the list of one's work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from feasibility.enums import ProposalState as S
from feasibility.models import Proposal
from feasibility.permissions import own_partners
from rocket.core.display import day_text, moment_text

BEFORE_DECISION = frozenset({S.SUBMITTED, S.ELIGIBLE, S.IN_ASSESSMENT, S.DECISION_PENDING})

TURNS: dict[str, Any] = {
    "lead": gettext_lazy("The lead partner's turn"),
    "consortium": gettext_lazy("The consortium's turn"),
    "office": gettext_lazy("The programme office's turn"),
    "nobody": "",
}


@dataclass(frozen=True)
class NextStep:
    """``turn``: yours, lead, consortium, office or nobody. ``due`` is set where something must be done by then."""

    turn: str
    title: str
    text: str
    due: datetime | None = None

    @property
    def turn_text(self) -> str:
        return _("Your turn") if self.turn == "yours" else str(TURNS[self.turn])


def is_over(proposal: Proposal, now: datetime) -> bool:
    """Whether the consortium may still write but can't submit any more: in this call, or after the completion's time."""
    return proposal.is_editable and proposal.closes_at is not None and now >= proposal.closes_at


def next_step(proposal: Proposal, *, reader: Any, now: datetime) -> NextStep | None:
    """The step after the present state; None for a draft in time, whose tasks say it. Uses the loaded partners."""
    mine = own_partners(reader, proposal)
    leads = any(partner.is_lead for partner in mine)
    state = S(proposal.state)
    if is_over(proposal, now):
        return _after_the_deadline(proposal, state)
    if state is S.DRAFT:
        return None
    if state in (S.REOPENED, S.RETURNED):
        due = proposal.closes_at
        text = _("Whatever was changed counts once it is submitted again, by %(due)s.") % {
            "due": moment_text(due) if due else "–"
        }
        return NextStep(_turn("consortium", bool(mine)), _("Submit it again"), text, due)
    if state in (S.APPROVED, S.APPROVED_WITH_CONDITIONS):
        text = _(
            "The project begins with the lead partner's acceptance. Read the decision, then accept the grant."
        )
        return NextStep(_turn("lead", leads), _("Accept the grant"), text)
    turn, title, text = _of_the_office(state)
    if state in BEFORE_DECISION and proposal.call.decision_expected_on:
        expected = _("The decision is expected by %(day)s.")
        text = f"{text} {expected % {'day': day_text(proposal.call.decision_expected_on)}}"
    # The lead partner reads the same beside the button that reopens.
    if state is S.SUBMITTED and not leads and proposal.call.is_open_at(now) and proposal.call.closes_at:
        until = _("Until the call closes on %(closes)s the lead partner can reopen it.")
        text = f"{text} {until % {'closes': moment_text(proposal.call.closes_at)}}"
    return NextStep(turn, title, text)


def _turn(whose: str, is_mine: bool) -> str:
    return "yours" if is_mine else whose


def _after_the_deadline(proposal: Proposal, state: S) -> NextStep:
    closed = moment_text(proposal.closes_at)
    if state is S.DRAFT:
        text = _(
            "The call closed on %(closed)s, so this draft can no longer be submitted in it. It stays yours to read, to "
            "change and to copy into an open call."
        )
        return NextStep("nobody", _("The call has closed"), text % {"closed": closed})
    text = _(
        "The time to submit it again ended on %(closed)s. The last submission stands, and the programme office goes on "
        "with that one; what was changed since does not count."
    )
    return NextStep("office", _("The last submission stands"), text % {"closed": closed})


def _of_the_office(state: S) -> tuple[str, str, str]:
    mail = _("Everybody in the consortium gets a mail. Until then there is nothing to do.")
    check = pgettext("next step of a proposal", "The formal check")
    decision = pgettext("next step of a proposal", "The decision")
    steps: dict[S, tuple[str, str, str]] = {
        S.SUBMITTED: (
            "office",
            check,
            _("The programme office checks whether the proposal is complete and keeps the rules.")
            + " "
            + mail,
        ),
        S.ELIGIBLE: (
            "office",
            decision,
            _("The formal check is passed. The programme assesses the proposal and decides on it.")
            + " "
            + mail,
        ),
        S.IN_ASSESSMENT: (
            "office",
            decision,
            _("Experts assess the proposal; then the programme decides on it.") + " " + mail,
        ),
        S.DECISION_PENDING: (
            "office",
            decision,
            _("The programme decides, and says why.") + " " + mail,
        ),
        S.RESERVE: (
            "office",
            pgettext("next step of a proposal", "Money that becomes free"),
            _("The proposal can be funded if money becomes free.") + " " + mail,
        ),
        S.APPEALED: (
            "office",
            pgettext("next step of a proposal", "A new decision"),
            _("The programme decides again, on the appeal.") + " " + mail,
        ),
        S.ACCEPTED: (
            "office",
            pgettext("next step of a proposal", "The grant agreement"),
            _("The grant is accepted. The programme office makes the grant agreement with the lead partner."),
        ),
        S.REJECTED: (
            "nobody",
            pgettext("next step of a proposal", "Appeal, or try again"),
            _(
                "You can appeal to the programme office, or copy the proposal into an open call and improve it."
            ),
        ),
        S.INELIGIBLE: (
            "nobody",
            pgettext("next step of a proposal", "Appeal, or try again"),
            _("You can appeal to the programme office, or copy the proposal into an open call and mend it."),
        ),
        S.WITHDRAWN: (
            "nobody",
            pgettext("next step of a proposal", "Try again"),
            _("The proposal is out of the running for good. You can copy it into an open call."),
        ),
    }
    return steps[state]
