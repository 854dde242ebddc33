"""The audit trail of the programme."""

from __future__ import annotations

from collections.abc import Iterator

from django.core.paginator import Paginator
from django.http import HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from calls.models import Programme
from reporting.audit_trail import TrailRow, entries_of, in_words, trail_table
from reporting.filters import TrailFilter
from reporting.views._desk import desk_programme
from rocket.accounts.http import SignedInRequest
from rocket.core.tables import table_as_csv

PAGE_SIZE = 50
CHUNK = 500


@require_safe
def audit_trail(request: SignedInRequest, programme: str) -> HttpResponseBase:
    """Who did what, when, from what to what; as a page, or with ``?format=csv`` as a file of what is shown."""
    found = desk_programme(request, programme)
    filters = TrailFilter(request.GET or None, queryset=entries_of(found))
    with timezone.override(found.zone):
        if request.GET.get("format") == "csv" and filters.is_valid():
            return _as_file(filters, found)
        page = Paginator(filters.qs, PAGE_SIZE).get_page(request.GET.get("page"))
        query = request.GET.copy()
        query.pop("page", None)
        query["format"] = "csv"
        return render(
            request,
            "reporting/audit_trail.html",
            {
                "programme": found,
                "filter": filters,
                "page_obj": page,
                "rows": in_words(page.object_list, found),
                "shown": page.paginator.count,
                "exports": [{"url": f"?{query.urlencode()}", "text": "CSV"}],
            },
        )


def _as_file(filters: TrailFilter, programme: Programme) -> StreamingHttpResponse:
    def rows() -> Iterator[TrailRow]:
        chunk = []
        for entry in filters.qs.iterator(CHUNK):
            chunk.append(entry)
            if len(chunk) == CHUNK:
                yield from in_words(chunk, programme)
                chunk = []
        yield from in_words(chunk, programme)

    return StreamingHttpResponse(
        table_as_csv(trail_table(rows())),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{programme.code}-{_("audit-trail")}.csv"'},
    )
