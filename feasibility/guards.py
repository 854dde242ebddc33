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
from feasibility.services.sections import bump
from rocket.core.errors import Refused


def only_while_editable(consortium: Consortium, by: Any, now: datetime, change: ConsortiumChange) -> None:
    """Partners change only while the proposal does; each change counts as a new version of it."""
    proposal = Proposal.objects.filter(consortium=consortium).first()
    if proposal is None:
        return
    if not proposal.is_editable:
        raise Refused("not_editable", _("The proposal is submitted; its consortium can't change."))
    if change.is_done and change.verb != "resent":
        bump(proposal, now)


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
