"""The figures as tables, in the active language: what XLSX and CSV hold."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _

from reporting.enums import Stage
from reporting.exporters.json import fingerprint
from reporting.figures import Money, ProgrammeFigures
from rocket.core.tables import Column, Kind, Table, csv_lines, xlsx


def figures_xlsx(figures: ProgrammeFigures) -> bytes:
    """A workbook with a sheet for each table."""
    return xlsx(tables_of(figures))


def figures_csv(figures: ProgrammeFigures) -> bytes:
    """Every figure on a line of its own: table, row, column, value. The codes are those of the JSON form."""
    header = ("table", "row", "column", "title", "value")
    return b"".join(csv_lines(header, _long(figures)))


def _long(figures: ProgrammeFigures) -> Iterator[Sequence[Any]]:
    for table in tables_of(figures):
        for row in table.rows:
            for column, value in list(zip(table.columns, row, strict=True))[1:]:
                yield (table.code, row[0], column.code, column.title, value)


def tables_of(figures: ProgrammeFigures, codes: Collection[str] = ()) -> list[Table]:
    """Every figure of the value, or the tables with these codes; the first column of each table names the row."""
    makers: dict[str, Callable[[ProgrammeFigures], Table]] = {
        "key_figures": _key_figures,
        "by_call": _calls,
        "by_kind": lambda f: _money("by_kind", _("By kind of project"), f.by_kind),
        "by_ket": lambda f: _money("by_ket", _("By technology"), f.by_ket),
        "by_field": lambda f: _money(
            "by_field",
            _("By field of application"),
            f.by_field,
            note=_("A project in two fields counts in each, so these rows may come to more than the total."),
        ),
        "by_year": lambda f: _money("by_year", _("By year of the decision"), f.by_year),
        "by_country": _countries,
        "by_region": _regions,
        "by_organisation_kind": lambda f: _organisations(
            "by_organisation_kind", _("Organisations by kind"), f.by_organisation_kind
        ),
        "by_size": lambda f: _organisations("by_size", _("Organisations by size"), f.by_size),
        "projects": _projects,
        "products": _products,
    }
    return [make(figures) for code, make in makers.items() if not codes or code in codes]


def _key_figures(figures: ProgrammeFigures) -> Table:
    applications, products = figures.applications, figures.products
    rows: list[tuple[str, str, Any]] = [
        ("programme", _("Programme"), figures.programme_name),
        ("as_of", _("As at"), figures.as_of),
        ("fingerprint", _("Fingerprint"), fingerprint(figures)),
        ("calls", _("Calls"), figures.calls),
        ("calls_completed", _("Calls completed"), figures.calls_completed),
        ("pioneer_rounds", _("Pioneer rounds"), figures.pioneer_rounds),
        ("applications.submitted", _("Proposals submitted"), applications.submitted),
        ("applications.decided", _("Proposals decided"), applications.decided),
        ("applications.approved", _("Proposals approved"), applications.approved),
        ("acceptance_rate", _("Acceptance rate"), figures.acceptance_rate),
        ("projects", _("Funded projects"), figures.projects),
        ("pioneer_projects", _("Pioneer projects"), figures.pioneer_projects),
        ("organisations", _("Organisations in projects"), figures.organisations),
        ("smes", _("SMEs among them"), figures.smes),
        ("leads", _("Lead partners among them"), figures.leads),
        (
            "organisations_without_region",
            _("Organisations outside the regions"),
            figures.organisations_without_region,
        ),
        ("budget", _("Overall budget (EUR)"), figures.budget),
        ("grant", _("Grant (EUR)"), figures.grant),
        ("funding_rate", _("Funding rate"), figures.funding_rate),
        ("products.target", _("Product target"), products.target),
        ("products.expected", _("Products expected"), products.expected),
        ("products.on_market", str(Stage.ON_MARKET.label), products.on_market),
        ("products.in_development", str(Stage.IN_DEVELOPMENT.label), products.in_development),
        ("products.planned", str(Stage.PLANNED.label), products.planned),
        ("products.stopped", str(Stage.STOPPED.label), products.stopped),
    ]
    return Table(
        "key_figures",
        _("Key figures"),
        (
            Column("code", _("Code"), width=30),
            Column("name", _("Figure"), width=34),
            Column("value", _("Value")),
        ),
        rows,
    )


MONEY = ("projects", "budget", "grant")


def _money_columns() -> tuple[Column, ...]:
    return (
        Column("projects", _("Projects"), Kind.COUNT),
        Column("budget", _("Budget (EUR)"), Kind.MONEY),
        Column("grant", _("Grant (EUR)"), Kind.MONEY),
    )


def _amounts(row: Money) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in MONEY)


def _named() -> tuple[Column, Column]:
    return Column("code", _("Code"), width=18), Column("name", _("Name"), width=40)


def _money(code: str, title: str, rows: Sequence[Money], note: str = "") -> Table:
    return Table(
        code,
        title,
        (*_named(), *_money_columns()),
        [(row.code, str(row.name), *_amounts(row)) for row in rows],
        note,
    )


def _calls(figures: ProgrammeFigures) -> Table:
    return Table(
        "by_call",
        _("By call"),
        (
            *_named(),
            Column("is_pioneer_round", _("Pioneer round")),
            Column("opens_at", _("Opens"), Kind.MOMENT),
            Column("closes_at", _("Closes"), Kind.MOMENT),
            Column("submitted", _("Submitted"), Kind.COUNT),
            Column("decided", _("Decided"), Kind.COUNT),
            Column("approved", _("Approved"), Kind.COUNT),
            *_money_columns(),
        ),
        [
            (
                row.code,
                str(row.name),
                _("yes") if row.is_pioneer_round else _("no"),
                row.opens_at,
                row.closes_at,
                row.applications.submitted,
                row.applications.decided,
                row.applications.approved,
                *_amounts(row),
            )
            for row in figures.by_call
        ],
    )


def _countries(figures: ProgrammeFigures) -> Table:
    return Table(
        "by_country",
        _("By country"),
        (
            *_named(),
            Column("organisations", _("Organisations"), Kind.COUNT),
            Column("leads", _("Lead partners"), Kind.COUNT),
            Column("budget", _("Budget (EUR)"), Kind.MONEY),
            Column("grant", _("Grant (EUR)"), Kind.MONEY),
        ),
        [
            (row.code, str(row.name), row.organisations, row.leads, row.budget, row.grant)
            for row in figures.by_country
        ],
    )


def _regions(figures: ProgrammeFigures) -> Table:
    return Table(
        "by_region",
        _("By region"),
        (*_named(), Column("country", _("Country")), Column("organisations", _("Organisations"), Kind.COUNT)),
        [(row.code, row.name, row.country, row.organisations) for row in figures.by_region],
    )


def _organisations(code: str, title: str, rows: Sequence[Any]) -> Table:
    return Table(
        code,
        title,
        (*_named(), Column("organisations", _("Organisations"), Kind.COUNT)),
        [(row.code, str(row.name), row.organisations) for row in rows],
    )


def _projects(figures: ProgrammeFigures) -> Table:
    calls = {row.code: str(row.name) for row in figures.by_call}
    kinds = {row.code: str(row.name) for row in figures.by_kind}
    fields = {row.code: str(row.name) for row in figures.by_field}
    return Table(
        "project_list",
        _("Projects"),
        (
            Column("number", _("Number"), width=16),
            Column("title", _("Project"), width=36),
            Column("call", _("Call")),
            Column("kind", _("Kind")),
            Column("main_ket", _("KET"), width=8),
            Column("application_fields", _("Fields of application")),
            Column("opened_at", _("Decided"), Kind.MOMENT),
            Column("state", _("State")),
            Column("lead_partner", _("Lead partner"), width=36),
            Column("lead_country", _("Country"), width=9),
            Column("partners", _("Partners"), Kind.COUNT),
            Column("budget", _("Budget (EUR)"), Kind.MONEY),
            Column("grant", _("Grant (EUR)"), Kind.MONEY),
        ),
        [
            (
                row.number,
                row.title,
                calls.get(row.call, row.call),
                kinds.get(row.kind, row.kind),
                row.main_ket,
                ", ".join(fields.get(code, code) for code in row.application_fields),
                row.opened_at,
                str(row.state.label),
                row.lead_partner,
                row.lead_country,
                row.partners,
                row.budget,
                row.grant,
            )
            for row in figures.project_list
        ],
    )


def _products(figures: ProgrammeFigures) -> Table:
    projects = {row.number: row.title for row in figures.project_list}
    return Table(
        "product_list",
        _("Products"),
        (
            Column("name", _("Product"), width=36),
            Column("project", _("Project")),
            Column("number", _("Number"), width=16),
            Column("ket", _("KET"), width=8),
            Column("owner", _("Owner"), width=36),
            Column("country", _("Country"), width=9),
            Column("trl_start", _("Readiness level at the start"), Kind.COUNT),
            Column("trl_end", _("Readiness level at the end"), Kind.COUNT),
            Column("market_year", _("Expected year of the first sale"), width=12),
            Column("stage", _("Stage")),
        ),
        [
            (
                row.name,
                projects.get(row.project, ""),
                row.project,
                row.ket,
                row.owner,
                row.country,
                row.trl_start,
                row.trl_end,
                row.market_year,
                str(row.stage.label),
            )
            for row in figures.product_list
        ],
    )
