from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse


class CountingMiddleware:
    """Says in headers how many statements a request sent before its answer began, how long its thread was at work (in
    seconds of the processor, the database's not among them), and which process answered.

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

        began = time.thread_time()
        with connection.execute_wrapper(count):
            response = self.get_response(request)
        response["X-Work"] = f"{time.thread_time() - began:.6f}"
        response["X-Queries"], response["X-Process"] = str(sent), str(os.getpid())
        return response
