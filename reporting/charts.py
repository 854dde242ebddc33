"""From figures to what charts, strips and sentences show: the same for the page and the report. No queries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reporting.figures import KetMoney, ProgrammeFigures, share
from rocket.core import display
from rocket.core.text import LocalisedText


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


@dataclass(frozen=True)
class KeyFigure:
    """One figure of the strip. ``amount`` is set where the value is money, and shown with muted cents."""

    label: str
    value: str = ""
    amount: Decimal | None = None
    note: str = ""


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
        _named_count(country.name, country.organisations)
        if counted and figures.organisations
        else str(country.name)
        for country in countries
    )


def _named_count(name: LocalisedText | str, number: int) -> str:
    return f"{name} {display.count_text(number)}"


def _listed(parts: Iterable[str]) -> str:
    return " · ".join(part for part in parts if part)


def key_figures(figures: ProgrammeFigures) -> list[KeyFigure]:
    """The strip. A figure that is nothing yet is left out; the page says so in words."""
    strip = []
    if figures.projects:
        kinds = [_named_count(row.name, row.projects) for row in figures.by_kind if row.projects]
        strip.append(
            KeyFigure(
                value=display.count_text(figures.projects),
                label=ngettext("funded project", "funded projects", figures.projects),
                note=_listed(kinds),
            )
        )
    if figures.organisations:
        strip.append(
            KeyFigure(
                value=display.count_text(figures.organisations),
                label=ngettext(
                    "organisation in projects", "organisations in projects", figures.organisations
                ),
                note=_listed(
                    [
                        *(
                            _named_count(country.code, country.organisations)
                            for country in figures.by_country
                            if country.organisations
                        ),
                        ngettext("%(n)s SME", "%(n)s SMEs", figures.smes)
                        % {"n": display.count_text(figures.smes)}
                        if figures.smes
                        else "",
                    ]
                ),
            )
        )
    if figures.calls or figures.pioneer_rounds:
        strip.append(
            KeyFigure(
                value=display.count_text(figures.calls),
                label=ngettext("call", "calls", figures.calls),
                note=_listed(
                    [
                        ngettext("%(n)s completed", "%(n)s completed", figures.calls_completed)
                        % {"n": display.count_text(figures.calls_completed)}
                        if figures.calls_completed
                        else "",
                        pioneers(figures),
                    ]
                ),
            )
        )
    if figures.budget:
        strip.append(
            KeyFigure(
                amount=figures.budget,
                label=_("EUR overall budget"),
                note=_("own contribution included"),
            )
        )
    if figures.acceptance_rate is not None:
        strip.append(
            KeyFigure(
                value=display.percent_text(figures.acceptance_rate, 1),
                label=_("acceptance rate"),
                note=ngettext(
                    "%(approved)s of %(decided)s decided proposal",
                    "%(approved)s of %(decided)s decided proposals",
                    figures.applications.decided,
                )
                % {
                    "approved": display.count_text(figures.applications.approved),
                    "decided": display.count_text(figures.applications.decided),
                },
            )
        )
    if not figures.is_empty:
        strip.append(
            KeyFigure(
                value=display.percent_text(figures.funding_rate),
                label=_("funding rate"),
                note=_("of eligible cost at most"),
            )
        )
    return strip


def pioneers(figures: ProgrammeFigures) -> str:
    """Pioneer projects in words; empty where there are none."""
    if not figures.pioneer_projects:
        return ""
    return ngettext(
        "%(n)s pioneer project beside them",
        "%(n)s pioneer projects beside them",
        figures.pioneer_projects,
    ) % {"n": display.count_text(figures.pioneer_projects)}


def result(figures: ProgrammeFigures) -> str:
    """What the programme has come to, in one or two sentences."""
    if figures.is_empty:
        if figures.applications.submitted:
            return ngettext(
                "Nothing is funded yet. %(n)s proposal has been submitted.",
                "Nothing is funded yet. %(n)s proposals have been submitted.",
                figures.applications.submitted,
            ) % {"n": display.count_text(figures.applications.submitted)}
        if figures.calls:
            return ngettext(
                "Nothing is funded yet. %(n)s call has been published.",
                "Nothing is funded yet. %(n)s calls have been published.",
                figures.calls,
            ) % {"n": display.count_text(figures.calls)}
        return _("Nothing is funded yet, and no call has been published.")
    projects = ngettext(
        "The programme funds %(n)s project.", "The programme funds %(n)s projects.", figures.projects
    ) % {"n": display.count_text(figures.projects)}
    return f"{projects} {products_result(figures)}"


def products_result(figures: ProgrammeFigures) -> str:
    """Products against the target, in one sentence."""
    products = figures.products
    if not products.expected:
        return _("No product is expected yet; the target is %(target)s.") % {
            "target": display.count_text(products.target)
        }
    return ngettext(
        "%(n)s product is expected, the target is %(target)s.",
        "%(n)s products are expected, the target is %(target)s.",
        products.expected,
    ) % {"n": display.count_text(products.expected), "target": display.count_text(products.target)}


def regions_in_words(figures: ProgrammeFigures) -> str:
    """The map for people who don't see it: every region that has organisations, the most first."""
    counted = sorted(
        (region for region in figures.by_region if region.organisations),
        key=lambda region: (-region.organisations, region.name),
    )
    if not counted:
        return _("Regions of the programme. No organisation takes part in a project yet.")
    return _("Organisations by region: %(regions)s.") % {
        "regions": ", ".join(_named_count(region.name, region.organisations) for region in counted)
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
