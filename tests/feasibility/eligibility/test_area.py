"""The programme area: regions by code and version, third countries, derogations."""

from __future__ import annotations

from dataclasses import replace

import pytest

from feasibility.eligibility import Region, evaluate

from .cast import GOOD, LEAD, PARTNER, all_rules, answer, check, facts, remedies, sme, with_partners


def test_partners_inside_pass():
    assert answer("PROGRAMME-AREA", GOOD)[0] == "passed"


def test_a_partner_outside_fails_and_may_ask_for_a_derogation():
    finding = check("PROGRAMME-AREA", with_partners(LEAD, replace(PARTNER, region=Region("NL423", 2013))))
    assert finding.outcome == "failed"
    assert facts(finding) == [("partner", "outside_area")]
    assert remedies(finding) == [("edit_region", "partner"), ("ask_derogation", "")]


def test_a_third_country_needs_no_region_to_fail():
    finding = check("PROGRAMME-AREA", with_partners(LEAD, sme("third", "BE", region=None)))
    assert finding.outcome == "failed"
    assert facts(finding) == [("third", "third_country")]


def test_a_missing_region_is_unknown():
    finding = check("PROGRAMME-AREA", with_partners(LEAD, replace(PARTNER, region=None)))
    assert finding.outcome == "unknown"
    assert remedies(finding) == [("edit_region", "partner")]


def test_the_same_code_of_another_nuts_version_cannot_be_compared():
    finding = check("PROGRAMME-AREA", with_partners(LEAD, replace(PARTNER, region=Region("NL213", 2024))))
    assert finding.outcome == "unknown"
    assert facts(finding) == [("partner", "region_not_comparable")]


def test_without_partners_it_is_unknown():
    assert answer("PROGRAMME-AREA", with_partners()) == ("unknown", "none")


@pytest.mark.parametrize("changes", [{"role": "associated"}, {"state": "declined"}])
def test_associated_and_declined_partners_may_be_anywhere(changes):
    assert (
        answer("PROGRAMME-AREA", with_partners(LEAD, replace(PARTNER, country="FR", **changes)))[0]
        == "passed"
    )


class TestDerogation:
    outside = with_partners(LEAD, PARTNER, sme("third", "BE"))

    def test_it_passes_and_says_so_and_still_names_the_partner(self):
        finding = check(
            "PROGRAMME-AREA", replace(self.outside, derogations={"PROGRAMME-AREA": "Only maker."})
        )
        assert (finding.outcome, finding.reason, finding.derogation) == ("passed", "derogated", "Only maker.")
        assert facts(finding) == [("third", "third_country")]
        assert finding.remedies == ()

    def test_it_may_be_for_one_partner_alone(self):
        for_third = {"PROGRAMME-AREA/third": "Only maker."}
        assert answer("PROGRAMME-AREA", replace(self.outside, derogations=for_third)) == (
            "passed",
            "derogated",
        )
        fourth = with_partners(*self.outside.partners, sme("fourth", "FR"))
        finding = check("PROGRAMME-AREA", replace(fourth, derogations=for_third))
        assert finding.outcome == "failed"
        assert remedies(finding) == [("ask_derogation", "")]

    def test_a_rule_that_allows_none_is_not_moved_by_one(self):
        no_lead = replace(with_partners(PARTNER), derogations={"LEAD-ONE": "We like it so."})
        assert answer("LEAD-ONE", no_lead) == ("failed", "none")

    def test_a_rule_that_passes_anyway_does_not_mention_it(self):
        assert answer("PROGRAMME-AREA", replace(GOOD, derogations={"PROGRAMME-AREA": "x"})) == (
            "passed",
            "passed",
        )

    def test_every_derogable_rule_passes_with_one_and_no_other_does(self):
        bare = replace(
            with_partners(),
            proposal=type(GOOD.proposal)(),
            products=(),
            derogations={rule.code: "Because." for rule in all_rules()},
        )
        derogated = {finding.code for finding in evaluate(all_rules(), bare) if finding.derogation}
        assert derogated == {"PROGRAMME-AREA", "FIELD-CALL", "DURATION", "PARTNER-SHARE", "ANNEXES"}
