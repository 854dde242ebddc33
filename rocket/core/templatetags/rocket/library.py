"""The one library that the modules of this package put their tags and filters into."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template

register = template.Library()


def part(thing: Any, name: str, default: Any = "") -> Any:
    """A part of a mapping or an object."""
    if isinstance(thing, Mapping):
        return thing.get(name, default)
    return getattr(thing, name, default)


def as_text(value: Any) -> str:
    """``value`` as it will be read, so that what is drawn of it can be kept: lazy words become the active language's,
    and what is markup already stays so."""
    return value if isinstance(value, str) else str(value)
