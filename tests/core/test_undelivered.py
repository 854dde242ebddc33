"""Mails of unknown outcome, refused ones and late ones: listed, settled, sent again. Never twice after a recorded one."""

from __future__ import annotations

import smtplib
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rocket.core import outbox
from rocket.core.errors import RocketError
from rocket.core.models import OutboxMessage
from rocket.core.models.outbox import OutboxState

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


class Server(EmailBackend):
    """Answers as ``Server.answer`` says: takes the mail, refuses it, breaks off before or after taking it, or dies."""

    answer = "takes"

    def send_messages(self, messages: Any) -> int:
        match Server.answer:
            case "refuses":
                raise smtplib.SMTPDataError(451, b"later")
            case "breaks":
                raise smtplib.SMTPServerDisconnected("gone")
            case "takes and breaks":
                super().send_messages(messages)
                raise smtplib.SMTPServerDisconnected("gone")
            case "dies":
                raise SystemExit
        return super().send_messages(messages)


@pytest.fixture(autouse=True)
def _server(settings: Any) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.Server"
    Server.answer = "takes"


def row(**values: Any) -> OutboxMessage:
    return OutboxMessage.objects.create(
        **{
            "to": "mia@example.nl", "subject": "Hello", "text": "Hello.", "language": "en", "created_at": NOW,
            "next_try_at": NOW, **values,
        }
    )  # fmt: skip


@pytest.mark.parametrize(
    ("values", "listed"),
    [
        ({}, False),
        ({"created_at": NOW - timedelta(hours=1)}, False),
        ({"created_at": NOW - timedelta(hours=2), "attempts": 1}, True),
        ({"created_at": NOW - timedelta(minutes=59), "attempts": 3}, False),
        ({"created_at": NOW - timedelta(hours=2), "next_try_at": NOW - timedelta(hours=2)}, True),
        ({"created_at": NOW - timedelta(days=2), "next_try_at": NOW}, False),
        ({"state": "failed"}, True),
        ({"state": "delivered", "created_at": NOW - timedelta(days=9)}, False),
        ({"state": "handing_over", "handover_began_at": NOW - timedelta(minutes=10)}, False),
        ({"state": "handing_over", "handover_began_at": NOW - timedelta(minutes=10, seconds=1)}, True),
    ],
)
def test_what_the_desk_sees(values: dict[str, Any], listed: bool) -> None:
    row(**values)
    assert OutboxMessage.objects.undelivered(NOW).exists() == listed


@pytest.mark.parametrize(
    "values",
    [
        {"state": "failed"},
        {"state": "handing_over", "handover_began_at": NOW - timedelta(hours=1)},
        {"attempts": 2, "created_at": NOW - timedelta(hours=2)},
    ],
)
def test_what_arrived_leaves_no_more(values: dict[str, Any]) -> None:
    message = row(**values)
    outbox.settle(message, NOW)
    message.refresh_from_db()
    assert (message.state, message.delivered_at) == (OutboxState.DELIVERED, NOW)
    assert (outbox.deliver_due(NOW + timedelta(days=1)), mail.outbox) == (0, [])
    for again in (outbox.settle, outbox.send_again):
        with pytest.raises(RocketError) as refused:
            again(message, NOW)
        assert refused.value.code == "moved_on"


def test_sent_again_it_has_all_its_tries(django_capture_on_commit_callbacks: Any) -> None:
    message = row(state="failed", attempts=6, created_at=NOW - timedelta(days=2))
    with django_capture_on_commit_callbacks() as callbacks:
        outbox.send_again(message, NOW)
    assert len(callbacks) == 1
    Server.answer = "refuses"
    assert outbox.deliver_due(NOW) == 0
    message.refresh_from_db()
    assert (message.state, message.attempts) == (OutboxState.WAITING, 1)
    Server.answer = "takes"
    assert outbox.deliver_due(NOW + timedelta(minutes=1)) == 1


@pytest.mark.parametrize(
    "values", [{}, {"state": "delivered"}, {"attempts": 2, "created_at": NOW - timedelta(days=1)}]
)
def test_what_still_waits_or_arrived_is_not_sent_again(values: dict[str, Any]) -> None:
    with pytest.raises(RocketError):
        outbox.send_again(row(**values), NOW)


def test_a_hand_over_that_is_under_way_is_left_alone() -> None:
    message = row(state="handing_over", handover_began_at=NOW - timedelta(seconds=30))
    for decide in (outbox.settle, outbox.send_again):
        with pytest.raises(RocketError):
            decide(message, NOW)


@pytest.mark.parametrize("late_answer", ["refuses", "breaks"])
def test_a_try_that_answers_after_the_desk_decided_changes_nothing(
    monkeypatch: pytest.MonkeyPatch, late_answer: str
) -> None:
    message = row()
    send = Server.send_messages

    def slowly(self: Any, messages: Any) -> int:
        outbox.settle(message, NOW + timedelta(hours=1))
        return send(self, messages)

    monkeypatch.setattr(Server, "send_messages", slowly)
    Server.answer = late_answer
    outbox.deliver_due(NOW)
    message.refresh_from_db()
    assert (message.state, message.attempts) == (OutboxState.DELIVERED, 0)


def test_mails_behind_a_slow_server_do_not_look_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each claim has the moment at which it was made, not that at which the round began."""
    moments = iter(NOW + timedelta(minutes=20 * n) for n in range(9))
    monkeypatch.setattr(outbox.timezone, "now", lambda: next(moments))
    row(), row()
    Server.answer = "breaks"
    outbox.deliver_due()
    began = OutboxMessage.objects.order_by("pk").values_list("handover_began_at", flat=True)
    assert list(began) == [NOW + timedelta(minutes=20), NOW + timedelta(minutes=40)]


STEPS = st.one_of(
    st.sampled_from(["takes", "refuses", "breaks", "takes and breaks", "dies"]).map(lambda a: ("deliver", a)),
    st.sampled_from([("settle", ""), ("again", "")]),
    st.integers(1, 90).map(lambda minutes: ("wait", minutes)),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, max_size=14))
def test_never_a_second_time_after_a_recorded_hand_over(steps: list[tuple[str, Any]]) -> None:
    """Whatever the server answers and the desk decides: nothing leaves after it was recorded, and what ends in the
    open is on the desk's list."""
    with transaction.atomic():
        mail.outbox = []
        message, now, recorded = row(), NOW, None
        for verb, value in steps:
            if verb == "wait":
                now += timedelta(minutes=value)
            elif verb == "deliver":
                Server.answer = value
                with suppress(SystemExit):
                    outbox.deliver_due(now)
            else:
                with suppress(RocketError):
                    (outbox.settle if verb == "settle" else outbox.send_again)(message, now)
            message.refresh_from_db()
            if recorded is not None:
                assert (message.state, len(mail.outbox)) == (OutboxState.DELIVERED, recorded)
            elif message.state == OutboxState.DELIVERED:
                recorded = len(mail.outbox)
        later = now + timedelta(days=1)
        if message.state in (OutboxState.HANDING_OVER, OutboxState.FAILED):
            assert outbox.deliver_due(later) == 0
            assert OutboxMessage.objects.undelivered(later).filter(pk=message.pk).exists()
        transaction.set_rollback(True)
