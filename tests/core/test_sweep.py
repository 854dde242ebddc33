"""The thread that delivers in an embedded portal."""

from __future__ import annotations

import importlib
import logging
import smtplib
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from rocket.core import outbox, sweep, tasks
from rocket.core.models import OutboxMessage
from rocket.core.sweep import Sweep


class RefusesOnce(EmailBackend):
    """A mail server that is busy at first."""

    left = 1

    def send_messages(self, messages: Any) -> int:
        if RefusesOnce.left:
            RefusesOnce.left -= 1
            raise smtplib.SMTPDataError(451, b"later")
        return super().send_messages(messages)


@pytest.fixture
def postman() -> Iterator[Callable[..., Sweep]]:
    """Makes sweeps that end with the test."""
    made: list[Sweep] = []

    def make(every: float = 60) -> Sweep:
        made.append(Sweep(every))
        return made[-1]

    yield make
    for one in made:
        one.stop()


def write(to: str = "mia@example.nl") -> None:
    now = timezone.now()
    outbox.enqueue_rendered(to=[to], subject="Hello", text="Hello.\n", html="", language="en", now=now)


def until(happened: Callable[[], bool], seconds: float = 20) -> bool:
    gate = threading.Event()
    for _try in range(int(seconds / 0.05)):
        if happened():
            return True
        gate.wait(0.05)
    return False


@pytest.mark.django_db(transaction=True)
def test_a_refused_mail_leaves_without_another_one_being_written(
    settings: Any, monkeypatch: pytest.MonkeyPatch, postman: Callable[..., Sweep]
) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.RefusesOnce"
    RefusesOnce.left = 1
    monkeypatch.setattr(outbox, "RETRY_AFTER", (timezone.timedelta(0),))
    rounds: list[int] = []
    deliver = outbox.deliver_due

    def once_at_a_time() -> int:
        rounds.append(deliver())
        return rounds[-1]

    write()  # delivered in this very thread, and refused
    assert (OutboxMessage.objects.get().state, mail.outbox) == ("waiting", [])
    monkeypatch.setattr(outbox, "deliver_due", once_at_a_time)
    postman(0.05).start()
    assert until(lambda: sum(rounds) == 1)
    assert until(lambda: len(rounds) > 2)
    assert [message.to for message in mail.outbox] == [["mia@example.nl"]]
    assert OutboxMessage.objects.get().state == "delivered"


def test_a_round_that_fails_is_followed_by_the_next(
    monkeypatch: pytest.MonkeyPatch, postman: Callable[..., Sweep], caplog: pytest.LogCaptureFixture
) -> None:
    rounds: list[int] = []

    def deliver() -> int:
        rounds.append(1)
        if len(rounds) == 1:
            raise OperationalError("database is locked")
        return 0

    monkeypatch.setattr(outbox, "deliver_due", deliver)
    monkeypatch.setattr(sweep, "connection", type("C", (), {"close": staticmethod(lambda: None)}))
    monkeypatch.setattr(sweep, "close_old_connections", lambda: None)
    with caplog.at_level(logging.ERROR):
        postman(0.01).start()
        assert until(lambda: len(rounds) > 1)
    assert caplog.messages == ["A round of the outbox's sweep failed"]


def test_it_runs_once_a_process_and_a_fork_has_none(
    monkeypatch: pytest.MonkeyPatch, postman: Callable[..., Sweep]
) -> None:
    monkeypatch.setattr(Sweep, "round", lambda self: None)
    one = postman()
    assert not one.is_running
    before = threading.active_count()
    for _press in range(3):
        one.start()
    assert (one.is_running, threading.active_count()) == (True, before + 1)
    monkeypatch.setattr(sweep.os, "getpid", lambda: -1)
    assert not one.is_running


def test_waking_begins_a_round_at_once(
    monkeypatch: pytest.MonkeyPatch, postman: Callable[..., Sweep]
) -> None:
    rounds: list[int] = []
    monkeypatch.setattr(Sweep, "round", lambda self: rounds.append(1))
    one = postman(3600)
    one.start()
    assert until(lambda: len(rounds) == 1)
    one.wake()
    assert until(lambda: len(rounds) == 2)


@pytest.mark.django_db
def test_the_connection_is_closed_after_a_round(monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[bool] = []
    monkeypatch.setattr(outbox, "deliver_due", lambda: 0)
    monkeypatch.setattr(sweep, "close_old_connections", lambda: None)
    monkeypatch.setattr(
        sweep, "connection", type("C", (), {"close": staticmethod(lambda: closed.append(True))})
    )
    Sweep().round()
    assert closed == [True]
    assert connection.connection is not None


@pytest.mark.django_db
def test_where_it_runs_no_request_waits_for_the_mail_server(
    monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    woken: list[bool] = []

    class Running(Sweep):
        is_running = True  # type: ignore[assignment]

        def wake(self) -> None:
            woken.append(True)

    monkeypatch.setattr(sweep, "sweep", Running())
    monkeypatch.setattr(tasks.deliver_outbox, "delay", lambda: pytest.fail("delivered in the request"))
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        write()
    assert (woken, OutboxMessage.objects.get().state) == ([True], "waiting")


@pytest.mark.parametrize("is_embedded", [True, False])
def test_a_web_process_starts_it_unless_a_worker_delivers(
    settings: Any, monkeypatch: pytest.MonkeyPatch, is_embedded: bool
) -> None:
    started: list[bool] = []
    monkeypatch.setattr(Sweep, "start", lambda self: started.append(True))
    settings.BACKGROUND_THREADS = is_embedded
    monkeypatch.setattr("rocket.core.checks.faults_that_stop", list)
    from rocket import wsgi

    started.clear()
    importlib.reload(wsgi)
    assert started == [True] * is_embedded
