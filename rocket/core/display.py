"""How money, rates, days and moments read in the active language.

Plain text only, for messages, mails and attributes; the template filters of the same names add markup.
"""

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from django.utils import formats, timezone
from django.utils.translation import pgettext

from rocket.core.money import euro_text

__all__ = [
    "amount_text",
    "brief_text",
    "clock_text",
    "count_text",
    "day_text",
    "euro_brief_text",
    "euro_text",
    "moment_text",
    "month_text",
    "percent_text",
    "split_amount",
]

NO_BREAK = "\N{NO-BREAK SPACE}"


def split_amount(amount: Decimal | int) -> tuple[str, str]:
    """An amount as (whole euro, separator and cents), grouped as the active language does: ("9,994,868", ".76")."""
    text = formats.number_format(
        Decimal(amount).quantize(Decimal("0.01"), ROUND_HALF_UP),
        decimal_pos=2,
        use_l10n=True,
        force_grouping=True,
    )
    return text[:-3], text[-3:]


def amount_text(amount: Decimal | int) -> str:
    """An amount in euro without the currency, with cents: ``9,994,868.76``."""
    return "".join(split_amount(amount))


def brief_text(amount: Decimal | int) -> str:
    """An amount in euro without the currency for headlines and sentences: whole euros where there are no cents."""
    whole, cents = split_amount(amount)
    return whole if Decimal(amount) == int(amount) else whole + cents


def euro_brief_text(amount: Decimal | int) -> str:
    """As ``brief_text``, with the currency where the active language puts it."""
    return euro_text(Decimal(amount)).replace(amount_text(amount), brief_text(amount))


def percent_text(rate: Decimal | float | int, places: int | None = None) -> str:
    """A rate from 0 to 1 as a percentage: 0.642 reads ``64.2 %``.

    Without ``places`` at most two decimals are shown and trailing zeros left out. Shown only: limits compare exact amounts.
    """
    value = (Decimal(str(rate)) * 100).quantize(
        Decimal(1).scaleb(-(2 if places is None else places)), ROUND_HALF_UP
    )
    if places is None:
        value = value.normalize()
        exponent = value.as_tuple().exponent
        places = max(0, -exponent) if isinstance(exponent, int) else 0
    return (
        f"{formats.number_format(value, decimal_pos=places, use_l10n=True, force_grouping=True)}{NO_BREAK}%"
    )


def count_text(number: int) -> str:
    """A whole number, grouped by thousands."""
    return str(formats.number_format(number, decimal_pos=0, use_l10n=True, force_grouping=True))


def day_text(day: date | datetime, style: str = "") -> str:
    """A day: ``15 December 2017``; style ``short`` gives ``15 Dec 2017``, ``weekday`` puts the day of the week before it.

    A moment is taken on the portal's own clock.
    """
    local = timezone.localtime(day) if isinstance(day, datetime) and timezone.is_aware(day) else day
    text = str(formats.date_format(local, "SHORT_DATE_FORMAT" if style == "short" else "DATE_FORMAT"))
    if style == "weekday":
        # Translators: %(weekday)s is Friday, %(day)s is 15 December 2017.
        return pgettext("date with day of the week", "%(weekday)s %(day)s") % {
            "weekday": formats.date_format(local, "l"),
            "day": text,
        }
    return text


def month_text(day: date) -> str:
    """A month of the calendar, short, for the axis of a chart: ``Jun 2027``."""
    return str(formats.date_format(day, "M Y"))


def clock_text(moment: datetime, style: str = "") -> str:
    """The time of day on the portal's clock: ``14:02``; style ``seconds`` gives ``14:02:07``."""
    local = timezone.localtime(moment) if timezone.is_aware(moment) else moment
    pattern = formats.get_format("TIME_FORMAT")
    return str(formats.time_format(local, pattern.replace("H:i", "H:i:s") if style == "seconds" else pattern))


def moment_text(moment: datetime, style: str = "") -> str:
    """Date, hour and minute, and time zone: ``15 December 2017, 17:00 (Europe/Amsterdam)``, so everywhere in the portal.

    Style ``weekday`` names the day of the week too. Style ``seconds`` is for the receipt and for the audit trail only.
    """
    # Translators: %(day)s is 15 December 2017, %(clock)s is 17:00, %(zone)s is Europe/Amsterdam.
    return pgettext("date, time and zone", "%(day)s, %(clock)s (%(zone)s)") % {
        "day": day_text(moment, style),
        "clock": clock_text(moment, style),
        "zone": timezone.get_current_timezone_name(),
    }
