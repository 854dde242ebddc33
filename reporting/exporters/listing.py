"""The desk's lists of projects and products as files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from reporting.models import Product, Project
from rocket.core.tables import Column, Kind, Table

CHUNK = 500


def projects_table(projects: QuerySet[Project]) -> Table:
    return Table(
        "projects",
        _("Projects"),
        (
            Column("number", _("Number"), width=16),
            Column("title", _("Project"), width=36),
            Column("call", _("Call"), width=30),
            Column("kind", _("Kind of project"), width=24),
            Column("lead_partner", _("Lead partner"), width=36),
            Column("lead_country", _("Country"), width=9),
            Column("main_ket", _("KET"), width=8),
            Column("starts_on", _("First day"), Kind.DAY),
            Column("months", _("Months"), Kind.COUNT),
            Column("budget", _("Total cost (EUR)"), Kind.MONEY),
            Column("grant", _("Grant (EUR)"), Kind.MONEY),
            Column("state", _("State"), width=24),
            Column("opened_at", _("Decided"), Kind.MOMENT),
        ),
        _project_rows(projects),
    )


def _project_rows(projects: QuerySet[Project]) -> Iterator[tuple[Any, ...]]:
    for project in projects.iterator(CHUNK):
        proposal, lead = project.proposal, project.proposal.consortium.lead_partner.organisation
        yield (
            project.number,
            project.title,
            str(proposal.call.title),
            str(proposal.kind),
            lead.name,
            lead.country,
            proposal.main_ket.code if proposal.main_ket else "",
            proposal.starts_on,
            proposal.months,
            project.budget,
            project.grant,
            str(project.get_state_display()),
            project.opened_at,
        )


def products_table(products: QuerySet[Product]) -> Table:
    return Table(
        "products",
        _("Products"),
        (
            Column("name", _("Product"), width=36),
            Column("project", _("Project"), width=36),
            Column("number", _("Number"), width=16),
            Column("owner", _("Owner"), width=36),
            Column("country", _("Country"), width=9),
            Column("ket", _("KET"), width=8),
            Column("trl_start", _("Readiness level at the start"), Kind.COUNT),
            Column("trl_end", _("Readiness level at the end"), Kind.COUNT),
            Column("market_year", _("Expected year of the first sale"), width=12),
            Column("stage", _("Stage")),
            Column("staged_at", _("In this stage since"), Kind.MOMENT),
            Column("first_sold_on", _("First sold on"), Kind.DAY),
            Column("evidence", _("Evidence"), width=40),
        ),
        (
            (
                product.name,
                product.project.title,
                product.project.number,
                product.owner.name,
                product.owner.country,
                product.ket.code,
                product.trl_start,
                product.trl_end,
                product.market_year,
                str(product.get_stage_display()),
                product.staged_at,
                product.first_sold_on,
                product.evidence,
            )
            for product in products.iterator(CHUNK)
        ),
    )
