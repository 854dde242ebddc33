"""A broker that is really away costs no submission, and nobody waits for it."""

from __future__ import annotations

import socket
import time
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import override_settings
from django.utils import timezone

from rocket.celery import app
from rocket.core.models import OutboxMessage
from rocket.core.outbox import deliver_due
from rocket.core.tasks import deliver_outbox
from tests.feasibility.pages import number_of_submissions, press_submit


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
        client = cast.client("lead")
        redis = f"redis://127.0.0.1:{port}/0"
        caches = {"default": {"BACKEND": "rocket.core.cache.SteadyRedisCache", "LOCATION": redis}}
        with override_settings(CACHES=caches):  # the cache lies in the same Redis
            began = time.monotonic()
            page = press_submit(client, proposal)
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
