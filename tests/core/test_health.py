"""Ready, limited or not ready: part by part, without a word that helps somebody who attacks."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from rocket.core import health, storage
from rocket.core.models import OutboxMessage

pytestmark = pytest.mark.django_db
FINE = {
    "status": "ready", "database": "ok", "migrations": "ok", "storage": "ok", "redis": "not used", "mail": "ok",
    "pdf": "ok",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _everything_is_there(monkeypatch: Any) -> None:
    monkeypatch.setattr(health, "missing_pdf_libraries", lambda: "")


def asked() -> tuple[int, dict[str, str]]:
    response = Client().get("/readyz")
    return response.status_code, response.json()


def test_a_portal_that_has_everything_is_ready(settings: Any) -> None:
    settings.REDIS_URL = ""
    assert asked() == (200, FINE)


def fail(*args: Any, **kwargs: Any) -> Any:
    raise OSError("password=hunter2 host=10.0.0.7")


@pytest.mark.parametrize(
    ("part", "change", "word", "status", "code"),
    [
        ("migrations", (health, "pending_migrations", lambda: 2), "pending", "not ready", 503),
        ("storage", (storage.DocumentStorage, "probe", fail), "away", "not ready", 503),
        ("pdf", (health, "missing_pdf_libraries", lambda: "Needs libpango-1.0-0"), "missing", "limited", 200),
    ],
)
def test_a_part_that_lacks_is_named_without_its_reason(
    settings: Any, monkeypatch: Any, part: str, change: Any, word: str, status: str, code: int
) -> None:
    settings.REDIS_URL = ""
    monkeypatch.setattr(*change)
    found = {**FINE, "status": status, part: word}
    if part == "migrations":
        found["mail"] = "unknown"
    assert asked() == (code, found)


def test_without_redis_the_portal_serves_on_and_says_so(settings: Any) -> None:
    settings.REDIS_URL = "redis://:secret-word@127.0.0.1:1/0"
    code, found = asked()
    assert (code, found["status"], found["redis"]) == (200, "limited", "away")
    assert "secret" not in json.dumps(found)


def test_a_mail_that_should_have_left_long_ago_is_told(settings: Any) -> None:
    settings.REDIS_URL = ""
    due = timezone.now() - health.MAIL_IS_LATE_AFTER
    message = OutboxMessage.objects.create(
        to="x@example.org",
        subject="x",
        text="x",
        language="en",
        created_at=due,
        next_try_at=due + timedelta(minutes=1),
    )
    assert asked() == (200, FINE)
    OutboxMessage.objects.filter(pk=message.pk).update(next_try_at=due)
    assert asked() == (200, {**FINE, "status": "limited", "mail": "late"})


def test_a_migration_that_is_not_there_yet_is_counted(monkeypatch: Any) -> None:
    from django.db.migrations.recorder import MigrationRecorder

    assert health.pending_migrations() == 0
    last = MigrationRecorder.Migration.objects.filter(app="core").latest("pk")
    MigrationRecorder(connection).record_unapplied(last.app, last.name)
    assert health.pending_migrations() == 1


def test_a_database_of_a_later_version_serves_an_earlier_one() -> None:
    from django.db.migrations.recorder import MigrationRecorder

    MigrationRecorder(connection).record_applied("core", "9999_of_a_later_version")
    assert health.pending_migrations() == 0


def test_reasons_stand_in_the_log(settings: Any, monkeypatch: Any, caplog: Any) -> None:
    monkeypatch.setattr(storage.DocumentStorage, "probe", fail)
    settings.REDIS_URL = ""
    asked()
    assert [record.getMessage() for record in caplog.records if record.name == "rocket.core.health"] == [
        "storage is away"
    ]


def test_somebody_who_is_signed_in_asks_the_database_no_more_than_anybody(
    cast: Any, django_assert_num_queries: Any
) -> None:
    """While the database is away the answer must still come, also in the browser of an operator."""
    client = cast.client("manager")
    with django_assert_num_queries(0):
        assert client.get("/healthz").status_code == 200
