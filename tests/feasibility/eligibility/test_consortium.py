"""Who takes part: counting, linked groups, both sides of the border."""

from __future__ import annotations

from dataclasses import replace

import pytest

from .cast import GOOD, LEAD, PARTNER, answer, check, facts, remedies, sme, with_partners


class TestLeadOne:
    def test_one_confirmed_lead_passes(self):
        assert answer("LEAD-ONE", GOOD) == ("passed", "passed")

    def test_no_lead_fails(self):
        finding = check("LEAD-ONE", with_partners(PARTNER))
        assert (finding.outcome, finding.reason) == ("failed", "none")
        assert remedies(finding) == [("choose_lead", "")]

    def test_two_leads_fail_and_are_named(self):
        finding = check("LEAD-ONE", with_partners(LEAD, replace(PARTNER, role="lead")))
        assert (finding.outcome, finding.reason) == ("failed", "several")
        assert facts(finding) == [("lead", "is_lead"), ("partner", "is_lead")]

    def test_a_lead_that_may_still_confirm_is_not_yet_known(self):
        finding = check("LEAD-ONE", with_partners(replace(LEAD, state="invited"), PARTNER))
        assert finding.outcome == "unknown"
        assert remedies(finding) == [("send_invitation", "lead")]

    def test_a_lead_that_declined_is_none(self):
        assert answer("LEAD-ONE", with_partners(replace(LEAD, state="declined"), PARTNER)) == (
            "failed",
            "none",
        )


class TestSmeLed:
    @pytest.mark.parametrize("size", ["micro", "small", "medium"])
    def test_an_sme_of_any_size_passes(self, size):
        assert answer("SME-LED", with_partners(replace(LEAD, figures_class=size)))[0] == "passed"

    @pytest.mark.parametrize("size", ["large", "not_sme"])
    def test_the_figures_decide_not_what_was_registered(self, size):
        finding = check("SME-LED", with_partners(replace(LEAD, figures_class=size)))
        assert finding.outcome == "failed"
        assert facts(finding) == [("lead", "not_an_sme")]

    def test_a_research_organisation_that_leads_fails(self):
        lead = sme(
            "lead",
            role="lead",
            kind="research",
            declared_class=None,
            figures_class=None,
            declaration_valid=False,
        )
        assert answer("SME-LED", with_partners(lead)) == ("failed", "failed")

    def test_without_a_lead_it_fails(self):
        assert answer("SME-LED", with_partners(PARTNER)) == ("failed", "no_lead")

    @pytest.mark.parametrize(
        ("changes", "remedy"),
        [
            ({"figures_class": None, "declared_class": None, "declaration_valid": False}, "declare_sme"),
            ({"declaration_valid": False}, "declare_sme"),
            ({"figures_class": "unknown"}, "declare_sme"),
            ({"state": "invited"}, "send_invitation"),
        ],
    )
    def test_what_is_still_missing_makes_it_unknown(self, changes, remedy):
        finding = check("SME-LED", with_partners(replace(LEAD, **changes)))
        assert finding.outcome == "unknown"
        assert remedies(finding) == [(remedy, "lead")]


