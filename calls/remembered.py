"""What a programme's file and a call's version have fixed: read once a process, then known.

Nearly every page needs the programme's countries, regions, technologies and the like, and they change only when the
file is loaded again. They are kept in the process's memory under the stamp of that load, which stands in the
programme's own row; the parts of a call are kept under the call's version besides. A page reads these two rows
anyway, so every process sees a change with its first request after the commit, without a word from another process.

Whatever is kept is shared between requests: read it, never change it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db.models import Model, Prefetch, prefetch_related_objects

from calls.models import Call, Programme, Region
from rocket.core.at_hand import put_at_hand

OF_PROGRAMME: dict[str, Any] = {
    **{
        name: name
        for name in ("countries", "kets", "application_fields", "cost_categories", "aid_bases", "funders")
    },
    "regions": Prefetch("regions", Region.objects.select_related("country")),
}
OF_CALL = {name: name for name in ("kinds", "kets", "fields")}

Kept = dict[int, tuple[Any, dict[str, list[Any]]]]
"""By primary key: the stamp, and the rows of each relation as they were under it."""
_programmes: Kept = {}
_calls: Kept = {}


def programme_at_hand(programme: Programme) -> Programme:
    """The same object with its countries, regions, technologies, fields, cost categories, aid bases and funders at
    hand.

    No query where the process knows them, else one for each. A programme that no file has loaded is read every time.
    """
    _bring(_programmes, [programme], _stamp, OF_PROGRAMME)
    return programme


def calls_at_hand(calls: Iterable[Call]) -> list[Call]:
    """The same calls with their kinds, technologies and fields at hand, and with all of their programme.

    Their programme must be joined. No query where the process knows them, else one for each sort of part.
    """
    found = list(calls)
    _bring(_programmes, [call.programme for call in found], _stamp, OF_PROGRAMME)
    _bring(_calls, found, _stamp_of_call, OF_CALL)
    return found


def call_at_hand(call: Call) -> Call:
    """As ``calls_at_hand``, for one."""
    return calls_at_hand([call])[0]


def forget() -> None:
    """Start anew, as a new process does."""
    _programmes.clear()
    _calls.clear()


def _stamp(programme: Programme) -> Any:
    """Changes with every load of the file; None where none was loaded."""
    return programme.loaded_at and (programme.loaded_at, programme.source_sha256)


def _stamp_of_call(call: Call) -> Any:
    stamp = _stamp(call.programme)
    return stamp and (stamp, call.version)


def _bring(
    kept: Kept, owners: Sequence[Model], stamp_of: Callable[[Any], Any], lookups: dict[str, Any]
) -> None:
    unknown = []
    for owner in owners:
        stamp, parts = kept.get(owner.pk, (None, {}))
        if stamp is None or stamp != stamp_of(owner):
            unknown.append(owner)
            continue
        for name, rows in parts.items():
            put_at_hand(owner, name, rows)
    prefetch_related_objects(unknown, *lookups.values())
    for owner in unknown:
        if stamp := stamp_of(owner):
            kept[owner.pk] = (stamp, {name: list(getattr(owner, name).all()) for name in lookups})
