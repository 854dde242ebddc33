"""Numbers come without gaps, one series a prefix and year."""

from datetime import UTC, datetime

import pytest
from django.db import transaction

from rocket.core.numbers import next_number

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def test_numbers_follow_each_other_per_prefix():
    assert [next_number(prefix, NOW) for prefix in ("P", "P", "Q", "P", "Q")] == [
        "P-2026-0001",
        "P-2026-0002",
        "Q-2026-0001",
        "P-2026-0003",
        "Q-2026-0002",
    ]


def test_a_number_whose_transaction_failed_is_given_again():
    assert next_number("P", NOW) == "P-2026-0001"
    with transaction.atomic():
        assert next_number("P", NOW) == "P-2026-0002"
        transaction.set_rollback(True)
    assert next_number("P", NOW) == "P-2026-0002"


def test_each_year_starts_anew_at_midnight_on_the_portals_clock():
    """Midnight in Amsterdam is 23:00 UTC in winter."""
    last, first = datetime(2026, 12, 31, 22, 59, 59, tzinfo=UTC), datetime(2026, 12, 31, 23, 0, tzinfo=UTC)
    assert [next_number("P", last), next_number("P", first)] == ["P-2026-0001", "P-2027-0001"]


def test_after_the_ten_thousandth_the_numbers_grow_longer():
    from rocket.core.models import NumberSequence

    NumberSequence.objects.create(series="P-2026", last=9999)
    assert next_number("P", NOW) == "P-2026-10000"


def test_a_number_takes_two_queries(django_assert_num_queries):
    next_number("P", NOW)
    with django_assert_num_queries(2):
        next_number("P", NOW)
