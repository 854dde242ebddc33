"""Mails whose outcome somebody must find out are listed, and a broker that is really away costs no submission."""

from __future__ import annotations

import socket
import time
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command
from django.utils import timezone

from rocket.celery import app
from rocket.core.models import OutboxMessage
from rocket.core.models.outbox import OutboxState
from rocket.core.outbox import deliver_due
from rocket.core.tasks import deliver_outbox
from tests.feasibility.pages import number_of_submissions, press_submit

pytestmark = pytest.mark.django_db


def listed() -> tuple[int, str]:
    """Status and output of ``manage.py open_mail``."""
    out = StringIO()
    try:
        call_command("open_mail", stdout=out)
    except SystemExit as ended:
        return int(ended.code or 0), out.getvalue()
    return 0, out.getvalue()


def made(to: str, **values: Any) -> OutboxMessage:
    now = timezone.now()
    return OutboxMessage.objects.create(
        **{
            "to": to,
            "subject": "Receipt R-2026-0001",
            "text": "x",
            "created_at": now,
            "next_try_at": now,
            **values,
        }
    )


def test_what_is_uncertain_refused_or_late_is_listed_and_nothing_else() -> None:
    now = timezone.now()
    long_ago = now - timedelta(hours=2)
    handing = {"state": OutboxState.HANDING_OVER, "created_at": long_ago}
    made("delivered@example.org", state=OutboxState.DELIVERED, created_at=long_ago)
    made("fresh@example.org")
    made("later@example.org", created_at=long_ago, next_try_at=now + timedelta(hours=1))
    made("underway@example.org", **handing, handover_began_at=now - timedelta(minutes=9))
    assert listed() == (0, "Every mail has been handed over.\n")
    unsure = made("unsure@example.org", **handing, handover_began_at=now - timedelta(minutes=11))
    made("refused@example.org", state=OutboxState.FAILED, last_error="SMTPDataError: no")
    made("late@example.org", created_at=long_ago)
    status, text = listed()
    assert status == 1
    lines = text.splitlines()
    assert [line.split("  ")[0] for line in lines] == ["outcome unknown", "refused", "waiting"]
    assert ("unsure@example.org" in lines[0], str(unsure.message_id) in lines[0]) == (True, True)
    assert lines[1].endswith("(SMTPDataError: no)")
    assert "late@example.org" in lines[2]


@pytest.mark.django_db(transaction=True)
def test_nobody_listens_where_the_broker_should_be(cast: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not a double: Celery looks for Redis at an address at which nothing answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    proposal = cast.draft()
    OutboxMessage.objects.all().delete()
    mail.outbox.clear()
    before = app.conf.task_always_eager
    app.conf.update(task_always_eager=False)
    monkeypatch.setattr(
        deliver_outbox,
        "delay",
        lambda: deliver_outbox.apply_async(
            connection=app.connection_for_write(f"redis://127.0.0.1:{port}/0")
        ),
    )
    try:
        began = time.monotonic()
        page = press_submit(cast.client("lead"), proposal)
        waited = time.monotonic() - began
    finally:
        app.conf.update(task_always_eager=before)
    assert page.status_code == 302
    assert number_of_submissions(proposal) == 1
    # Nobody waits for a broker that is away.
    assert waited < 3
    assert list(OutboxMessage.objects.values_list("state", flat=True)) == ["waiting"] * 3
    # Later: the sweep hands each over once, and a second sweep none.
    later = timezone.now() + timedelta(minutes=1)
    assert [deliver_due(later), deliver_due(later)] == [3, 0]
    assert len(mail.outbox) == 3
