"""What a higher app tells about consortia: what they are for, and when they may not change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from consortia.models import Consortium, Partner


@dataclass(frozen=True)
class ConsortiumChange:
    """A change of a consortium: about to happen, or (``is_done``) just made in the running transaction.

    ``verb``: invited, resent, confirmed, declined, removed, edited, lead_offered, lead_offer_ended, lead_handed_over.
    """

    verb: str
    partner: Partner | None = None
    is_done: bool = False


@dataclass(frozen=True)
class ConsortiumSubject:
    """What a consortium makes together: its title, the page for its members, and a line on the call."""

    title: str
    url: str = ""
    detail: Any = ""
    """Shown in the reader's language: a text that is made when it is written out."""


Guard = Callable[[Consortium, Any, datetime, ConsortiumChange], None]
_guards: list[Guard] = []
_subjects: list[Callable[[Consortium], ConsortiumSubject | None]] = []


def register_consortium_guard(guard: Guard) -> None:
    """``guard(consortium, by, now, change)`` runs before each change (and may raise ``RocketError`` to forbid it)
    and again after it, in the same transaction."""
    if guard not in _guards:
        _guards.append(guard)


def call_guards(consortium: Consortium, by: Any, now: datetime, change: ConsortiumChange) -> None:
    for guard in _guards:
        guard(consortium, by, now, change)


def register_consortium_subject(source: Callable[[Consortium], ConsortiumSubject | None]) -> None:
    """``source(consortium)`` tells what this consortium is for, or None where it does not know it."""
    if source not in _subjects:
        _subjects.append(source)


def subject_of(consortium: Consortium) -> ConsortiumSubject:
    """What the consortium is for; without an answer from a higher app, its lead partner's name stands for it."""
    for source in _subjects:
        found = source(consortium)
        if found is not None:
            return found
    return ConsortiumSubject(title=str(consortium.lead_partner.organisation))
