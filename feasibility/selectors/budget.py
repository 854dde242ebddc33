"""The budget as pages and PDF show it: by partner, cost category and source, from a proposal's plain content."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from consortia.enums import PartnerRole
from feasibility.enums import FundingSource, Research
from feasibility.models import Proposal, Submission
from feasibility.selectors.content import content_of
from rocket.core.text import LocalisedText

ZERO = Decimal("0.00")


@dataclass(frozen=True)
class FundingRow:
    """One source of one partner: the grant, its own money, or another funder with its name."""

    source: FundingSource
    name: str
    amount: Decimal
    note: str = ""
    """Of another funder: public or private, and whether the money is promised."""


@dataclass(frozen=True)
class BudgetRow:
    """One partner's costs by category code, its sources, and on what basis it is paid. ``rate`` is exact; None
    without cost."""

    key: int
    name: str
    country: str
    state: str
    role: str
    costs: Mapping[str, Decimal]
    sources: tuple[FundingRow, ...]
    aid_basis: str = ""
    research: str = ""
    url: str = ""

    cost = property(lambda self: sum(self.costs.values(), ZERO))
    funded = property(lambda self: sum((row.amount for row in self.sources), ZERO))
    grant = property(lambda self: self.of_source(FundingSource.GRANT))
    difference = property(lambda self: self.funded - self.cost)
    """Above 0 where the sources give more than the costs."""

    @property
    def rate(self) -> Decimal | None:
        return self.grant / self.cost if self.cost else None

    @property
    def funders(self) -> list[FundingRow]:
        return [row for row in self.sources if row.source.is_other]

    def of_source(self, source: FundingSource) -> Decimal:
        return sum((row.amount for row in self.sources if row.source == source), ZERO)


@dataclass(frozen=True)
class Line:
    """One row of figures, a column a partner, with the sum over them."""

    label: str
    amounts: list[Decimal]
    partners: list[str]
    note: str = ""

    total = property(lambda self: sum(self.amounts, ZERO))

    @property
    def cells(self) -> list[tuple[str, Decimal]]:
        """Each amount with the name of its partner."""
        return list(zip(self.partners, self.amounts, strict=True))

    @property
    def span(self) -> int:
        """Columns of its table: the name, the partners, and the sum over more than one."""
        return len(self.partners) + (2 if len(self.partners) > 1 else 1)


@dataclass(frozen=True)
class BudgetTable:
    rows: list[BudgetRow]
    categories: Mapping[str, str]
    """Cost categories in the order of the programme: code to name."""

    cost = property(lambda self: sum((row.cost for row in self.rows), ZERO))
    grant = property(lambda self: sum((row.grant for row in self.rows), ZERO))
    funded = property(lambda self: sum((row.funded for row in self.rows), ZERO))

    @property
    def rate(self) -> Decimal | None:
        return self.grant / self.cost if self.cost else None

    @property
    def funding_parts(self) -> list[dict[str, Any]]:
        """For the funding line: what each kind of source gives."""
        parts = (
            {
                "kind": source.value,
                "label": source.label,
                "amount": sum((row.of_source(source) for row in self.rows), ZERO),
            }
            for source in _BAR
        )
        return [part for part in parts if part["amount"]]

    def of(self, key: int) -> BudgetTable:
        """The same of one partner alone."""
        return BudgetTable([row for row in self.rows if row.key == key], self.categories)

    @property
    def partners(self) -> list[str]:
        return [row.name for row in self.rows]

    @cached_property
    def cost_lines(self) -> list[Line]:
        """What is spent, a row a category that anybody uses."""
        used = {code for row in self.rows for code, amount in row.costs.items() if amount}
        codes = [code for code in self.categories if code in used] + sorted(used - set(self.categories))
        return [
            Line(
                self.categories.get(code) or code,
                [row.costs.get(code, ZERO) for row in self.rows],
                self.partners,
            )
            for code in codes
        ]

    @cached_property
    def source_lines(self) -> list[Line]:
        """Who pays, a row a source; a funder that pays several partners on the same terms stands once."""
        found: dict[tuple[int, str, str], list[Decimal]] = {}
        for place, row in enumerate(self.rows):
            for source in row.sources:
                key = (_ORDER.index(source.source), source.name, source.note)
                found.setdefault(key, [ZERO] * len(self.rows))[place] += source.amount
        ordered = sorted(found.items(), key=lambda entry: entry[0][0])
        return [
            Line(name, amounts, self.partners, note)
            for (_place, name, note), amounts in ordered
            if any(amounts)
        ]

    @property
    def cost_sums(self) -> Line:
        return Line(_("Total eligible cost"), [row.cost for row in self.rows], self.partners)

    @property
    def source_sums(self) -> Line:
        return Line(_("Total of all sources"), [row.funded for row in self.rows], self.partners)

    @property
    def differences(self) -> Line | None:
        """Sources less costs; None where every partner's add up."""
        line = Line(_("Sources less costs"), [row.difference for row in self.rows], self.partners)
        return line if any(line.amounts) else None


