"""Grants, rates, intensities, shares and sums, one cent to either side."""

from __future__ import annotations

from dataclasses import replace

import pytest

from feasibility.eligibility import Budget, describe

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
    sme,
    with_partners,
)

NO_BUDGET = with_partners(LEAD, replace(PARTNER, budget=None))
LINKED = replace(PARTNER, linked={"id-partner", "id-lead"})


@pytest.mark.parametrize(
    ("code", "parameters"),
    [
        ("GRANT-LIMIT", {"per_sme": euro("300000")}),
        ("FUNDING-RATE", {"rate": euro("0.6")}),
        ("AID-INTENSITY", {}),
        ("PARTNER-SHARE", {}),
        ("BUDGET-SUM", {}),
    ],
)
class TestEveryRuleOnMoney:
    def test_it_passes_where_all_is_well(self, code, parameters):
        assert answer(code, GOOD, **parameters)[0] == "passed"

    def test_it_is_unknown_while_a_budget_is_missing(self, code, parameters):
        finding = check(code, NO_BUDGET, **parameters)
        assert finding.outcome == "unknown"
        assert facts(finding) == [("partner", "no_budget")]
        assert remedies(finding) == [("edit_budget", "partner")]

    def test_it_is_unknown_without_partners(self, code, parameters):
        assert answer(code, with_partners(), **parameters) == ("unknown", "none")


class TestGrantLimit:
    @pytest.mark.parametrize(("grant", "outcome"), [("300000.00", "passed"), ("300000.01", "failed")])
    def test_one_cent_above_the_limit_of_an_sme_fails(self, grant, outcome):
        dossier = with_partners(LEAD, replace(PARTNER, budget=budget("500000.00", grant)))
        finding = check("GRANT-LIMIT", dossier, per_sme=euro("300000.00"))
        assert finding.outcome == outcome
        if outcome == "failed":
            assert facts(finding) == [("partner", "grant_above_sme_limit")]
            assert remedies(finding) == [("lower_grant", "partner")]

    def test_a_failure_is_known_before_every_budget_is(self):
        dossier = with_partners(LEAD, replace(PARTNER, budget=None))
        assert answer("GRANT-LIMIT", dossier, per_sme=euro("59999.99"))[0] == "failed"

    def test_a_linked_group_is_one_sme(self):
        finding = check("GRANT-LIMIT", with_partners(LEAD, LINKED), per_sme=euro("119999.99"))
        assert finding.outcome == "failed"
        assert facts(finding) == [("lead+partner", "group_above_sme_limit")]
        assert answer("GRANT-LIMIT", with_partners(LEAD, LINKED), per_sme=euro("120000"))[0] == "passed"

    def test_the_limit_of_an_sme_does_not_bind_others(self):
        uni = sme("uni", kind="research", declared_class=None, figures_class=None, declaration_valid=False)
        assert answer("GRANT-LIMIT", with_partners(uni), per_sme=euro("1"))[0] == "passed"

    @pytest.mark.parametrize(("limit", "outcome"), [("60000.00", "passed"), ("59999.99", "failed")])
    def test_the_limit_of_a_partner_binds_everybody(self, limit, outcome):
        assert answer("GRANT-LIMIT", GOOD, per_partner=euro(limit))[0] == outcome

    @pytest.mark.parametrize(("limit", "outcome"), [("120000.00", "passed"), ("119999.99", "failed")])
    def test_the_limit_of_the_project_binds_the_sum(self, limit, outcome):
        assert answer("GRANT-LIMIT", GOOD, per_project=euro(limit))[0] == outcome

    def test_without_limits_it_passes(self):
        assert answer("GRANT-LIMIT", GOOD)[0] == "passed"


class TestFundingRate:
    @pytest.mark.parametrize(("grant", "outcome"), [("69000.00", "passed"), ("69000.01", "failed")])
    def test_one_cent_above_the_rate_fails(self, grant, outcome):
        dossier = with_partners(LEAD, replace(PARTNER, budget=budget("100000.00", grant)))
        assert answer("FUNDING-RATE", dossier, rate=euro("0.60"))[0] == outcome

    def test_the_largest_grant_rounds_down(self):
        # 60 % of 100,000.01 is 60,000.006: the sixth thousandth of a cent belongs to nobody.
        cost = Budget(costs={"staff": euro("100000.01")}, grant=euro("60000.01"))
        finding = check("FUNDING-RATE", with_partners(replace(LEAD, budget=cost)), rate=euro("0.6"))
        assert finding.outcome == "failed"
        assert finding.remedy.parameters["largest"].amount == euro("60000.00")

    def test_one_partner_below_the_rate_does_not_pay_for_another(self):
        rich, poor = budget("100000.00", "100000.00"), budget("100000.00", "0.00")
        dossier = with_partners(replace(LEAD, budget=rich), replace(PARTNER, budget=poor))
        assert facts(check("FUNDING-RATE", dossier, rate=euro("0.6"))) == [("lead", "grant_above_rate")]


