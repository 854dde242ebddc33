"""The sections of a programme file; each app registers the one that it owns.

    # in AppConfig.ready() of an app above calls
    from calls.programme_file import SectionSpec, register_section

    register_section(SectionSpec("search", parse=parse_search, apply=apply_search, required=False))

``parse(table, parsed)`` reads the section's ``Table`` to its end, reports what is wrong into it, and returns a
value; ``parsed`` holds what the sections registered before it gave. ``apply(programme, value, loading)`` writes
the value and tells ``loading`` about every change; it runs inside the transaction of the load, after the whole
file was found to be right. An absent section that is not required is parsed as an empty table.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from calls.programme_file.reader import Table

Parse = Callable[[Table, Mapping[str, Any]], Any]
Apply = Callable[[Any, Any, Any], None]


@dataclass(frozen=True)
class SectionSpec:
    """One top-level table of the file and the app's two functions for it."""

    name: str
    parse: Parse
    apply: Apply
    required: bool = True


_sections: dict[str, SectionSpec] = {}


def register_section(spec: SectionSpec) -> None:
    """Add the section. Sections are read in the order of registration, which is that of INSTALLED_APPS."""
    known = _sections.get(spec.name)
    if known is not None and known != spec:
        raise ValueError(f"two apps own the section {spec.name}")
    _sections[spec.name] = spec


def sections() -> tuple[SectionSpec, ...]:
    return tuple(_sections.values())
