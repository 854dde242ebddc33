"""What a proposal lets happen to its consortium."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from consortia.models import Consortium
from consortia.registry import (
    ConsortiumChange,
    ConsortiumSubject,
    register_consortium_guard,
    register_consortium_subject,
)
from feasibility.models import Proposal
from feasibility.services.proposals import follow_lead
from feasibility.services.sections import bump
from rocket.core.errors import Refused

CHANGES_NOTHING = ("resent", "lead_offered", "lead_offer_ended")
"""Letters and offers: the proposal reads the same after them."""


def only_while_editable(consortium: Consortium, by: Any, now: datetime, change: ConsortiumChange) -> None:
    """Partners change only while the proposal does; each change counts as a new version of it."""
    proposal = Proposal.objects.filter(consortium=consortium).first()
    if proposal is None or change.verb == "lead_offer_ended":
        return
    if not proposal.is_editable:
        raise Refused("not_editable", _("The proposal is submitted; its consortium can't change."))
    if change.is_done and change.verb not in CHANGES_NOTHING:
        bump(proposal, now)
    if change.is_done and change.verb == "lead_handed_over":
        follow_lead(proposal, by=by, now=now)


def subject(consortium: Consortium) -> ConsortiumSubject | None:
    proposal = Proposal.objects.filter(consortium=consortium).select_related("call").first()
    if proposal is None:
        return None
    return ConsortiumSubject(
        title=proposal.title, url=proposal.get_absolute_url(), detail=proposal.call.title
    )


def register() -> None:
    register_consortium_guard(only_while_editable)
    register_consortium_subject(subject)
