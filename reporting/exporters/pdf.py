"""The programme report as a tagged PDF."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from calls.enums import FunderLevel
from calls.models import Programme
from reporting.charts import overview
from reporting.enums import Stage
from reporting.exporters.json import fingerprint
from reporting.figures import ProgrammeFigures
from rocket.core import drawing
from rocket.core.pdf import Progress, html_to_pdf, no_progress, page_of_pages
from rocket.core.templatetags.rocket import product_pipeline, tile_map

BAR_WIDTH, BAR_STEP = 410, 42
"""Drawing units of the bar chart: its width, and from one bar to the next."""


class Numbering:
    """Counts figures and tables in the order in which the report shows them."""

    def __init__(self) -> None:
        self._figures, self._tables = itertools.count(1), itertools.count(1)

    @property
    def figure(self) -> str:
        return _("Figure %(number)s") % {"number": next(self._figures)}

    @property
    def table(self) -> str:
        return _("Table %(number)s") % {"number": next(self._tables)}


def _bar_chart(bars: Any) -> dict[str, Any]:
    """One drawing of all bars: their places, and the hairlines with their words."""
    from rocket.core.templatetags.rocket import horizontal_bars

    drawn = horizontal_bars(bars, money=True)
    height = len(drawn["bars"]) * BAR_STEP + 22
    return {
        "width": BAR_WIDTH,
        "height": height,
        "axis_y": height - 4,
        "grid_end": height - 20,
        "rows": [
            {
                **bar,
                "label_y": place * BAR_STEP,
                "text_y": place * BAR_STEP + 14,
                "y": place * BAR_STEP + 20,
                "wide": drawing.number(float(bar["width"]) / 100 * BAR_WIDTH),
            }
            for place, bar in enumerate(drawn["bars"])
        ],
        "lines": [
            {**line, "at": drawing.number(float(line["x"]) / 100 * BAR_WIDTH)} for line in drawn["axis"]
        ],
    }


@dataclass(frozen=True)
class Chapter:
    number: int
    key: str
    title: str


def _chapters(figures: ProgrammeFigures) -> dict[str, Chapter]:
    """The chapters that have something to show, by key and in order."""
    wanted = (
        ("key_figures", _("Key figures"), True),
        ("calls", _("Calls"), bool(figures.by_call)),
        ("organisations", _("Organisations"), bool(figures.organisations)),
        ("projects", _("Projects"), bool(figures.project_list)),
        ("products", _("Products"), bool(figures.product_list)),
        ("sheets", _("Project by project"), bool(figures.project_list)),
        ("definitions", _("How these figures are counted"), True),
    )
    shown = ((key, title) for key, title, has_content in wanted if has_content)
    return {key: Chapter(number, key, title) for number, (key, title) in enumerate(shown, 1)}


def _sheets(figures: ProgrammeFigures) -> list[dict[str, Any]]:
    """Each project with its words and its products."""
    kinds = {row.code: row.name for row in figures.by_kind}
    kets = {row.code: row.name for row in figures.by_ket}
    fields = {row.code: row.name for row in figures.by_field}
    calls = {row.code: row.name for row in figures.by_call}
    return [
        {
            "project": project,
            "kind": kinds.get(project.kind, ""),
            "call": calls.get(project.call, ""),
            "ket": kets.get(project.main_ket, ""),
            "fields": ", ".join(str(fields[code]) for code in project.application_fields if code in fields),
            "products": [product for product in figures.product_list if product.project == project.number],
        }
        for project in figures.project_list
    ]


def report_html(figures: ProgrammeFigures, programme: Programme, language: str) -> str:
    """The report's page in ``language``, with addresses of the portal's own static files only."""
    with translation.override(language), timezone.override(programme.zone):
        shown = overview(figures)
        context = {
            **shown,
            "language": language,
            "programme": programme,
            "number": Numbering(),
            "chapters": _chapters(figures),
            "sheets": _sheets(figures),
            "fingerprint": fingerprint(figures),
            "union": programme.funders.filter(level=FunderLevel.UNION).first(),
            "page_of_pages": page_of_pages(),
            "kinds": {row.code: row.name for row in figures.by_kind},
            "call_names": {row.code: row.name for row in figures.by_call},
            "stages": {stage: stage.label for stage in Stage},
            "pipeline": product_pipeline(
                figures.products.on_market,
                figures.products.in_development,
                figures.products.planned,
                figures.products.target,
                pdf=True,
            ),
            "bar_chart": _bar_chart(shown["bars"]),
            "cover_map": tile_map(
                shown["tiles"],
                title=shown["crossings_in_words"] or _("Regions of the programme"),
                west=shown["west"],
                east=shown["east"],
                arcs=shown["arcs"],
                deep=True,
                pdf=True,
            ),
            "region_map": tile_map(shown["tiles"], title=shown["regions_in_words"], pdf=True),
        }
        return render_to_string("reporting/report/report.html", context)


def report_pdf(
    figures: ProgrammeFigures, programme: Programme, language: str, *, progress: Progress = no_progress
) -> bytes:
    """The report as PDF/UA-1. Raises ``RocketError`` where the machine lacks the libraries."""
    with translation.override(language):
        return html_to_pdf(report_html(figures, programme, language), progress=progress)
