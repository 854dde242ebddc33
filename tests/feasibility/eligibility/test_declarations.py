"""SME declarations and de minimis headroom."""

from __future__ import annotations

from dataclasses import replace

import pytest

from .cast import GOOD, LEAD, PARTNER, answer, budget, check, euro, facts, remedies, sme, with_partners


class TestSmeDeclaration:
    @pytest.mark.parametrize("size", ["micro", "small", "medium", "large"])
    def test_the_class_that_the_figures_give_passes(self, size):
        partner = replace(PARTNER, declared_class=size, figures_class=size)
        assert answer("SME-DECLARATION", with_partners(LEAD, partner))[0] == "passed"

    @pytest.mark.parametrize("figures", ["micro", "medium", "large", "not_sme"])
    def test_another_class_than_the_figures_give_fails(self, figures):
        finding = check("SME-DECLARATION", with_partners(LEAD, replace(PARTNER, figures_class=figures)))
        assert finding.outcome == "failed"
        assert facts(finding) == [("partner", "class_differs")]
        assert remedies(finding) == [("declare_sme", "partner")]

    def test_public_holdings_are_declared_as_large(self):
        partner = replace(PARTNER, declared_class="large", figures_class="not_sme")
        assert answer("SME-DECLARATION", with_partners(LEAD, partner))[0] == "passed"

    def test_a_declaration_that_no_longer_stands_fails(self):
        finding = check("SME-DECLARATION", with_partners(LEAD, replace(PARTNER, declaration_valid=False)))
        assert finding.outcome == "failed"
        assert facts(finding) == [("partner", "declaration_ended")]

    def test_a_missing_declaration_is_unknown(self):
        partner = replace(PARTNER, declared_class=None, figures_class=None, declaration_valid=False)
        finding = check("SME-DECLARATION", with_partners(LEAD, partner))
        assert finding.outcome == "unknown"
        assert facts(finding) == [("partner", "not_declared")]

    @pytest.mark.parametrize("figures", [None, "unknown"])
    def test_figures_that_do_not_suffice_are_unknown(self, figures):
        assert answer("SME-DECLARATION", with_partners(replace(LEAD, figures_class=figures)))[0] == "unknown"

    def test_a_failure_beside_a_gap_is_a_failure_and_names_both(self):
        finding = check(
            "SME-DECLARATION",
            with_partners(replace(LEAD, figures_class="large"), replace(PARTNER, declared_class=None)),
        )
        assert finding.outcome == "failed"
        assert facts(finding) == [("lead", "class_differs"), ("partner", "not_declared")]

    def test_others_than_smes_need_not_declare(self):
        university = sme(
            "uni", kind="research", declared_class=None, figures_class=None, declaration_valid=False
        )
        assert answer("SME-DECLARATION", with_partners(university)) == ("passed", "none")

    def test_a_research_organisation_that_declares_is_held_to_it(self):
        assert (
            answer("SME-DECLARATION", with_partners(sme("lab", kind="research", figures_class="large")))[0]
            == "failed"
        )


