"""The SME definition at its edges: the worked cases of the law, and what must hold for every graph."""

from __future__ import annotations

import json
import random
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from consortia.sme import (
    Enterprise,
    EnterpriseGraph,
    Figures,
    HolderKind,
    Holding,
    JsonFormError,
    Period,
    Relation,
    SmeClass,
    Standing,
    classification_to_json,
    classify,
    describe,
    enterprise_from_json,
    settled,
    to_json,
)
from consortia.sme.values import PeriodTotals
from consortia.sme.wording import cited, describe_totals

D = Decimal
EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"


def figures(headcount, turnover, balance_sheet):
    """Headcount, and money in millions of euro."""
    return Figures(D(str(headcount)), D(str(turnover)) * 1_000_000, D(str(balance_sheet)) * 1_000_000)


def enterprise(identifier, *periods, **fields):
    """An enterprise with periods given from the oldest to the latest, the latest of 2025."""
    first = 2026 - len(periods)
    return Enterprise(
        identifier,
        periods=tuple(Period(date(first + n, 12, 31), figures(*p)) for n, p in enumerate(periods)),
        **fields,
    )


def holds(holder, held, share, **fields):
    share = D(str(share))
    return Holding(holder, held, capital=share, votes=fields.pop("votes", share), **fields)


def graph(*parts, subject="A", **fields):
    return EnterpriseGraph(
        subject,
        tuple(p for p in parts if isinstance(p, Enterprise)),
        tuple(p for p in parts if isinstance(p, Holding)),
        **fields,
    )


def totals(result, number=0):
    found = result.totals[number].figures
    return found.headcount, found.turnover / 1_000_000, found.balance_sheet / 1_000_000


def relation_of(result, identifier):
    return next((c.relation, c.share) for c in result.contributions if c.identifier == identifier)


class TestWorkedCases:
    def test_1_the_balance_sheet_saves_a_small_enterprise(self):
        result = classify(graph(enterprise("A", (45, 12, 9.5))))
        assert result.sme_class is SmeClass.SMALL
        assert result.standing is Standing.AUTONOMOUS
        assert totals(result) == (45, 12, D("9.5"))

    def test_2_both_money_ceilings_passed_make_no_micro_enterprise(self):
        assert classify(graph(enterprise("A", (9, 2.5, 2.1)))).sme_class is SmeClass.SMALL

    @pytest.mark.parametrize(
        ("balance_sheet", "sme_class"), [("43.00", SmeClass.MEDIUM), ("43.01", SmeClass.LARGE)]
    )
    def test_3_just_below_the_upper_ceilings(self, balance_sheet, sme_class):
        assert classify(graph(enterprise("A", (249.5, 60, balance_sheet)))).sme_class is sme_class

    def test_4_a_partner_counts_by_its_share(self):
        result = classify(
            graph(enterprise("A", (40, 6, 4)), enterprise("B", (120, 30, 20)), holds("B", "A", 0.30))
        )
        assert totals(result) == (76, 15, 10)
        assert result.sme_class is SmeClass.MEDIUM
        assert result.standing is Standing.PARTNER

    def test_5_a_linked_enterprise_counts_in_full(self):
        result = classify(
            graph(enterprise("A", (30, 4, 3)), enterprise("C", (25, 7, 6)), holds("A", "C", 0.60))
        )
        assert totals(result) == (55, 11, 9)
        assert result.sme_class is SmeClass.MEDIUM
        assert result.standing is Standing.LINKED

    def test_6_a_partner_brings_what_is_linked_to_it_but_not_its_partners(self):
        result = classify(
            graph(
                enterprise("A", (60, 8, 5)),
                enterprise("B", (100, 20, 10)),
                enterprise("D", (200, 40, 30)),
                enterprise("E", (500, 100, 80)),
                holds("B", "A", 0.25),
                holds("B", "D", 0.80),
                holds("B", "E", 0.30),
            )
        )
        assert totals(result) == (135, 23, 15)
        assert result.sme_class is SmeClass.MEDIUM
        assert relation_of(result, "E") == (Relation.PARTNER_OF_PARTNER, 0)
        assert relation_of(result, "D") == (Relation.LINKED_TO_PARTNER, D("0.25"))

    def test_7_partners_of_a_linked_enterprise_count(self):
        result = classify(
            graph(
                enterprise("A", (10, 1, 1)),
                enterprise("L", (50, 5, 4)),
                enterprise("P", (100, 20, 16)),
                holds("A", "L", 0.6),
                holds("P", "L", 0.40),
            )
        )
        assert totals(result) == (100, 14, D("11.4"))
        assert result.sme_class is SmeClass.MEDIUM

    def test_8_investors_that_are_not_linked_leave_the_enterprise_autonomous(self):
        result = classify(
            graph(
                enterprise("A", (20, 1.5, 1)),
                Enterprise("uni", kind=HolderKind.UNIVERSITY),
                Enterprise("fund", kind=HolderKind.VENTURE_CAPITAL),
                holds("uni", "A", 0.30),
                holds("fund", "A", 0.24),
            )
        )
        assert totals(result) == (20, D("1.5"), 1)
        assert (result.sme_class, result.standing) == (SmeClass.SMALL, Standing.AUTONOMOUS)

    def test_9_a_city_with_a_quarter_makes_no_sme(self):
        city = Enterprise(
            "city", kind=HolderKind.LOCAL_AUTHORITY, annual_budget=D(90_000_000), inhabitants=D(60_000)
        )
        result = classify(graph(enterprise("A", (20, 1.5, 1)), city, holds("city", "A", 0.25)))
        assert (result.sme_class, result.is_sme) == (SmeClass.NOT_SME, False)
        assert next(reason.code for reason in result.reasons) == "public_bodies"

    @pytest.mark.parametrize(("turnover", "sme_class"), [(52, SmeClass.LARGE), (50, SmeClass.MEDIUM)])
    def test_10_medium_is_lost_only_after_two_periods_above(self, turnover, sme_class):
        result = classify(
            graph(enterprise("A", (260, 55, 45), (248, turnover, 44)), previous_class=SmeClass.MEDIUM)
        )
        assert result.sme_class is sme_class

    @pytest.mark.parametrize(
        ("share", "relation", "counted"),
        [
            ("0.2499999", Relation.BELOW_THRESHOLD, "0"),
            ("0.25", Relation.PARTNER, "0.25"),
            ("0.50", Relation.PARTNER, "0.50"),
            ("0.501", Relation.LINKED, "1"),
            ("0.5000001", Relation.LINKED, "1"),
        ],
    )
    def test_11_the_thresholds_of_partners_and_links(self, share, relation, counted):
        result = classify(
            graph(enterprise("A", (1, 1, 1)), enterprise("B", (1, 1, 1)), holds("B", "A", share))
        )
        assert relation_of(result, "B") == (relation, D(counted))

    def test_12_two_years_above_small_and_one_above_medium_give_medium(self):
        result = classify(graph(enterprise("A", (60, 20, 20), (300, 60, 60)), previous_class=SmeClass.SMALL))
        assert [period.raw_class for period in result.totals] == [SmeClass.LARGE, SmeClass.MEDIUM]
        assert result.sme_class is SmeClass.MEDIUM
        assert result.reasons[-1].code == "two_periods"


