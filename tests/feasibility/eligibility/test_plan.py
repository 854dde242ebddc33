"""Duration, products, sections, annexes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from feasibility.eligibility import ProductFacts

from .cast import GOOD, answer, check, facts, remedies, with_proposal


class TestDuration:
    @pytest.mark.parametrize(
        ("months", "expected"),
        [
            (2, ("failed", "too_short")),
            (3, ("passed", "passed")),
            (9, ("passed", "passed")),
            (10, ("failed", "too_long")),
            (None, ("unknown", "no_months")),
        ],
    )
    def test_both_limits_are_allowed(self, months, expected):
        assert answer("DURATION", with_proposal(months=months), minimum=3, maximum=9) == expected

    @pytest.mark.parametrize(
        ("now", "outcome"),
        [
            (datetime(2026, 9, 14, 21, 59, 59, tzinfo=UTC), "passed"),
            # Midnight in the programme's zone, not in Greenwich, begins the day.
            (datetime(2026, 9, 14, 22, 0, tzinfo=UTC), "failed"),
        ],
    )
    def test_work_starts_after_the_day_of_the_application(self, now, outcome):
        dossier = replace(with_proposal(starts_on=date(2026, 9, 15)), now=now)
        finding = check("DURATION", dossier)
        assert finding.outcome == outcome
        if outcome == "failed":
            assert dict(finding.remedy.parameters) == {"section": "summary", "field": "starts_on"}

    def test_a_missing_start_is_unknown_unless_it_does_not_matter(self):
        dossier = with_proposal(starts_on=None)
        assert answer("DURATION", dossier) == ("unknown", "no_start")
        assert answer("DURATION", dossier, after_application=False) == ("passed", "passed")

    def test_limits_that_nothing_can_keep_are_refused(self):
        with pytest.raises(ValueError, match="above maximum"):
            answer("DURATION", GOOD, minimum=10, maximum=9)


class TestProducts:
    def products(self, *levels):
        rows = (
            ProductFacts(key=str(number), name=f"P{number}", trl_start=start, trl_target=target)
            for number, (start, target) in enumerate(levels, 1)
        )
        return replace(GOOD, products=tuple(rows))

    @pytest.mark.parametrize(
        ("levels", "outcome"),
        [
            ([], "failed"),
            ([(1, 9)], "passed"),
            ([(8, 9)], "passed"),
            ([(4, 4)], "failed"),
            ([(5, 4)], "failed"),
            ([(0, 4)], "failed"),
            ([(4, 10)], "failed"),
            ([(None, 4)], "unknown"),
            ([(4, None)], "unknown"),
            ([(4, 4), (None, None)], "unknown"),
            ([(4, 4), (3, 4)], "passed"),
        ],
    )
    def test_one_product_rises_within_1_to_9(self, levels, outcome):
        assert answer("PRODUCTS", self.products(*levels))[0] == outcome

    def test_the_remedy_names_the_product_or_adds_one(self):
        assert remedies(check("PRODUCTS", self.products((4, 4)))) == [
            ("edit_product", "1"),
            ("add_product", ""),
        ]

    @pytest.mark.parametrize(
        ("lowest_start", "lowest_target", "outcome"), [(3, 6, "passed"), (4, 6, "failed"), (3, 7, "failed")]
    )
    def test_a_programme_may_ask_for_levels(self, lowest_start, lowest_target, outcome):
        dossier = self.products((3, 6))
        assert (
            answer("PRODUCTS", dossier, lowest_start=lowest_start, lowest_target=lowest_target)[0] == outcome
        )


class TestSections:
    def test_every_required_section_complete_passes(self):
        assert answer("SECTIONS", GOOD, required=("summary", "budget"))[0] == "passed"

    def test_an_open_section_fails_with_a_link_to_it(self):
        finding = check("SECTIONS", GOOD, required=("summary", "products"))
        assert finding.outcome == "failed"
        assert facts(finding) == [("products", "section_open")]
        assert dict(finding.remedy.parameters) == {"section": "products"}


class TestAnnexes:
    def test_the_kinds_annexes_there_pass(self):
        assert answer("ANNEXES", GOOD)[0] == "passed"

    def test_an_annex_of_the_kind_or_the_call_that_is_missing_fails(self):
        dossier = replace(GOOD, required_annexes=("letter", "accounts"))
        finding = check("ANNEXES", dossier, required=("accounts", "plan"))
        assert finding.outcome == "failed"
        assert facts(finding) == [("accounts", "annex_missing"), ("plan", "annex_missing")]
        assert [one.code for one in finding.remedies] == ["add_annex", "add_annex"]
