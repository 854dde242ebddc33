"""The budget of one partner."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from calls.models import AidBasis, CostCategory, Funder
from consortia.models import Partner
from feasibility.cofinancing import OtherFunder, flat_rate_amount
from feasibility.enums import FundingSource, Research, SectionName
from feasibility.models import BudgetLine, FundingLine, PartnerBudget, Proposal, Section
from feasibility.services.sections._claim import claim, record
from rocket.accounts.models import User
from rocket.core.text import without_controls


@transaction.atomic
def save_budget(
    *,
    proposal: Proposal,
    partner: Partner,
    costs: Mapping[CostCategory, Decimal],
    funding: Mapping[FundingSource, Decimal],
    funders: Sequence[OtherFunder] = (),
    aid_basis: AidBasis | None,
    research_category: str,
    is_completed: bool,
    seen_version: int,
    by: User,
    now: datetime,
) -> Section:
    """Save what ``partner`` spends by category and who pays it, in EUR: ``funding`` is grant and own money,
    ``funders`` is everybody else.

    Categories with a flat rate are worked out from the others, rounded half up per partner and category. A name that
    one of the programme's funders has, in any language, stands for that funder.
    """
    if any(source.is_other for source in funding):
        raise ValueError("other money comes with its funder")
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
        **_in_audit(partner.funding_lines.all()),
    }
    partner.budget_lines.all().delete()
    BudgetLine.objects.bulk_create(
        BudgetLine(proposal=proposal, partner=partner, category=category, amount=amounts[category.code])
        for category in categories
        if amounts.get(category.code)
    )
    partner.funding_lines.all().delete()
    lines = [
        *(
            FundingLine(proposal=proposal, partner=partner, source=source, amount=amount)
            for source, amount in funding.items()
            if amount
        ),
        *_lines_of(funders, proposal, partner),
    ]
    FundingLine.objects.bulk_create(lines)
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
        **_in_audit(lines),
        "partner": partner.organisation.name,
        "aid_basis": aid_basis.code if aid_basis else None,
        "research_category": research_category,
    }
    record(proposal, section, by, now, before, after)
    return section


def _lines_of(funders: Sequence[OtherFunder], proposal: Proposal, partner: Partner) -> Iterable[FundingLine]:
    """A row for each funder of which something is known; a draft may still lack the name or the amount."""
    named = [(" ".join(without_controls(one.name).split()), one) for one in funders]
    known = {}
    if any(name for name, _one in named):
        offered = Funder.objects.filter(programme=proposal.call.programme_id).offered()
        known = {text.casefold(): funder for funder in offered for text in funder.name.values()}
    for name, one in named:
        if name or one.amount:
            yield FundingLine(
                proposal=proposal,
                partner=partner,
                source=one.source,
                amount=one.amount,
                funder=name,
                programme_funder=known.get(name.casefold()),
                is_secured=one.is_secured,
            )


def _in_audit(lines: Iterable[FundingLine]) -> dict[str, Any]:
    """Grant and own money by source; the other funders as one list, in order."""
    own = {f"funding:{line.source}": line.amount for line in lines if not FundingSource(line.source).is_other}
    others = [
        {"name": line.funder, "source": line.source, "amount": line.amount, "secured": line.is_secured}
        for line in lines
        if FundingSource(line.source).is_other
    ]
    return {**own, "funders": others}
