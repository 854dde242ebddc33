"""Stamps the moment of arrival, numbers the request, and lets no answer be lost because a body was too large."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from rocket.core import logs

log = logging.getLogger("rocket.request")


class ArrivalMiddleware:
    """``request.arrived_at``: the one moment that deadlines are held against, however long the request waits.

    It stands first, so that no other middleware's work counts against the applicant.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.arrived_at = timezone.now()  # type: ignore[attr-defined]
        return self.get_response(request)


class NobodyIsAskedMiddleware:
    """Whether the process lives is nobody's question: its cookies would lead to the database, which may be away."""

    PATHS = ("/healthz", "/readyz")

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info in self.PATHS:
            request.COOKIES = {}
        return self.get_response(request)


class RequestLogMiddleware:
    """One line a request, under a number that its tasks and its error page carry too; asks the database nothing.

    A proxy of one's own may have given the number already; from elsewhere it is not taken. Health checks that
    succeed and files of the pages leave no line.
    """

    GIVEN = re.compile(r"[A-Za-z0-9-]{6,64}")

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "") if settings.TRUSTED_PROXY_COUNT else ""
        number = given if self.GIVEN.fullmatch(given) else logs.new_request_id()
        request.request_id = number  # type: ignore[attr-defined]
        began, token = time.monotonic(), logs.begin(number)
        try:
            response = self.get_response(request)
            response["X-Request-ID"] = number
            self._write(request, response, time.monotonic() - began)
            return response
        finally:
            logs.end(token)

    def _write(self, request: HttpRequest, response: HttpResponse, seconds: float) -> None:
        match = request.resolver_match
        if response.status_code < 400 and (match is None or match.url_name in ("healthz", "readyz")):
            return
        user = getattr(request, "_cached_user", None)  # set once somebody asked who it is
        log.info(
            "request",
            extra={
                "facts": {
                    "method": request.method,
                    "route": logs.route_of(request),
                    "status": response.status_code,
                    "ms": round(seconds * 1000),
                    "user": getattr(user, "pk", None),
                }
            },
        )


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
