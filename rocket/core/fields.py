"""Form fields for what people type in their own format."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from rocket.core.money import InvalidAmount, parse_amount


class EuroInput(forms.TextInput):
    def format_value(self, value: Any) -> str | None:
        if isinstance(value, Decimal):
            return number_format(value, decimal_pos=2, use_l10n=True, force_grouping=True)
        return super().format_value(value)

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(
            {"inputmode": "decimal", "autocomplete": "off", "class": "input--money", **(attrs or {})}
        )


class EuroFormField(forms.Field):
    """An amount in EUR, not negative unless told so; accepts the German, Dutch and English way of writing."""

    widget = EuroInput
    default_error_messages = {
        "negative": _("Enter an amount of 0 or more"),
        "required": _("Enter an amount in EUR"),
    }

    def __init__(self, *, allow_negative: bool = False, **kwargs: Any) -> None:
        for name in ("max_length", "min_value", "max_value"):
            kwargs.pop(name, None)
        self.allow_negative = allow_negative
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Decimal | None:
        if value in self.empty_values:
            return None
        if isinstance(value, Decimal):
            return value
        try:
            amount = parse_amount(str(value))
        except InvalidAmount as error:
            raise ValidationError(str(error), code="invalid") from error
        if amount < 0 and not self.allow_negative:
            raise ValidationError(self.error_messages["negative"], code="negative")
        return amount

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return self.to_python(initial) != self.to_python(data)
        except ValidationError:
            return True
