"""The audit trail is written with its change, chained, and shows tampering."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.db.transaction import TransactionManagementError

from rocket.core import audit
from rocket.core.models import AuditEntry, NumberSequence
from tests.factories.consortia import PersonFactory

NOW = datetime(2026, 11, 24, 9, 30, 15, 123456, tzinfo=UTC)


def record(subject, verb="renamed", by=None, **more):
    with transaction.atomic():
        return audit.record(subject=subject, verb=verb, by=by, now=NOW, **more)


@pytest.fixture
def subject(db):
    return NumberSequence.objects.create(series="P-2026")


@pytest.fixture
def chain(subject):
    for number in range(3):
        record(subject, after={"last": number})
    return subject


def test_an_entry_says_who_what_when_and_from_what_to_what(subject):
    mia = PersonFactory()
    entry = record(
        subject,
        by=mia,
        before={"amount": Decimal("1.20")},
        after={"amount": Decimal("1.30"), "on": date(2026, 1, 2), "at": NOW},
    )
    entry.refresh_from_db()
    assert (entry.subject_type, entry.subject_id, entry.sequence) == (
        "core.numbersequence",
        str(subject.pk),
        1,
    )
    assert (entry.verb, entry.by, entry.at) == ("renamed", mia, NOW)
    assert entry.before == {"amount": "1.20"}
    assert entry.after == {"amount": "1.30", "on": "2026-01-02", "at": "2026-11-24T09:30:15.123Z"}


def test_entries_follow_each_other_by_hash(chain):
    first, second, third = AuditEntry.objects.about(chain)
    assert [first.sequence, second.sequence, third.sequence] == [1, 2, 3]
    assert [first.previous_hash, second.previous_hash, third.previous_hash] == ["", first.hash, second.hash]
    assert audit.chain_is_whole(chain)


def test_each_subject_has_a_chain_of_its_own(chain):
    other = NumberSequence.objects.create(series="Q-2026")
    assert record(other).sequence == 1
    assert [entry.subject_id for entry in AuditEntry.objects.about(other)] == [str(other.pk)]
    assert audit.chain_is_whole(chain)
    assert audit.chain_is_whole(other)


@pytest.mark.parametrize(
    "change",
    [
        {"verb": "approved"},
        {"after": {"last": 99}},
        {"before": {"last": 99}},
        {"at": datetime(2026, 11, 24, 9, 30, 16, tzinfo=UTC)},
        {"previous_hash": "0" * 64},
        {"hash": "0" * 64},
        {"sequence": 7},
    ],
    ids=lambda change: next(iter(change)),
)
@pytest.mark.parametrize("place", [1, 2, 3])
def test_a_changed_entry_breaks_the_chain(chain, place, change):
    AuditEntry.objects.filter(sequence=place).update(**change)
    assert not audit.chain_is_whole(chain)


def test_an_entry_in_another_name_breaks_the_chain(chain):
    AuditEntry.objects.filter(sequence=3).update(by=PersonFactory())
    assert not audit.chain_is_whole(chain)


@pytest.mark.parametrize("place", [1, 2])
def test_a_removed_entry_breaks_the_chain(chain, place):
    AuditEntry.objects.filter(sequence=place).delete()
    assert not audit.chain_is_whole(chain)


def test_a_changed_entry_with_its_own_hash_made_anew_breaks_the_chain_behind_it(chain):
    entry = AuditEntry.objects.get(sequence=2)
    entry.after = {"last": 99}
    entry.hash = audit._hash(entry)
    entry.save()
    assert not audit.chain_is_whole(chain)


@pytest.mark.django_db(transaction=True)
def test_an_entry_outside_the_transaction_of_its_change_is_refused():
    subject = NumberSequence.objects.create(series="P-2026")
    with pytest.raises(TransactionManagementError):
        audit.record(subject=subject, verb="renamed", by=None, now=NOW)
    assert AuditEntry.objects.count() == 0


def test_an_entry_falls_with_its_change(subject):
    with transaction.atomic():
        audit.record(subject=subject, verb="renamed", by=None, now=NOW)
        transaction.set_rollback(True)
    assert AuditEntry.objects.count() == 0


def test_of_two_writers_who_saw_the_same_last_entry_the_second_fails_whole(chain, monkeypatch):
    stale = AuditEntry.objects.get(sequence=2)
    monkeypatch.setattr(QuerySet, "first", lambda self: stale)

    @transaction.atomic
    def rename():
        NumberSequence.objects.filter(pk=chain.pk).update(last=9)
        audit.record(subject=chain, verb="renamed", by=None, now=NOW)

    with pytest.raises(IntegrityError):
        rename()
    monkeypatch.undo()
    chain.refresh_from_db()
    assert (chain.last, AuditEntry.objects.count()) == (0, 3)
    assert audit.chain_is_whole(chain)


def test_an_entry_costs_two_queries(subject, django_assert_num_queries):
    with transaction.atomic(), django_assert_num_queries(2):
        audit.record(subject=subject, verb="renamed", by=None, now=NOW)


def test_people_in_the_trail_can_not_be_deleted(subject):
    mia = PersonFactory(verified=False)
    record(subject, by=mia)
    with pytest.raises(IntegrityError):
        mia.delete()


def test_nobody_signed_in_is_nobody(subject):
    from django.contrib.auth.models import AnonymousUser

    assert record(subject, by=AnonymousUser()).by is None


def test_canonical_json_is_the_same_for_the_same_facts():
    assert (
        audit.canonical_json({"b": 1, "a": "ü"})
        == audit.canonical_json({"a": "ü", "b": 1})
        == '{"a":"ü","b":1}'
    )
