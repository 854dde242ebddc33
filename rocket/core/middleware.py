"""Stamps the moment of arrival, and lets no answer be lost because a body was too large."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone


class ArrivalMiddleware:
    """``request.arrived_at``: the one moment that deadlines are held against, however long the request waits.

    It stands first, so that no other middleware's work counts against the applicant.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.arrived_at = timezone.now()  # type: ignore[attr-defined]
        return self.get_response(request)


DRAINED_AT_MOST = 200 * 1024 * 1024
"""Bytes of a refused body that are still read; who sends more gets a broken connection."""


class WholeRequestMiddleware:
    """Reads what is left of a refused request's body before the answer goes out.

    A server that answers and closes while the browser is still sending resets the connection, and the person sees an
    error of the browser where the portal's page should stand.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code >= 400 and request.method == "POST":
            stream, left = getattr(request, "_stream", None), DRAINED_AT_MOST
            try:
                while stream is not None and left > 0 and (block := stream.read(64 * 1024)):
                    left -= len(block)
            except (
                OSError,
                ValueError,
            ):  # the other end is gone, or somebody closed the stream: nothing to save
                pass
        return response
