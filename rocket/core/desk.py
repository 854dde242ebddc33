"""What pages with pieces of every app show; each app hands in its part in ``AppConfig.ready()``."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from rocket.core.together import rows_together


@dataclass(frozen=True)
class Waiting:
    """Something that waits for this person."""

    title: Any
    url: str
    due: datetime | None = None
    detail: Any = ""


@dataclass(frozen=True)
class MenuEntry:
    """A place on the desk's rail or in the applicant's bar. ``position`` orders; ``match`` is the path that it covers."""

    title: Any
    url: str
    icon: str
    position: int = 50
    count: int | None = None
    is_current: bool = False
    match: str = ""


@dataclass(frozen=True)
class Question:
    """What a source asks the database before it can tell: ``rows`` is a queryset with ``values``. The questions of all
    sources go out in one query, so the rows come in no order."""

    rows: QuerySet[Any]
    tell: Callable[[list[dict[str, Any]]], Iterable[Waiting]]


Source = Callable[[Any], Iterable[Waiting | Question]]
_waiting: list[Source] = []
_menus: dict[str, list[Callable[[Any], Iterable[MenuEntry]]]] = {
    "desk": [],
    "applicant": [],
    "programmes": [],
    "search": [],
}


def register_waiting(source: Source) -> None:
    """``source(user)`` yields what waits for one person, and questions about it."""
    _waiting.append(source)


def register_menu(source: Callable[[Any], Iterable[MenuEntry]], *, area: str = "desk") -> None:
    """``source(request)`` yields the entries for one request; ``area`` is one of ``_menus``."""
    _menus[area].append(source)


def waiting_for(user: Any) -> list[Waiting]:
    """Due ones first, the earliest on top; the others as their sources stand. At most one query."""
    asked = [entry for source in _waiting for entry in source(user)]
    questions = [entry for entry in asked if isinstance(entry, Question)]
    answers = iter(rows_together(*(question.rows for question in questions)) if questions else ())
    found = [
        told
        for entry in asked
        for told in (entry.tell(next(answers)) if isinstance(entry, Question) else (entry,))
    ]
    return sorted(found, key=lambda entry: (entry.due is None, entry.due.timestamp() if entry.due else 0.0))


def menu(request: Any, area: str) -> list[MenuEntry]:
    from dataclasses import replace

    entries = sorted(
        (e for source in _menus[area] for e in source(request)), key=lambda entry: entry.position
    )
    matching = [e for e in entries if request.path.startswith(e.match or e.url)]
    current = max(matching, key=lambda e: len(e.match or e.url), default=None)
    return [replace(entry, is_current=entry is current) for entry in entries]
