"""Money, rates, counts and days."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import get_language

from rocket.core import display
from rocket.core.templatetags.rocket.library import register


def _with_muted_cents(text: str, amount: Decimal | int) -> str:
    whole, cents = display.split_amount(amount)
    before, _separator, after = text.partition(whole + cents)
    return format_html(
        '<span class="money">{}{}<span class="cents">{}</span>{}</span>', before, whole, cents, after
    )


@register.filter
def euro(amount: Decimal | int | None) -> str:
    """An amount with its currency; cents are muted. Nothing for no amount."""
    return "" if amount in (None, "") else _with_muted_cents(display.euro_text(Decimal(amount)), amount)


@register.filter
def amount(amount: Decimal | int | None) -> str:
    """An amount for tables, whose head names the currency; cents are muted."""
    return "" if amount in (None, "") else _with_muted_cents(display.amount_text(amount), amount)


@register.filter
def euro_text(amount: Decimal | int | None) -> str:
    """An amount with its currency as plain text."""
    return "" if amount in (None, "") else display.euro_text(Decimal(amount))


@register.filter
def euro_brief(amount: Decimal | int | None) -> str:
    """An amount with its currency for sentences: whole euros where there are no cents."""
    return "" if amount in (None, "") else display.euro_brief_text(amount)


@register.filter
def percent(rate: Decimal | float | None, places: int | None = None) -> str:
    """A rate from 0 to 1 as a percentage."""
    return "" if rate in (None, "") else display.percent_text(rate, places)


@register.filter
def count(number: int | None) -> str:
    """A whole number, grouped."""
    return "" if number in (None, "") else display.count_text(number)


def _time(machine: str, text: str) -> str:
    return format_html('<time datetime="{}">{}</time>', machine, text)


@register.filter
def day(value: date | datetime | None, style: str = "") -> str:
    """A day; style ``short`` or ``weekday``."""
    if not value:
        return ""
    local = (
        timezone.localtime(value).date()
        if isinstance(value, datetime) and timezone.is_aware(value)
        else value
    )
    return _day(local, style, get_language())


@lru_cache(maxsize=2048)
def _day(day: date, style: str, language: str | None) -> str:
    return _time(day.isoformat(), display.day_text(day, style))


@register.filter
def moment(value: datetime | None, style: str = "") -> str:
    """Date, time and zone; style ``weekday`` names the day of the week too, ``seconds`` is for receipt and audit trail."""
    return _time(value.isoformat(), display.moment_text(value, style)) if value else ""


@register.filter
def moment_text(value: datetime | None, style: str = "") -> str:
    """Date, time and zone as plain text."""
    return display.moment_text(value, style) if value else ""


@register.filter
def clock(value: datetime | None) -> str:
    """The time of day."""
    return _time(value.isoformat(), display.clock_text(value)) if value else ""
