"""Why a goal was missed: where the time of one request goes, measured in the bench's own process."""

from __future__ import annotations

import cProfile
import pstats
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.test import Client

from tests.bench.client import TOKEN

TOP = 15
TIMES = 5
HOST = {"host": "127.0.0.1"}


def profile_of(path: str, session: str) -> list[dict[str, Any]]:
    """The functions that took most of their own time, over some requests after one that warmed up."""
    client = _browser(session)

    def request() -> None:
        response: Any = client.get(path, headers=HOST)
        if response.streaming:
            b"".join(response.streaming_content)

    request()
    return profiled(request, TIMES)


def profile_of_posts(posts: Iterable[tuple[str, str, dict[str, Any]]]) -> list[dict[str, Any]]:
    """As ``profile_of``, for what can be sent once: path, session and fields of ``TIMES`` posts and one ahead."""
    waiting = iter(posts)

    def post() -> None:
        path, session, fields = next(waiting)
        response = _browser(session).post(path, fields, headers=HOST)
        if response.status_code != 302:
            raise AssertionError(f"{path} was answered with {response.status_code}")

    post()
    return profiled(post, TIMES)


def _browser(session: str) -> Client:
    client = Client(raise_request_exception=True)
    if session:
        client.cookies[settings.SESSION_COOKIE_NAME] = session
    client.cookies[settings.CSRF_COOKIE_NAME] = TOKEN
    return client


def profiled(work: Callable[[], Any], times: int = 1) -> list[dict[str, Any]]:
    profiler = cProfile.Profile(
        time.thread_time
    )  # other programs on the machine are not among what it blames
    with profiler:
        for _ in range(times):
            work()
    stats: dict[Any, Any] = pstats.Stats(profiler).stats  # type: ignore[attr-defined]
    slowest = sorted(stats.items(), key=lambda entry: entry[1][2], reverse=True)[:TOP]
    return [
        {
            "function": f"{_short(file)}:{line} {name}",
            "calls": calls // times,
            "own_ms": round(own * 1000 / times, 3),
            "total_ms": round(total * 1000 / times, 3),
        }
        for (file, line, name), (_primitive, calls, own, total, _callers) in slowest
    ]


def _short(file: str) -> str:
    path = Path(file)
    for base in (Path(settings.BASE_DIR) / ".venv", Path(settings.BASE_DIR)):
        for root in {base, base.resolve()}:
            if path.is_relative_to(root):
                return str(path.relative_to(root)).split("site-packages/")[-1]
    return path.name if path.is_absolute() else file
