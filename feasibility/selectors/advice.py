"""Threads of advice as pages show them: by section, open ones first, with who reads them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from consortia.enums import PartnerState
from feasibility.enums import AdviceSide, AdviceStep, SectionName
from feasibility.models import Advice, AdviceReply, Proposal


@dataclass(frozen=True)
class Entry:
    """One step of a thread: who, for whom, when, and the words, which a mere mark has none of."""

    by: Any
    of: str
    at: datetime
    text: str = ""
    step: AdviceStep | None = None

    @property
    def label(self) -> Any:
        """What was done; empty for words, which speak for themselves."""
        return self.step.label if self.step and self.step != AdviceStep.ANSWERED else ""


@dataclass(frozen=True)
class Thread:
    """Advice with all that was said to it, the latest last. ``waits_for`` is whose turn it is, None once done.

    ``changed_at`` is when the section was changed after the advice was given; None where it was not.
    """

    advice: Advice
    entries: tuple[Entry, ...]
    waits_for: AdviceSide | None
    changed_at: datetime | None

    pk = property(lambda self: self.advice.pk)
    is_open = property(lambda self: self.advice.is_open)
    section = property(lambda self: SectionName(self.advice.section))


@dataclass(frozen=True)
class SectionThreads:
    """The threads of one section."""

    section: SectionName
    threads: tuple[Thread, ...]

    open = property(lambda self: [thread for thread in self.threads if thread.is_open])
    done = property(lambda self: [thread for thread in self.threads if not thread.is_open])


def threads_of(proposal: Proposal, section: str = "") -> list[Thread]:
    """All threads of a loaded proposal, or those of one section: open first, the latest on top. Two queries."""
    rows = proposal.advice.select_related("by", "done_by").prefetch_related(
        Prefetch("replies", AdviceReply.objects.select_related("by"))
    )
    if section:
        rows = rows.filter(section=section)
    threads = [_thread(advice, proposal) for advice in rows]
    return sorted(threads, key=lambda thread: not thread.is_open)


def open_advice(proposal: Proposal) -> list[tuple[Advice, AdviceSide]]:
    """The first words of each open thread, the latest on top, and whose turn it is; one query."""
    rows = proposal.advice.open().with_last_side()
    return [(advice, other_side(advice.last_side)) for advice in rows]


def threads_by_section(threads: Iterable[Thread]) -> list[SectionThreads]:
    """The same by section, in the order of the proposal; sections without any are left out. No query."""
    found = list(threads)
    groups = (SectionThreads(name, tuple(t for t in found if t.section == name)) for name in SectionName)
    return [group for group in groups if group.threads]


def readers_text(proposal: Proposal) -> str:
    """Who reads the advice on a loaded proposal, in words: it stands on every thread. No query."""
    names = [
        partner.organisation.name
        for partner in proposal.consortium.partners.all()
        if partner.state == PartnerState.CONFIRMED
    ]
    words = _(
        "Read by: the consortium (%(names)s) and the consultants of %(cluster)s. Not by the programme office."
    )
    return words % {"names": ", ".join(names), "cluster": proposal.cluster or "–"}


def _thread(advice: Advice, proposal: Proposal) -> Thread:
    replies = list(advice.replies.all())
    first = Entry(advice.by, advice.of or str(proposal.cluster or ""), advice.at, advice.text)
    entries = [
        first,
        *(Entry(reply.by, reply.of, reply.at, reply.text, AdviceStep(reply.step)) for reply in replies),
    ]
    if advice.done_at is not None and not any(reply.step == AdviceStep.DONE for reply in replies):
        # Marked before threads were kept.
        entries.append(Entry(advice.done_by, "", advice.done_at, step=AdviceStep.DONE))
    changed_at = section_changed_at(proposal, advice.section)
    return Thread(
        advice,
        tuple(entries),
        _turn(replies) if advice.is_open else None,
        changed_at if changed_at is not None and changed_at > advice.at else None,
    )


def _turn(replies: list[AdviceReply]) -> AdviceSide:
    """As ``AdviceQuerySet.waiting_for`` has it, of rows at hand."""
    asking = [
        reply
        for reply in replies
        if reply.step == AdviceStep.ANSWERED
        or (reply.step == AdviceStep.REOPENED and reply.side == AdviceSide.CONSULTANT)
    ]
    return other_side(asking[-1].side if asking else AdviceSide.CONSULTANT)


def other_side(side: str) -> AdviceSide:
    return AdviceSide.CONSULTANT if side == AdviceSide.CONSORTIUM else AdviceSide.CONSORTIUM


def section_changed_at(proposal: Proposal, section: str) -> datetime | None:
    """When the section was saved last; that of the partners also changes as they are added and confirm. No query."""
    moments = [row.changed_at for row in proposal.sections.all() if row.name == section]
    if section == SectionName.PARTNERS:
        for partner in proposal.consortium.partners.all():
            moments += [partner.added_at, partner.confirmed_at]
    return max((moment for moment in moments if moment is not None), default=None)
