"""What the public page of a programme shows of its figures. No queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from calls.models import ClusterOrganisation, Programme
from reporting.charts.overview import arcs, crossings_in_words, shore, tiles
from reporting.charts.strip import (
    KeyFigure,
    budget_figure,
    listed,
    named_count,
    organisations_figure,
    products_result,
    projects_figure,
    rate_figure,
)
from reporting.figures import CountryCount, ProgrammeFigures, ProjectFigures, RegionCount
from rocket.core import display
from rocket.core.text import LocalisedText

LATEST = 5
"""How many funded projects the page of a programme names."""


@dataclass(frozen=True)
class Way:
    """One arc of the map in words: a project, its lead partner's region, and a partner's across the border."""

    project: ProjectFigures
    start: RegionCount
    start_country: CountryCount
    end: RegionCount
    end_country: CountryCount


@dataclass(frozen=True)
class FundedRow:
    """One row of the funded projects."""

    project: ProjectFigures
    kind: LocalisedText
    fields: tuple[LocalisedText, ...]
    lead_country: CountryCount | None
    across: CountryCount | None
    """The country of a partner on the other shore, where the map has both regions."""


@dataclass(frozen=True)
class Shore:
    """A country of the programme with its regions, by name."""

    country: CountryCount
    regions: tuple[str, ...]
    clusters: tuple[ClusterOrganisation, ...]
    """Whose consultants care for applicants there."""


def ways(figures: ProgrammeFigures) -> list[Way]:
    """The arcs, in the order of the projects' numbers."""
    projects = {project.number: project for project in figures.project_list}
    places = {(region.column, region.row): region for region in figures.by_region}
    countries = {country.code: country for country in figures.by_country}
    return [
        Way(
            project=projects[crossing.project],
            start=(start := places[crossing.start]),
            start_country=countries[start.country],
            end=(end := places[crossing.end]),
            end_country=countries[end.country],
        )
        for crossing in figures.crossings
    ]


def latest(figures: ProgrammeFigures, number: int = LATEST) -> list[FundedRow]:
    """The projects funded last, the newest on top."""
    kinds = {row.code: row.name for row in figures.by_kind}
    fields = {row.code: row.name for row in figures.by_field}
    countries = {country.code: country for country in figures.by_country}
    across = {way.project.number: way.end_country for way in ways(figures)}
    newest = sorted(
        figures.project_list, key=lambda project: (project.opened_at, project.number), reverse=True
    )
    return [
        FundedRow(
            project=project,
            kind=kinds[project.kind],
            fields=tuple(fields[code] for code in project.application_fields),
            lead_country=countries.get(project.lead_country),
            across=across.get(project.number),
        )
        for project in newest[:number]
    ]


def shores(figures: ProgrammeFigures, clusters: Iterable[ClusterOrganisation] = ()) -> list[Shore]:
    """Countries with regions or cluster organisations of the programme, as on the map: west, east, then others.

    ``clusters`` come with their country at hand.
    """
    regions: dict[str, list[str]] = defaultdict(list)
    for region in figures.by_region:
        regions[region.country].append(region.name)
    cared: dict[str, list[ClusterOrganisation]] = defaultdict(list)
    for cluster in clusters:
        cared[cluster.country.code].append(cluster)
    order = {"west": 0, "east": 1}
    return [
        Shore(
            country=country, regions=tuple(sorted(regions[country.code])), clusters=tuple(cared[country.code])
        )
        for country in sorted(figures.by_country, key=lambda country: order.get(country.side, 2))
        if country.code in regions or country.code in cared
    ]


def standing(figures: ProgrammeFigures) -> list[KeyFigure]:
    """Projects by kind, organisations by country, budget, rate: what a reader who knows nothing of it wants first."""
    countries = (
        named_count(country.name, country.organisations)
        for country in figures.by_country
        if country.organisations
    )
    return [
        projects_figure(figures),
        replace(organisations_figure(figures), note=listed(countries)),
        budget_figure(figures),
        rate_figure(figures),
    ]


def promised(programme: Programme) -> list[KeyFigure]:
    """Rate, cap, target and period: what a programme that funds nothing yet has to say for itself."""
    return [
        KeyFigure(
            value=display.percent_text(programme.funding_rate),
            label=_("funding rate"),
            note=_("of the eligible cost; the rest is the partners’ own"),
        ),
        KeyFigure(
            value=display.brief_text(programme.grant_cap),
            label=_("EUR at most"),
            note=_("for each small or medium-sized company"),
        ),
        KeyFigure(
            value=display.count_text(programme.product_target),
            label=_("products"),
            note=_("are the target of the programme"),
        ),
        KeyFigure(
            value=f"{programme.starts_on.year}–{programme.ends_on.year}",
            label=_("the programme runs"),
            note=_("from %(start)s to %(end)s")
            % {"start": display.day_text(programme.starts_on), "end": display.day_text(programme.ends_on)},
        ),
    ]


def products_in_words(figures: ProgrammeFigures) -> str:
    """Products against the target, and how many of them are sold already."""
    sold = figures.products.on_market
    if not sold:
        return products_result(figures)
    return " ".join(
        (
            products_result(figures),
            ngettext("%(n)s is on the market.", "%(n)s are on the market.", sold)
            % {"n": display.count_text(sold)},
        )
    )


def map_in_words(figures: ProgrammeFigures) -> str:
    """What the squares and the arcs of the map are."""
    number = len(figures.by_region)
    squares = ngettext(
        "The square is the region of the programme.",
        "Squares are the %(n)s regions of the programme.",
        number,
    ) % {"n": display.count_text(number)}
    return " ".join(part for part in (crossings_in_words(figures), squares) if part)


def public_page(
    figures: ProgrammeFigures, programme: Programme, clusters: Iterable[ClusterOrganisation]
) -> dict[str, Any]:
    """All of it by name, in the active language."""
    return {
        "figures": figures,
        "strip": promised(programme) if figures.is_empty else standing(figures),
        "products_in_words": products_in_words(figures),
        "latest": latest(figures),
        "tiles": tiles(figures),
        "arcs": arcs(figures),
        "ways": ways(figures),
        "west": shore(figures, "west"),
        "east": shore(figures, "east"),
        "shores": shores(figures, clusters),
        "map_in_words": map_in_words(figures),
    }
