"""Addresses, page numbers, and what the page knows of its reader."""

from __future__ import annotations

from typing import Any

from django import template
from django.http import QueryDict
from django.template.defaulttags import querystring
from django.utils.html import format_html

from rocket.core.templatetags.rocket.library import register


@register.simple_tag(takes_context=True)
def qs(context: template.Context, query_dict: Any = None, **changes: Any) -> str:
    """The current query string with changes; a value of None removes its key. ``page=2`` keeps filters and order."""
    if query_dict is None:
        query_dict = getattr(context.get("request"), "GET", None)
    if not isinstance(query_dict, QueryDict):
        query_dict = QueryDict()
    return str(querystring(context, query_dict, **changes)) or "?"


@register.simple_tag(takes_context=True)
def current_page(context: template.Context, url: str, exact: bool = False) -> str:
    """Marks a link to the page that is open, or (unless ``exact``) to a page above it."""
    request = context.get("request")
    path = getattr(request, "path", "")
    here = path == url or (not exact and url != "/" and path.startswith(url))
    return format_html(' aria-current="{}"', "page") if here else ""


@register.simple_tag(takes_context=True)
def theme_attribute(context: template.Context) -> str:
    """The theme that this reader chose, on the html element, so that no page flashes in the other one first."""
    chosen = getattr(context.get("request"), "COOKIES", {}).get("theme", "")
    return format_html(' data-theme="{}"', chosen) if chosen in {"light", "dark"} else ""


@register.filter
def page_range(paginator: Any, number: int) -> list[int]:
    """Page numbers around ``number`` with the first and the last; 0 stands for left-out pages."""
    last = paginator.num_pages
    wanted = sorted({1, last, *(n for n in range(number - 1, number + 2) if 1 <= n <= last)})
    shown: list[int] = []
    for page in wanted:
        if shown and page - shown[-1] == 2:
            shown.append(page - 1)
        elif shown and page - shown[-1] > 2:
            shown.append(0)
        shown.append(page)
    return shown


@register.filter
def nth(items: Any, place: int) -> Any:
    """The item at a place counted from 0, nothing beyond the end."""
    try:
        return list(items)[int(place)]
    except IndexError:
        return ""


@register.filter
def has(mapping: Any, key: str) -> bool:
    """Whether a mapping holds a key that a template can't name, such as one with a hyphen."""
    return key in mapping
