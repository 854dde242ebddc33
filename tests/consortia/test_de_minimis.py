"""Headroom for de minimis aid at its edges: windows, single undertakings, mergers, splits."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import translation
from hypothesis import assume, given
from hypothesis import strategies as st

from consortia.de_minimis import (
    IN_FORCE,
    Activity,
    Aid,
    AidState,
    Control,
    DeMinimisCase,
    Doubt,
    JsonFormError,
    LeftOut,
    Merger,
    Regulation,
    Split,
    Undertaking,
    case_from_json,
    describe,
    fiscal_years_start,
    headroom,
    headroom_to_json,
    headrooms,
    regulation_on,
    rolling_start,
    shared_out,
    single_undertaking,
    to_json,
)

D = Decimal
NEW, OLD = Regulation.GENERAL_2023, Regulation.GENERAL_2013
EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"


def aid(day, amount, undertaking="A", member_state="NL", **fields):
    return Aid(undertaking, date.fromisoformat(day), member_state, D(str(amount)), **fields)


def case(*aids, on="2026-11-24", **fields):
    fields.setdefault("declared_on", date(2026, 11, 1))
    return DeMinimisCase("A", "NL", date.fromisoformat(on), aids=aids, **fields)


def left_out(result):
    return [found.reason for found in result.left_out]


class TestRollingYears:
    @pytest.mark.parametrize(
        ("day", "start"),
        [
            ("2026-11-24", "2023-11-25"),
            ("2026-12-31", "2024-01-01"),
            ("2027-01-01", "2024-01-02"),
            ("2028-02-28", "2025-03-01"),
            ("2028-02-29", "2025-03-01"),
            ("2028-03-01", "2025-03-02"),
            ("2027-02-27", "2024-02-28"),
            ("2027-02-28", "2024-02-29"),
            ("2027-03-01", "2024-03-02"),
        ],
    )
    def test_the_window_starts_the_day_after_the_same_date_three_years_before(self, day, start):
        assert rolling_start(date.fromisoformat(day)) == date.fromisoformat(start)

    def test_aid_of_the_same_date_three_years_before_is_out_and_of_the_next_day_counts(self):
        result = headroom(
            case(aid("2023-11-24", 90000), aid("2023-11-25", 100000), aid("2026-11-24", 1)), NEW
        )
        assert (result.used, result.headroom) == (D(100001), D(199999))
        assert left_out(result) == [LeftOut.BEFORE_WINDOW]
        assert (result.window_start, result.window_end) == (date(2023, 11, 25), date(2026, 11, 24))

    def test_aid_of_29_february_still_counts_on_28_february_and_not_in_march(self):
        leap = aid("2024-02-29", 50000)
        assert headroom(case(leap, on="2027-02-28"), NEW).used == 50000
        assert headroom(case(leap, on="2027-03-01"), NEW).used == 0

    def test_years_are_not_fiscal_years(self):
        result = headroom(case(aid("2023-12-31", 50000), fiscal_year_ends=(date(2026, 6, 30),)), NEW)
        assert result.used == 50000


class TestFiscalYears:
    @pytest.mark.parametrize(
        ("day", "ends", "start"),
        [
            ("2019-05-01", [], "2017-01-01"),
            ("2019-12-31", [], "2017-01-01"),
            ("2020-01-01", [], "2018-01-01"),
            ("2019-06-30", ["2019-06-30"], "2016-07-01"),
            ("2019-07-01", ["2019-06-30"], "2017-07-01"),
            ("2019-05-01", ["2023-06-30"], "2016-07-01"),
            ("2020-02-29", ["2019-02-28"], "2017-03-01"),
            ("2020-03-01", ["2020-02-29"], "2018-03-01"),
            # A short year from July to December 2018 is a year of its own.
            ("2019-05-01", ["2018-06-30", "2018-12-31"], "2017-07-01"),
        ],
    )
    def test_the_window_is_the_current_year_and_the_two_before(self, day, ends, start):
        found = fiscal_years_start(date.fromisoformat(day), [date.fromisoformat(end) for end in ends])
        assert found == date.fromisoformat(start)

    def test_the_first_day_counts_and_the_day_before_does_not(self):
        result = headroom(case(aid("2016-12-31", 70000), aid("2017-01-01", 80000), on="2019-05-01"), OLD)
        assert (result.ceiling, result.used, result.headroom) == (200000, 80000, 120000)

    def test_road_freight_has_half_the_ceiling_under_the_old_regulation_only(self):
        freight = case(on="2024-03-01", activity=Activity.ROAD_FREIGHT)
        assert [result.headroom for result in headrooms(freight)] == [300000, 100000]

    def test_aid_for_general_services_takes_part_of_the_common_ceiling(self):
        sgei = aid("2018-05-01", 420000, regulation=Regulation.SGEI_2012)
        result = headroom(case(sgei, aid("2018-06-01", 30000), on="2019-05-01"), OLD)
        assert (result.ceiling, result.limit, result.headroom) == (200000, 80000, 50000)
        assert left_out(result) == [LeftOut.SGEI]


class TestInForce:
    @pytest.mark.parametrize(
        ("day", "new", "old"),
        [
            ("2013-12-31", False, False),
            ("2014-01-01", False, True),
            ("2023-12-31", False, True),
            ("2024-01-01", True, True),
            ("2024-06-30", True, True),
            ("2024-07-01", True, False),
            ("2030-12-31", True, False),
            ("2031-01-01", False, False),
        ],
    )
    def test_first_and_last_days(self, day, new, old):
        results = headrooms(case(on=day))
        assert [result.is_usable for result in results] == [new, old]
        assert [result.headroom for result in results] == [300000 * new, 200000 * old]
        assert regulation_on(date.fromisoformat(day)) == (NEW if new else OLD if old else None)

    def test_the_special_regulations_give_no_headroom_here(self):
        with pytest.raises(ValueError, match="360/2012"):
            headroom(case(), Regulation.SGEI_2012)

    @pytest.mark.parametrize("activity", [Activity.PRIMARY_AGRICULTURE, Activity.FISHERY, Activity.EXPORT])
    def test_excluded_activities_have_none(self, activity):
        result = headroom(case(activity=activity), NEW)
        assert (result.headroom, result.allows(D(1)), result.doubts) == (0, False, (Doubt.EXCLUDED_ACTIVITY,))


class TestWhatCounts:
    def test_other_states_strangers_later_and_requested_aid_are_left_out(self):
        result = headroom(
            case(
                aid("2025-01-01", 1, member_state="DE"),
                aid("2025-01-02", 2, "Z"),
                aid("2026-11-25", 4),
                aid("2025-01-03", 8, state=AidState.REQUESTED),
                aid("2025-01-04", 16, regulation=Regulation.SGEI_2023),
                aid("2025-01-05", 32, regulation=Regulation.AGRICULTURE),
                aid("2025-01-06", 64, regulation=Regulation.FISHERIES),
            ),
            NEW,
        )
        assert result.used == 96
        assert left_out(result) == [
            LeftOut.OTHER_MEMBER_STATE,
            LeftOut.OTHER_UNDERTAKING,
            LeftOut.ONLY_REQUESTED,
            LeftOut.SGEI,
            LeftOut.AFTER_GRANT,
        ]

    @pytest.mark.parametrize(("amount", "allowed"), [("100000", True), ("100000.01", False)])
    def test_an_aid_that_would_pass_the_ceiling_may_not_use_the_regulation_at_all(self, amount, allowed):
        assert headroom(case(aid("2025-01-01", 200000)), NEW).allows(D(amount)) is allowed

    def test_headroom_is_never_less_than_nothing(self):
        result = headroom(case(aid("2025-01-01", 400000)), NEW)
        assert (result.used, result.headroom, result.allows(D("0.01"))) == (400000, 0, False)


class TestDeclaration:
    def test_without_a_declaration_headroom_is_not_known(self):
        result = headroom(case(aid("2025-01-01", 200000), declared_on=None), NEW)
        assert (result.headroom, result.doubts) == (None, (Doubt.NO_DECLARATION,))
        assert result.allows(D(100000)) is None
        assert result.allows(D("100000.01")) is False

    def test_a_declaration_of_no_aid_leaves_the_whole_ceiling(self):
        assert headroom(case(), NEW).headroom == 300000

    def test_a_ceiling_that_is_used_up_is_known_without_a_declaration(self):
        assert headroom(case(aid("2025-01-01", 300000), declared_on=None), NEW).headroom == 0


class TestSingleUndertaking:
    @pytest.mark.parametrize(
        ("fields", "together"),
        [
            ({"votes": D("0.5")}, False),
            ({"votes": D("0.5000001")}, True),
            ({"has_majority_of_votes": True}, True),
            ({"appoints_board": True}, True),
            ({"has_dominant_influence": True}, True),
            ({"agreement": True}, True),
        ],
    )
    def test_each_control_test(self, fields, together):
        assert (single_undertaking("A", [Control("B", "A", **fields)]) == {"A", "B"}) is together

    def test_control_through_others_and_sisters(self):
        most = D("0.6")
        controls = [
            Control("P", "A", most),
            Control("P", "B", most),
            Control("B", "C", most),
            Control("C", "D", D("0.4")),
        ]
        assert single_undertaking("A", controls) == {"A", "P", "B", "C"}

    def test_joint_control_and_a_circle(self):
        controls = [
            Control("A", "B", D("0.6")),
            Control("B", "A", D("0.6")),
            Control("A", "C", D("0.3")),
            Control("B", "C", D("0.3")),
        ]
        assert single_undertaking("C", controls) == {"A", "B", "C"}

    def test_aid_of_every_member_counts_once(self):
        result = headroom(
            case(aid("2025-01-01", 10), aid("2025-01-01", 20, "B"), controls=(Control("B", "A", D("0.6")),)),
            NEW,
        )
        assert (result.used, result.members) == (30, {"A", "B"})


class TestMergersAndSplits:
    def test_after_a_merger_all_earlier_aid_of_both_counts(self):
        merger = Merger(date(2025, 6, 1), ("B", "C"), "A")
        result = headroom(
            case(
                aid("2025-06-01", 10, "B"),
                aid("2024-06-01", 20, "C"),
                aid("2025-01-01", 40),
                mergers=(merger,),
            ),
            NEW,
        )
        assert result.used == 70

    def test_a_merger_after_the_grant_does_not_count_yet(self):
        merger = Merger(date(2026, 11, 25), ("B",), "A")
        assert headroom(case(aid("2025-06-01", 10, "B"), mergers=(merger,)), NEW).used == 0

    def split(self, **fields):
        return Split(date(2025, 6, 1), "X", ("A", "B"), **fields)

    def test_after_a_split_aid_stays_with_who_uses_it(self):
        split = self.split()
        kept = headroom(case(aid("2025-01-01", 90, "X", used_by="A"), splits=(split,)), NEW)
        gone = headroom(case(aid("2025-01-01", 90, "X", used_by="B"), splits=(split,)), NEW)
        assert (kept.used, gone.used, left_out(gone)) == (90, 0, [LeftOut.OTHER_UNDERTAKING])

    def test_else_it_is_shared_out_by_equity(self):
        split = self.split(equity=(("A", D(100)), ("B", D(200))))
        result = headroom(case(aid("2025-01-01", 100, "X"), splits=(split,)), NEW)
        assert [(found.amount, found.bearer) for found in result.counted] == [(D("33.33"), "A")]

    def test_without_either_headroom_is_not_known(self):
        result = headroom(case(aid("2025-01-01", 90, "X"), splits=(self.split(),)), NEW)
        assert (result.headroom, result.doubts) == (None, (Doubt.SPLIT_NOT_ALLOCATED,))
        assert left_out(result) == [LeftOut.NOT_SHARED_OUT]

    def test_a_split_of_strangers_leaves_no_doubt(self):
        split = Split(date(2025, 6, 1), "X", ("Y", "Z"))
        assert headroom(case(aid("2025-01-01", 90, "X"), splits=(split,)), NEW).headroom == 300000

    def test_aid_after_the_split_belongs_to_who_got_it(self):
        split = Split(date(2025, 6, 1), "A", ("A", "B"), (("A", D(1)), ("B", D(1))))
        result = headroom(case(aid("2025-06-01", 100), aid("2025-06-02", 7), splits=(split,)), NEW)
        assert result.used == 57

    def test_a_part_that_was_split_off_and_merged_elsewhere_is_followed(self):
        split = Split(date(2025, 6, 1), "X", ("Y", "Z"), (("Y", D(1)), ("Z", D(3))))
        merger = Merger(date(2025, 9, 1), ("Z",), "A")
        assert headroom(case(aid("2025-01-01", 80, "X"), splits=(split,), mergers=(merger,)), NEW).used == 60


# Properties ----------------------------------------------------------------------------------------------

days = st.dates(date(2013, 1, 1), date(2031, 12, 31))
cents = st.integers(0, 40_000_000).map(lambda value: D(value) / 100)
names = st.sampled_from("ABCD")
aids = st.builds(
    Aid,
    undertaking=names,
    granted_on=days,
    member_state=st.sampled_from(["NL", "DE"]),
    amount=cents,
    regulation=st.sampled_from(Regulation),
    state=st.sampled_from(AidState),
)
pairs = st.sampled_from([(x, y) for x in "ABCD" for y in "ABCD" if x != y])
controls = st.lists(
    st.builds(
        lambda pair, votes: Control(*pair, votes=votes),
        pairs,
        st.sampled_from([D("0.2"), D("0.25"), D("0.6")]),
    ),
    max_size=4,
    unique_by=lambda c: (c.controller, c.controlled),
)
cases = st.builds(
    DeMinimisCase,
    undertaking=st.just("A"),
    member_state=st.just("NL"),
    granted_on=days,
    declared_on=st.none() | days,
    activity=st.sampled_from(Activity),
    fiscal_year_ends=st.lists(days, max_size=3, unique=True).map(tuple),
    undertakings=st.just(tuple(Undertaking(name) for name in "ABCD")),
    controls=controls.map(tuple),
    aids=st.lists(aids, max_size=8).map(tuple),
)
general = st.sampled_from([NEW, OLD])


@given(cases, general, st.randoms(use_true_random=False))
def test_the_order_of_the_form_never_matters(found, regulation, chance: random.Random):
    mixed_aids, mixed_controls = list(found.aids), list(found.controls)
    chance.shuffle(mixed_aids)
    chance.shuffle(mixed_controls)
    mixed = replace(found, aids=tuple(mixed_aids), controls=tuple(mixed_controls))
    first, second = headroom(found, regulation), headroom(mixed, regulation)
    assert (first.used, first.headroom, first.members) == (second.used, second.headroom, second.members)


@given(cases, general)
def test_every_aid_is_counted_or_left_out_and_used_is_their_sum(found, regulation):
    result = headroom(found, regulation)
    assert len(result.counted) + len(result.left_out) == len(found.aids)
    assert result.used == sum((counted.amount for counted in result.counted), D(0))
    assert all(result.window_start <= c.aid.granted_on <= result.window_end for c in result.counted)


@given(cases, general, aids)
def test_more_aid_never_leaves_more_headroom(found, regulation, more):
    before = headroom(found, regulation)
    after = headroom(replace(found, aids=(*found.aids, more)), regulation)
    assert after.limit - after.used <= before.limit - before.used


@given(cases, general, pairs)
def test_more_control_never_leaves_more_headroom(found, regulation, pair):
    before = headroom(found, regulation)
    after = headroom(
        replace(found, controls=(*found.controls, Control(*pair, appoints_board=True))), regulation
    )
    assert after.used >= before.used
    assert after.members >= before.members


def declared_in_force(found, regulation):
    """The case with a declaration, on a day on which the regulation is in force."""
    first, last = IN_FORCE[regulation]
    day = min(max(found.granted_on, first), last)
    return replace(found, granted_on=day, declared_on=day, activity=Activity.GENERAL)


@given(cases, general, cents)
def test_what_fits_is_exactly_what_is_left(found, regulation, amount):
    result = headroom(declared_in_force(found, regulation), regulation)
    assert result.headroom == max(0, result.limit - result.used)
    assert result.allows(amount) is (amount <= result.limit - result.used)


@given(cases, general)
def test_what_is_granted_within_headroom_leaves_exactly_nothing(found, regulation):
    found = declared_in_force(found, regulation)
    granted = Aid("A", found.granted_on, "NL", headroom(found, regulation).headroom, regulation)
    assert headroom(replace(found, aids=(*found.aids, granted)), regulation).headroom == 0


@given(days)
def test_the_window_is_three_years_long_and_never_jumps(day):
    start = rolling_start(day)
    assert timedelta(days=1094) <= day - start <= timedelta(days=1095)
    assert start <= rolling_start(day + timedelta(days=1)) <= start + timedelta(days=2)


@given(days, st.lists(days, max_size=4))
def test_the_fiscal_window_starts_before_the_day(day, ends):
    assert fiscal_years_start(day, ends) < day


@given(cents, st.dictionaries(names, st.integers(0, 10**9).map(D), min_size=1))
def test_shares_of_a_split_add_up_to_the_cent(amount, equity):
    assume(sum(equity.values()) > 0)
    parts = shared_out(amount, equity)
    whole = sum(equity.values())
    assert sum(parts.values()) == amount
    assert all(abs(parts[name] - amount * equity[name] / whole) < D("0.01") for name in equity)


@given(cases)
def test_the_json_form_gives_the_same_case_back(found):
    votes = {name: sum((c.votes for c in found.controls if c.controlled == name), D(0)) for name in "ABCD"}
    assume(max(votes.values()) <= 1)
    assert case_from_json(json.loads(json.dumps(to_json(found)))) == found


@given(cases)
def test_every_headroom_can_be_explained_and_written(found):
    for result in headrooms(found):
        json.dumps(headroom_to_json(result, D(5)))
        with translation.override("en"):
            assert all(describe(result, replace(found, requested=D(5))).lines)


# JSON form -----------------------------------------------------------------------------------------------


def mistakes_of(form):
    with pytest.raises(JsonFormError) as caught:
        case_from_json(form)
    with translation.override("en"):
        return [str(mistake) for mistake in caught.value.mistakes]


def test_every_mistake_is_listed_with_its_place():
    form = {
        "undertaking": "X",
        "member_state": "nl",
        "granted_on": "2026-11-31",
        "requested": "12.345",
        "undertakings": [{"identifier": "A"}, {"identifier": "B"}, {"identifier": "C"}],
        "controls": [
            {"controller": "A", "controlled": "A", "votes": 2},
            {"controller": "A", "controlled": "B"},
        ],
        "aids": [
            {
                "undertaking": "Q",
                "granted_on": "2025-01-01",
                "member_state": "NL",
                "amount": "-1",
                "state": "maybe",
            },
            {
                "undertaking": "B",
                "granted_on": "2025-01-02",
                "member_state": "NL",
                "amount": 5,
                "used_by": "C",
            },
        ],
        "mergers": [{"on": "2025-01-01", "merged": ["B"], "into": "A"}],
        "splits": [
            {
                "on": "2025-01-01",
                "undertaking": "C",
                "into": ["A", "B"],
                "equity": [{"undertaking": "A", "book_value": 1}],
            }
        ],
    }
    assert mistakes_of(form) == [
        "member_state: a country code of two capital letters, such as NL, is expected",
        "granted_on: a date such as 2025-12-31 is expected",
        "requested: at most 2 decimal places",
        "undertaking: X is not in the list of undertakings",
        "controls[0].votes: between 0 and 1",
        "controls[0].controlled: an undertaking does not control itself",
        "controls[0].votes: names neither a share of votes nor a right of control",
        "controls[1].votes: names neither a share of votes nor a right of control",
        "aids[0].undertaking: Q is not in the list of undertakings",
        "aids[0].amount: must not be negative",
        "aids[0].state: one of: granted, requested",
        "splits[0].equity: the equity of each undertaking in into is expected, or of none",
        "aids[1].undertaking: B had merged into A by then, on 2025-01-01",
        "aids[1].used_by: belongs only to an aid that a split hands on to C",
    ]


@pytest.mark.parametrize("form", [None, [], "A", 7, {}, {"aids": [None], "undertakings": {}, "mergers": [3]}])
def test_no_form_at_all_is_a_mistake_and_not_a_crash(form):
    assert mistakes_of(form)


def test_the_documented_example_leaves_the_documented_headroom():
    found = case_from_json(json.loads((EXAMPLES / "de_minimis_group.json").read_text()))
    result = headroom(found, NEW)
    assert (result.used, result.headroom, result.allows(D(60000))) == (D(240000), D(60000), True)
    assert left_out(result) == [LeftOut.BEFORE_WINDOW, LeftOut.OTHER_UNDERTAKING, LeftOut.OTHER_MEMBER_STATE]
    with translation.override("en"):
        lines = describe(result, found).lines
    assert lines[0] == "Regulation 2023/2831: EUR 60,000.00 are left for Alpha Coatings B.V. in NL."
    assert lines[-1] == "EUR 60,000.00 fit within what is left."
