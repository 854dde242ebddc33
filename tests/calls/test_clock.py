from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from calls.clock import NoSuchMoment, local_moment

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def test_a_deadline_is_a_day_and_a_time_in_the_programmes_zone():
    assert local_moment(date(2017, 12, 15), time(17), AMSTERDAM) == datetime(2017, 12, 15, 16, tzinfo=UTC)
    assert local_moment(date(2017, 7, 15), time(17), AMSTERDAM) == datetime(2017, 7, 15, 15, tzinfo=UTC)


@pytest.mark.parametrize("at", [time(2), time(2, 30), time(2, 59, 59)])
def test_a_time_that_summer_time_leaves_out_is_refused_with_a_sentence(at):
    with pytest.raises(NoSuchMoment) as refused:
        local_moment(date(2017, 3, 26), at, AMSTERDAM)
    assert refused.value.code == "left_out"
    assert str(refused.value) == (
        f"There is no {at:%H:%M} on 2017-03-26 in Europe/Amsterdam: summer time begins. "
        "Choose an earlier or later time."
    )


@pytest.mark.parametrize("at", [time(1, 59), time(3)])
def test_the_times_around_it_exist(at):
    assert local_moment(date(2017, 3, 26), at, AMSTERDAM).time() == at


@pytest.mark.parametrize(
    ("at", "is_refused"), [(time(1, 59), False), (time(2), True), (time(2, 59), True), (time(3), False)]
)
def test_a_time_that_comes_twice_is_refused(at, is_refused):
    day = date(2017, 10, 29)
    if is_refused:
        with pytest.raises(NoSuchMoment) as refused:
            local_moment(day, at, AMSTERDAM)
        assert refused.value.code == "comes_twice"
    else:
        assert local_moment(day, at, AMSTERDAM).time() == at
