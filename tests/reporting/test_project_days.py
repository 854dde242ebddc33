"""The last day of a project."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feasibility.models import Proposal
from reporting.models import Project


def last_day(first, months):
    return Project(proposal=Proposal(starts_on=first, months=months)).ends_on


@pytest.mark.parametrize(
    ("first", "months", "last"),
    [
        (date(2017, 12, 1), 9, date(2018, 8, 31)),
        (date(2017, 12, 1), 1, date(2017, 12, 31)),
        (date(2019, 3, 1), 12, date(2020, 2, 29)),
        (date(2017, 6, 15), 36, date(2020, 6, 14)),
        (date(2019, 1, 31), 1, date(2019, 2, 27)),
        (None, 9, None),
        (date(2017, 12, 1), None, None),
    ],
)
def test_a_project_ends_on(first, months, last):
    assert last_day(first, months) == last


@given(st.dates(date(2014, 1, 1), date(2090, 12, 31)).map(lambda day: day.replace(day=1)), st.integers(1, 60))
def test_from_the_first_of_a_month_it_ends_with_a_month(first, months):
    after = last_day(first, months) + timedelta(days=1)
    assert (after.day, (after.year - first.year) * 12 + after.month - first.month) == (1, months)
