"""Findings in words: every reason, fact and remedy has its sentence, and every sentence its values."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from django.utils import translation

import feasibility.eligibility as package
from feasibility.eligibility import (
    Reader,
    WorkPackageFacts,
    describe,
    describe_rule,
    evaluate,
    rule_class,
)
from feasibility.eligibility.texts import FACTS, REMEDIES

from .cast import CLOSES, GOOD, LEAD, PARTNER, all_rules, budget, check, sme, with_partners

SOURCES = "\n".join(
    path.read_text()
    for path in sorted(Path(package.__file__).parent.glob("*.py"))
    if path.name
    in {"consortium.py", "declarations.py", "area.py", "call.py", "money.py", "plan.py", "work_plan.py"}
)


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def test_every_remedy_that_rules_name_has_a_sentence():
    named = set(re.findall(r'(?:Remedy|for_partner)\(\s*"(\w+)"', SOURCES))
    assert named | {"invite_sme_from"} == set(REMEDIES)


def test_every_fact_that_rules_name_has_a_sentence():
    named = set(re.findall(r'(?:of_partner\(\w+(?:\[0\])?, |_of_product\(product, )"(\w+)"', SOURCES))
    named |= set(re.findall(r'Evidence\(\s*[^,]+,\s*[^,]+(?:\([^)]*\))?,\s*"(\w+)"', SOURCES))
    assert named - set(FACTS) == set()


def test_a_message_says_the_figure_and_the_remedy_the_way_out():
    dossier = with_partners(LEAD, replace(PARTNER, budget=budget(grant="69000.01")))
    text = describe(check("FUNDING-RATE", dossier, rate=budget().grant / 100000))
    assert text.title == "Grants keep the funding rate"
    assert text.message == "One partner asks for more than 60% of its eligible cost.".replace("60%", "60 %")
    assert text.evidence == (
        "Partner GmbH asks for EUR\u00a069,000.01 of EUR\u00a0115,000.00; the rate of 60 % allows EUR\u00a069,000.00.",
    )
    assert text.remedy == "Lower the grant of Partner GmbH to at most EUR\u00a069,000.00."


def test_numbers_choose_the_plural():
    one = with_partners(LEAD, replace(PARTNER, state="invited"))
    two = with_partners(replace(LEAD, state="invited"), replace(PARTNER, state="invited"))
    assert (
        describe(check("PARTNERS-CONFIRMED", one)).message
        == "One partner has not confirmed yet: Partner GmbH."
    )
    assert (
        describe(check("PARTNERS-CONFIRMED", two)).message
        == "2 partners have not confirmed yet: Lead GmbH, Partner GmbH."
    )


def test_names_and_amounts_follow_the_reader():
    finding = check("BOTH-SIDES", with_partners(LEAD, sme("second", "DE")))
    with translation.override("nl"):
        assert "Nederland" in str(finding.remedy.parameters["country"])
    with translation.override("de"):
        text = describe(check("GRANT-LIMIT", GOOD, per_sme=budget().grant / 2))
        assert "60.000,00\u00a0EUR" in text.evidence[0]


def test_the_deadline_is_shown_in_the_programmes_zone_to_the_minute():
    text = describe(check("CALL-OPEN", replace(GOOD, now=CLOSES)))
    assert "17:00 (Europe/Amsterdam)" in text.message


def test_a_third_country_and_a_missing_side_are_told():
    text = describe(check("BOTH-SIDES", with_partners(LEAD, sme("third", "BE"))))
    assert text.evidence == (
        "Lead GmbH is an independent SME from Germany.",
        "Third GmbH works in BE, which does not take part in the programme.",
    )
    assert text.remedy == "Invite an independent SME from the Netherlands."


def test_a_partner_is_asked_and_its_own_people_are_told():
    finding = check("DECLARATIONS", with_partners(LEAD, replace(PARTNER, declared=frozenset())))
    lead, own = Reader(frozenset({LEAD.key}), leads=True), Reader(frozenset({PARTNER.key}), leads=False)
    assert describe(finding, lead).evidence == ("Partner GmbH has not declared: Honesty.",)
    assert describe(finding, lead).remedy == "Ask Partner GmbH to make its declarations."
    assert describe(finding, own).remedy == "Make the declarations of Partner GmbH."


def test_a_derogation_is_told_with_its_reason():
    dossier = replace(with_partners(LEAD, sme("third", "BE")), derogations={"PROGRAMME-AREA": "Only maker."})
    assert describe(check("PROGRAMME-AREA", dossier)).message == "A derogation was granted: Only maker."


def test_a_percent_sign_in_a_name_breaks_nothing():
    odd = replace(PARTNER, name="100 %(sure)s GmbH", state="invited")
    assert "100 %(sure)s GmbH" in describe(check("PARTNERS-CONFIRMED", with_partners(LEAD, odd))).message


@pytest.mark.parametrize("language", ["en", "de", "nl"])
def test_every_rule_says_what_it_asks(language):
    with translation.override(language):
        for rule in all_rules():
            text = describe_rule(rule)
            assert text.title
            assert text.requirement
            assert text.source
            assert "%(" not in "".join((text.requirement, *text.details))


def test_limits_are_named_one_by_one():
    rule = rule_class("GRANT-LIMIT")(per_sme=budget().grant)
    assert describe_rule(rule).details == ("An SME gets at most EUR\u00a060,000.00.",)


def test_no_sentence_lacks_a_value():
    worst = [
        GOOD,
        with_partners(),
        with_partners(replace(LEAD, state="invited", budget=None, aid_basis=None, region=None)),
        with_partners(LEAD, replace(PARTNER, linked={"id-lead"}, figures_class="large", country="BE")),
        with_partners(
            LEAD, sme("a", "NL", linked={"x"}), sme("b", "DE", linked={"x"}), sme("c", linked=None)
        ),
        replace(GOOD, now=CLOSES, products=(), proposal=type(GOOD.proposal)()),
        replace(GOOD, work_packages=(WorkPackageFacts(key="9"),)),
        replace(GOOD, work_packages=()),
        with_partners(replace(LEAD, declared=frozenset()), sme("idle", "NL", declared=frozenset())),
    ]
    for dossier in worst:
        for finding in evaluate(all_rules(), dossier):
            text = describe(finding)
            sentences = (text.message, *text.evidence, *(remedy.text for remedy in text.remedies))
            assert all(sentence and "%(" not in sentence for sentence in sentences), (finding, sentences)
            assert len(text.evidence) == len(finding.evidence)


def test_a_name_that_ends_with_a_full_stop_does_not_double_it():
    waiting = replace(PARTNER, name="Voorbeeld B.V.", state="invited")
    text = describe(check("PARTNERS-CONFIRMED", with_partners(LEAD, waiting)))
    assert text.message == "One partner has not confirmed yet: Voorbeeld B.V."