class TestCeilings:
    @pytest.mark.parametrize(
        ("own", "sme_class"),
        [
            ((9.9999, 2, 99), SmeClass.MICRO),
            ((10, 2, 2), SmeClass.SMALL),
            ((9, "2.00000001", 2), SmeClass.MICRO),
            ((9, "2.00000001", "2.00000001"), SmeClass.SMALL),
            ((49.9999, 10, 99), SmeClass.SMALL),
            ((50, 1, 1), SmeClass.MEDIUM),
            ((49, "10.00000001", 10), SmeClass.SMALL),
            ((49, "10.00000001", "10.00000001"), SmeClass.MEDIUM),
            ((249.9999, 50, 999), SmeClass.MEDIUM),
            ((249, 999, 43), SmeClass.MEDIUM),
            ((250, 1, 1), SmeClass.LARGE),
            ((249, "50.00000001", "43.00000001"), SmeClass.LARGE),
            ((0, 0, 0), SmeClass.MICRO),
        ],
    )
    def test_headcount_is_strict_and_money_is_not(self, own, sme_class):
        assert classify(graph(enterprise("A", own))).sme_class is sme_class

    def test_no_digit_is_lost_before_comparing(self):
        # 49 + a third (12 digits) of 3 AWU stays a hair below 50; with rounding it would be 50 and medium.
        result = classify(
            graph(enterprise("A", (49, 1, 1)), enterprise("B", (3, 1, 1)), holds("B", "A", "0.333333333333"))
        )
        assert result.totals[0].figures.headcount == D("49.999999999999")
        assert result.sme_class is SmeClass.SMALL


