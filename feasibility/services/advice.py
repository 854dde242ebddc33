"""Advice on a section: the consultant gives it, both sides talk about it, the consortium says when it is done."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from feasibility.enums import AdviceSide, AdviceStep, SectionName
from feasibility.models import Advice, AdviceReply, Proposal
from feasibility.models.advice import MAX_ADVICE
from feasibility.permissions import own_partners
from feasibility.services.mails import consultants_of, readers_of, tell
from rocket.accounts.models import User
from rocket.core import audit
from rocket.core.errors import RocketError
from rocket.core.permissions import demand
from rocket.core.text import without_controls


@transaction.atomic
def advise(*, proposal: Proposal, section: SectionName, text: str, by: User, now: datetime) -> Advice:
    """Leave advice on ``section``; everybody in the consortium gets a mail. The text itself is never changed.

    Pressing twice leaves one.
    """
    demand(by, "advise", proposal)
    text = _words(text, _("Write your advice first."))
    latest = Advice.objects.filter(proposal=proposal, section=section).first()
    if latest is not None and (latest.text, latest.by_id, latest.is_open) == (text, by.pk, True):
        return latest
    cluster = proposal.cluster
    assert cluster is not None  # nobody advises without one
    advice = Advice.objects.create(
        proposal=proposal, section=section, text=text, by=by, of=cluster.name, at=now
    )
    audit.record(subject=proposal, verb="advised", by=by, now=now, after={"section": section})
    path = _path_of_section(advice)
    tell(
        proposal,
        "advised",
        [(reader, path) for reader in readers_of(proposal) if reader != by],
        now=now,
        words={"consultant": str(by), "section": SectionName(section).label, "text": text},
    )
    return advice


@transaction.atomic
def answer_advice(*, advice: Advice, text: str, by: User, now: datetime) -> AdviceReply:
    """Add words to an open thread; the other readers get a mail. Pressing twice leaves one answer.

    Raises ``RocketError`` for no words, and where somebody has marked it as done in the meantime.
    """
    demand(by, "answer", advice)
    text = _words(text, _("Write your answer first."))
    # PostgreSQL lets one through at a time here, SQLite writes one at a time anyhow.
    current = Advice.objects.select_for_update().get(pk=advice.pk)
    if not current.is_open:
        raise RocketError("done", _("This advice is marked as done. Open it again, then answer."))
    latest = advice.replies.last()
    if latest is not None and (latest.text, latest.by_id, latest.step) == (text, by.pk, AdviceStep.ANSWERED):
        return latest
    return _add(advice, AdviceStep.ANSWERED, by, now, text=text)


@transaction.atomic
def finish_advice(*, advice: Advice, by: User, now: datetime) -> None:
    """Mark the advice as done; a second call changes nothing."""
    demand(by, "finish", advice)
    if Advice.objects.filter(pk=advice.pk, done_at=None).update(done_at=now, done_by=by):
        _add(advice, AdviceStep.DONE, by, now)


@transaction.atomic
def reopen_advice(*, advice: Advice, by: User, now: datetime) -> None:
    """Open it again; a second call changes nothing. Either side may find that it is not done yet."""
    demand(by, "reopen", advice)
    if Advice.objects.filter(pk=advice.pk, done_at__isnull=False).update(done_at=None, done_by=None):
        _add(advice, AdviceStep.REOPENED, by, now)


_LETTERS = {
    AdviceStep.ANSWERED: "advice_answered",
    AdviceStep.DONE: "advice_done",
    AdviceStep.REOPENED: "advice_reopened",
}
"""Of each step: its mail, and its verb in the audit trail."""


def _add(advice: Advice, step: AdviceStep, by: User, now: datetime, text: str = "") -> AdviceReply:
    """One step of the thread, with its audit entry and a mail to everybody else who reads the thread."""
    proposal = advice.proposal
    side, of = speaks_for(by, proposal)
    reply = AdviceReply.objects.create(advice=advice, step=step, text=text, side=side, by=by, of=of, at=now)
    letter = _LETTERS[step]
    audit.record(subject=proposal, verb=letter, by=by, now=now, after={"advice": advice.pk})
    section, desk = _path_of_section(advice), _path_of_desk(advice)
    readers = dict.fromkeys(readers_of(proposal), section)
    readers |= dict.fromkeys(consultants_of(proposal, advice), desk)
    readers.pop(by, None)
    label = SectionName(advice.section).label
    tell(
        proposal,
        letter,
        list(readers.items()),
        now=now,
        words={"person": str(by), "of": of, "section": label, "text": text or advice.text},
    )
    return reply


def speaks_for(user: User, proposal: Proposal) -> tuple[AdviceSide, str]:
    """On which side somebody stands, and the name of the organisation or cluster organisation behind them."""
    mine = own_partners(user, proposal)
    if mine:
        return AdviceSide.CONSORTIUM, mine[0].organisation.name
    return AdviceSide.CONSULTANT, proposal.cluster.name if proposal.cluster else ""


def _words(text: str, message: Any) -> str:
    text = without_controls(text).strip()
    if not text:
        raise RocketError("empty", message)
    if len(text) > MAX_ADVICE:
        raise RocketError("too_long", _("At most 4,000 characters."))
    return text


def _path_of_section(advice: Advice) -> str:
    """Where the consortium reads it: beside the section."""
    return reverse(f"section_{advice.section}", args=[advice.proposal.number]) + f"#advice-{advice.pk}"


def _path_of_desk(advice: Advice) -> str:
    """Where the consultants read it: on their page of the draft."""
    return reverse("draft_in_care", args=[advice.proposal.number]) + f"#advice-{advice.pk}"
