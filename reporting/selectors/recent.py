"""The figures for pages that many read, worked out once a minute."""

from __future__ import annotations

from datetime import datetime

from django.core.cache import caches

from calls.models import Programme
from reporting.figures import ProgrammeFigures
from reporting.selectors.figures import programme_figures

KEPT_FOR = 120
"""Seconds: longer than the minute that the figures are of, so that age alone decides when they are worked out anew."""


def recent_figures(programme: Programme, now: datetime) -> ProgrammeFigures:
    """The figures as at the last full minute before ``now``.

    Thirteen queries, or none where this process has worked out that minute already. The minute is part of the name
    under which they are kept: nothing has to be thrown away when something changes, every process of the portal
    shows the same value, and what is decided now is counted when the next minute begins. They are kept by the
    process itself, not in Redis, so that the public page stays up when Redis is away.
    """
    minute = now.replace(second=0, microsecond=0)
    kept, key = caches["process"], f"figures-{programme.pk}-{minute.timestamp():.0f}"
    figures = kept.get(key)
    if figures is None:
        figures = programme_figures(programme, minute)
        kept.set(key, figures, KEPT_FOR)
    return figures