class TestTwoPeriods:
    @pytest.mark.parametrize(
        ("raw", "start", "kept"),
        [
            ([True], None, True),
            ([False], True, True),
            ([False, False], True, False),
            ([False, True], True, True),
            ([True, False], False, False),
            ([True, True], False, True),
            ([True, False], None, True),
            ([True, False, False], None, False),
            ([True, False, True, False], None, True),
            ([None, True], True, True),
            ([None, False], True, None),
            ([None, None], False, None),
        ],
    )
    def test_a_ceiling_flips_after_two_periods_that_agree(self, raw, start, kept):
        assert settled(raw, start) is kept

    def test_a_change_of_group_takes_effect_at_once(self):
        parts = enterprise("A", (260, 55, 45), (40, 5, 5))
        assert classify(graph(parts, previous_class=SmeClass.LARGE)).sme_class is SmeClass.LARGE
        changed = graph(parts, previous_class=SmeClass.LARGE, group_changed_on=date(2025, 6, 1))
        assert classify(changed).sme_class is SmeClass.SMALL

    def test_a_new_firm_is_classed_by_its_estimate(self):
        new = Enterprise("A", periods=(Period(date(2026, 12, 31), figures(4, 1, 1), is_estimate=True),))
        result = classify(graph(new))
        assert result.sme_class is SmeClass.MICRO
        assert [reason.code for reason in result.reasons] == ["estimate_class"]

    def test_a_young_linked_firm_adds_nothing_to_periods_before_its_founding(self):
        young = enterprise("C", (45, 5, 5), founded_on=date(2025, 2, 1))
        result = classify(graph(enterprise("A", (20, 3, 3), (20, 3, 3)), young, holds("A", "C", 1)))
        assert [period.figures.headcount for period in result.totals] == [65, 20]

    def test_a_linked_firm_with_an_estimate_adds_nothing_to_closed_periods_before(self):
        new = Enterprise("C", periods=(Period(date(2026, 12, 31), figures(45, 5, 5), is_estimate=True),))
        result = classify(graph(enterprise("A", (20, 3, 3), (20, 3, 3)), new, holds("A", "C", 1)))
        assert [period.figures.headcount for period in result.totals] == [65, 20]

    def test_an_old_linked_firm_with_one_period_leaves_the_earlier_one_open(self):
        result = classify(
            graph(enterprise("A", (20, 3, 3), (20, 3, 3)), enterprise("C", (45, 5, 5)), holds("A", "C", 1))
        )
        assert (result.sme_class, result.is_sme) == (SmeClass.UNKNOWN, None)
        assert "figures_missing" in [reason.code for reason in result.reasons]


