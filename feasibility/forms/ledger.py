"""A partner's budget as a page of figures: costs and sources, their sums, and the largest grant, from what stands in
the fields now. ``static/js/budget.js`` works out the same while somebody types."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from calls.models import CostCategory, Funder
from feasibility.cofinancing import Ceiling, flat_rate_amount
from feasibility.eligibility import limit_words
from feasibility.enums import FundingSource
from feasibility.forms.funders import FunderRow, row_fields
from rocket.core.display import amount_text
from rocket.core.money import euro_text

if TYPE_CHECKING:
    from feasibility.forms.budget import BudgetForm

ZERO = Decimal("0.00")
WORDS = {
    "at_most": _("At most {amount}: {reason}."),
    "open": _("It may become less once the aid basis is settled."),
    "above": _("{amount} too much"),
    "use": _("Use {amount}"),
    "low": _("{amount} is still missing: costs are higher than sources."),
    "high": _("{amount} too much: sources are higher than costs."),
    "even": _("Costs and sources agree."),
    "empty": "",
    "unread": _("An amount can't be read."),
}
"""Sentences that the page and its script make of the same figures."""


@dataclass(frozen=True)
class CostRow:
    """One cost category with the amount that stands there, or that its flat rate gives; None where that can't be
    read."""

    category: CostCategory
    field: forms.BoundField
    amount: Decimal | None
    flat_rate_of: str = ""
    """The fields that a flat rate is worked out from."""

    @property
    def rate(self) -> str:
        return str(self.category.flat_rate)


class Ledger:
    """The figures of one form, as a part of its layout."""

    template = "feasibility/_budget_ledger.html"

    def __init__(self, form: BudgetForm) -> None:
        self.form = form

    def render(self, form: Any, context: Any, template_pack: str = "", **kwargs: Any) -> str:
        return render_to_string(self.template, {**context.flatten(), "form": form, "ledger": self})

    @cached_property
    def cost_rows(self) -> list[CostRow]:
        fields = {category.code: self.form[f"cost_{category.pk}"] for category in self.form.categories}
        entered = {
            category.code: amount_in(fields[category.code])
            for category in self.form.categories
            if not category.is_flat_rate
        }
        rows = []
        for category in self.form.categories:
            field, rate = fields[category.code], category.flat_rate
            if rate is None:
                rows.append(CostRow(category, field, entered[category.code]))
                continue
            base = [code for code in category.flat_rate_of if code in entered]
            whole = sum_of([entered[code] for code in base])
            amount = None if whole is None else flat_rate_amount(whole, rate)
            rows.append(
                CostRow(category, field, amount, " ".join(fields[code].auto_id or "" for code in base))
            )
        return rows

    @property
    def funder_rows(self) -> list[FunderRow]:
        return self.form.funder_rows

    @property
    def blank_row(self) -> FunderRow:
        """A row for the script that adds one more; it puts numbers in the place of XX and YY."""
        form = forms.Form()
        form.fields.update(row_fields("XX", 0))
        return FunderRow.of(form, "XX", "YY")

    @property
    def offered_funders(self) -> list[Funder]:
        return [funder for funder in self.form.programme_funders if not funder.is_union]

    @cached_property
    def cost(self) -> Decimal | None:
        return sum_of([row.amount for row in self.cost_rows])

    @cached_property
    def funding(self) -> Decimal | None:
        sources = [self.form["funding_grant"], self.form["funding_own"]]
        return sum_of([amount_in(field) for field in (*sources, *(row.amount for row in self.funder_rows))])

    @property
    def state(self) -> str:
        """How costs and sources compare: low, high, even; empty while nothing stands there, or unread."""
        if self.cost is None or self.funding is None:
            return "unread"
        if not self.cost and not self.funding:
            return "empty"
        return "even" if self.cost == self.funding else "low" if self.funding < self.cost else "high"

    @property
    def difference_text(self) -> str:
        size = abs((self.cost or ZERO) - (self.funding or ZERO))
        return str(WORDS[self.state]).format(amount=euro_text(size))

    @cached_property
    def ceiling(self) -> Ceiling | None:
        """The largest grant; None where costs or public money can't be read."""
        form, public = self.form, FundingSource.PUBLIC
        given = sum_of(
            [amount_in(row.amount) for row in self.funder_rows if (row.source.value() or public) == public]
        )
        if form.largest is None or self.cost is None or given is None:
            return None
        codes = {str(basis.pk): basis.code for basis in form.bases}
        basis = codes.get(str(form["aid_basis"].value()), "")
        return form.largest.ceiling(self.cost, given, basis, str(form["research_category"].value() or ""))

    @property
    def ceiling_text(self) -> str:
        if self.ceiling is None or not self.cost:
            return ""
        text = str(WORDS["at_most"]).format(
            amount=euro_text(self.ceiling.amount), reason=limit_words(self.ceiling.decisive)
        )
        return text if self.ceiling.is_complete else f"{text} {WORDS['open']}"

    @property
    def above_text(self) -> str:
        """By how much the grant is above the largest one; empty where it is not."""
        grant = amount_in(self.form["funding_grant"])
        if self.ceiling is None or grant is None or grant <= self.ceiling.amount:
            return ""
        return str(WORDS["above"]).format(amount=euro_text(grant - self.ceiling.amount))

    @property
    def for_script(self) -> str:
        """Limits, sentences and the way to write an amount, as JSON."""
        keys = {basis.code: str(basis.pk) for basis in self.form.bases}
        return json.dumps(
            {
                "limits": self.form.largest.to_json(keys) if self.form.largest else None,
                "words": {name: str(text) for name, text in WORDS.items()},
                "euro": euro_text(ZERO).replace(amount_text(ZERO), "{n}"),
            }
        )


def amount_in(field: forms.BoundField) -> Decimal | None:
    """The amount that stands in a field, 0 where nothing does; None where it can't be read."""
    try:
        amount: Decimal | None = field.field.clean(field.value())
    except ValidationError:
        return None
    return amount or ZERO


def sum_of(amounts: list[Decimal | None]) -> Decimal | None:
    known = [amount for amount in amounts if amount is not None]
    return sum(known, ZERO) if len(known) == len(amounts) else None
