"""The answers to a request that the portal can't read, and to one in which something broke."""

from __future__ import annotations

import sys
from typing import Any
from urllib.parse import urlsplit

import redis.exceptions
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import Resolver404, resolve
from django.utils import translation
from django.utils.cache import add_never_cache_headers
from django.views.defaults import bad_request as unreadable

from rocket.core import kept, logs
from rocket.core.storage import BucketAway

AWAY = (
    OperationalError,
    InterfaceError,
    redis.exceptions.ConnectionError,
    redis.exceptions.TimeoutError,
    redis.exceptions.BusyLoadingError,
    BucketAway,
)
"""A server that the portal needs is away, restarting or too busy: not a fault of the request."""
RETRY_AFTER = 30
"""Seconds; what a restart takes."""


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """413 with what to do where the request was too large, 400 for all others."""
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent):
        return HttpResponse(render_to_string("413.html"), status=413)
    return unreadable(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """500 with the number under which the logs know it; 503 where a server behind the portal was away.

    Neither page asks the database or the cache for anything.
    """
    if isinstance(sys.exc_info()[1], AWAY):
        return service_away(request)
    return HttpResponse(render_to_string("500.html", {"request_id": logs.request_id()}), status=500)


def service_away(request: HttpRequest) -> HttpResponse:
    """503 in the reader's language. What was typed into a section is offered again on the page itself.

    Whether the step was carried out nobody knows: the connection may have broken after the commit. The page says so.
    """
    typed = _typed(request)
    context = {
        "request": request,
        "request_id": logs.request_id(),
        "is_post": request.method not in ("GET", "HEAD"),
        "typed": typed,
        "path": request.get_full_path(),
        "back": _page_before(request),
    }
    language = getattr(request, "LANGUAGE_CODE", "") or translation.get_language_from_request(request)
    with translation.override(language):
        response = HttpResponse(render_to_string("503.html", {**context, "language": language}), status=503)
    response["Retry-After"] = str(RETRY_AFTER)
    add_never_cache_headers(response)
    return response


def _typed(request: HttpRequest) -> list[tuple[str, str]]:
    """The fields of a section that was being saved; its token goes along, so that it can be sent as it was."""
    try:
        fields: dict[str, Any] = kept.fields_of(request, resolve(request.path_info).func) or {}
    except (Resolver404, OSError, ValueError):  # the body could not be read to its end
        return []
    return [(name, value) for name, values in fields.items() for value in values]


def _page_before(request: HttpRequest) -> str:
    """The portal's own page that the form stood on, or the start page."""
    page = urlsplit(request.headers.get("Referer", ""))
    return page.path if page.netloc == request.get_host() and page.path.startswith("/") else "/"
