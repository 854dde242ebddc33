"""The desk's lists of projects, their budgets, products and organisations as files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _

from calls.models import Programme
from consortia.enums import OrganisationKind, SizeClass
from consortia.models import Organisation, Partner
from feasibility.enums import FundingSource
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


def organisations_table(organisations: QuerySet[Organisation]) -> Table:
    """Of rows from ``organisations_in``."""
    rows: Iterator[Any] = organisations.iterator(CHUNK)
    return Table(
        "organisations",
        _("Organisations"),
        (
            Column("name", _("Name"), width=40),
            Column("country", _("Country"), width=9),
            Column("region", _("Region"), width=28),
            Column("region_code", _("NUTS code"), width=10),
            Column("place", _("Place"), width=20),
            Column("kind", _("Kind"), width=26),
            Column("size", _("Size as declared"), width=20),
            Column("proposals", _("Proposals"), Kind.COUNT),
            Column("projects", _("Projects"), Kind.COUNT),
            Column("grant", _("Grants (EUR)"), Kind.MONEY),
        ),
        (
            (
                one.name,
                one.country,
                one.region_name,
                one.region_code,
                one.town,
                str(OrganisationKind(one.kind).label) if one.kind else "",
                str(SizeClass(one.declared_class).label) if one.declared_class else "",
                one.proposals,
                one.projects,
                one.grant,
            )
            for one in rows
        ),
    )


def budgets_table(programme: Programme, projects: QuerySet[Project]) -> Table:
    """A line for each confirmed partner of each project: costs by category, who pays, on what basis."""
    categories = list(programme.cost_categories.order_by("position"))
    return Table(
        "budgets",
        _("Budgets of the projects"),
        (
            Column("number", _("Number"), width=16),
            Column("title", _("Project"), width=30),
            Column("state", _("State"), width=24),
            Column("starts_on", _("First day"), Kind.DAY),
            Column("months", _("Months"), Kind.COUNT),
            Column("partner", _("Partner"), width=36),
            Column("country", _("Country"), width=9),
            Column("role", _("Role"), width=18),
            Column("aid_basis", _("Aid basis"), width=30),
            *(Column(f"cost_{one.code}", f"{one.name} (EUR)", Kind.MONEY) for one in categories),
            Column("cost", _("Total cost (EUR)"), Kind.MONEY),
            *(Column(source.value, f"{source.label} (EUR)", Kind.MONEY) for source in FundingSource),
            Column("rate", _("Rate"), Kind.RATE),
            Column("funders", _("Other funders"), width=40),
        ),
        _budget_rows([one.pk for one in categories], projects),
    )


def _budget_rows(categories: list[int], projects: QuerySet[Project]) -> Iterator[tuple[Any, ...]]:
    parts = (
        Partner.objects.confirmed()
        .select_related("organisation", "budget__aid_basis")
        .prefetch_related("budget_lines", "funding_lines__programme_funder")
    )
    with_budgets = projects.prefetch_related(
        Prefetch("proposal__consortium__partners", parts, to_attr="spending")
    )
    for project in with_budgets.iterator(CHUNK):
        proposal = project.proposal
        for part in proposal.consortium.spending:  # type: ignore[attr-defined]
            costs = {line.category_id: line.amount for line in part.budget_lines.all()}
            lines = list(part.funding_lines.all())
            paid = {
                source: sum(line.amount for line in lines if line.source == source)
                for source in FundingSource
            }
            cost = sum(costs.values())
            basis = getattr(part, "budget", None)
            yield (
                project.number,
                project.title,
                str(project.get_state_display()),
                proposal.starts_on,
                proposal.months,
                part.organisation.name,
                part.organisation.country,
                str(part.get_role_display()),
                str(basis.aid_basis.name) if basis and basis.aid_basis else "",
                *(costs.get(key) for key in categories),
                cost,
                *paid.values(),
                paid[FundingSource.GRANT] / cost if cost else None,
                "; ".join(
                    f"{line.names}: {line.amount}" for line in lines if FundingSource(line.source).is_other
                ),
            )