class TestPartnerShare:
    @pytest.mark.parametrize(
        ("lead", "partner", "outcome"),
        [("70.00", "30.00", "passed"), ("70.01", "29.99", "failed")],
    )
    def test_one_cent_above_the_largest_share_fails(self, lead, partner, outcome):
        dossier = with_partners(
            replace(LEAD, budget=Budget(costs={"staff": euro(lead)})),
            replace(PARTNER, budget=Budget(costs={"staff": euro(partner)})),
        )
        finding = check("PARTNER-SHARE", dossier, largest=euro("0.70"))
        assert finding.outcome == outcome
        assert facts(finding) == ([("lead", "share_too_large")] if outcome == "failed" else [])

    @pytest.mark.parametrize(("smallest", "outcome"), [("0.5", "passed"), ("0.5000001", "failed")])
    def test_a_share_below_the_smallest_fails(self, smallest, outcome):
        assert answer("PARTNER-SHARE", GOOD, smallest=euro(smallest))[0] == outcome

    def test_shares_of_nothing_are_unknown(self):
        assert answer("PARTNER-SHARE", with_partners(replace(LEAD, budget=Budget()))) == (
            "unknown",
            "no_cost",
        )


class TestBudgetSum:
    def slips(self, changed: Budget, dossier=GOOD):
        finding = check("BUDGET-SUM", replace(dossier, partners=(LEAD, replace(PARTNER, budget=changed))))
        assert finding.outcome == "failed"
        assert {one[0] for one in remedies(finding)} == {"edit_budget"}
        return [fact for _key, fact in facts(finding)]

    def test_a_cent_that_no_source_pays_fails(self):
        good = budget()
        assert self.slips(
            replace(good, funding={**good.funding, "own": good.funding["own"] - euro("0.01")})
        ) == ["sources_too_low"]

    @pytest.mark.parametrize(
        ("own", "reason", "words"),
        [
            ("54999.99", "too_low", "Partner GmbH: the sources are EUR\xa00.01 below the costs"),
            ("60000.00", "too_high", "Partner GmbH: the sources are EUR\xa05,000.00 above the costs"),
        ],
    )
    def test_the_sentence_says_by_how_much_and_which_way(self, own, reason, words):
        changed = replace(budget(), funding={"grant": euro("60000.00"), "own": euro(own)})
        finding = check("BUDGET-SUM", with_partners(LEAD, replace(PARTNER, budget=changed)))
        assert finding.reason == reason
        assert describe(finding).message.startswith(words)

    def test_several_partners_that_lack_money_are_counted_and_summed(self):
        changed = replace(budget(), funding={"grant": euro("60000.00"), "own": euro("54999.99")})
        finding = check(
            "BUDGET-SUM", with_partners(replace(LEAD, budget=changed), replace(PARTNER, budget=changed))
        )
        assert finding.reason == "all_too_low"
        assert describe(finding).message == (
            "At 2 partners the sources are below the costs, by EUR\xa00.02 in all."
        )

    def test_too_much_here_does_not_make_up_for_too_little_there(self):
        low, high = (
            replace(budget(), funding={"grant": euro("60000.00"), "own": euro(own)})
            for own in ("54999.99", "55000.01")
        )
        finding = check("BUDGET-SUM", with_partners(replace(LEAD, budget=low), replace(PARTNER, budget=high)))
        assert describe(finding).message == "The budget does not add up in 2 places."

    def test_a_cent_too_much_fails(self):
        good = budget()
        assert self.slips(
            replace(good, funding={**good.funding, "own": good.funding["own"] + euro("0.01")})
        ) == ["sources_too_high"]

    def test_a_grant_that_the_funders_do_not_give_fails(self):
        assert self.slips(replace(budget(), grant=euro("60000.01"))) == ["grant_differs"]

    def test_the_grant_is_the_sum_over_all_funders(self):
        funders = replace(PROGRAMME, funders=frozenset({"erdf", "mwide"}))
        parts = replace(
            budget(), funding={"erdf": euro("50000"), "mwide": euro("10000"), "own": euro("55000")}
        )
        dossier = replace(
            GOOD, programme=funders, partners=tuple(replace(p, budget=parts) for p in GOOD.partners)
        )
        assert answer("BUDGET-SUM", dossier)[0] == "passed"

    def test_a_category_that_the_programme_lacks_fails(self):
        assert self.slips(budget(yachts="1.00")) == ["unknown_category"]

    @pytest.mark.parametrize(
        ("staff", "office", "passes"),
        [
            ("100.00", "15.00", True),
            ("100.00", "15.01", False),
            # 15 % of 0.10 is 0.015: halves go up.
            ("0.10", "0.02", True),
            ("0.10", "0.01", False),
            ("100.00", None, False),
        ],
    )
    def test_a_flat_rate_line_is_exactly_the_rate_rounded_half_up(self, staff, office, passes):
        costs = {"staff": euro(staff)} | ({} if office is None else {"office": euro(office)})
        changed = Budget(costs=costs, funding={"own": sum(costs.values())})
        dossier = with_partners(LEAD, replace(PARTNER, budget=changed))
        assert answer("BUDGET-SUM", dossier)[0] == ("passed" if passes else "failed")

    def test_amounts_below_zero_fail_even_where_they_add_up(self):
        changed = Budget(
            costs={"staff": euro("0.00"), "office": euro("0.00")},
            funding={"own": euro("5"), "grant": euro("-5")},
            grant=euro("-5"),
        )
        assert self.slips(changed) == ["amount_below_zero", "grant_below_zero"]

    def test_a_project_without_any_cost_fails(self):
        nothing = Budget(costs={}, funding={})
        dossier = with_partners(replace(LEAD, budget=nothing), replace(PARTNER, budget=nothing))
        assert answer("BUDGET-SUM", dossier) == ("failed", "no_cost")
