"""What "as of a day" means: that whole day, to its last instant, in the programme's own zone."""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

from django.utils.dateparse import parse_date, parse_datetime


class NoMoment(ValueError):
    """The text is neither a day nor a moment."""


def as_of(text: str, zone: ZoneInfo) -> datetime:
    """``2017-10-31`` is the end of that day in ``zone``; ``2017-10-31T18:00`` is that moment, in ``zone`` unless it
    names another offset. Raises ``NoMoment``."""
    try:
        if day := parse_date(text):
            return datetime.combine(day, time.max, zone)
        moment = parse_datetime(text)
    except ValueError as error:
        raise NoMoment(text) from error
    if moment is None:
        raise NoMoment(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)
