"""The figures as plain text, for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from reporting.charts import pioneers, products_result, result
from reporting.enums import Stage
from reporting.figures import Money, ProgrammeFigures
from rocket.core import display


def report_text(figures: ProgrammeFigures) -> str:
    """Every figure on a line of its own, in the active language; nothing where there is nothing yet."""
    return "\n".join(_lines(figures)) + "\n"


def _lines(figures: ProgrammeFigures) -> Iterator[str]:
    yield f"{figures.programme_name} · " + _("As at %(moment)s") % {
        "moment": display.moment_text(figures.as_of)
    }
    yield result(figures)
    applications = figures.applications
    rate = figures.acceptance_rate
    for label, value in (
        (_("Calls"), display.count_text(figures.calls) if figures.calls else ""),
        (_("Pioneer projects"), display.count_text(figures.pioneer_projects) if pioneers(figures) else ""),
        (
            _("Proposals submitted"),
            display.count_text(applications.submitted) if applications.submitted else "",
        ),
        (_("Proposals decided"), display.count_text(applications.decided) if applications.decided else ""),
        (_("Proposals approved"), display.count_text(applications.approved) if applications.decided else ""),
        (_("Acceptance rate"), display.percent_text(rate, 1) if rate is not None else ""),
        (_("Funded projects"), display.count_text(figures.projects) if figures.projects else ""),
        (
            _("Organisations in projects"),
            display.count_text(figures.organisations) if figures.organisations else "",
        ),
        (_("SMEs among them"), display.count_text(figures.smes) if figures.smes else ""),
        (_("Overall budget"), display.euro_text(figures.budget) if figures.budget else ""),
        (_("Grant"), display.euro_text(figures.grant) if figures.grant else ""),
        (_("Funding rate"), display.percent_text(figures.funding_rate)),
        (_("Product target"), display.count_text(figures.products.target)),
    ):
        if value:
            yield f"{label:<32}{value:>24}"
    for heading, rows in (
        (_("By call"), figures.by_call),
        (_("By kind of project"), figures.by_kind),
        (_("By technology"), figures.by_ket),
        (_("By field of application; a project in two fields counts in each"), figures.by_field),
    ):
        yield from _money(heading, rows)
    counted = [region for region in figures.by_region if region.organisations]
    for heading, places in (
        (_("Organisations by country"), [(str(c.name), c.organisations) for c in figures.by_country]),
        (_("Organisations by region"), [(r.name, r.organisations) for r in counted]),
    ):
        if figures.organisations:
            yield ""
            yield heading
            yield from (f"  {name:<44}{display.count_text(number):>10}" for name, number in places if number)
    if figures.products.expected:
        yield ""
        yield products_result(figures)
        for stage, number in (
            (Stage.ON_MARKET, figures.products.on_market),
            (Stage.IN_DEVELOPMENT, figures.products.in_development),
            (Stage.PLANNED, figures.products.planned),
            (Stage.STOPPED, figures.products.stopped),
        ):
            if number:
                yield f"  {stage.label!s:<44}{display.count_text(number):>10}"


def _money(heading: str, rows: tuple[Money, ...]) -> Iterator[str]:
    if not any(row.projects for row in rows):
        return
    yield ""
    yield heading
    for row in rows:
        if row.projects:
            yield (
                f"  {row.name!s:<44}{display.count_text(row.projects):>10}"
                f"{display.euro_text(row.budget):>24}{display.euro_text(row.grant):>24}"
            )
