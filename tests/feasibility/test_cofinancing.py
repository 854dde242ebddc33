"""Exact co-financing: rates, ceilings, intensities."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls.enums import RuleBook
from consortia.enums import SizeClass
from feasibility.cofinancing import (
    AidBasis,
    AidLimit,
    Limit,
    ResearchCategory,
    aid_limit,
    aid_limits,
    flat_rate_amount,
    grant_limits,
    keeps_rate,
    largest_grant,
    partner_ceiling,
)

D = Decimal
amounts = st.integers(0, 10**13).map(lambda cents: D(cents) / 100)
rates = st.integers(0, 10**6).map(lambda millionths: D(millionths) / 10**6)


class TestRates:
    @pytest.mark.parametrize(
        ("grant", "cost", "rate", "keeps"),
        [
            ("60.00", "100.00", "0.60", True),
            ("60.01", "100.00", "0.60", False),
            ("0.01", "0.02", "0.50", True),
            ("0.01", "0.01", "0.999999", False),
            ("0.00", "0.00", "0.60", True),
        ],
    )
    def test_a_grant_keeps_a_rate_exactly(self, grant, cost, rate, keeps):
        assert keeps_rate(D(grant), D(cost), D(rate)) is keeps

    def test_more_digits_than_usual_lose_nothing(self):
        third = D("0.3333333333333333333333333333")
        assert keeps_rate(D("333333333333.33"), D("999999999999.99"), third) is False

    @given(amounts, rates)
    def test_the_largest_grant_keeps_the_rate_and_one_cent_more_does_not(self, cost, rate):
        grant = largest_grant(cost, rate)
        assert Fraction(grant) <= Fraction(cost) * Fraction(rate) < Fraction(grant + D("0.01"))
        assert keeps_rate(grant, cost, rate)
        assert not keeps_rate(grant + D("0.01"), cost, rate)

    @pytest.mark.parametrize(("base", "amount"), [("0.10", "0.02"), ("0.09", "0.01"), ("100.00", "15.00")])
    def test_flat_rates_round_half_up(self, base, amount):
        assert flat_rate_amount(D(base), D("0.15")) == D(amount)

    @pytest.mark.parametrize("rate", ["-0.01", "1.01"])
    def test_a_rate_outside_0_and_1_is_refused(self, rate):
        with pytest.raises(ValueError, match="rate"):
            largest_grant(D(1), D(rate))

    def test_a_cost_below_zero_is_refused(self):
        with pytest.raises(ValueError, match="cost"):
            largest_grant(D("-0.01"), D("0.5"))


class TestAidLimit:
    @pytest.mark.parametrize(
        ("category", "size", "bonus", "intensity"),
        [
            ("feasibility_study", "large", False, "0.50"),
            ("feasibility_study", "medium", False, "0.60"),
            ("feasibility_study", "small", False, "0.70"),
            ("feasibility_study", "micro", False, "0.70"),
            ("feasibility_study", "small", True, "0.70"),
            ("industrial_research", "small", False, "0.70"),
            ("industrial_research", "small", True, "0.80"),
            ("industrial_research", "medium", True, "0.75"),
            ("industrial_research", "large", True, "0.65"),
            ("experimental_development", "small", True, "0.60"),
            ("experimental_development", "medium", True, "0.50"),
            ("experimental_development", "large", True, "0.40"),
            ("experimental_development", "large", False, "0.25"),
            ("fundamental_research", "large", False, "1.00"),
        ],
    )
    @pytest.mark.parametrize("book", RuleBook)
    def test_article_25(self, book, category, size, bonus, intensity):
        limit = aid_limit(
            AidBasis.GBER_25,
            rule_book=book,
            size=SizeClass(size),
            category=ResearchCategory(category),
            has_collaboration_bonus=bonus,
        )
        assert limit == AidLimit(D(intensity), None)

    @pytest.mark.parametrize(
        ("book", "size", "expected"),
        [
            ("V", "small", AidLimit(D("0.50"), D(2_000_000))),
            ("V", "large", AidLimit(D(0), D(2_000_000))),
            ("V", None, None),
            ("VI", "large", AidLimit(D("0.80"), D(2_200_000))),
            ("VI", None, AidLimit(D("0.80"), D(2_200_000))),
        ],
    )
    def test_article_20_by_rule_book(self, book, size, expected):
        assert (
            aid_limit(AidBasis.GBER_20, rule_book=RuleBook(book), size=size and SizeClass(size)) == expected
        )

    @pytest.mark.parametrize(("book", "ceiling"), [("V", 20_000), ("VI", 22_000)])
    def test_article_20a_by_rule_book(self, book, ceiling):
        assert aid_limit(AidBasis.GBER_20A, rule_book=RuleBook(book)) == AidLimit(None, D(ceiling))

    @pytest.mark.parametrize("basis", [AidBasis.NONE, AidBasis.DE_MINIMIS])
    def test_no_aid_and_de_minimis_know_no_intensity(self, basis):
        assert aid_limit(basis, rule_book=RuleBook.VI) == AidLimit()

    @pytest.mark.parametrize(
        "given",
        [{"size": SizeClass.SMALL}, {"category": ResearchCategory.INDUSTRIAL_RESEARCH}],
    )
    def test_article_25_needs_size_and_category(self, given):
        assert aid_limit(AidBasis.GBER_25, rule_book=RuleBook.VI, **given) is None


class TestPartnerCeiling:
    def ceiling(self, cost="1000000", **changes):
        terms = {"rate": D("0.60"), "rule_book": RuleBook.V, "cap": D(300_000), "basis": AidBasis.NONE}
        terms |= changes
        own = {"rate", "cap", "partner_cap", "project_room"}
        basis, public = terms.pop("basis"), terms.pop("public", D(0))
        of_basis, is_complete = aid_limits(basis, **{k: v for k, v in terms.items() if k not in own})
        limits = (*grant_limits(**{k: v for k, v in terms.items() if k in own}), *of_basis)
        return partner_ceiling(D(cost), limits, public=public, is_complete=is_complete)

    @pytest.mark.parametrize(
        ("cost", "changes", "amount", "limit"),
        [
            ("1000000", {}, "300000.00", Limit.SME_CAP),
            ("499999.99", {}, "299999.99", Limit.PROGRAMME_RATE),
            ("500000", {}, "300000.00", Limit.PROGRAMME_RATE),
            ("1000000", {"cap": None}, "600000.00", Limit.PROGRAMME_RATE),
            ("1000000", {"basis": AidBasis.GBER_20A}, "20000", Limit.AID_CEILING),
            ("100000", {"basis": AidBasis.GBER_20, "size": SizeClass.SMALL}, "50000.00", Limit.AID_INTENSITY),
            (
                "1000000",
                {"basis": AidBasis.DE_MINIMIS, "headroom": D("0.01")},
                "0.01",
                Limit.DE_MINIMIS_HEADROOM,
            ),
            ("1000000", {"basis": AidBasis.DE_MINIMIS, "headroom": D(-1)}, "0", Limit.DE_MINIMIS_HEADROOM),
            ("1000000", {"partner_cap": D("0.02"), "project_room": D("0.01")}, "0.01", Limit.PROJECT_CAP),
            ("1000000", {"partner_cap": D("0.01"), "project_room": D("0.02")}, "0.01", Limit.PARTNER_CAP),
            # Other public money uses up what the block exemption allows, not what the programme does.
            (
                "100000",
                {"basis": AidBasis.GBER_20, "size": SizeClass.SMALL, "public": D("0.01")},
                "49999.99",
                Limit.AID_INTENSITY,
            ),
            ("100000", {"basis": AidBasis.GBER_20A, "public": D(30_000)}, "0.00", Limit.AID_CEILING),
            ("1000000", {"basis": AidBasis.GBER_20A, "aid_elsewhere": D(5_000)}, "15000", Limit.AID_CEILING),
            ("100000", {"public": D(90_000)}, "60000", Limit.PROGRAMME_RATE),
        ],
    )
    def test_the_least_decides_and_is_named(self, cost, changes, amount, limit):
        ceiling = self.ceiling(cost, **changes)
        assert (ceiling.amount, ceiling.decided_by, ceiling.is_complete) == (D(amount), limit, True)

    @pytest.mark.parametrize(
        "changes", [{"basis": None}, {"basis": AidBasis.GBER_25}, {"basis": AidBasis.DE_MINIMIS}]
    )
    def test_a_limit_that_cannot_be_worked_out_is_said(self, changes):
        assert self.ceiling(**changes).is_complete is False
