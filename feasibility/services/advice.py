"""Advice on a draft: the consultant writes it, the consortium answers by marking it done."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from feasibility.enums import SectionName
from feasibility.models import Advice, Proposal
from feasibility.services.mails import tell_consortium
from rocket.accounts.models import User
from rocket.core import audit
from rocket.core.errors import RocketError
from rocket.core.permissions import demand
from rocket.core.text import without_controls


@transaction.atomic
def advise(*, proposal: Proposal, section: SectionName, text: str, by: User, now: datetime) -> Advice:
    """Leave advice on ``section``; everybody in the consortium gets a mail. The text itself is never changed."""
    demand(by, "advise", proposal)
    text = without_controls(text).strip()
    if not text:
        raise RocketError("empty", _("Write your advice first."))
    advice = Advice.objects.create(proposal=proposal, section=section, text=text, by=by, at=now)
    audit.record(subject=proposal, verb="advised", by=by, now=now, after={"section": section})
    tell_consortium(
        proposal,
        "advised",
        now=now,
        words={"consultant": str(by), "section": SectionName(section).label, "text": text},
    )
    return advice


@transaction.atomic
def finish_advice(*, advice: Advice, by: User, now: datetime) -> None:
    """Mark the advice as done; a second call changes nothing."""
    demand(by, "finish", advice)
    if Advice.objects.filter(pk=advice.pk, done_at=None).update(done_at=now, done_by=by):
        audit.record(subject=advice.proposal, verb="advice_done", by=by, now=now, after={"advice": advice.pk})
