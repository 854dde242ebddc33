"""Whether the portal can serve: its database, migrations, storage, Redis, mail and PDF libraries, part by part."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from rocket.core import background, storage
from rocket.core.models import OutboxMessage
from rocket.core.pdf import missing_pdf_libraries

log = logging.getLogger(__name__)

OK = "ok"
MAIL_IS_LATE_AFTER = timedelta(minutes=15)
"""A mail that was due this long ago: no worker or no beat runs, or the mail server refuses."""


@dataclass(frozen=True)
class Part:
    """One thing that is asked for. ``is_needed``: without it the portal serves nobody."""

    name: str
    ask: Callable[[], str]
    is_needed: bool


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return OK


def pending_migrations() -> int:
    """How many migrations of this version the database lacks. It may know later ones: an older version runs on."""
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _migrations() -> str:
    return "pending" if pending_migrations() else OK


def _storage() -> str:
    storage.documents().probe()  # type: ignore[attr-defined]
    return OK


def _redis() -> str:
    """Without Redis mail waits and the limits of sign-in are counted in each process; everything else goes on."""
    if not settings.REDIS_URL:
        return "not used"
    background.ask_broker()
    return OK


def _mail() -> str:
    late = OutboxMessage.objects.due(timezone.now() - MAIL_IS_LATE_AFTER)
    return "late" if late.exists() else OK


def _pdf() -> str:
    return "missing" if missing_pdf_libraries() else OK


PARTS = (
    Part("database", _database, True),
    Part("migrations", _migrations, True),
    Part("storage", _storage, True),
    Part("redis", _redis, False),
    Part("mail", _mail, False),
    Part("pdf", _pdf, False),
)


def report() -> dict[str, str]:
    """``status`` (ready, limited, not ready) and a word for each part. The public reads it: reasons go to the log."""
    found: dict[str, str] = {}
    for part in PARTS:
        needs = {"migrations": ("database",), "mail": ("database", "migrations")}.get(part.name, ())
        if any(found[name] != OK for name in needs):
            found[part.name] = "unknown"
            continue
        try:
            found[part.name] = part.ask()
        except Exception:  # whatever a driver raises, the answer is the same
            log.warning("%s is away", part.name, exc_info=True)
            found[part.name] = "away"
    lacking = [part for part in PARTS if found[part.name] not in (OK, "not used")]
    status = "not ready" if any(part.is_needed for part in lacking) else "limited" if lacking else "ready"
    return {"status": status, **found}
