"""Several writers at once, on a database that lets them: PostgreSQL."""

import threading
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction

from rocket.core import audit, outbox
from rocket.core.models import AuditEntry, NumberSequence, OutboxMessage
from rocket.core.numbers import next_number

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _needs_postgresql():
    if connection.vendor != "postgresql":
        pytest.skip("needs PostgreSQL: SQLite lets one writer in at a time")


def at_once(writers: int, work: Callable[[], object]) -> list[object]:
    """What ``work`` gave, or raised, in threads that start together."""
    gate, results = threading.Barrier(writers), []

    def run() -> None:
        gate.wait()
        try:
            results.append(work())
        except Exception as error:
            results.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


def test_numbers_taken_at_once_are_all_different_and_without_gaps() -> None:
    def take() -> list[str]:
        taken = []
        for _ in range(5):
            with transaction.atomic():
                taken.append(next_number("P", NOW))
        return taken

    taken = [number for numbers in at_once(8, take) for number in numbers]
    assert sorted(taken) == [f"P-2026-{number:04d}" for number in range(1, 41)]


def test_workers_at_once_send_each_mail_once() -> None:
    with transaction.atomic():
        for number in range(40):
            OutboxMessage.objects.create(
                to=f"person{number}@example.org",
                subject="x",
                text="x",
                language="en",
                created_at=NOW,
                next_try_at=NOW,
            )
    sent = at_once(4, lambda: outbox.deliver_due(NOW))
    assert sum(sent) == 40
    assert Counter(message.to[0] for message in mail.outbox) == {
        f"person{number}@example.org": 1 for number in range(40)
    }


def test_writers_at_once_on_one_subject_leave_a_whole_chain_and_no_change_without_its_entry() -> None:
    subject = NumberSequence.objects.create(series="S")

    @transaction.atomic
    def change() -> AuditEntry:
        entry = audit.record(subject=subject, verb="renamed", by=None, now=NOW)
        NumberSequence.objects.create(series=f"change {entry.pk}")
        return entry

    results = at_once(6, change)
    written = [result for result in results if isinstance(result, AuditEntry)]
    assert {type(result) for result in results} <= {AuditEntry, IntegrityError}
    assert len(written) >= 1
    assert AuditEntry.objects.about(subject).count() == len(written)
    assert NumberSequence.objects.filter(series__startswith="change").count() == len(written)
    assert audit.chain_is_whole(subject)