class TestDeMinimis:
    def aided(self, partner=PARTNER, **changes):
        return replace(partner, aid_basis="de_minimis", **changes)

    @pytest.mark.parametrize(("headroom", "outcome"), [("60000.00", "passed"), ("59999.99", "failed")])
    def test_one_cent_above_the_headroom_fails(self, headroom, outcome):
        dossier = with_partners(LEAD, self.aided(de_minimis_headroom=euro(headroom)))
        assert answer("DE-MINIMIS", dossier)[0] == outcome

    def test_an_undeclared_headroom_is_unknown(self):
        finding = check("DE-MINIMIS", with_partners(LEAD, self.aided()))
        assert finding.outcome == "unknown"
        assert remedies(finding) == [("declare_de_minimis", "partner")]

    def test_who_asks_for_nothing_needs_no_headroom(self):
        assert (
            answer("DE-MINIMIS", with_partners(LEAD, self.aided(budget=budget(grant="0.00"))))[0] == "passed"
        )

    @pytest.mark.parametrize(
        ("changes", "remedy"), [({"aid_basis": None}, "choose_aid_basis"), ({"budget": None}, "edit_budget")]
    )
    def test_an_open_basis_or_budget_is_unknown(self, changes, remedy):
        finding = check("DE-MINIMIS", with_partners(LEAD, replace(self.aided(), **changes)))
        assert finding.outcome == "unknown"
        assert remedies(finding) == [(remedy, "partner")]

    def test_a_single_undertaking_shares_the_lowest_headroom(self):
        one = self.aided(LEAD, de_minimis_headroom=euro("120000.00"))
        other = self.aided(linked={"id-partner", "id-lead"}, de_minimis_headroom=euro("120000.00"))
        assert answer("DE-MINIMIS", with_partners(one, other))[0] == "passed"
        less = replace(other, de_minimis_headroom=euro("119999.99"))
        finding = check("DE-MINIMIS", with_partners(one, less))
        assert finding.outcome == "failed"
        assert facts(finding) == [("lead+partner", "de_minimis_group")]

    def test_the_narrower_single_undertaking_goes_before_the_linked_group(self):
        one = self.aided(LEAD, de_minimis_headroom=euro("60000"), single_undertaking={"id-lead"})
        other = self.aided(
            linked={"id-partner", "id-lead"},
            single_undertaking={"id-partner"},
            de_minimis_headroom=euro("60000"),
        )
        assert answer("DE-MINIMIS", with_partners(one, other))[0] == "passed"

    def test_other_aid_bases_are_not_its_matter(self):
        assert answer("DE-MINIMIS", GOOD) == ("passed", "none")

    def test_headroom_below_zero_leaves_nothing(self):
        small = self.aided(budget=budget(grant="0.01"), de_minimis_headroom=euro("-5"))
        assert answer("DE-MINIMIS", with_partners(small))[0] == "failed"


class TestDeclarations:
    def test_every_partner_and_the_lead_alone(self):
        assert answer("DECLARATIONS", GOOD) == ("passed", "passed")
        assert (
            answer("DECLARATIONS", with_partners(LEAD, replace(PARTNER, declared={"honest"})))[0] == "passed"
        )

    @pytest.mark.parametrize(
        ("lead", "partner", "open_for"),
        [
            (set(), {"honest"}, ["lead"]),
            ({"honest"}, {"honest"}, ["lead"]),
            ({"agreement"}, {"honest"}, ["lead"]),
            ({"honest", "agreement"}, {"agreement"}, ["partner"]),
            ({"honest", "agreement"}, set(), ["partner"]),
            (set(), set(), ["lead", "partner"]),
        ],
    )
    def test_each_partner_with_something_open_is_named(self, lead, partner, open_for):
        dossier = with_partners(replace(LEAD, declared=lead), replace(PARTNER, declared=partner))
        finding = check("DECLARATIONS", dossier)
        assert finding.outcome == "unknown"
        assert facts(finding) == [(key, "declarations_open") for key in open_for]
        assert remedies(finding) == [("declare", key) for key in open_for]

    @pytest.mark.parametrize(
        "change", [{"role": "associated"}, {"state": "declined"}, {"state": "withdrawn"}]
    )
    def test_who_has_no_part_declares_nothing(self, change):
        gone = sme("gone", declared=frozenset(), **change)
        assert answer("DECLARATIONS", with_partners(LEAD, PARTNER, gone))[0] == "passed"

    def test_an_invited_partner_declares_too(self):
        invited = sme("invited", declared=frozenset(), state="invited")
        assert answer("DECLARATIONS", with_partners(LEAD, PARTNER, invited))[0] == "unknown"

    def test_a_programme_may_ask_for_none(self):
        assert answer("DECLARATIONS", replace(GOOD, required_declarations=())) == ("passed", "none")