class TestLinks:
    @pytest.mark.parametrize(
        "right", ["has_majority_of_votes", "appoints_board", "has_dominant_influence", "agreement"]
    )
    def test_each_right_of_control_links_without_any_share(self, right):
        result = classify(
            graph(enterprise("A", (5, 1, 1)), enterprise("B", (7, 1, 1)), Holding("B", "A", **{right: True}))
        )
        assert result.linked_identifiers == {"A", "B"}
        assert totals(result)[0] == 12

    def test_capital_without_votes_makes_a_partner_at_its_full_share(self):
        result = classify(
            graph(
                enterprise("A", (0, 0, 0)), enterprise("B", (10, 1, 1)), holds("B", "A", 0.8, votes=D("0.2"))
            )
        )
        assert relation_of(result, "B") == (Relation.PARTNER, D("0.8"))

    def test_links_run_through_chains_and_sisters(self):
        names = ["A", "B", "C", "D", "E"]
        result = classify(
            graph(
                *(enterprise(name, (1, 1, 1)) for name in names),
                holds("B", "A", 0.6),
                holds("B", "C", 0.6),
                holds("C", "D", 0.6),
                holds("E", "D", 0.3),
            )
        )
        assert result.linked_identifiers == {"A", "B", "C", "D"}
        assert totals(result)[0] == D("4.3")

    def test_linked_firms_control_jointly_what_neither_controls_alone(self):
        result = classify(
            graph(
                enterprise("A", (1, 1, 1)),
                enterprise("B", (1, 1, 1)),
                enterprise("C", (100, 1, 1)),
                holds("A", "B", 1),
                holds("A", "C", 0.3),
                holds("B", "C", 0.3),
            )
        )
        assert result.linked_identifiers == {"A", "B", "C"}

    def test_linked_holders_are_partners_jointly(self):
        result = classify(
            graph(
                enterprise("A", (0, 0, 0)),
                enterprise("X", (100, 1, 1)),
                enterprise("Y", (10, 1, 1)),
                holds("X", "Y", 1),
                holds("X", "A", 0.15),
                holds("Y", "A", 0.15),
            )
        )
        assert totals(result)[0] == 33

    def test_of_a_cross_holding_the_higher_share_counts(self):
        parts = [
            enterprise("A", (0, 0, 0)),
            enterprise("B", (100, 1, 1)),
            holds("A", "B", 0.3),
            holds("B", "A", 0.4),
        ]
        assert relation_of(classify(graph(*parts)), "B") == (Relation.PARTNER, D("0.4"))

    def test_a_circle_of_links_counts_each_once(self):
        result = classify(
            graph(
                *(enterprise(name, (1, 1, 1)) for name in "ABC"),
                holds("A", "B", 0.6),
                holds("B", "C", 0.6),
                holds("C", "A", 0.6),
            )
        )
        assert totals(result)[0] == 3

    def people(self, market_of_a, market_of_b, **group):
        return graph(
            enterprise("A", (5, 1, 1)),
            enterprise("B", (50, 1, 1)),
            Enterprise("p", kind=HolderKind.NATURAL_PERSON),
            Enterprise("q", kind=HolderKind.NATURAL_PERSON),
            holds("p", "A", 0.4, market=market_of_a, **group),
            holds("q", "A", 0.4, market=market_of_a, **group),
            holds("p", "B", 0.6, market=market_of_b, **group),
        )

    @pytest.mark.parametrize(
        ("arguments", "linked"),
        [
            ({"market_of_a": "coatings", "market_of_b": "coatings", "acting_group": "family"}, {"A", "B"}),
            ({"market_of_a": "coatings", "market_of_b": "software", "acting_group": "family"}, {"A"}),
            ({"market_of_a": "", "market_of_b": "", "acting_group": "family"}, {"A"}),
            ({"market_of_a": "coatings", "market_of_b": "coatings"}, {"A"}),
        ],
    )
    def test_persons_link_only_together_and_in_one_market(self, arguments, linked):
        assert classify(self.people(**arguments)).linked_identifiers == linked

    def test_a_person_controls_jointly_with_an_enterprise_of_its_own(self):
        result = classify(
            graph(
                enterprise("A", (5, 1, 1)),
                enterprise("B", (50, 1, 1)),
                Enterprise("p", kind=HolderKind.NATURAL_PERSON),
                holds("p", "B", 0.6, market="coatings"),
                holds("p", "A", 0.3, market="coatings"),
                holds("B", "A", 0.3),
            )
        )
        assert result.linked_identifiers == {"A", "B"}

    def test_a_person_who_owns_a_third_is_no_partner(self):
        person = Enterprise("p", kind=HolderKind.NATURAL_PERSON)
        result = classify(graph(enterprise("A", (5, 1, 1)), person, holds("p", "A", 0.33)))
        assert (result.standing, result.sme_class) == (Standing.AUTONOMOUS, SmeClass.MICRO)


class TestInvestors:
    def test_two_linked_investors_are_added_up_beyond_half(self):
        # The Commission's User guide, example 5: a university with 25 % and an investment corporation with 30 %,
        # linked to each other, count in full beside an ordinary partner with 25 %.
        result = classify(
            graph(
                enterprise("A", (10, 1, 1)),
                enterprise("B", (100, 1, 1), kind=HolderKind.UNIVERSITY),
                enterprise("C", (40, 1, 1)),
                enterprise("D", (200, 1, 1), kind=HolderKind.PUBLIC_INVESTMENT),
                holds("B", "A", 0.25),
                holds("C", "A", 0.25),
                holds("D", "A", 0.30),
                Holding("D", "B", appoints_board=True),
            )
        )
        assert totals(result)[0] == 10 + 10 + 100 + 200
        assert result.linked_identifiers == {"A", "B", "D"}

    def test_two_linked_investors_up_to_half_stay_exempt(self):
        result = classify(
            graph(
                enterprise("A", (10, 1, 1)),
                enterprise("B", (100, 1, 1), kind=HolderKind.UNIVERSITY),
                enterprise("D", (200, 1, 1), kind=HolderKind.REGIONAL_FUND),
                holds("B", "A", 0.25),
                holds("D", "A", 0.25),
                holds("D", "B", 1),
            )
        )
        assert totals(result)[0] == 10

    def test_an_investor_with_most_votes_is_linked(self):
        fund = enterprise("fund", (300, 90, 90), kind=HolderKind.VENTURE_CAPITAL)
        assert (
            classify(graph(enterprise("A", (5, 1, 1)), fund, holds("fund", "A", 0.51))).sme_class
            is SmeClass.LARGE
        )

    @pytest.mark.parametrize(
        ("amounts", "sme_class"),
        [
            (("1249999.99",), SmeClass.MICRO),
            (("1250000",), SmeClass.UNKNOWN),
            (("700000", "549999.99"), SmeClass.MICRO),
            (("700000", "550000"), SmeClass.UNKNOWN),
            ((None,), SmeClass.UNKNOWN),
        ],
    )
    def test_angels_stay_investors_below_the_ceiling_of_all_of_them(self, amounts, sme_class):
        angels = [Enterprise(f"angel{n}", kind=HolderKind.BUSINESS_ANGEL) for n in range(len(amounts))]
        holdings = [
            holds(angel.identifier, "A", 0.3, invested=None if amount is None else D(amount))
            for angel, amount in zip(angels, amounts, strict=True)
        ]
        assert classify(graph(enterprise("A", (5, 1, 1)), *angels, *holdings)).sme_class is sme_class


