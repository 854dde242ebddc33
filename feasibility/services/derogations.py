"""Derogations: asked for by the lead partner, granted or refused by a manager, each with a reason."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from feasibility.eligibility import rule_class, rule_codes
from feasibility.enums import DerogationState
from feasibility.models import Derogation, DerogationRequest, Proposal
from feasibility.services.mails import tell_consortium
from rocket.accounts.models import User
from rocket.core import audit
from rocket.core.errors import RocketError
from rocket.core.permissions import demand
from rocket.core.text import without_controls


def derogable_rules(proposal: Proposal) -> list[str]:
    """Codes of the rules of the proposal's kind that allow a derogation, in the order of the programme's file."""
    known = set(rule_codes())
    return [
        rule["code"]
        for rule in proposal.kind.rules
        if rule["code"] in known and rule_class(rule["code"]).derogable
    ]


def _reason(text: str, missing: object) -> str:
    reason = without_controls(text).strip()
    if not reason:
        raise RocketError("reason_missing", missing)
    return reason


@transaction.atomic
def ask_for_derogation(
    *, proposal: Proposal, rule_code: str, reason: str, by: User, now: datetime
) -> DerogationRequest:
    """Ask the programme office that one rule need not hold; only people of the lead partner may, on a draft.

    The office reads number, call, lead partner, rule and reason, and nothing else of the draft. Raises ``RocketError``
    for a rule that allows none, where one was granted (granted_already) and where one waits (asked_already).
    """
    demand(by, "ask_derogation", proposal)
    reason = _reason(reason, _("Say why the rule can't be met. The programme office decides on your reason."))
    if rule_code not in derogable_rules(proposal):
        raise RocketError("not_derogable", _("This rule allows no derogation."))
    if proposal.derogations.filter(rule_code=rule_code).exists():
        raise RocketError("granted_already", _("A derogation from this rule is granted already."))
    try:
        with transaction.atomic():
            request = DerogationRequest.objects.create(
                proposal=proposal, rule_code=rule_code, reason=reason, asked_by=by, asked_at=now
            )
    except IntegrityError as error:
        raise RocketError(
            "asked_already", _("A derogation from this rule is asked for already and waits for its answer.")
        ) from error
    audit.record(
        subject=proposal,
        verb="derogation_asked",
        by=by,
        now=now,
        after={"rule": rule_code, "reason": reason},
    )
    return request


def _settle(
    request: DerogationRequest, state: DerogationState, *, by: User, now: datetime, answer: str = ""
) -> None:
    """Of two answers at once the second one finds it answered."""
    taken = DerogationRequest.objects.filter(pk=request.pk, state=DerogationState.WAITING).update(
        state=state, answer=answer, answered_by=by, answered_at=now
    )
    if not taken:
        raise RocketError("answered", _("This request was answered or taken back already."))
    request.refresh_from_db()


@transaction.atomic
def take_back_derogation_request(*, request: DerogationRequest, by: User, now: datetime) -> None:
    """It waits on the desk no longer."""
    demand(by, "ask_derogation", request.proposal)
    _settle(request, DerogationState.TAKEN_BACK, by=by, now=now)
    audit.record(
        subject=request.proposal,
        verb="derogation_taken_back",
        by=by,
        now=now,
        after={"rule": request.rule_code},
    )


@transaction.atomic
def refuse_derogation(*, request: DerogationRequest, reason: str, by: User, now: datetime) -> None:
    """The rule holds for this proposal as for every other; everybody in the consortium gets a mail with the reason."""
    proposal = request.proposal
    demand(by, "grant_derogation", proposal)
    reason = _reason(reason, _("Give the reason; the consortium reads it."))
    _settle(request, DerogationState.REFUSED, by=by, now=now, answer=reason)
    audit.record(
        subject=proposal,
        verb="derogation_refused",
        by=by,
        now=now,
        after={"rule": request.rule_code, "reason": reason},
    )
    tell_consortium(
        proposal,
        "derogation_refused",
        now=now,
        words={"rule": rule_class(request.rule_code).title, "reason": reason},
    )


@transaction.atomic
def grant_derogation(
    *, proposal: Proposal, rule_code: str, reason: str, by: User, now: datetime
) -> Derogation:
    """Let one rule pass for this proposal, by a named manager, for a reason; the rule then says so.

    A request that waits for it is answered by this. Everybody in the consortium gets a mail.
    """
    demand(by, "grant_derogation", proposal)
    reason = _reason(reason, _("Give the reason; it is shown with the rule."))
    if not rule_class(rule_code).derogable:
        raise RocketError("not_derogable", _("This rule allows no derogation."))
    derogation, _created = Derogation.objects.update_or_create(
        proposal=proposal,
        rule_code=rule_code,
        defaults={"reason": reason, "granted_by": by, "granted_at": now},
    )
    for request in proposal.derogation_requests.filter(rule_code=rule_code, state=DerogationState.WAITING):
        _settle(request, DerogationState.GRANTED, by=by, now=now, answer=reason)
    audit.record(
        subject=proposal,
        verb="derogation_granted",
        by=by,
        now=now,
        after={"rule": rule_code, "reason": reason},
    )
    tell_consortium(
        proposal,
        "derogation_granted",
        now=now,
        words={"rule": rule_class(rule_code).title, "reason": reason},
    )
    return derogation


@transaction.atomic
def grant_request(*, request: DerogationRequest, reason: str, by: User, now: datetime) -> Derogation:
    """Grant what was asked for. Raises ``RocketError`` (answered) where somebody answered it meanwhile."""
    if request.state != DerogationState.WAITING or not (
        DerogationRequest.objects.select_for_update()
        .filter(pk=request.pk, state=DerogationState.WAITING)
        .exists()
    ):
        raise RocketError("answered", _("This request was answered or taken back already."))
    return grant_derogation(
        proposal=request.proposal, rule_code=request.rule_code, reason=reason, by=by, now=now
    )
