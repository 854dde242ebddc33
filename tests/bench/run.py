"""One run of the bench, from an empty database to the figures."""

from __future__ import annotations

import logging
import os
import platform
import sys
import tempfile
import time
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from feasibility.models import Proposal
from reporting.enums import ReportFormat
from reporting.models import Project
from rocket.accounts.models import User
from tests.bench import files, submitting
from tests.bench.client import request_bytes
from tests.bench.filling import Filling, make_table_of_entries
from tests.bench.pages import BARE, Goal, in_turn, pages, viewing
from tests.bench.profiling import TIMES, profile_of, profile_of_posts
from tests.bench.server import WORKERS, running
from tests.bench.sessions import open_sessions

PROGRAMME = "rocket-next"
SUBMISSION = Goal(10, 30)
CSV_RATIO, CSV_QUERIES = 3, 10


@dataclass(frozen=True)
class Options:
    sizes: tuple[int, ...]
    rush: int
    concurrency: int
    repetitions: int
    with_pdf: bool = True


@dataclass(frozen=True)
class Places:
    """Whose pages are measured, in a portal of one size."""

    programme: str
    call: str
    draft: str
    submitted: str


def say(words: str) -> None:
    """To the person who waits; the figures alone go to standard output."""
    print(f"  {words}", file=sys.stderr, flush=True)


class Bench:
    def __init__(self, options: Options) -> None:
        self.options = options
        self.filling = Filling(timezone.now())

    def run(self) -> dict[str, Any]:
        logging.getLogger("weasyprint").setLevel(logging.ERROR)
        call_command("migrate", verbosity=0)
        make_table_of_entries()
        self.filling.begin()
        by_size = [self._measure(size) for size in self.options.sizes]
        self._judge(by_size)
        found = {"machine": machine(), "sizes": by_size}
        if self.options.rush:
            found["rush"] = self._rush()
        return found

    def _rush(self) -> dict[str, Any]:
        say(f"A rush of {self.options.rush} submissions, {self.options.concurrency} at once")
        drafts = self.filling.add_ready(self.options.rush)
        with self._server() as port:
            found = submitting.rush(port, drafts, self.options.concurrency)
        if not all(found["met"].values()):
            found["profile"] = self._profile_of_submissions()
        return found

    def _profile_of_submissions(self) -> list[dict[str, Any]]:
        return profile_of_posts(submitting.posts(self.filling.add_ready(TIMES + 1)))

    def _server(self) -> AbstractContextManager[int]:
        return running(Path(tempfile.gettempdir()) / f"rocket-bench-{os.getpid()}.log")

    def _measure(self, size: int) -> dict[str, Any]:
        began = time.monotonic()
        self.filling.grow(size)
        times = self.options.repetitions
        drafts = self.filling.add_ready(times + 4)
        found: dict[str, Any] = {
            "proposals": Proposal.objects.count(),
            "projects": Project.objects.count(),
            "filled_in_seconds": round(time.monotonic() - began, 1),
        }
        say(f"{size} proposals ({found['filled_in_seconds']} s to fill)")
        self.places = self._places()
        self.readers = self._readers()
        with self._server() as port:
            bare = request_bytes(BARE, self.readers["lead"])
            found["pages"] = {
                page.name: {
                    **in_turn(port, bare, viewing(page, self.readers[page.reader]), times),
                    "goal": _given(page.goal),
                }
                for page in pages(self.places)
            }
            requests = iter(submitting.submissions(drafts))
            found["pages"]["submission"] = {
                **in_turn(port, bare, lambda to: submitting.submit(to, next(requests)), times, warm_up=4),
                "goal": _given(SUBMISSION),
            }
            found["csv"] = {
                **files.csv_export(port, PROGRAMME, self.readers["manager"], max(3, times // 10)),
                "goal": {"ratio_to_psycopg2": CSV_RATIO, "queries": CSV_QUERIES, "memory": "flat"},
            }
            say(f"{size} proposals: pages and CSV are measured")
            found["report"] = self._reports(port, bare)
            say(f"{size} proposals: the report is measured")
        for page in pages(self.places):
            measured = found["pages"][page.name]
            if not all(_met(measured).values()):
                measured["profile"] = profile_of(page.path, self.readers[page.reader])
        submission = found["pages"]["submission"]
        if not all(_met(submission).values()):
            submission["profile"] = self._profile_of_submissions()
        return found

    def _reports(self, port: int, bare: bytes) -> dict[str, Any]:
        manager = self.filling.people["manager"]
        formats = [ReportFormat.XLSX, *([ReportFormat.PDF] if self.options.with_pdf else [])]
        beside = in_turn(port, bare, lambda to: to.send(bare), 20)["median_ms"]
        found = {str(format): files.report(PROGRAMME, manager, 1, format) for format in formats}
        for measured in found.values():
            measured["ratio"] = round(measured["median_ms"] / beside, 1)
        return found

    def _places(self) -> Places:
        newest = Proposal.objects.order_by("-pk")
        return Places(
            PROGRAMME,
            self.filling.open.slug,
            newest.filter(state="draft", title__startswith="LumiWeave").first().number,  # type: ignore[union-attr]
            newest.filter(state="submitted", title__startswith="GridSkin").first().number,  # type: ignore[union-attr]
        )

    def _readers(self) -> dict[str, str]:
        lead = Proposal.objects.get(number=self.places.draft).created_by
        people: dict[str, User] = {"lead": lead}
        people |= {name: self.filling.people[name] for name in ("manager", "consultant")}
        return {"": "", **dict(zip(people, open_sessions(people.values()), strict=True))}

    def _judge(self, by_size: list[dict[str, Any]]) -> None:
        """``met`` beside every goal; growth and memory are judged from the smallest portal to the largest."""
        first, last = by_size[0], by_size[-1]
        for found in by_size:
            for name, measured in found["pages"].items():
                if "growth" in measured["goal"]:
                    measured["growth"] = round(measured["ratio"] / first["pages"][name]["ratio"], 2)
                measured["met"] = _met(measured)
            csv = found["csv"]
            csv["met"] = {
                "ratio_to_psycopg2": csv["ratio_to_psycopg2"] <= CSV_RATIO,
                "queries": csv["queries"] <= CSV_QUERIES,
                "memory": csv["peak_growth_bytes"] <= first["csv"]["peak_growth_bytes"] + files.FLAT,
            }
        if not last["csv"]["met"]["ratio_to_psycopg2"]:
            path = f"/desk/{PROGRAMME}/proposals/?format=csv"
            last["csv"]["profile"] = profile_of(path, self.readers["manager"])


def _given(goal: Goal) -> dict[str, Any]:
    return {name: value for name, value in asdict(goal).items() if value is not None}


def _met(measured: dict[str, Any]) -> dict[str, bool]:
    return {name: measured[name] <= value for name, value in measured["goal"].items() if name in measured}


def machine() -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT version()")
        version = cursor.fetchone()[0].split(" on ")[0]
        settings = {}
        for name in ("fsync", "synchronous_commit", "shared_buffers"):
            cursor.execute(f"SHOW {name}")
            settings[name] = cursor.fetchone()[0]
    return {
        "python": platform.python_version(),
        "database": version,
        **settings,
        "processors": os.cpu_count(),
        "workers": WORKERS,
        "at": timezone.now().isoformat(timespec="seconds"),
    }