class TestPublicBodies:
    @pytest.mark.parametrize(
        ("budget", "inhabitants", "sme_class"),
        [
            ("9999999.99", 4999, SmeClass.MICRO),
            ("10000000", 4999, SmeClass.NOT_SME),
            ("9999999.99", 5000, SmeClass.NOT_SME),
            (None, 4999, SmeClass.UNKNOWN),
            ("1", None, SmeClass.UNKNOWN),
            (None, 5000, SmeClass.NOT_SME),
        ],
    )
    def test_only_a_small_local_authority_is_an_investor(self, budget, inhabitants, sme_class):
        authority = Enterprise(
            "town",
            kind=HolderKind.LOCAL_AUTHORITY,
            annual_budget=None if budget is None else D(budget),
            inhabitants=None if inhabitants is None else D(inhabitants),
        )
        result = classify(graph(enterprise("A", (5, 1, 1)), authority, holds("town", "A", 0.4)))
        assert result.sme_class is sme_class

    def test_a_small_local_authority_that_controls_is_a_public_body(self):
        town = Enterprise(
            "town", kind=HolderKind.LOCAL_AUTHORITY, annual_budget=D(1_000_000), inhabitants=D(900)
        )
        assert (
            classify(graph(enterprise("A", (5, 1, 1)), town, holds("town", "A", 0.51))).sme_class
            is SmeClass.NOT_SME
        )

    @pytest.mark.parametrize(
        ("second", "sme_class"), [("0.1499", SmeClass.MICRO), ("0.15", SmeClass.NOT_SME)]
    )
    def test_public_bodies_are_added_up(self, second, sme_class):
        bodies = [Enterprise(name, kind=HolderKind.PUBLIC_BODY) for name in ("state", "province")]
        result = classify(
            graph(
                enterprise("A", (5, 1, 1)), *bodies, holds("state", "A", 0.10), holds("province", "A", second)
            )
        )
        assert result.sme_class is sme_class

    @pytest.mark.parametrize(
        ("above", "below", "sme_class"),
        [
            ("0.51", "0.25", SmeClass.NOT_SME),  # controlled, so all that it holds counts
            ("0.51", "0.2499", SmeClass.MICRO),
            ("0.50", "0.50", SmeClass.NOT_SME),  # a quarter of the whole, exactly
            ("0.50", "0.4999", SmeClass.MICRO),
        ],
    )
    def test_public_shares_reach_through_other_enterprises(self, above, below, sme_class):
        result = classify(
            graph(
                enterprise("A", (1, 0.1, 0.1)),
                enterprise("H", (1, 0.1, 0.1)),
                Enterprise("state", kind=HolderKind.PUBLIC_BODY),
                holds("state", "H", above),
                holds("H", "A", below),
            )
        )
        assert result.sme_class is sme_class

    def test_public_control_without_a_share_makes_no_sme(self):
        state = Enterprise("state", kind=HolderKind.PUBLIC_BODY)
        result = classify(
            graph(enterprise("A", (5, 1, 1)), state, Holding("state", "A", appoints_board=True))
        )
        assert result.sme_class is SmeClass.NOT_SME

    def test_public_money_behind_an_exempt_investor_does_not_count(self):
        result = classify(
            graph(
                enterprise("A", (5, 1, 1)),
                Enterprise("fund", kind=HolderKind.REGIONAL_FUND),
                Enterprise("state", kind=HolderKind.PUBLIC_BODY),
                holds("state", "fund", 1),
                holds("fund", "A", 0.4),
            )
        )
        assert result.sme_class is SmeClass.MICRO

    def test_one_public_owner_does_not_link_two_enterprises(self):
        result = classify(
            graph(
                enterprise("A", (5, 1, 1)),
                enterprise("B", (5, 1, 1)),
                Enterprise("state", kind=HolderKind.PUBLIC_BODY),
                holds("state", "A", 0.6),
                holds("state", "B", 0.6),
            )
        )
        assert result.linked_identifiers == {"A"}