class TestSmeCount:
    def test_two_pass_and_are_named(self):
        finding = check("SME-COUNT", GOOD)
        assert finding.outcome == "passed"
        assert facts(finding) == [("lead", "counts"), ("partner", "counts")]

    def test_one_too_few_fails_with_the_number_missing(self):
        finding = check("SME-COUNT", GOOD, minimum=4)
        assert finding.outcome == "failed"
        assert dict(finding.remedy.parameters) == {"missing": 2}

    @pytest.mark.parametrize(
        ("changes", "remedy"),
        [
            ({"state": "invited"}, "send_invitation"),
            ({"declaration_valid": False}, "declare_sme"),
            ({"linked": None}, "declare_holdings"),
        ],
    )
    def test_where_settling_it_would_pass_it_is_unknown(self, changes, remedy):
        finding = check("SME-COUNT", with_partners(LEAD, replace(PARTNER, **changes)))
        assert finding.outcome == "unknown"
        assert remedies(finding) == [(remedy, "partner")]

    @pytest.mark.parametrize(
        "changes", [{"state": "declined"}, {"state": "withdrawn"}, {"role": "associated"}]
    )
    def test_declined_withdrawn_and_associated_partners_never_count(self, changes):
        assert answer("SME-COUNT", with_partners(LEAD, replace(PARTNER, **changes)))[0] == "failed"

    def test_where_confirming_would_not_suffice_it_fails(self):
        assert (
            answer("SME-COUNT", with_partners(LEAD, replace(PARTNER, state="invited")), minimum=3)[0]
            == "failed"
        )

    def test_an_undeclared_holding_matters_not_where_enough_are_declared(self):
        assert answer("SME-COUNT", with_partners(LEAD, PARTNER, sme("third", linked=None)))[0] == "passed"

    def test_one_of_undeclared_holdings_is_still_one(self):
        assert answer("SME-COUNT", with_partners(replace(LEAD, linked=None)), minimum=1)[0] == "passed"

    def test_a_linked_group_counts_once(self):
        finding = check("SME-COUNT", with_partners(LEAD, replace(PARTNER, linked={"id-partner", "id-lead"})))
        assert finding.outcome == "failed"
        assert facts(finding) == [("lead+partner", "counts_once")]

    def test_links_run_through_a_third_enterprise_outside_the_consortium(self):
        one = replace(LEAD, linked={"id-lead", "holding"})
        other = replace(PARTNER, linked={"id-partner", "HOLDING "})
        assert answer("SME-COUNT", with_partners(one, other))[0] == "failed"

    def test_links_run_over_several_steps(self):
        chain = with_partners(
            replace(LEAD, linked={"id-lead", "a"}),
            replace(PARTNER, linked={"id-partner", "b"}),
            sme("third", linked={"id-third", "a", "b"}),
        )
        finding = check("SME-COUNT", chain)
        assert finding.outcome == "failed"
        assert facts(finding) == [("lead+partner+third", "counts_once")]

    def test_a_partner_that_declined_still_shows_who_is_linked(self):
        chain = with_partners(
            LEAD, PARTNER, sme("third", state="declined", linked={"id-third", "id-lead", "id-partner"})
        )
        assert answer("SME-COUNT", chain)[0] == "failed"

    def test_the_same_vat_number_is_the_same_enterprise(self):
        twice = with_partners(replace(LEAD, vat="DE 123"), replace(PARTNER, vat="de123"))
        assert answer("SME-COUNT", twice)[0] == "failed"


class TestBothSides:
    def test_one_sme_in_each_country_passes(self):
        assert answer("BOTH-SIDES", GOOD)[0] == "passed"

    def test_two_in_one_country_fail_with_the_other_named(self):
        finding = check("BOTH-SIDES", with_partners(LEAD, sme("second", "DE")))
        assert finding.outcome == "failed"
        assert dict(finding.remedy.parameters)["code"] == "NL"
        assert str(finding.remedy.parameters["country"]) == "the Netherlands"

    def test_an_sme_from_a_third_country_counts_for_neither_side(self):
        finding = check("BOTH-SIDES", with_partners(LEAD, sme("third", "BE")))
        assert finding.outcome == "failed"
        assert ("third", "third_country") in facts(finding)

    @pytest.mark.parametrize("kind", ["research", "large", "public", "other"])
    def test_an_organisation_that_is_no_sme_is_no_side(self, kind):
        other = sme(
            "other", "NL", kind=kind, declared_class=None, figures_class=None, declaration_valid=False
        )
        assert answer("BOTH-SIDES", with_partners(LEAD, other))[0] == "failed"

    @pytest.mark.parametrize(
        ("changes", "remedy"),
        [
            ({"state": "invited"}, "send_invitation"),
            ({"declaration_valid": False}, "declare_sme"),
            ({"linked": None}, "declare_holdings"),
        ],
    )
    def test_where_settling_it_would_pass_it_is_unknown(self, changes, remedy):
        finding = check("BOTH-SIDES", with_partners(LEAD, replace(PARTNER, **changes)))
        assert finding.outcome == "unknown"
        assert remedies(finding) == [(remedy, "partner")]

    def test_a_linked_group_across_the_border_is_no_two_sides(self):
        group = with_partners(LEAD, replace(PARTNER, linked={"id-partner", "id-lead"}))
        assert answer("BOTH-SIDES", group)[0] == "failed"

    def test_a_group_with_the_lead_counts_for_the_leads_country(self):
        group = replace(PARTNER, linked={"id-partner", "id-lead"}, chosen_country="NL")
        assert answer("BOTH-SIDES", with_partners(LEAD, group, sme("third", "NL")))[0] == "passed"
        assert answer("BOTH-SIDES", with_partners(LEAD, group, sme("third", "DE")))[0] == "failed"

    def test_a_group_without_the_lead_is_unknown_until_a_country_is_chosen(self):
        german = sme("german", "DE", linked={"id-german", "id-dutch"})
        dutch = sme("dutch", "NL")
        finding = check("BOTH-SIDES", with_partners(LEAD, german, dutch))
        assert finding.outcome == "unknown"
        assert [one.code for one in finding.remedies] == ["choose_country"]
        assert dict(finding.remedy.parameters)["keys"] == ("dutch", "german")
        chosen = with_partners(LEAD, german, replace(dutch, chosen_country="NL"))
        assert answer("BOTH-SIDES", chosen)[0] == "passed"
        wrong = with_partners(LEAD, german, replace(dutch, chosen_country="DE"))
        assert answer("BOTH-SIDES", wrong)[0] == "failed"

    def test_two_choices_that_differ_choose_nothing(self):
        german = sme("german", "DE", linked={"id-german", "id-dutch"}, chosen_country="DE")
        dutch = sme("dutch", "NL", chosen_country="NL")
        assert answer("BOTH-SIDES", with_partners(LEAD, german, dutch))[0] == "unknown"

    def test_a_group_can_choose_only_a_country_in_which_it_works(self):
        german = sme("german", "DE", linked={"id-german", "id-dutch"}, chosen_country="FR")
        assert answer("BOTH-SIDES", with_partners(LEAD, german, sme("dutch", "NL")))[0] == "unknown"

    def test_one_group_cannot_stand_for_two_countries_whatever_it_chooses(self):
        german = sme("german", "DE", linked={"id-german", "id-dutch"})
        assert answer("BOTH-SIDES", with_partners(german, sme("dutch", "NL")))[0] == "failed"

    def test_of_three_countries_two_suffice_or_all_by_parameter(self):
        three = replace(GOOD, programme=replace(GOOD.programme, countries=("NL", "DE", "BE")))
        assert answer("BOTH-SIDES", three)[0] == "passed"
        finding = check("BOTH-SIDES", three, minimum=3)
        assert finding.outcome == "failed"
        assert finding.remedy.parameters["code"] == "BE"


