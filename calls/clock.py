"""Deadlines as people state them: a day, a time and a zone."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from rocket.core.errors import RocketError


class NoSuchMoment(RocketError):
    """Clocks change in that night: the time does not exist, or exists twice."""


def local_moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The moment at which clocks in the zone show that day and time.

    Raises ``NoSuchMoment`` for a time that is left out when summer time begins, and for one that comes twice
    when it ends: a deadline has one meaning.
    """
    moment = datetime.combine(day, at.replace(fold=0), zone)
    data = {"day": day.isoformat(), "time": at.strftime("%H:%M"), "zone": zone.key}
    if moment.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != moment.replace(tzinfo=None):
        message = _(
            "There is no %(time)s on %(day)s in %(zone)s: summer time begins. Choose an earlier or later time."
        )
        raise NoSuchMoment("left_out", message % data, **data)
    if moment.utcoffset() != moment.replace(fold=1).utcoffset():
        message = _(
            "%(time)s comes twice on %(day)s in %(zone)s: summer time ends. Choose an earlier or later time."
        )
        raise NoSuchMoment("comes_twice", message % data, **data)
    return moment
