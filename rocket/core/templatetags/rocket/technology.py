"""Marks of key enabling technologies and of countries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from django import template
from django.utils.html import format_html

from rocket.core.templatetags.rocket.library import as_text, part, register


@register.simple_tag
def ket_chip(ket: Any, dense: bool = False) -> str:
    """Two letters in the technology's own colour, and its name. ``dense`` keeps the name for a title and for hearing."""
    if not ket:
        return ""
    category = int(part(ket, "category", part(ket, "position", 6)) or 6)
    category = category if 1 <= category <= 6 else 6
    return _chip(as_text(part(ket, "code")), as_text(part(ket, "name")), category, dense)


@lru_cache(maxsize=512, typed=True)
def _chip(code: str, name: str, category: int, dense: bool) -> str:
    if dense:
        return format_html(
            '<span class="ket ket--dense" title="{}"><span class="ket__code cat-{}" aria-hidden="true">{}</span>'
            '<span class="visually-hidden">{}</span></span>',
            name,
            category,
            code,
            name,
        )
    return format_html(
        '<span class="ket"><span class="ket__code cat-{}" aria-hidden="true">{}</span><span class="ket__name">{}</span></span>',
        category,
        code,
        name,
    )


def _sides(programme: Any) -> Mapping[str, tuple[str, Any]]:
    """Bank and name of each country of a programme; read once for each programme object."""
    if programme is None:
        return {}
    found = getattr(programme, "_rocket_sides", None)
    if found is None:
        countries = getattr(programme, "countries", None) or getattr(programme, "country_set", None)
        rows: Iterable[Any] = (
            countries.all() if countries is not None and hasattr(countries, "all") else countries or []
        )
        found = {str(c.code): (str(c.side), c.name) for c in rows}
        programme._rocket_sides = found
    return found


@register.simple_tag(takes_context=True)
def country_mark(context: template.Context, country: Any, programme: Any = None) -> str:
    """Letters of a country with a heavy edge on its bank of the border: left for west, right for east, none for others."""
    if not country:
        return ""
    code, side, name = (
        str(part(country, "code", country)),
        part(country, "side", ""),
        part(country, "name", ""),
    )
    if not side and isinstance(country, str):
        programme = programme or getattr(context.get("portal"), "programme", None)
        side, name = _sides(programme).get(code, ("", name))
    edge = side if side in {"west", "east"} else "none"
    return _mark(edge, as_text(name or code), code)


@lru_cache(maxsize=512, typed=True)
def _mark(edge: str, name: str, code: str) -> str:
    return format_html('<abbr class="country country--{}" title="{}">{}</abbr>', edge, name, code)
