"""What the call takes, and its first and last moment."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta, timezone

import pytest

from .cast import CLOSES, GOOD, OPENS, answer, check, with_call, with_proposal

TICK = timedelta(microseconds=1)


class TestKetCall:
    def test_a_technology_of_the_call_passes(self):
        assert answer("KET-CALL", GOOD)[0] == "passed"

    def test_another_one_fails(self):
        finding = check("KET-CALL", with_proposal(main_ket="XX"))
        assert finding.outcome == "failed"
        assert dict(finding.remedy.parameters) == {"section": "technology", "field": "main_ket"}

    @pytest.mark.parametrize("nothing", [None, ""])
    def test_none_chosen_is_unknown(self, nothing):
        assert answer("KET-CALL", with_proposal(main_ket=nothing))[0] == "unknown"

    def test_a_call_that_takes_nothing_takes_nothing(self):
        assert answer("KET-CALL", with_call(kets=frozenset()))[0] == "failed"


class TestFieldCall:
    def test_fields_of_the_call_pass(self):
        assert answer("FIELD-CALL", with_proposal(fields=frozenset({"health", "energy"})))[0] == "passed"

    def test_one_foreign_field_fails_and_only_it_is_named(self):
        finding = check("FIELD-CALL", with_proposal(fields=frozenset({"health", "mining"})))
        assert finding.outcome == "failed"
        assert [one.key for one in finding.evidence] == ["mining"]

    def test_none_chosen_is_unknown(self):
        assert answer("FIELD-CALL", with_proposal(fields=frozenset()))[0] == "unknown"


class TestCallOpen:
    @pytest.mark.parametrize(
        ("now", "expected"),
        [
            (OPENS - TICK, ("failed", "too_early")),
            (OPENS, ("passed", "passed")),
            (CLOSES - TICK, ("passed", "passed")),
            (CLOSES, ("failed", "too_late")),
        ],
    )
    def test_it_opens_on_the_dot_and_the_closing_time_is_late(self, now, expected):
        assert answer("CALL-OPEN", replace(GOOD, now=now)) == expected

    def test_the_zone_of_the_clock_does_not_matter(self):
        elsewhere = CLOSES.astimezone(timezone(timedelta(hours=9)))
        assert answer("CALL-OPEN", replace(GOOD, now=elsewhere)) == ("failed", "too_late")

    @pytest.mark.parametrize("changes", [{"published": False}, {"opens_at": None}, {"closes_at": None}])
    def test_an_unpublished_call_is_not_open(self, changes):
        finding = check("CALL-OPEN", with_call(**changes))
        assert (finding.outcome, finding.reason) == ("failed", "not_published")
        assert finding.remedy.code == "choose_call"

    def test_a_naive_clock_is_refused(self):
        with pytest.raises(ValueError, match="aware"):
            replace(GOOD, now=OPENS.replace(tzinfo=None))
