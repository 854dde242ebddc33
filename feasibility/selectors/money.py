"""Cost and grant of many proposals at once."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, TypeVar

from django.db.models import OuterRef, QuerySet, Subquery, Sum

from consortia.enums import PartnerState
from feasibility.enums import FundingSource
from feasibility.models import BudgetLine, FundingLine, Proposal

Rows = TypeVar("Rows", bound="QuerySet[Proposal]")


def with_money(proposals: Rows) -> Rows:
    """With ``cost`` and ``grant`` of the confirmed partners in EUR, None where nothing stands. No query of its own."""
    return proposals.annotate(
        cost=_sum(_costs()),
        grant=_sum(_grants()),
    )


def cost_and_grant_of(proposals: QuerySet[Any]) -> tuple[dict[int, Decimal], dict[int, Decimal]]:
    """The same of a long list, by the keys that ``proposals`` gives: costs, and grants. Two queries."""
    costs, grants = (
        dict(_totals(lines.filter(proposal__in=proposals)).iterator()) for lines in (_costs(), _grants())
    )
    return costs, grants


def _costs() -> QuerySet[BudgetLine]:
    return BudgetLine.objects.filter(partner__state=PartnerState.CONFIRMED)


def _grants() -> QuerySet[FundingLine]:
    return FundingLine.objects.filter(source=FundingSource.GRANT, partner__state=PartnerState.CONFIRMED)


def _totals(lines: QuerySet[Any]) -> QuerySet[Any, Any]:
    """Key of the proposal, and its sum."""
    return lines.order_by().values_list("proposal").annotate(total=Sum("amount"))


def _sum(lines: QuerySet[Any]) -> Subquery:
    return Subquery(_totals(lines.filter(proposal=OuterRef("pk"))).values("total"))
