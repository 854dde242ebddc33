"""How long a call is open."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language, gettext, ngettext

from rocket.core import display
from rocket.core.templatetags.rocket.library import register


@register.simple_tag(takes_context=True)
def time_left(
    context: template.Context,
    closes_at: datetime | None,
    opens_at: datetime | None = None,
    now: datetime | None = None,
    compact: bool = False,
) -> str:
    """How long a call is open: days, in the last 24 hours hours and minutes, then that it closed; always with date and zone."""
    now = now or getattr(context.get("portal"), "now", None) or timezone.now()
    zone = timezone.get_current_timezone_name()
    return _time_left(closes_at, opens_at, now, bool(compact), get_language(), zone)


@lru_cache(maxsize=64)
def _time_left(
    closes_at: datetime | None,
    opens_at: datetime | None,
    now: datetime,
    compact: bool,
    language: str | None,
    zone: str,
) -> str:
    """On a page with many proposals most have the same deadline: it is written once."""
    values = {"moment": closes_at, "compact": compact, **remaining(closes_at, opens_at, now)}
    return render_to_string("components/time_left.html", values)


def remaining(closes_at: datetime | None, opens_at: datetime | None, now: datetime) -> dict[str, Any]:
    """What the time-left block says: ``state`` open, soon, closed, planned or undated, with ``words`` and the moment it names."""
    if opens_at and now < opens_at:
        days = (timezone.localtime(opens_at).date() - timezone.localtime(now).date()).days
        words = (
            ngettext("Opens in %(n)s day", "Opens in %(n)s days", days) % {"n": display.count_text(days)}
            if days
            else gettext("Opens today")
        )
        return {"state": "planned", "words": words, "moment": opens_at}
    if closes_at is None:
        return {"state": "undated", "words": gettext("No closing date yet")}
    left = closes_at - now
    if left <= timedelta(0):
        return {"state": "closed", "words": gettext("Closed")}
    if left < timedelta(minutes=1):
        return {"state": "soon", "words": gettext("Less than a minute left")}
    if left < timedelta(hours=1):
        n = int(left.total_seconds() // 60)
        return {"state": "soon", "words": ngettext("%(n)s minute left", "%(n)s minutes left", n) % {"n": n}}
    if left < timedelta(hours=24):
        n = int(left.total_seconds() // 3600)
        return {"state": "soon", "words": ngettext("%(n)s hour left", "%(n)s hours left", n) % {"n": n}}
    n = (timezone.localtime(closes_at).date() - timezone.localtime(now).date()).days
    return {
        "state": "open",
        "words": ngettext("%(n)s day left", "%(n)s days left", n) % {"n": display.count_text(n)},
    }
