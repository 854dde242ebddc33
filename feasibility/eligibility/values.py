"""Values of findings that say their unit: kept as they decided, written in the reader's format when shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.formats import date_format, number_format, time_format
from django.utils.translation import gettext as _

from rocket.core.money import euro_text
from rocket.core.text import LocalisedText


@dataclass(frozen=True)
class Euro:
    """An amount in EUR."""

    amount: Decimal

    def __str__(self) -> str:
        return euro_text(self.amount)


@dataclass(frozen=True)
class Rate:
    """A share or rate from 0 to 1, shown in percent with all the decimals that it has."""

    rate: Decimal

    def __str__(self) -> str:
        percent = f"{(self.rate * 100).normalize():f}"
        decimals = len(percent.partition(".")[2])
        number = number_format(Decimal(percent), decimal_pos=decimals, use_l10n=True)
        return _("%(number)s %%") % {"number": number}


@dataclass(frozen=True)
class Moment:
    """A moment, shown in the programme's time zone to the minute, as everywhere."""

    at: datetime
    zone: str

    def __str__(self) -> str:
        local = self.at.astimezone(ZoneInfo(self.zone))
        return _("%(day)s, %(time)s (%(zone)s)") % {
            "day": date_format(local, "DATE_FORMAT"),
            "time": time_format(local, "TIME_FORMAT"),
            "zone": self.zone,
        }


@dataclass(frozen=True)
class Day:
    """A calendar day."""

    day: date

    def __str__(self) -> str:
        return date_format(self.day, "DATE_FORMAT")


Value = Euro | Rate | Moment | Day | LocalisedText | str | int | bool | None | tuple["Value", ...]
"""What a finding may hold. A tuple is shown as a list with commas."""


def show(value: Value) -> Any:
    """A value as a sentence takes it; whole numbers stay numbers, so that plurals can be chosen by them."""
    if isinstance(value, tuple):
        return ", ".join(str(show(one)) for one in value)
    return value if isinstance(value, int) else str("" if value is None else value)


def show_all(values: Mapping[str, Value]) -> dict[str, Any]:
    return {name: show(value) for name, value in values.items()}


def value_to_json(value: Value) -> Any:
    """Plain JSON that says the unit: {"eur": "0.01"}, {"rate": "0.6"}, {"at": …, "zone": …}, {"day": …},
    {"name": {…}}; texts, numbers, truths and lists stand for themselves."""
    match value:
        case Euro(amount):
            return {"eur": str(amount)}
        case Rate(rate):
            return {"rate": str(rate)}
        case Moment(at, zone):
            return {"at": at.isoformat(), "zone": zone}
        case Day(day):
            return {"day": day.isoformat()}
        case LocalisedText():
            return {"name": dict(value)}
        case tuple():
            return [value_to_json(one) for one in value]
        case _:
            return value


def value_from_json(plain: Any) -> Value:
    """The value that ``value_to_json`` wrote. Raises ``ValueError`` for any other form."""
    match plain:
        case {"eur": str(amount), **rest} if not rest:
            return Euro(Decimal(amount))
        case {"rate": str(rate), **rest} if not rest:
            return Rate(Decimal(rate))
        case {"at": str(at), "zone": str(zone), **rest} if not rest:
            return Moment(datetime.fromisoformat(at), zone)
        case {"day": str(day), **rest} if not rest:
            return Day(date.fromisoformat(day))
        case {"name": dict(texts), **rest} if not rest:
            return LocalisedText(texts)
        case list():
            return tuple(value_from_json(one) for one in plain)
        case str() | int() | None:
            return plain
        case _:
            raise ValueError(f"no value of a finding: {plain!r}")


def values_to_json(values: Mapping[str, Value]) -> dict[str, Any]:
    return {name: value_to_json(values[name]) for name in sorted(values)}


def values_from_json(plain: Mapping[str, Any]) -> dict[str, Value]:
    return {name: value_from_json(value) for name, value in plain.items()}
