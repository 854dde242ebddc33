from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse


class CountingMiddleware:
    """Says in headers how many statements a request sent before its answer began, and which process answered.

    What a file asks for while it is streamed is not among them: the bench counts that in its own process.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        sent = 0

        def count(execute: Callable[..., Any], *args: Any) -> Any:
            nonlocal sent
            sent += 1
            return execute(*args)

        with connection.execute_wrapper(count):
            response = self.get_response(request)
        response["X-Queries"], response["X-Process"] = str(sent), str(os.getpid())
        return response
