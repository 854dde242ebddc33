"""A real Celery worker on a real Redis delivers what the portal has committed."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection, transaction
from django.utils import timezone

from rocket.celery import app
from rocket.core.models import OutboxMessage
from rocket.core.outbox import enqueue_rendered
from rocket.core.tasks import deliver_outbox

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]


def _database_url() -> str:
    values = connection.settings_dict
    host, port = values["HOST"] or "127.0.0.1", values["PORT"] or 5432
    password = f":{values['PASSWORD']}" if values["PASSWORD"] else ""
    if host.startswith("/"):
        return (
            f"postgres://{values['USER']}{password}@%2F{host[1:].replace('/', '%2F')}:{port}/{values['NAME']}"
        )
    return f"postgres://{values['USER']}{password}@{host}:{port}/{values['NAME']}"


@pytest.fixture
def worker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A worker of its own process; yields the folder into which it writes mails."""
    redis = os.environ.get("ROCKET_TEST_REDIS_URL")
    if not redis or connection.vendor != "postgresql":
        pytest.skip("PostgreSQL and Redis are not given")
    mails = tmp_path / "mails"
    environment = {
        **os.environ, "DATABASE_URL": _database_url(), "REDIS_URL": redis, "ROCKET_DEMO": "0", "DEBUG": "0",
        "SECRET_KEY": "q7" * 20 + "AbCdEfGhIjKlMnOp", "EMAIL_URL": f"file:///{mails}",
    }  # fmt: skip
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "celery",
            "-A",
            "rocket",
            "worker",
            "--pool",
            "solo",
            "--without-gossip",
            "--without-mingle",
        ],
        cwd=django_settings.BASE_DIR,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    # An earlier test of this process may hold connections to another broker: this one goes to Redis by itself.
    before = app.conf.task_always_eager
    app.conf.update(task_always_eager=False)
    monkeypatch.setattr(
        deliver_outbox,
        "delay",
        lambda: deliver_outbox.apply_async(connection=app.connection_for_write(url=redis)),
    )
    yield mails
    app.conf.update(task_always_eager=before)
    process.terminate()
    process.wait(timeout=20)


def test_a_worker_hands_the_mail_over_once(worker: Path, settings: Any) -> None:
    now = timezone.now()
    with transaction.atomic():
        enqueue_rendered(
            to=["nina@example.org"], subject="Receipt", text="Here it is.", html="", language="en", now=now
        )
        assert OutboxMessage.objects.get().state == "waiting"
    deadline = time.monotonic() + 40
    while OutboxMessage.objects.get().state != "delivered" and time.monotonic() < deadline:
        time.sleep(0.2)
    message = OutboxMessage.objects.get()
    assert (message.state, message.attempts) == ("delivered", 1)
    assert sum("Here it is." in file.read_text() for file in worker.iterdir()) == 1