class TestSmeIndependent:
    def test_smes_without_links_pass(self):
        assert answer("SME-INDEPENDENT", GOOD) == ("passed", "passed")

    def test_links_that_leave_too_few_fail(self):
        finding = check(
            "SME-INDEPENDENT", with_partners(LEAD, replace(PARTNER, linked={"id-partner", "id-lead"}))
        )
        assert finding.outcome == "failed"
        assert facts(finding) == [("lead+partner", "counts_once")]
        assert dict(finding.remedy.parameters) == {"missing": 1}

    def test_links_that_leave_enough_pass_and_say_what_counts_once(self):
        linked = replace(PARTNER, linked={"id-partner", "id-lead"})
        finding = check("SME-INDEPENDENT", with_partners(LEAD, linked, sme("third", "NL")))
        assert (finding.outcome, finding.reason) == ("passed", "enough")
        assert facts(finding) == [("lead+partner", "counts_once")]

    def test_undeclared_holdings_that_could_matter_make_it_unknown(self):
        finding = check("SME-INDEPENDENT", with_partners(LEAD, replace(PARTNER, linked=None)))
        assert finding.outcome == "unknown"
        assert remedies(finding) == [("declare_holdings", "partner")]

    def test_undeclared_holdings_of_an_only_sme_cannot_matter(self):
        assert answer("SME-INDEPENDENT", with_partners(replace(LEAD, linked=None)))[0] == "passed"

    def test_undeclared_holdings_beside_enough_others_cannot_matter(self):
        assert (
            answer("SME-INDEPENDENT", with_partners(LEAD, PARTNER, sme("third", linked=None)))[0] == "passed"
        )

    def test_too_few_without_a_link_is_not_this_rules_matter(self):
        assert answer("SME-INDEPENDENT", with_partners(LEAD))[0] == "passed"

    def test_links_where_an_unconfirmed_partner_would_suffice_are_unknown(self):
        linked = replace(PARTNER, linked={"id-partner", "id-lead"})
        finding = check("SME-INDEPENDENT", with_partners(LEAD, linked, sme("third", "NL", state="invited")))
        assert finding.outcome == "unknown"
        assert remedies(finding) == [("send_invitation", "third")]


class TestPartnersConfirmed:
    def test_all_confirmed_pass(self):
        assert answer("PARTNERS-CONFIRMED", GOOD)[0] == "passed"

    def test_an_invited_partner_makes_it_unknown_associated_ones_too(self):
        finding = check(
            "PARTNERS-CONFIRMED", with_partners(LEAD, sme("a", role="associated", state="invited"))
        )
        assert finding.outcome == "unknown"
        assert remedies(finding) == [("send_invitation", "a")]

    def test_a_declined_partner_fails_it(self):
        finding = check("PARTNERS-CONFIRMED", with_partners(LEAD, replace(PARTNER, state="declined")))
        assert finding.outcome == "failed"
        assert remedies(finding) == [("remove_partner", "partner")]

    def test_a_withdrawn_partner_is_no_partner(self):
        assert (
            answer("PARTNERS-CONFIRMED", with_partners(LEAD, replace(PARTNER, state="withdrawn")))[0]
            == "passed"
        )

    def test_no_partner_at_all_fails(self):
        assert answer("PARTNERS-CONFIRMED", with_partners()) == ("failed", "none")
