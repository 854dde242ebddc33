"""Reads that span calls."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Max
from django.utils.dateparse import parse_date, parse_datetime

from calls.enums import CallPhase
from calls.models import Call, CallQuerySet, ProjectKind
from calls.outcome import Outcome
from calls.registry import RuleText, funded_of, rule_texts
from calls.remembered import calls_at_hand
from rocket.core.models import AuditEntry
from rocket.core.text import LocalisedText


@dataclass(frozen=True)
class CallsByPhase:
    """Public calls as they are at one moment: open ones by deadline, planned ones by opening, closed ones latest
    first."""

    open: tuple[Call, ...]
    planned: tuple[Call, ...]
    closed: tuple[Call, ...]

    def __bool__(self) -> bool:
        return bool(self.open or self.planned or self.closed)


def calls_by_phase(calls: CallQuerySet, now: datetime) -> CallsByPhase:
    """The public ones of ``calls`` with their parts at hand; one query, however many there are.

    A call that was decided early counts as closed: it takes nothing any more.
    """
    phases: dict[CallPhase, list[Call]] = {phase: [] for phase in CallPhase}
    for call in calls_at_hand(calls.public().select_related("programme")):
        phase = call.phase_at(now)
        is_over = phase is CallPhase.OPEN and not call.is_open_at(now)
        phases[CallPhase.CLOSED if is_over else phase].append(call)
    return CallsByPhase(
        open=tuple(_by(phases[CallPhase.OPEN], "closes_at")),
        planned=tuple(_by(phases[CallPhase.PLANNED], "opens_at")),
        closed=tuple(reversed(_by(phases[CallPhase.CLOSED], "closes_at"))),
    )


def with_outcome(calls: Iterable[Call], now: datetime) -> None:
    """Give each of these calls, which closed before ``now``, its ``outcome``; at most one query."""
    listed = list(calls)
    found = funded_of(listed) if listed else {}
    for call in listed:
        expected, today = call.decision_expected_on, now.astimezone(call.programme.zone).date()
        awaited = expected if expected and expected >= today and not call.is_decided else None
        call.outcome = Outcome(call.is_decided, found.get(call.pk), awaited)


def _by(calls: Iterable[Call], name: str) -> list[Call]:
    return sorted(calls, key=lambda call: (getattr(call, name), call.pk))


@dataclass(frozen=True)
class KindInCall:
    """A kind of project as one call takes it: its limits with the call's own, and its rules in words."""

    kind: ProjectKind
    grant_cap_sme: Decimal
    grant_cap_project: Decimal | None
    rules: tuple[RuleText, ...]

    @property
    def annexes(self) -> list[dict[str, object]]:
        """Annexes with their names in the active language."""
        return [{**annex, "name": LocalisedText(annex["name"])} for annex in self.kind.annexes]


def kinds_in(call: Call) -> tuple[KindInCall, ...]:
    """Every kind that the call takes; no queries beyond the call's own parts."""
    return tuple(
        KindInCall(
            kind, call.grant_cap_sme_of(kind), call.grant_cap_project_of(kind), tuple(rule_texts(kind, call))
        )
        for kind in call.kinds.all()
    )


@dataclass(frozen=True)
class PublicChange:
    """What happened to a published call. ``verb`` is call_published, call_amended, call_decided or call_archived.

    Texts are in all languages; a deadline that stayed is None in both. Who did it is nobody's business here.
    """

    at: datetime
    verb: str
    title_before: LocalisedText | None = None
    title_after: LocalisedText | None = None
    summary_changed: bool = False
    text_changed: bool = False
    closed_before: datetime | None = None
    closes_after: datetime | None = None
    is_decision_day_changed: bool = False
    decision_expected_on: date | None = None


PUBLIC_VERBS = ("call_published", "call_amended", "call_decided", "call_archived")


def changes_of(call: Call) -> list[PublicChange]:
    """Everything that happened to the call since it was published, the latest first; one query."""
    entries = AuditEntry.objects.about(call).filter(verb__in=PUBLIC_VERBS).order_by("-sequence")
    return [_change(entry.at, entry.verb, entry.before, entry.after) for entry in entries]


def _change(at: datetime, verb: str, before: dict[str, Any], after: dict[str, Any]) -> PublicChange:
    if verb != "call_amended":
        return PublicChange(at, verb)
    moved = "closes_at" in after and before.get("closes_at") and after.get("closes_at")
    return PublicChange(
        at,
        verb,
        title_before=LocalisedText(before["title"]) if "title" in after else None,
        title_after=LocalisedText(after["title"]) if "title" in after else None,
        summary_changed="summary" in after,
        text_changed="text" in after,
        closed_before=parse_datetime(before["closes_at"]) if moved else None,
        closes_after=parse_datetime(after["closes_at"]) if moved else None,
        is_decision_day_changed="decision_expected_on" in after,
        decision_expected_on=parse_date(after.get("decision_expected_on") or ""),
    )


def last_changes(calls: Iterable[Call]) -> dict[int, datetime]:
    """When each call was last changed in public, by primary key; one query. Calls without an entry are left out."""
    rows = (
        AuditEntry.objects.filter(
            subject_type=Call._meta.label_lower,
            subject_id__in=[str(call.pk) for call in calls],
            verb__in=PUBLIC_VERBS,
        )
        .values("subject_id")
        .annotate(last=Max("at"))
        .order_by()
    )
    return {int(row["subject_id"]): row["last"] for row in rows}
