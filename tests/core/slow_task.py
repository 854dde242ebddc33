"""A task for tests/core/test_worker_killed.py, loaded by its worker: tells when it begins, ends on its second try."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

from rocket.celery import app
from rocket.core import logs


@app.task(name="tests.slow")
def slow(notes: str) -> None:
    """Notes each beginning with the process that runs it; the first one lasts until somebody kills the process."""
    file = Path(notes)
    tries = file.read_text().splitlines() if file.exists() else []
    with file.open("a") as out:
        out.write(json.dumps({"pid": os.getpid(), "request_id": logs.request_id()}) + "\n")
    if not tries:
        time.sleep(60)
    file.with_suffix(".done").write_text("done")
