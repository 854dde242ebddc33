"""Euro amounts: Decimal in Python, whole cents in the database.

SQLite sums decimals as floats and loses cents; whole numbers it sums exactly, and so does PostgreSQL.
"""

from __future__ import annotations

import re
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.formats import number_format
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

CENT = Decimal("0.01")
LARGEST = Decimal("999999999999.99")
"""More than any programme of the Union: what is larger is a slip of the hand."""


class InvalidAmount(ValueError):
    """The text is no amount of money; ``str()`` says how to mend it."""


def euro(value: Decimal | int | str) -> Decimal:
    """``value`` in EUR with two decimals. Raises ``InvalidAmount`` where it holds a fraction of a cent."""
    try:
        exact = Decimal(value)
        rounded = exact.quantize(CENT)
    except (InvalidOperation, ValueError) as error:
        raise InvalidAmount(str(_("Enter an amount, for example 1,234.56"))) from error
    if exact != rounded:
        raise InvalidAmount(str(_("An amount has at most two decimals")))
    return rounded


def round_half_up(value: Decimal) -> Decimal:
    """To the cent, halves up: the rule for flat rates."""
    return value.quantize(CENT, rounding=ROUND_HALF_UP)


def round_down(value: Decimal) -> Decimal:
    """To the cent, never up: the rule for the largest grant."""
    return value.quantize(CENT, rounding=ROUND_DOWN)


_WRITTEN = re.compile(
    r"""\s* (?P<sign>[+\-−]?) \s* (?P<before>EUR|€)? \s* (?P<late_sign>[+\-−]?)
    (?P<whole> [1-9][0-9]{0,2} (?P<group>[.,'’\s]) [0-9]{3} (?:(?P=group)[0-9]{3})* | [0-9]+ )
    (?: (?P<mark>[.,]) (?P<fraction>[0-9]+) )?
    \s* (?P<after>EUR|€)? \s*""",
    re.VERBOSE | re.IGNORECASE,
)
"""An amount as keyboards and spreadsheets bring it. ``\\s`` holds the no-break spaces too."""


def parse_amount(text: str) -> Decimal:
    """Read what a person typed: ``1.234,56``, ``1,234.56``, ``1 234.5``, ``EUR 300``, ``60000``.

    A single point or comma followed by exactly three digits groups thousands, in each of the three languages; what
    could be read in two ways is refused, not guessed. Raises ``InvalidAmount``.
    """
    found = _WRITTEN.fullmatch(text) if len(text) <= 40 else None
    if (
        not found
        or (found["mark"] and found["mark"] == found["group"])
        or (found["sign"] and found["late_sign"])
        or (found["before"] and found["after"])
    ):
        raise InvalidAmount(str(_("Enter an amount, for example 1,234.56")))
    fraction = found["fraction"] or "0"
    if len(fraction) > 2:
        raise InvalidAmount(str(_("An amount has at most two decimals")))
    amount = euro(f"{re.sub('[^0-9]', '', found['whole'])}.{fraction}")
    if amount > LARGEST:
        raise InvalidAmount(str(_("This amount is too large")))
    return -amount if (found["sign"] or found["late_sign"]) in ("-", "−") else amount


def euro_text(amount: Decimal) -> str:
    """Plain text in the reader's format: ``EUR 1,234.56``, in German ``1.234,56 EUR``."""
    number = number_format(amount, decimal_pos=2, use_l10n=True, force_grouping=True)
    return f"{number}\u00a0EUR" if (get_language() or "").startswith("de") else f"EUR\u00a0{number}"


class EuroField(models.Field):  # type: ignore[type-arg]
    """Decimal EUR with two decimals in Python; a bigint of cents in the database, so that sums are exact."""

    description = "An amount in EUR"

    def get_internal_type(self) -> str:
        return "BigIntegerField"

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Decimal | None:
        return None if value is None else (Decimal(int(value)) / 100).quantize(CENT)

    def to_python(self, value: Any) -> Decimal | None:
        if value is None or value == "":
            return None
        if isinstance(value, float):
            raise ValidationError(_("Enter an amount, for example 1,234.56"))
        try:
            return euro(value)
        except InvalidAmount as error:
            raise ValidationError(str(error)) from error

    def get_prep_value(self, value: Any) -> int | None:
        value = super().get_prep_value(value)
        if value is None:
            return None
        return int(euro(value) * 100)

    def value_to_string(self, obj: models.Model) -> str:
        value = self.value_from_object(obj)
        return "" if value is None else str(value)

    def formfield(self, **kwargs: Any) -> Any:
        from rocket.core.fields import EuroFormField

        return super().formfield(**{"form_class": EuroFormField, **kwargs})
