"""What pages with pieces of every app show; each app hands in its part in ``AppConfig.ready()``."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any


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


_waiting: list[Callable[[Any], Iterable[Waiting]]] = []
_menus: dict[str, list[Callable[[Any], Iterable[MenuEntry]]]] = {
    "desk": [],
    "applicant": [],
    "programmes": [],
    "search": [],
}


def register_waiting(source: Callable[[Any], Iterable[Waiting]]) -> None:
    _waiting.append(source)


def register_menu(source: Callable[[Any], Iterable[MenuEntry]], *, area: str = "desk") -> None:
    """``source(request)`` yields the entries for one request; ``area`` is one of ``_menus``."""
    _menus[area].append(source)


def waiting_for(user: Any) -> list[Waiting]:
    """Due ones first, the earliest on top."""
    found = [entry for source in _waiting for entry in source(user)]
    return sorted(found, key=lambda entry: (entry.due is None, entry.due.timestamp() if entry.due else 0.0))


def menu(request: Any, area: str) -> list[MenuEntry]:
    from dataclasses import replace

    entries = sorted(
        (e for source in _menus[area] for e in source(request)), key=lambda entry: entry.position
    )
    matching = [e for e in entries if request.path.startswith(e.match or e.url)]
    current = max(matching, key=lambda e: len(e.match or e.url), default=None)
    return [replace(entry, is_current=entry is current) for entry in entries]
