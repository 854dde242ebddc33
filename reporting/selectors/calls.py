"""What came of calls, for the pages of calls below."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.db.models import Count
from django.urls import reverse

from calls.models import Call
from calls.outcome import Funded
from reporting.models import Project


def funded_by_call(calls: Collection[Call]) -> Mapping[int, Funded]:
    """Public projects of each call and the address of their list, by the call's primary key. One query."""
    slugs = {call.pk: call.slug for call in calls}
    counts = (
        Project.objects.funded()
        .filter(proposal__call__in=slugs)
        .order_by()
        .values_list("proposal__call")
        .annotate(number=Count("pk"))
    )
    return {call: Funded(number, f"{reverse('projects')}?call={slugs[call]}") for call, number in counts}
