"""The answer to a request that the portal can't read."""

from __future__ import annotations

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.defaults import bad_request as unreadable


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """413 with what to do where the request was too large, 400 for all others."""
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent):
        return HttpResponse(render_to_string("413.html"), status=413)
    return unreadable(request, exception)
