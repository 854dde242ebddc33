"""Cost and grant of many proposals at once."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import OuterRef, QuerySet, Subquery, Sum

from consortia.enums import PartnerState
from feasibility.enums import FundingSource
from feasibility.models import BudgetLine, FundingLine, Proposal

Rows = TypeVar("Rows", bound="QuerySet[Proposal]")


def with_money(proposals: Rows) -> Rows:
    """With ``cost`` and ``grant`` of the confirmed partners in EUR, None where nothing stands. No query of its own."""
    return proposals.annotate(
        cost=_sum(BudgetLine.objects.all()),
        grant=_sum(FundingLine.objects.filter(source=FundingSource.GRANT)),
    )


def _sum(lines: QuerySet[BudgetLine] | QuerySet[FundingLine]) -> Subquery:
    confirmed = lines.filter(proposal=OuterRef("pk"), partner__state=PartnerState.CONFIRMED)
    return Subquery(confirmed.order_by().values("proposal").annotate(total=Sum("amount")).values("total"))
