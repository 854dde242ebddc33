"""Numbers that people quote: proposals, receipts, projects. One series a prefix and year, without gaps."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F
from django.utils import timezone

from rocket.core.models import NumberSequence


def next_number(prefix: str, now: datetime) -> str:
    """The next ``PREFIX-YEAR-0001``; two or three queries, inside the caller's transaction.

    The row is locked until the transaction ends, so take the number as late as possible.
    """
    series = f"{prefix}-{timezone.localtime(now).year}"
    if not NumberSequence.objects.filter(series=series).update(last=F("last") + 1):
        NumberSequence.objects.get_or_create(series=series)
        NumberSequence.objects.filter(series=series).update(last=F("last") + 1)
    return f"{series}-{NumberSequence.objects.get(series=series).last:04d}"
