"""The budget of one partner."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from calls.models import AidBasis, CostCategory
from consortia.models import Partner
from feasibility.cofinancing import flat_rate_amount
from feasibility.enums import FundingSource, Research, SectionName
from feasibility.models import BudgetLine, FundingLine, PartnerBudget, Proposal, Section
from feasibility.services.sections._claim import claim, record
from rocket.accounts.models import User


@transaction.atomic
def save_budget(
    *,
    proposal: Proposal,
    partner: Partner,
    costs: Mapping[CostCategory, Decimal],
    funding: Mapping[FundingSource, Decimal],
    aid_basis: AidBasis | None,
    research_category: str,
    is_completed: bool,
    seen_version: int,
    by: User,
    now: datetime,
) -> Section:
    """Save what ``partner`` spends by category and who pays it, in EUR.

    Categories with a flat rate are worked out from the others, rounded half up per partner and category.
    """
    section = claim(
        proposal,
        SectionName.BUDGET,
        partner=partner,
        by=by,
        now=now,
        seen_version=seen_version,
        is_completed=is_completed,
    )
    categories = list(CostCategory.objects.filter(programme=proposal.call.programme_id).order_by("position"))
    entered = {c.code: costs.get(c, Decimal("0.00")) for c in categories if not c.is_flat_rate}
    worked_out = {
        c.code: flat_rate_amount(
            sum((entered.get(base, Decimal(0)) for base in c.flat_rate_of), Decimal(0)), c.flat_rate
        )
        for c in categories
        if c.flat_rate is not None
    }
    amounts = {**entered, **worked_out}
    before = {
        **{
            f"cost:{line.category.code}": line.amount
            for line in partner.budget_lines.select_related("category")
        },
        **{f"funding:{line.source}": line.amount for line in partner.funding_lines.all()},
    }
    partner.budget_lines.all().delete()
    BudgetLine.objects.bulk_create(
        BudgetLine(proposal=proposal, partner=partner, category=category, amount=amounts[category.code])
        for category in categories
        if amounts.get(category.code)
    )
    partner.funding_lines.all().delete()
    FundingLine.objects.bulk_create(
        FundingLine(proposal=proposal, partner=partner, source=source, amount=amount)
        for source, amount in funding.items()
        if amount
    )
    PartnerBudget.objects.update_or_create(
        partner=partner,
        defaults={
            "proposal": proposal,
            "aid_basis": aid_basis,
            "research_category": Research(research_category).value if research_category else "",
        },
    )
    after = {
        **{f"cost:{code}": amount for code, amount in amounts.items() if amount},
        **{f"funding:{source}": amount for source, amount in funding.items() if amount},
        "partner": partner.organisation.name,
        "aid_basis": aid_basis.code if aid_basis else None,
        "research_category": research_category,
    }
    record(proposal, section, by, now, before, after)
    return section
