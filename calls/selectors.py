"""Reads that span calls."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from calls.enums import CallPhase
from calls.models import Call, CallQuerySet, ProjectKind
from calls.registry import RuleText, rule_texts
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
    """The public ones of ``calls``; six queries, however many there are.

    A call that was decided early counts as closed: it takes nothing any more.
    """
    phases: dict[CallPhase, list[Call]] = {phase: [] for phase in CallPhase}
    for call in calls.public().with_parts():
        phase = call.phase_at(now)
        is_over = phase is CallPhase.OPEN and not call.is_open_at(now)
        phases[CallPhase.CLOSED if is_over else phase].append(call)
    return CallsByPhase(
        open=tuple(_by(phases[CallPhase.OPEN], "closes_at")),
        planned=tuple(_by(phases[CallPhase.PLANNED], "opens_at")),
        closed=tuple(reversed(_by(phases[CallPhase.CLOSED], "closes_at"))),
    )


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