_ORDER = list(FundingSource)
_BAR = (FundingSource.GRANT, FundingSource.PUBLIC, FundingSource.PRIVATE, FundingSource.OWN)


def budget_table(proposal: Proposal, *, with_links: bool = True) -> BudgetTable:
    """The budget of a loaded proposal by partner; no query."""
    return budget_in(content_of(proposal), proposal.number if with_links else "")


def budget_from(submission: Submission) -> BudgetTable:
    """The budget as it was submitted."""
    return budget_in(json.loads(submission.content))


def budget_in(content: dict[str, Any], number: str = "") -> BudgetTable:
    """The budget in a proposal's plain content, also of an earlier portal; with ``number``, rows lead to their pages."""
    partners = {entry["key"]: entry for entry in content["partners"]}
    bases = content.get("aid_bases") or {}
    rows = []
    for entry in content["budget"]:
        partner = partners[entry["partner"]]
        basis, work = entry.get("aid_basis"), entry.get("research_category")
        rows.append(
            BudgetRow(
                key=entry["partner"],
                name=partner["organisation"],
                country=partner["country"],
                state=partner["state"],
                role=str(PartnerRole(partner["role"]).label),
                costs={code: Decimal(amount) for code, amount in entry["costs"].items()},
                sources=tuple(_sources(entry)),
                aid_basis=str(LocalisedText(bases.get(basis) or basis)) if basis else "",
                research=str(Research(work).label) if work in Research.values else work or "",
                url=reverse("partner_budget", args=[number, entry["partner"]]) if number else "",
            )
        )
    names = content.get("categories") or {}
    order = content.get("category_order") or list(names)
    return BudgetTable(rows, {code: str(LocalisedText(names.get(code) or code)) for code in order})


def cost_and_grant_in(content: dict[str, Any]) -> tuple[Decimal, Decimal]:
    """Total cost and grant of a proposal's plain content: those of ``budget_in``, without making its words."""
    cost = grant = ZERO
    for entry in content["budget"]:
        cost += sum(map(Decimal, entry["costs"].values()), ZERO)
        grant += Decimal(entry["funding"].get(FundingSource.GRANT, ZERO))
    return cost, grant


def _sources(entry: dict[str, Any]) -> Iterable[FundingRow]:
    """Grant and own money by source, other money by funder. What no funder stands for keeps its source's name."""
    left = {FundingSource(code): Decimal(amount) for code, amount in entry["funding"].items()}
    funders = []
    for one in entry.get("funders") or []:
        source, amount = FundingSource(one["source"]), Decimal(one["amount"])
        left[source] = left.get(source, ZERO) - amount
        name = str(LocalisedText(one["name"])) or _("Funder not named yet")
        funders.append(FundingRow(source, name, amount, funder_note(source, bool(one["secured"]))))
    for source in FundingSource:
        if left.get(source):
            yield FundingRow(source, str(source.label), left[source])
    yield from funders


def funder_note(source: FundingSource, is_secured: bool) -> str:
    """Whose money it is, and whether it is certain, in a few words."""
    if source == FundingSource.PUBLIC:
        words = pgettext("funder", "public, promised"), pgettext("funder", "public, not promised yet")
    else:
        words = pgettext("funder", "private, promised"), pgettext("funder", "private, not promised yet")
    return words[0] if is_secured else words[1]
