"""The rows of other funders in a partner's budget: as many as are needed, and always a spare one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from calls.models import Funder
from feasibility.cofinancing import OtherFunder
from feasibility.enums import FundingSource
from feasibility.models import FundingLine
from feasibility.models.plan import MAX_FUNDER
from rocket.core.fields import EuroFormField, EuroInput
from rocket.core.forms import PlainText

KINDS = [
    (FundingSource.PUBLIC.value, pgettext_lazy("funder", "Public")),
    (FundingSource.PRIVATE.value, pgettext_lazy("funder", "Private")),
]
_NAME = re.compile(r"funder-(\d{1,3})-(?:name|source|amount|secured)", re.ASCII)


@dataclass(frozen=True)
class FunderRow:
    """The fields of one row; ``n`` is its number in the names of its fields, ``place`` the one that people see."""

    n: str
    place: int | str
    name: forms.BoundField
    source: forms.BoundField
    amount: forms.BoundField
    secured: forms.BoundField

    @classmethod
    def of(cls, form: forms.Form, n: str, place: int | str) -> FunderRow:
        return cls(
            n, place, *(form[f"funder-{n}-{part}"] for part in ("name", "source", "amount", "secured"))
        )

    @property
    def fields(self) -> tuple[forms.BoundField, ...]:
        return self.name, self.source, self.amount, self.secured

    @property
    def has_errors(self) -> bool:
        return any(field.errors for field in self.fields)


def numbers_in(data: Mapping[str, Any]) -> list[int]:
    """The rows that a post holds, without the one that it asks to remove, and a spare one behind them."""
    found = sorted({int(match[1]) for key in data if (match := _NAME.fullmatch(key))})
    removed = data.get("remove_funder", "")
    kept = [n for n in found if str(n) != removed]
    if not kept or _is_filled(data, kept[-1]):
        kept.append(max(found, default=-1) + 1)
    return kept


def _is_filled(data: Mapping[str, Any], n: int) -> bool:
    return bool(data.get(f"funder-{n}-name", "").strip() or data.get(f"funder-{n}-amount", "").strip())


def initial_of(lines: Iterable[FundingLine]) -> dict[str, Any]:
    """What is saved, as the fields' first values. A funder of the programme has its name in the reader's language."""
    values: dict[str, Any] = {}
    for n, line in enumerate(lines):
        values |= {
            f"funder-{n}-name": str(line.names),
            f"funder-{n}-source": line.source,
            f"funder-{n}-amount": line.amount,
            f"funder-{n}-secured": line.is_secured,
        }
    return values


def row_fields(n: int | str, place: int) -> dict[str, forms.Field]:
    """The fields of one row. Labels name the row for the list of mistakes; the page shows shorter ones."""
    return {
        f"funder-{n}-name": PlainText(
            label=_("Funder %(n)s: name") % {"n": place},
            required=False,
            max_length=MAX_FUNDER,
            widget=forms.TextInput(
                attrs={"list": "funders-of-the-programme", "autocomplete": "off", "placeholder": " "}
            ),
        ),
        f"funder-{n}-source": forms.ChoiceField(
            label=_("Funder %(n)s: kind") % {"n": place},
            choices=KINDS,
            required=False,
            initial=FundingSource.PUBLIC.value,
        ),
        f"funder-{n}-amount": EuroFormField(
            label=_("Funder %(n)s: amount") % {"n": place},
            required=False,
            widget=EuroInput(attrs={"placeholder": " "}),
        ),
        f"funder-{n}-secured": forms.BooleanField(
            label=_("Funder %(n)s: promised in writing") % {"n": place}, required=False
        ),
    }


def entered(cleaned: Mapping[str, Any], numbers: Iterable[int]) -> list[tuple[int, OtherFunder]]:
    """The rows that hold something, with their numbers."""
    rows = []
    for n in numbers:
        name = " ".join(cleaned.get(f"funder-{n}-name", "").split())
        amount = cleaned.get(f"funder-{n}-amount") or Decimal("0.00")
        if name or amount:
            source = FundingSource(cleaned.get(f"funder-{n}-source") or FundingSource.PUBLIC)
            rows.append((n, OtherFunder(name, source, amount, bool(cleaned.get(f"funder-{n}-secured")))))
    return rows


def missing_in(rows: Iterable[tuple[int, OtherFunder]], funders: Iterable[Funder]) -> dict[str, Any]:
    """What a completed budget must say of its funders and does not: field name to sentence."""
    known = {name.casefold(): funder for funder in funders for name in funder.name.values()}
    found: dict[str, Any] = {}
    for n, row in rows:
        funder = known.get(row.name.casefold())
        if not row.name:
            found[f"funder-{n}-name"] = _("Say who gives this money")
        elif not row.amount:
            found[f"funder-{n}-amount"] = _("Enter what %(name)s gives") % {"name": row.name}
        if funder is not None and funder.is_union:
            found[f"funder-{n}-name"] = _("%(name)s is part of the grant. Enter it there.") % {
                "name": row.name
            }
        elif funder is not None and row.source != FundingSource.PUBLIC:
            found[f"funder-{n}-source"] = _("%(name)s is a public funder") % {"name": row.name}
    return found
