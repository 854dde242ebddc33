"""Grants against the intensity and the ceiling of the aid basis, alone and with other public money."""

from __future__ import annotations

from dataclasses import replace

import pytest

from feasibility.eligibility import Budget, CoFunder, describe

from .cast import (
    GOOD,
    LEAD,
    PARTNER,
    PROGRAMME,
    answer,
    budget,
    check,
    euro,
    facts,
    remedies,
    with_partners,
)

LINKED = replace(PARTNER, linked={"id-partner", "id-lead"})
WITH_PUBLIC = replace(
    GOOD,
    programme=replace(PROGRAMME, public_sources=frozenset({"public"})),
    names={**GOOD.names, "cofunder:overijssel": {"en": "Province of Overijssel", "de": "Provinz Overijssel"}},
)


class TestAidIntensity:
    def study(self, grant, **changes):
        facts = {
            "aid_basis": "gber_25",
            "research_category": "feasibility_study",
            "budget": budget("100000", grant),
        }
        return with_partners(LEAD, replace(PARTNER, **{**facts, **changes}))

    @pytest.mark.parametrize(
        ("size", "largest"), [("micro", "80500.00"), ("small", "80500.00"), ("medium", "69000.00")]
    )
    def test_a_feasibility_study_by_size(self, size, largest):
        changes = {"figures_class": size, "declared_class": size}
        assert answer("AID-INTENSITY", self.study(largest, **changes))[0] == "passed"
        cent_more = str(euro(largest) + euro("0.01"))
        finding = check("AID-INTENSITY", self.study(cent_more, **changes))
        assert finding.outcome == "failed"
        assert finding.evidence[0].values["largest"].amount == euro(largest)

    @pytest.mark.parametrize(("grant", "outcome"), [("57500.00", "passed"), ("57500.01", "failed")])
    def test_public_holdings_are_held_to_the_intensity_of_a_large_enterprise(self, grant, outcome):
        dossier = self.study(grant, figures_class="not_sme", declared_class="large")
        assert answer("AID-INTENSITY", dossier)[0] == outcome

    @pytest.mark.parametrize(
        ("changes", "fact", "remedy"),
        [
            ({"aid_basis": None}, "no_aid_basis", "choose_aid_basis"),
            ({"research_category": None}, "no_research_category", "choose_aid_basis"),
            ({"declaration_valid": False}, "not_declared", "declare_sme"),
            ({"budget": None}, "no_budget", "edit_budget"),
        ],
    )
    def test_what_the_basis_needs_and_lacks_is_unknown(self, changes, fact, remedy):
        finding = check("AID-INTENSITY", self.study("1.00", **changes))
        assert finding.outcome == "unknown"
        assert (facts(finding), remedies(finding)) == ([("partner", fact)], [(remedy, "partner")])

    @pytest.mark.parametrize(("grant", "outcome"), [("20000.00", "passed"), ("20000.01", "failed")])
    def test_the_ceiling_of_article_20a(self, grant, outcome):
        dossier = with_partners(LEAD, replace(PARTNER, aid_basis="gber_20a", budget=budget(grant=grant)))
        assert answer("AID-INTENSITY", dossier)[0] == outcome

    def test_a_single_undertaking_has_one_ceiling(self):
        half = budget(grant="10000.01")
        one, other = (
            replace(LEAD, aid_basis="gber_20a", budget=half),
            replace(LINKED, aid_basis="gber_20a", budget=half),
        )
        finding = check("AID-INTENSITY", with_partners(one, other))
        assert facts(finding) == [("lead+partner", "grant_above_aid_ceiling")]


class TestOtherPublicMoney:
    """Source: Reg. (EU) 651/2014, Art. 8(1) and (3)."""

    def partner(self, grant="50000.00", public="7500.00", **changes):
        """An SME with costs of 115,000 EUR under Article 20: half of that is 57,500 EUR."""
        funding = {"grant": euro(grant), "public": euro(public), "private": euro("10000.00")}
        funding["own"] = euro("115000.00") - sum(funding.values())
        cofunders = (CoFunder(name="overijssel", source="public", amount=euro(public)),)
        made = replace(budget("100000.00", grant), funding=funding, cofunders=cofunders)
        return replace(PARTNER, **{"aid_basis": "gber_20", "budget": made, **changes})

    def check(self, *partners):
        return check("AID-INTENSITY", with_partners(LEAD, *partners, dossier=WITH_PUBLIC))

    @pytest.mark.parametrize(("public", "outcome"), [("7500.00", "passed"), ("7500.01", "failed")])
    def test_it_counts_to_the_cent(self, public, outcome):
        assert self.check(self.partner(public=public)).outcome == outcome

    def test_the_evidence_names_who_pays_and_the_remedy_what_the_grant_may_be(self):
        finding = self.check(self.partner(public="10000.00"))
        text = describe(finding)
        assert text.message == "With other public money, one partner is above the limit of its aid basis."
        assert [line.replace("\xa0", " ") for line in text.evidence] == [
            "Partner GmbH asks for EUR 50,000.00 and gets EUR 10,000.00 of other public money (Province of "
            "Overijssel): EUR 60,000.00 of EUR 115,000.00. The aid intensity of 50 % allows EUR 57,500.00."
        ]
        assert finding.remedy.parameters["largest"].amount == euro("47500.00")

    def test_public_money_without_a_name_is_named_by_its_source(self):
        nameless = self.partner(public="10000.00")
        nameless = replace(nameless, budget=replace(nameless.budget, cofunders=()))
        (evidence,) = self.check(nameless).evidence
        assert [str(name) for name in evidence.values["funders"]] == ["public"]

    def test_public_money_that_is_too_much_by_itself_asks_for_another_budget(self):
        assert remedies(self.check(self.partner(grant="0.00", public="57500.01"))) == [
            ("edit_budget", "partner")
        ]

    def test_private_money_never_counts(self):
        rich = self.partner()
        funding = {**rich.budget.funding, "private": euro("57500.00"), "own": euro("0.00")}
        assert self.check(replace(rich, budget=replace(rich.budget, funding=funding))).outcome == "passed"

    @pytest.mark.parametrize("basis", ["none", "de_minimis"])
    def test_it_does_not_count_where_no_intensity_holds(self, basis):
        assert self.check(self.partner(public="55000.00", aid_basis=basis)).outcome == "passed"

    def test_the_ceiling_of_an_undertaking_counts_it_too(self):
        one = self.partner(grant="10000.00", public="5000.00", aid_basis="gber_20a")
        other = replace(LEAD, aid_basis="gber_20a", budget=budget(grant="5000.01"), linked=LINKED.linked)
        finding = check(
            "AID-INTENSITY", with_partners(other, replace(one, linked=LINKED.linked), dossier=WITH_PUBLIC)
        )
        assert facts(finding) == [("lead+partner", "aid_above_ceiling")]
        assert "Province of Overijssel" in describe(finding).evidence[0]

    def test_without_public_sources_everything_stays_as_it_was(self):
        finding = check("AID-INTENSITY", with_partners(LEAD, self.partner(public="57500.01", grant="0.00")))
        assert finding.outcome == "passed"
        assert Budget().cofunders == ()