class TestMissingFigures:
    def test_no_figures_at_all_leave_the_class_open(self):
        result = classify(graph(Enterprise("A")))
        assert (result.sme_class, result.is_sme) == (SmeClass.UNKNOWN, None)

    def test_a_missing_balance_sheet_does_no_harm_where_turnover_suffices(self):
        own = Figures(D(5), D(1_000_000), None)
        result = classify(graph(Enterprise("A", periods=(Period(date(2025, 12, 31), own),))))
        assert result.sme_class is SmeClass.MICRO

    def test_what_is_missing_cannot_make_a_large_enterprise_smaller(self):
        result = classify(graph(enterprise("A", (250, 1, 1)), Enterprise("B"), holds("A", "B", 1)))
        assert (result.sme_class, result.is_sme) == (SmeClass.LARGE, False)

    def test_dispersed_capital_needs_the_good_faith_declaration(self):
        own = enterprise("A", (5, 1, 1), has_dispersed_capital=True)
        assert classify(graph(own)).sme_class is SmeClass.UNKNOWN
        declared = enterprise("A", (5, 1, 1), has_dispersed_capital=True, presumes_independence=True)
        result = classify(graph(declared))
        assert (result.sme_class, result.reasons[0].code) == (SmeClass.MICRO, "good_faith")


class TestConsolidatedAccounts:
    def test_what_consolidated_accounts_hold_is_not_added_again(self):
        result = classify(
            graph(
                enterprise("A", (30, 4, 3)),
                enterprise("M", (55, 11, 9), is_consolidated=True),
                enterprise("C", (25, 7, 6)),
                enterprise("P", (100, 10, 10)),
                holds("M", "A", 0.8),
                holds("A", "C", 0.6),
                holds("P", "C", 0.3),
            )
        )
        assert totals(result)[0] == 85
        assert relation_of(result, "A") == (Relation.CONSOLIDATED, 0)
        assert result.linked_identifiers == {"A", "M", "C"}

    def test_a_linked_firm_outside_the_named_consolidation_is_added(self):
        result = classify(
            graph(
                enterprise("A", (30, 4, 3), is_consolidated=True, consolidates=frozenset({"C"})),
                enterprise("C", (25, 7, 6)),
                enterprise("D", (5, 1, 1)),
                holds("A", "C", 0.6),
                holds("A", "D", 0.6),
            )
        )
        assert totals(result)[0] == 35

    def test_a_partners_consolidated_accounts_hold_its_daughters(self):
        result = classify(
            graph(
                enterprise("A", (0, 0, 0)),
                enterprise("B", (300, 20, 10), is_consolidated=True),
                enterprise("D", (200, 40, 30)),
                holds("B", "A", 0.25),
                holds("B", "D", 0.80),
            )
        )
        assert totals(result)[0] == 75

    def test_a_circle_of_consolidated_accounts_counts_once(self):
        result = classify(
            graph(
                enterprise("A", (30, 4, 3), is_consolidated=True),
                enterprise("B", (30, 4, 3), is_consolidated=True),
                holds("A", "B", 0.6),
                holds("B", "A", 0.6),
            )
        )
        assert totals(result)[0] == 30


# Properties ----------------------------------------------------------------------------------------------

shares = st.decimals(0, 1, places=3)
amounts = st.decimals(0, 400, places=2)


@st.composite
def graphs(draw, kinds=(HolderKind.ENTERPRISE,), consolidated=False):
    names = "ABCDEF"[: draw(st.integers(2, 6))]
    enterprises = []
    for name in names:
        kind = HolderKind.ENTERPRISE if name == "A" else draw(st.sampled_from(kinds))
        parts = draw(st.tuples(amounts, amounts, amounts))
        enterprises.append(
            enterprise(
                name,
                parts,
                parts,
                kind=kind,
                is_consolidated=consolidated and kind.has_figures and draw(st.booleans()),
            )
        )
    holdings, room = [], dict.fromkeys(names, D(1))
    pairs = [(x, y) for x in names for y in names if x != y]
    by_name = {e.identifier: e for e in enterprises}
    for holder, held in draw(st.lists(st.sampled_from(pairs), unique=True, max_size=10)):
        if not by_name[held].kind.has_figures:
            continue
        share = min(draw(shares), room[held])
        room[held] -= share
        if share:
            holdings.append(holds(holder, held, share, market=draw(st.sampled_from(["", "x", "y"]))))
    return graph(*enterprises, *holdings)


everything = graphs(kinds=tuple(HolderKind), consolidated=True)


@given(everything, st.randoms(use_true_random=False))
def test_the_order_of_the_form_never_matters(case, chance: random.Random):
    enterprises, relations = list(case.enterprises), list(case.relations)
    chance.shuffle(enterprises)
    chance.shuffle(relations)
    assert classify(EnterpriseGraph("A", tuple(enterprises), tuple(relations))) == classify(case)


