"""A worker's process is killed in the middle of a task: the task starts again, under the number of its request."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as portal

from rocket.celery import app
from rocket.core import logs
from tests.core.slow_task import slow


def test_a_task_ends_by_itself_before_redis_gives_it_to_another_worker() -> None:
    assert portal.CELERY_TASK_SOFT_TIME_LIMIT < portal.CELERY_TASK_TIME_LIMIT
    assert portal.CELERY_TASK_TIME_LIMIT < portal.CELERY_VISIBILITY_TIMEOUT
    assert portal.CELERY_BROKER_TRANSPORT_OPTIONS["visibility_timeout"] == portal.CELERY_VISIBILITY_TIMEOUT


def test_celery_reads_what_makes_a_task_start_again() -> None:
    assert (app.conf.task_acks_late, app.conf.task_reject_on_worker_lost) == (True, True)
    assert app.conf.worker_prefetch_multiplier == 1
    assert app.conf.broker_transport_options["visibility_timeout"] == portal.CELERY_VISIBILITY_TIMEOUT


def test_in_ones_own_process_a_task_keeps_the_number_of_its_request(tmp_path: Path) -> None:
    token = logs.begin("ABCDE-FGHJK")
    notes = tmp_path / "notes"
    notes.write_text("a first try\n")
    try:
        slow.apply(args=[str(notes)])
        assert json.loads(notes.read_text().splitlines()[1])["request_id"] == "ABCDE-FGHJK"
        assert logs.request_id() == "ABCDE-FGHJK"
    finally:
        logs.end(token)


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """A worker with one child process; yields the broker's address and the file of what it wrote."""
    redis = os.environ.get("ROCKET_TEST_REDIS_URL")
    if not redis:
        pytest.skip("Redis is not given")
    said = tmp_path / "worker.log"
    environment = {
        **os.environ, "REDIS_URL": redis, "ROCKET_DEMO": "0", "DEBUG": "0", "ROCKET_DATA_DIR": str(tmp_path),
        "SECRET_KEY": "q7" * 20 + "AbCdEfGhIjKlMnOp", "DATABASE_URL": f"sqlite:///{tmp_path}/worker.sqlite3",
        "LOG_FORMAT": "json",
    }  # fmt: skip
    with said.open("w") as out:
        process = subprocess.Popen(
            [
                sys.executable, "-m", "celery", "-A", "rocket", "worker", "--concurrency", "1", "--without-gossip",
                "--without-mingle", "--include", "tests.core.slow_task", "--queues", "slow",
            ],
            cwd=portal.BASE_DIR, env=environment, stdout=out, stderr=out,
        )  # fmt: skip
    before = app.conf.task_always_eager
    app.conf.update(task_always_eager=False)
    yield redis, said
    app.conf.update(task_always_eager=before)
    process.terminate()
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        process.kill()


def wait_for(what: Callable[[], Any], seconds: float = 40) -> Any:
    deadline = time.monotonic() + seconds
    while not (found := what()) and time.monotonic() < deadline:
        time.sleep(0.1)
    return found


@pytest.mark.services
def test_a_task_whose_process_was_killed_starts_again_and_ends(
    worker: tuple[str, Path], tmp_path: Path
) -> None:
    redis, said = worker
    notes = tmp_path / "notes"
    token = logs.begin("ABCDE-FGHJK")
    try:
        slow.apply_async(args=[str(notes)], queue="slow", connection=app.connection_for_write(url=redis))
    finally:
        logs.end(token)
    assert wait_for(lambda: notes.exists() and notes.read_text().endswith("\n")), said.read_text()
    first = json.loads(notes.read_text())
    assert first["pid"] != os.getpid(), "the task must run in the worker"
    os.kill(first["pid"], signal.SIGKILL)
    assert wait_for(notes.with_suffix(".done").exists), said.read_text()
    tries = [json.loads(line) for line in notes.read_text().splitlines()]
    assert len(tries) == 2
    assert tries[0]["pid"] != tries[1]["pid"]
    assert [one["request_id"] for one in tries] == ["ABCDE-FGHJK", "ABCDE-FGHJK"]
    lines = wait_for(lambda: [line for line in said.read_text().splitlines() if '"tests.slow"' in line])
    line = json.loads(lines[-1])
    assert (line["logger"], line["task"], line["state"], line["request_id"]) == (
        "rocket.task", "tests.slow", "SUCCESS", "ABCDE-FGHJK",
    )  # fmt: skip
