"""Figures in a row, each with its label and note, and what the programme has come to in sentences. No queries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reporting.figures import ProgrammeFigures
from rocket.core import display
from rocket.core.text import LocalisedText


@dataclass(frozen=True)
class KeyFigure:
    """One figure of the strip. ``amount`` is set where the value is money, and shown with muted cents."""

    label: str
    value: str = ""
    amount: Decimal | None = None
    note: str = ""


def named_count(name: LocalisedText | str, number: int) -> str:
    """``Netherlands 36``; a line never ends between the two."""
    return f"{name}{display.NO_BREAK}{display.count_text(number)}"


def listed(parts: Iterable[str]) -> str:
    return "\u00a0· ".join(part for part in parts if part)


def projects_figure(figures: ProgrammeFigures) -> KeyFigure:
    """Funded projects, by kind."""
    return KeyFigure(
        value=display.count_text(figures.projects),
        label=ngettext("funded project", "funded projects", figures.projects),
        note=listed(named_count(row.name, row.projects) for row in figures.by_kind if row.projects),
    )


def organisations_figure(figures: ProgrammeFigures) -> KeyFigure:
    """Organisations in the projects, by country in letters, and how many of them are SMEs."""
    countries = (
        named_count(country.code, country.organisations)
        for country in figures.by_country
        if country.organisations
    )
    smes = ngettext("%(n)s SME", "%(n)s SMEs", figures.smes) % {"n": display.count_text(figures.smes)}
    return KeyFigure(
        value=display.count_text(figures.organisations),
        label=ngettext("organisation in projects", "organisations in projects", figures.organisations),
        note=listed([*countries, smes if figures.smes else ""]),
    )


def budget_figure(figures: ProgrammeFigures) -> KeyFigure:
    return KeyFigure(
        amount=figures.budget, label=_("EUR overall budget"), note=_("own contribution included")
    )


def rate_figure(figures: ProgrammeFigures) -> KeyFigure:
    return KeyFigure(
        value=display.percent_text(figures.funding_rate),
        label=_("funding rate"),
        note=_("of eligible cost at most"),
    )


def key_figures(figures: ProgrammeFigures) -> list[KeyFigure]:
    """The strip of the desk and the report. A figure that is nothing yet is left out; the page says so in words."""
    strip = []
    if figures.projects:
        strip.append(projects_figure(figures))
    if figures.organisations:
        strip.append(organisations_figure(figures))
    if figures.calls or figures.pioneer_rounds:
        strip.append(
            KeyFigure(
                value=display.count_text(figures.calls),
                label=ngettext("call", "calls", figures.calls),
                note=listed(
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
        strip.append(budget_figure(figures))
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
        strip.append(rate_figure(figures))
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
