"""From figures to what charts, strips and sentences show: the same for the page and the report. No queries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reporting.charts.strip import key_figures, named_count, products_result, result
from reporting.figures import KetMoney, ProgrammeFigures, share
from rocket.core import display


@dataclass(frozen=True)
class Bar:
    label: str
    value: Decimal
    code: str
    category: int
    projects: int
    share: Decimal | None


@dataclass(frozen=True)
class Tile:
    column: int
    row: int
    short: str
    name: str
    side: str
    value: int


def budget_bars(figures: ProgrammeFigures) -> list[Bar]:
    """Technologies that carry money, the largest first."""
    rows: list[KetMoney] = sorted(
        (row for row in figures.by_ket if row.budget), key=lambda row: (-row.budget, row.code)
    )
    return [
        Bar(
            label=str(row.name),
            value=row.budget,
            code=row.code,
            category=row.category,
            projects=row.projects,
            share=share(row.budget, figures.budget),
        )
        for row in rows
    ]


def tiles(figures: ProgrammeFigures) -> list[Tile]:
    return [
        Tile(
            column=region.column,
            row=region.row,
            short=region.short,
            name=region.name,
            side=region.side,
            value=region.organisations,
        )
        for region in figures.by_region
    ]


def arcs(figures: ProgrammeFigures) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    return [(crossing.start, crossing.end) for crossing in figures.crossings]


def shore(figures: ProgrammeFigures, side: str, *, counted: bool = False) -> str:
    """The countries of one shore, with their organisations where there are any: "Netherlands 36"."""
    countries = [country for country in figures.by_country if country.side == side]
    return ", ".join(
        named_count(country.name, country.organisations)
        if counted and figures.organisations
        else str(country.name)
        for country in countries
    )


def regions_in_words(figures: ProgrammeFigures) -> str:
    """The map for people who don't see it: every region that has organisations, the most first."""
    counted = sorted(
        (region for region in figures.by_region if region.organisations),
        key=lambda region: (-region.organisations, region.name),
    )
    if not counted:
        return _("Regions of the programme. No organisation takes part in a project yet.")
    return _("Organisations by region: %(regions)s.") % {
        "regions": ", ".join(named_count(region.name, region.organisations) for region in counted)
    }


def bars_in_words(bars: Iterable[Bar]) -> str:
    """The bars for people who don't see them."""
    return _("Budget by technology: %(rows)s.") % {
        "rows": "; ".join(f"{bar.label} {display.euro_text(bar.value)}" for bar in bars)
    }


def crossings_in_words(figures: ProgrammeFigures) -> str:
    """What the arcs on the cover are."""
    number = len(figures.crossings)
    if not number:
        return ""
    return ngettext(
        "The arc is a funded project, from its lead partner’s region to a partner across the border.",
        "The %(n)s arcs are funded projects, each from its lead partner’s region to a partner across the border.",
        number,
    ) % {"n": display.count_text(number)}


def overview(figures: ProgrammeFigures) -> dict[str, Any]:
    """All of it by name, for the page and the report, in the active language."""
    bars = budget_bars(figures)
    return {
        "figures": figures,
        "strip": key_figures(figures),
        "result": result(figures),
        "products_result": products_result(figures),
        "bars": bars,
        "bars_in_words": bars_in_words(bars),
        "tiles": tiles(figures),
        "arcs": arcs(figures),
        "west": shore(figures, "west"),
        "east": shore(figures, "east"),
        "west_counted": shore(figures, "west", counted=True),
        "east_counted": shore(figures, "east", counted=True),
        "regions_in_words": regions_in_words(figures),
        "crossings_in_words": crossings_in_words(figures),
    }
