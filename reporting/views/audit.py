"""The audit trail of the programme."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from calls.desk import programme_of
from calls.models import Programme
from reporting.audit_trail import TrailRow, entries_of, in_words, trail_table
from reporting.desk_filters import TrailFilter
from rocket.accounts.http import SignedInRequest
from rocket.core.lists import list_context, list_file

CHUNK = 500


@require_safe
def audit_trail(request: SignedInRequest, programme: str) -> HttpResponseBase:
    """Who did what, when, from what to what; as a page, or with ``?format=csv`` as a file of what is shown."""
    found = programme_of(request, programme)
    entries = entries_of(found)
    filters = TrailFilter(request.GET or None, queryset=entries)
    with timezone.override(found.zone):
        table = lambda: trail_table(_rows(filters, found))  # noqa: E731
        if file := list_file(request, table, f"{found.code}-audit-trail"):
            return file
        context = list_context(request, filters, formats=("csv",))
        return render(
            request,
            "reporting/audit_trail.html",
            {
                **context,
                "programme": found,
                "total": entries.count() if context["is_narrowed"] else context["shown"],
                "rows": in_words(context["page_obj"].object_list, found),
            },
        )


def _rows(filters: TrailFilter, programme: Programme) -> Iterator[TrailRow]:
    entries = filters.qs.iterator(CHUNK)
    while some := list(islice(entries, CHUNK)):
        yield from in_words(some, programme)
