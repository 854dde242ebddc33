"""What is measured, and what it is held to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median, quantiles
from typing import Any

from tests.bench.client import Answer, Connection, request_bytes

BARE = "/bench/bare/"
WARM_UP = 8
"""Requests that are not counted: each process reads programme and templates once."""


@dataclass(frozen=True)
class Goal:
    """``ratio`` to the bare view, ``queries``, and ``growth`` of the ratio from the smallest portal to the largest."""

    ratio: float | None = None
    queries: int | None = None
    growth: float | None = None


@dataclass(frozen=True)
class Page:
    name: str
    path: str
    reader: str
    goal: Goal
    expects: str
    """A text that only the whole page holds: an error page must not pass for a quick one."""


PAGING = 1.2


def pages(case: Any) -> list[Page]:
    """The pages that are only looked at. ``case`` knows the addresses of one portal."""
    desk = f"/desk/{case.programme}/"
    return [
        Page("public call page", f"/calls/{case.call}/", "", Goal(3, 3), "</html>"),
        Page("manager's list", f"{desk}proposals/", "manager", Goal(8, 12, PAGING), "<tr"),
        Page("proposal", f"/proposals/{case.draft}/", "lead", Goal(6, 10), case.draft),
        Page("proposal at the desk", f"{desk}proposals/{case.submitted}/", "manager", Goal(6, 10), case.submitted),
        Page("eligibility panel", f"/proposals/{case.draft}/eligibility/", "lead", Goal(6, 10), "</html>"),
        Page("consultant's desk", "/care/", "consultant", Goal(10, 12, PAGING), "<tr"),
        Page("dashboard", desk, "manager", Goal(10, 8), "</html>"),
        Page("bare view behind the portal's middleware", "/bench/in-portal/", "manager", Goal(), ""),
    ]  # fmt: skip


def figures_of(seconds: list[float]) -> dict[str, float]:
    """Median and 95th percentile in milliseconds."""
    ordered = sorted(seconds)
    high = quantiles(ordered, n=20, method="inclusive")[-1] if len(ordered) > 1 else ordered[0]
    return {"median_ms": round(median(ordered) * 1000, 3), "p95_ms": round(high * 1000, 3)}


def in_turn(
    port: int, bare: bytes, target: Callable[[Connection], Answer], times: int, warm_up: int = WARM_UP
) -> dict[str, Any]:
    """``target`` and the bare view, one after the other over one connection, and so in one process.

    ``work_ms`` is the processor's time in the portal alone: other programs on the machine stretch it less than the
    time on the clock. ``first_ms`` is the very first request of a new process.
    """
    connection = Connection(port)
    ours: list[float] = []
    theirs: list[float] = []
    queries: list[int] = []
    our_work: list[float] = []
    their_work: list[float] = []
    size, first = 0, 0.0
    for number in range(-min(warm_up, times), times):
        floor = connection.send(bare)
        assert floor.status == 200, floor.status
        answer = target(connection)
        first = first or answer.seconds
        if number >= 0:
            our_work.append(answer.work)
            their_work.append(floor.work)
            theirs.append(floor.seconds)
            ours.append(answer.seconds)
            queries.append(answer.queries)
            size = len(answer.body)
    connection.close()
    return {
        "queries": max(queries),
        **figures_of(ours),
        "bare_median_ms": figures_of(theirs)["median_ms"],
        "ratio": round(median(ours) / median(theirs), 2),
        "work_ms": round(median(our_work) * 1000, 3),
        "work_ratio": round(median(our_work) / median(their_work), 2),
        "first_ms": round(first * 1000, 3),
        "requests": times,
        "bytes": size,
    }


def viewing(page: Page, session: str) -> Callable[[Connection], Answer]:
    request = request_bytes(page.path, session)

    def view(connection: Connection) -> Answer:
        answer = connection.send(request)
        if answer.status != 200 or page.expects.encode() not in answer.body:
            raise AssertionError(f"{page.name}: {page.path} answered {answer.status}")
        return answer

    return view