@given(graphs())
def test_linked_enterprises_count_in_full_and_each_enterprise_once(case):
    result = classify(case)
    assert sorted(c.identifier for c in result.contributions) == sorted(
        e.identifier for e in case.enterprises
    )
    assert {c.identifier for c in result.contributions if c.share == 1} >= result.linked_identifiers


@given(everything)
def test_links_are_mutual(case):
    group = classify(case).linked_identifiers
    for other in group:
        assert classify(EnterpriseGraph(other, case.enterprises, case.relations)).linked_identifiers == group


@given(graphs(), st.decimals("0.25", "0.5", places=3), st.tuples(amounts, amounts, amounts))
def test_a_partner_of_a_partner_changes_nothing(case, share, parts):
    result = classify(case)
    partners = [c.identifier for c in result.contributions if c.relation is Relation.PARTNER]
    for partner in partners:
        extra = graph(
            *case.enterprises, enterprise("Z", parts, parts), *case.relations, holds(partner, "Z", share)
        )
        after = classify(extra)
        assert after.totals == result.totals
        assert relation_of(after, "Z") == (Relation.PARTNER_OF_PARTNER, 0)


@given(graphs(), st.data())
def test_a_higher_share_never_lowers_totals(case, data):
    if not case.relations:
        return
    number = data.draw(st.integers(0, len(case.relations) - 1))
    old = case.relations[number]
    taken = sum((h.capital for h in case.relations if h.held == old.held), D(0))
    more = old.capital + data.draw(st.decimals(0, max(D(0), 1 - taken), places=3))
    raised = [*case.relations[:number], holds(old.holder, old.held, more), *case.relations[number + 1 :]]
    before = classify(case).totals[0].figures
    after = classify(EnterpriseGraph("A", case.enterprises, tuple(raised))).totals[0].figures
    assert after.headcount >= before.headcount
    assert after.turnover >= before.turnover
    assert after.balance_sheet >= before.balance_sheet


@given(graphs(consolidated=True))
def test_no_enterprise_counts_beside_accounts_that_hold_it(case):
    result = classify(case)
    by_name = {e.identifier: e for e in case.enterprises}
    full = {c.identifier for c in result.contributions if c.share == 1}
    for holding in case.relations:
        if holding.controls and by_name[holding.holder].is_consolidated and holding.holder in full:
            assert holding.held not in full


@given(graphs())
def test_consolidated_accounts_of_all_never_exceed_the_sum_of_all(case):
    plain = classify(case).totals[0].figures
    consolidated = tuple(
        Enterprise(e.identifier, periods=e.periods, is_consolidated=True) for e in case.enterprises
    )
    after = classify(EnterpriseGraph("A", consolidated, case.relations)).totals[0].figures
    assert after.headcount <= plain.headcount


@given(everything)
def test_a_public_quarter_is_never_an_sme(case):
    state = Enterprise("state", kind=HolderKind.PUBLIC_BODY)
    taken = sum((h.capital for h in case.relations if h.held == "A"), D(0))
    if taken > D("0.75"):
        return
    result = classify(graph(*case.enterprises, state, *case.relations, holds("state", "A", 0.25)))
    assert (result.sme_class, result.is_sme) == (SmeClass.NOT_SME, False)


@given(st.lists(st.booleans(), min_size=2, max_size=6), st.booleans())
def test_a_settled_ceiling_follows_any_two_periods_that_agree(raw, start):
    if raw[-1] is raw[-2]:
        assert settled(raw, start) is raw[-1]


@given(everything)
def test_the_json_form_gives_the_same_graph_back(case):
    form = json.loads(json.dumps(to_json(case)))
    assert enterprise_from_json(form) == case


@settings(max_examples=40)
@given(everything)
def test_every_class_can_be_explained_and_written(case):
    result = classify(case)
    json.dumps(classification_to_json(result))
    with translation.override("en"):
        assert all(describe(result).lines)


# JSON form -----------------------------------------------------------------------------------------------


def mistakes_of(form):
    with pytest.raises(JsonFormError) as caught, translation.override("en"):
        enterprise_from_json(form)
    with translation.override("en"):
        return [str(mistake) for mistake in caught.value.mistakes]


