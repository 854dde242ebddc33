"""Months of a project: counted from 1, from whatever day it starts on."""

from __future__ import annotations

from calendar import monthrange
from datetime import MAXYEAR, date, timedelta


def month_starts(starts_on: date, month: int) -> date:
    """The first day of month ``month`` of what starts on ``starts_on``; a day that the calendar month lacks is its last."""
    years, place = divmod(starts_on.month - 1 + month - 1, 12)
    year = starts_on.year + years
    if year > MAXYEAR:
        return date.max
    return date(year, place + 1, min(starts_on.day, monthrange(year, place + 1)[1]))


def month_ends(starts_on: date, month: int) -> date:
    """The last day of that month: the one before the next begins."""
    return month_starts(starts_on, month + 1) - timedelta(days=1)
