"""A list of the desk: filters, order, pages, saved choices, and files of what is shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase, QueryDict, StreamingHttpResponse

from rocket.core.models import SavedList
from rocket.core.tables import Table, in_blocks, table_as_csv, xlsx

PAGE_SIZE = 50
NOT_A_CHOICE = ("page", "format", "csrfmiddlewaretoken")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Pill:
    """One filter that is set, and the list without it."""

    text: str
    url: str


def choice_of(query: QueryDict) -> QueryDict:
    """The filters and the order in an address: without page and format, without what is empty."""
    kept = QueryDict(mutable=True)
    for name, values in query.lists():
        if name not in NOT_A_CHOICE and (given := [value for value in values if value]):
            kept.setlist(name, given)
    return kept


def list_context(request: Any, filters: Any, *, formats: tuple[str, ...] = ("xlsx", "csv")) -> dict[str, Any]:
    """What ``components/list_head.html`` and the pagination show. Three queries: count, page, saved choices."""
    page = Paginator(filters.qs, PAGE_SIZE).get_page(request.GET.get("page"))
    choice = choice_of(request.GET)
    saved = list(SavedList.objects.on_page(request.path, request.user).select_related("user"))
    return {
        "filter": filters,
        "page_obj": page,
        "shown": page.paginator.count,
        "pills": _pills(filters, choice),
        "clear_url": request.path,
        "is_narrowed": bool(choice),
        "choice": choice.urlencode(),
        "saved_lists": saved,
        "exports": [
            {"url": f"?{_with(choice, format=one)}", "text": one.upper()}
            for one in formats
            if page.paginator.count
        ],
    }


def _with(choice: QueryDict, **values: str) -> str:
    copy = choice.copy()
    for name, value in values.items():
        copy[name] = value
    return copy.urlencode()


def _pills(filters: Any, choice: QueryDict) -> list[Pill]:
    form = filters.form
    if not form.is_bound or not form.is_valid():
        return []
    pills = []
    for name in choice:
        if name not in form.fields or name == "order":
            continue
        without = choice.copy()
        del without[name]
        field, value = form.fields[name], form.cleaned_data.get(name)
        pills.append(Pill(f"{field.label}: {_shown(field, value)}", f"?{without.urlencode()}"))
    return pills


def _shown(field: Any, value: Any) -> str:
    from django.utils.formats import date_format

    choices = getattr(field, "choices", None)
    if choices and isinstance(value, str):
        return str(dict(choices).get(value, value))
    if hasattr(value, "isoformat"):
        return date_format(value, "SHORT_DATE_FORMAT")
    return str(value)


def list_file(request: Any, table: Callable[[], Table], name: str) -> HttpResponseBase | None:
    """The list as a file where ``?format=`` asks for one: CSV in blocks as it is read, XLSX whole. ``table`` is asked for then."""
    wanted = request.GET.get("format")
    if wanted == "csv":
        return StreamingHttpResponse(
            in_blocks(table_as_csv(table())),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
        )
    if wanted == "xlsx":
        return HttpResponse(
            xlsx([table()]),
            content_type=XLSX,
            headers={"Content-Disposition": f'attachment; filename="{name}.xlsx"'},
        )
    return None