def test_every_mistake_is_listed_with_its_place():
    form = {
        "subject": "X",
        "colour": "red",
        "enterprises": [
            {
                "identifier": "A",
                "periods": [{"closed_on": "2025-02-30", "headcount": "-1", "turnover": "1e5"}],
            },
            {"identifier": "A", "kind": "club", "is_consolidated": "yes"},
            {"identifier": "P", "kind": "public_body"},
        ],
        "relations": [
            {"holder": "A", "held": "A", "capital": 0.3},
            {"holder": "Q", "held": "P", "capital": "0.3"},
            {"holder": "P", "held": "A", "capital": "0.3", "votes": 1.5},
        ],
    }
    assert mistakes_of(form) == [
        "enterprises[0].periods[0].closed_on: a date such as 2025-12-31 is expected",
        "enterprises[0].periods[0].headcount: must not be negative",
        'enterprises[0].periods[0].turnover: a number is expected, best written as a text such as "12.5"',
        "enterprises[1].kind: one of: enterprise, public_investment, venture_capital, business_angel, university, "
        "institutional_investor, regional_fund, local_authority, public_body, natural_person",
        "enterprises[1].is_consolidated: true or false is expected",
        "relations[2].votes: between 0 and 1",
        "colour: is not a field of this form",
        "enterprises[1].identifier: A is named twice",
        "subject: X is not in the list of enterprises",
        "relations[0].held: an enterprise does not hold itself; leave own shares out",
        "relations[1].holder: Q is not in the list of enterprises",
        "relations[1].held: P is not an enterprise, so nobody holds shares in it",
    ]


@pytest.mark.parametrize(
    "form", [None, [], "A", 7, {}, {"enterprises": None}, {"enterprises": [None, 3], "subject": []}]
)
def test_no_form_at_all_is_a_mistake_and_not_a_crash(form):
    assert mistakes_of(form)


def test_holders_with_more_than_the_whole_are_a_mistake():
    form = to_json(
        graph(*(enterprise(name, (1, 1, 1)) for name in "ABC"), holds("B", "A", 0.6), holds("C", "A", 0.5))
    )
    assert mistakes_of(form) == [
        "relations[1].capital: together, the holders of A would have more than 100 %",
        "relations[1].votes: together, the holders of A would have more than 100 %",
    ]


def test_votes_follow_capital_where_only_capital_is_named():
    form = to_json(graph(enterprise("A", (1, 1, 1)), enterprise("B", (1, 1, 1)), holds("B", "A", 0.6)))
    del form["relations"][0]["votes"]
    assert enterprise_from_json(form).relations[0].votes == D("0.6")


def test_a_missing_year_between_two_periods_is_a_mistake():
    form = to_json(graph(enterprise("A", (1, 1, 1), (1, 1, 1))))
    form["enterprises"][0]["periods"][0]["closed_on"] = "2022-12-31"
    assert mistakes_of(form) == [
        "enterprises[0].periods[1].closed_on: the period before it is missing: the one given ends on 2022-12-31"
    ]


def test_the_documented_example_gives_the_documented_class():
    graph_of_example = enterprise_from_json(json.loads((EXAMPLES / "sme_chain.json").read_text()))
    result = classify(graph_of_example)
    assert result.sme_class is SmeClass.MEDIUM
    assert totals(result) == (135, 23, 15)


def test_the_explanation_names_the_partner_and_its_share():
    result = classify(enterprise_from_json(json.loads((EXAMPLES / "sme_chain.json").read_text())))
    with translation.override("en"):
        lines = describe(result).lines
    assert lines[0] == "Alpha Coatings GmbH is a medium-sized enterprise and an SME."
    assert "Beta Holding B.V. is a partner: 25 % counted." in lines
    assert "Epsilon N.V. is only a partner of the partner Beta Holding B.V.: not counted." in lines


@pytest.mark.parametrize(
    ("source", "shown"),
    [("Art. 3(4)", "Art. 3(4)"), ("Art. 3(2)(d)", "Art. 3(2)(d)"), ("Art. 4(1), 6", "Art. 4(1); Art. 6")],
)
def test_articles_are_cited_one_by_one(source, shown):
    assert cited(source) == shown


@pytest.mark.parametrize(
    ("language", "shown"), [("de", "Art. 2; Art. 4 Abs. 3"), ("nl", "art. 2; art. 4, lid 3")]
)
def test_articles_are_cited_as_the_reader_is_used_to(language, shown):
    with translation.override(language):
        assert cited("Art. 2, 4(3)") == shown


def test_totals_with_a_figure_that_is_missing_say_that_they_are_incomplete():
    partly = Figures(D(12), None, D("900000.50"))
    totals = PeriodTotals(
        date(2025, 12, 31), False, partly, Figures(D(12), D(0), D("900000.50")), SmeClass.UNKNOWN
    )
    assert describe_totals(totals) == (
        "Totals of the period to 31 December 2025, incomplete: AWU 12, turnover in EUR missing, "
        "balance sheet total in EUR 900,000.50."
    )
