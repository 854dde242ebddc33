"""The largest grant that the rules leave to a partner."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from feasibility.cofinancing import AidBasis, Limit, ResearchCategory
from feasibility.eligibility import (
    Budget,
    Dossier,
    Outcome,
    PartnerFacts,
    Rule,
    build_rules,
    grant_ceiling,
    limit_words,
)

from .cast import GOOD, LEAD, PARTNER, PROGRAMME, all_rules, budget, euro, sme, with_partners
from .test_properties import dossiers

RULES = all_rules()
TIGHT = build_rules(
    [
        {
            "code": "GRANT-LIMIT",
            "parameters": {"per_sme": 90_000, "per_partner": 70_000, "per_project": 120_000},
        },
        {"code": "FUNDING-RATE", "parameters": {"rate": "0.60"}},
        {"code": "AID-INTENSITY"},
        {"code": "DE-MINIMIS"},
    ]
)
ON_GRANTS = ("GRANT-LIMIT", "FUNDING-RATE", "AID-INTENSITY", "DE-MINIMIS")
CENT = Decimal("0.01")


def with_grant(dossier: Dossier, partner: PartnerFacts, grant: Decimal) -> Dossier:
    assert partner.budget is not None
    funding = {**partner.budget.funding, "grant": grant}
    changed = replace(partner, budget=replace(partner.budget, grant=grant, funding=funding))
    return replace(dossier, partners=tuple(changed if p.key == partner.key else p for p in dossier.partners))


def failing(dossier: Dossier, rules: tuple[Rule, ...] = RULES) -> set[str]:
    return {
        rule.code
        for rule in rules
        if rule.code in ON_GRANTS and rule.judge(dossier).outcome is Outcome.FAILED
    }


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(dossiers())
def test_the_ceiling_breaks_no_rule_and_one_cent_more_breaks_one(dossier):
    partner = next((p for p in dossier.taking_part if p.budget is not None), None)
    assume(partner is not None)
    ceiling = grant_ceiling(dossier, RULES, partner.key)
    # What fails already without any grant of this partner is the others' doing, or that of other public money.
    assert failing(with_grant(dossier, partner, ceiling.amount)) <= failing(
        with_grant(dossier, partner, Decimal("0.00"))
    )
    assert failing(with_grant(dossier, partner, ceiling.amount + CENT))


@st.composite
def close_ones(draw):
    """Two or three partners whose figures lie near every limit, linked or not, mostly on one basis."""
    scale = draw(st.sampled_from([1_000_000, 5_000_000, 9_000_000]))
    euros = st.integers(0, scale).map(lambda cents: Decimal(cents) / 100)
    basis, is_linked = draw(st.sampled_from(AidBasis)), draw(st.booleans())
    made = []
    for number in range(draw(st.integers(2, 3))):
        funding = {"grant": draw(euros), "public": draw(st.just(Decimal(0)) | euros)}
        made.append(
            sme(
                f"p{number}",
                draw(st.sampled_from(["DE", "NL"])),
                linked={f"id-p{number}", "holding"} if is_linked else {f"id-p{number}"},
                aid_basis=basis if draw(st.booleans()) else draw(st.sampled_from(AidBasis)),
                research_category=draw(st.sampled_from(ResearchCategory)),
                de_minimis_headroom=draw(st.none() | euros),
                budget=Budget(costs={"staff": draw(euros) * 4}, funding=funding, grant=funding["grant"]),
            )
        )
    programme = replace(PROGRAMME, public_sources={"public"})
    return replace(GOOD, programme=programme, partners=tuple(made))


@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow])
@given(close_ones())
def test_the_ceiling_is_exact_where_limits_are_shared(dossier):
    for partner in dossier.taking_part:
        ceiling = grant_ceiling(dossier, TIGHT, partner.key)
        nothing = failing(with_grant(dossier, partner, Decimal("0.00")), TIGHT)
        assert failing(with_grant(dossier, partner, ceiling.amount), TIGHT) <= nothing
        assert failing(with_grant(dossier, partner, ceiling.amount + CENT), TIGHT)


@pytest.mark.parametrize(
    ("changes", "amount", "limit", "words"),
    [
        ({}, "69000.00", Limit.PROGRAMME_RATE, "60 % of the total eligible cost"),
        ({"budget": budget("900000.00")}, "300000.00", Limit.SME_CAP, "what the programme pays one SME"),
        (
            {"aid_basis": "gber_20"},
            "57500.00",
            Limit.AID_INTENSITY,
            "the aid intensity of 50 %, less other public money",
        ),
        (
            {"aid_basis": "de_minimis", "de_minimis_headroom": euro("12.34")},
            "12.34",
            Limit.DE_MINIMIS_HEADROOM,
            "what is left of the de minimis headroom",
        ),
    ],
)
def test_the_least_is_given_with_its_reason(changes, amount, limit, words):
    ceiling = grant_ceiling(with_partners(LEAD, replace(PARTNER, **changes)), RULES, "partner")
    assert (ceiling.amount, ceiling.decided_by, ceiling.is_complete) == (euro(amount), limit, True)
    assert limit_words(ceiling.decisive).replace("\xa0", " ") == words


def test_linked_partners_share_the_cap():
    linked = replace(PARTNER, linked={"id-partner", "id-lead"}, budget=budget("900000.00"))
    assert grant_ceiling(with_partners(LEAD, linked), RULES, "partner").amount == euro("240000.00")


def test_the_other_partners_use_up_the_limit_of_the_project():
    other = replace(LEAD, budget=budget("200000.00", "65000.00"))
    dossier = with_partners(other, replace(PARTNER, budget=budget("200000.00")))
    ceiling = grant_ceiling(dossier, TIGHT, "partner")
    assert (ceiling.amount, ceiling.decided_by) == (euro("55000.00"), Limit.PROJECT_CAP)


def test_without_a_basis_the_ceiling_may_become_lower():
    ceiling = grant_ceiling(with_partners(LEAD, replace(PARTNER, aid_basis=None)), RULES, "partner")
    assert (ceiling.amount, ceiling.is_complete) == (euro("69000.00"), False)


def test_a_programme_that_does_not_ask_for_a_basis_sets_no_limit_by_it():
    rules = build_rules([{"code": "FUNDING-RATE", "parameters": {"rate": "0.60"}}])
    ceiling = grant_ceiling(with_partners(LEAD, replace(PARTNER, aid_basis="gber_20")), rules, "partner")
    assert (ceiling.decided_by, ceiling.is_complete) == (Limit.PROGRAMME_RATE, True)


def test_who_has_no_part_has_no_ceiling():
    assert grant_ceiling(GOOD, RULES, "nobody") is None
