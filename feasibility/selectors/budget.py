"""The budget by partner as pages and PDF show it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from consortia.enums import PartnerRole
from feasibility.models import Proposal, Submission
from feasibility.selectors.content import content_of


@dataclass(frozen=True)
class BudgetRow:
    """One partner's cost, grant and rate. ``rate`` is exact; None without cost."""

    name: str
    country: str
    state: str
    role: str
    cost: Decimal
    grant: Decimal
    own: Decimal
    url: str = ""

    @property
    def rate(self) -> Decimal | None:
        return self.grant / self.cost if self.cost else None


@dataclass(frozen=True)
class BudgetTable:
    rows: list[BudgetRow]

    cost = property(lambda self: sum((row.cost for row in self.rows), Decimal("0.00")))
    grant = property(lambda self: sum((row.grant for row in self.rows), Decimal("0.00")))
    own = property(lambda self: sum((row.own for row in self.rows), Decimal("0.00")))

    @property
    def rate(self) -> Decimal | None:
        return self.grant / self.cost if self.cost else None

    @property
    def funding_parts(self) -> list[dict[str, Any]]:
        """For the funding line: grant, what others pay, and what is not covered yet."""
        parts = [
            {"kind": "grant", "label": _("Grant asked for"), "amount": self.grant},
            {"kind": "own", "label": _("Own and other money"), "amount": self.own},
        ]
        return [part for part in parts if part["amount"]]


def budget_table(proposal: Proposal, *, with_links: bool = True) -> BudgetTable:
    """The budget of a loaded proposal by partner; no query."""
    return _budget(content_of(proposal), proposal.number if with_links else "")


def budget_from(submission: Submission) -> BudgetTable:
    """The budget as it was submitted."""
    return _budget(json.loads(submission.content), "")


def budget_in(content: dict[str, Any]) -> BudgetTable:
    """The budget in a proposal's plain content; no query."""
    return _budget(content, "")


def _budget(content: dict[str, Any], number: str) -> BudgetTable:
    partners = {entry["key"]: entry for entry in content["partners"]}
    rows = []
    for entry in content["budget"]:
        partner = partners[entry["partner"]]
        funding = {source: Decimal(amount) for source, amount in entry["funding"].items()}
        grant = funding.pop("grant", Decimal("0.00"))
        rows.append(
            BudgetRow(
                name=partner["organisation"],
                country=partner["country"],
                state=partner["state"],
                role=str(PartnerRole(partner["role"]).label),
                cost=sum((Decimal(amount) for amount in entry["costs"].values()), Decimal("0.00")),
                grant=grant,
                own=sum(funding.values(), Decimal("0.00")),
                url=reverse("partner_budget", args=[number, entry["partner"]]) if number else "",
            )
        )
    return BudgetTable(rows)
