"""What holds for every dossier, over generated ones."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from feasibility.cofinancing import AidBasis, ResearchCategory
from feasibility.eligibility import (
    Budget,
    CoFunder,
    DeliverableFacts,
    EligibilityReport,
    FiguresClass,
    Outcome,
    PartnerFacts,
    ProductFacts,
    ProposalFacts,
    Region,
    WorkPackageFacts,
    describe,
    dossier_from_json,
    dossier_to_json,
    evaluate,
    rule_class,
)

from .cast import CALL, CLOSES, GOOD, MUENSTER, OPENS, PROGRAMME, TWENTE, all_rules, sme

enterprises = st.sampled_from(["e1", "e2", "e3", "e4", "outside1", "outside2"])
amounts = st.integers(0, 40_000_000).map(lambda cents: Decimal(cents) / 100)
classes = st.none() | st.sampled_from(FiguresClass)
COFUNDERS = [("overijssel", "public"), ("Stadt", "public"), ("", "public"), ("Sparkasse", "private")]
levels = st.none() | st.integers(1, 9)


@st.composite
def budgets(draw):
    costs = {code: draw(amounts) for code in draw(st.sets(st.sampled_from(["staff", "office", "travel"])))}
    grant = draw(amounts)
    funding = {"grant": grant, "own": draw(amounts)}
    if draw(st.booleans()):
        funding["own"] = max(sum(costs.values()) - grant, Decimal(0))
    cofunders = ()
    if draw(st.booleans()):
        cofunders = tuple(
            CoFunder(name=name, source=source, amount=draw(amounts), secured=draw(st.booleans()))
            for name, source in draw(st.lists(st.sampled_from(COFUNDERS), max_size=3))
        )
        for one in cofunders:
            funding[one.source] = funding.get(one.source, Decimal(0)) + one.amount
    return Budget(costs=costs, funding=funding, grant=grant, cofunders=cofunders)


@st.composite
def partners(draw, key):
    country = draw(st.sampled_from(["DE", "NL", "NL", "DE", "BE"]))
    regions = st.none() | st.sampled_from([TWENTE, MUENSTER, Region("NL213", 2024), Region("DE111", 2013)])
    return PartnerFacts(
        key=key,
        name=draw(st.sampled_from(["Alpha", "Beta", "Gamma"])),
        role=draw(st.sampled_from(["lead", "project", "project", "associated"])),
        state=draw(
            st.sampled_from(["confirmed", "confirmed", "confirmed", "invited", "declined", "withdrawn"])
        ),
        kind=draw(st.sampled_from(["sme", "sme", "sme", "large", "research", "public", "other"])),
        country=country,
        region=draw(regions),
        declared_class=draw(classes),
        figures_class=draw(classes),
        declaration_valid=draw(st.booleans()) or draw(st.booleans()),
        identifiers=frozenset({f"id-{key}"} | draw(st.sets(enterprises, max_size=1))),
        linked=draw(st.none() | st.frozensets(enterprises, max_size=2)),
        single_undertaking=draw(st.none() | st.frozensets(enterprises, max_size=2)),
        chosen_country=draw(st.none() | st.sampled_from(["DE", "NL", "BE"])),
        budget=draw(st.none() | budgets()),
        aid_basis=draw(st.none() | st.sampled_from(AidBasis)),
        research_category=draw(st.none() | st.sampled_from(ResearchCategory)),
        has_collaboration_bonus=draw(st.booleans()),
        de_minimis_headroom=draw(st.none() | amounts),
        declared=draw(st.frozensets(st.sampled_from(["honest", "agreement"]))),
    )


months = st.none() | st.integers(0, 24)
keys = st.sampled_from(["p0", "p1", "p2", "gone"])


@st.composite
def work_packages(draw, key):
    return WorkPackageFacts(
        key=key,
        title=draw(st.sampled_from(["", "Trial", "100 %(sure)s"])),
        lead=draw(st.none() | keys),
        partners=draw(st.frozensets(keys)),
        first_month=draw(months),
        last_month=draw(months),
        deliverables=tuple(
            DeliverableFacts(title=draw(st.sampled_from(["", "Report"])), due_month=draw(months))
            for _number in range(draw(st.integers(0, 2)))
        ),
    )


@st.composite
def dossiers(draw):
    count = draw(st.integers(0, 5))
    span = int((CLOSES - OPENS).total_seconds())
    return replace(
        GOOD,
        programme=replace(PROGRAMME, public_sources=draw(st.sampled_from([frozenset(), {"public"}]))),
        now=OPENS + timedelta(seconds=draw(st.integers(-2, span + 2))),
        call=replace(CALL, published=draw(st.booleans())),
        proposal=ProposalFacts(
            main_ket=draw(st.none() | st.sampled_from(["NT", "XX"])),
            fields=draw(st.frozensets(st.sampled_from(["health", "mining"]))),
            months=draw(st.none() | st.integers(0, 20)),
            starts_on=draw(st.none() | st.dates(date(2026, 8, 1), date(2027, 1, 31))),
            sections=draw(st.frozensets(st.sampled_from(["summary", "budget"]))),
            annexes=draw(st.frozensets(st.sampled_from(["letter"]))),
        ),
        partners=tuple(draw(partners(f"p{number}")) for number in range(count)),
        products=tuple(
            ProductFacts(key=str(number), name="P", trl_start=draw(levels), trl_target=draw(levels))
            for number in range(draw(st.integers(0, 2)))
        ),
        work_packages=tuple(draw(work_packages(f"w{number}")) for number in range(draw(st.integers(0, 3)))),
        derogations=draw(
            st.dictionaries(st.sampled_from(["PROGRAMME-AREA", "SME-LED", "DURATION"]), st.just("So."))
        ),
    )


RULES = all_rules()
newcomers = st.sampled_from(["DE", "NL"]).map(lambda country: sme("newcomer", country))
RANK = {Outcome.FAILED: 0, Outcome.UNKNOWN: 1, Outcome.PASSED: 2}


@given(dossiers(), newcomers)
def test_an_unlinked_confirmed_sme_from_the_other_country_never_worsens_both_sides(dossier, newcomer):
    for code in ("BOTH-SIDES", "SME-COUNT", "SME-INDEPENDENT"):
        rule = rule_class(code)()
        before = rule.check(dossier)
        after = rule.check(replace(dossier, partners=(*dossier.partners, newcomer)))
        if code == "SME-INDEPENDENT" and before.reason == "passed":
            # With fewer than two SMEs there was nothing to be independent of.
            assert after.outcome is not Outcome.FAILED
        else:
            assert RANK[after.outcome] >= RANK[before.outcome]


@given(dossiers(), st.randoms(use_true_random=False))
def test_the_order_of_partners_never_matters(dossier, random):
    shuffled = list(dossier.partners)
    random.shuffle(shuffled)
    assert evaluate(RULES, replace(dossier, partners=tuple(shuffled))) == evaluate(RULES, dossier)


@given(dossiers())
def test_a_linked_group_never_counts_twice(dossier):
    """Once every partner is in one group, no rule finds two independent SMEs."""
    one = tuple(replace(p, linked=(p.linked or frozenset()) | {"holding"}) for p in dossier.partners)
    for code in ("SME-COUNT", "BOTH-SIDES"):
        assert rule_class(code)().check(replace(dossier, partners=one)).outcome is Outcome.FAILED


@given(dossiers())
def test_linking_two_partners_never_helps(dossier):
    declared = tuple(replace(p, linked=p.linked or frozenset()) for p in dossier.partners)
    linked = tuple(
        replace(p, linked=p.linked | {"their holding"}) if number < 2 else p
        for number, p in enumerate(declared)
    )
    rule = rule_class("SME-COUNT")()
    before, after = (rule.check(replace(dossier, partners=partners)) for partners in (declared, linked))
    assert RANK[after.outcome] <= RANK[before.outcome]


@given(dossiers())
def test_confirming_every_invited_partner_turns_no_count_from_passed(dossier):
    confirmed = tuple(replace(p, state="confirmed") if p.state == "invited" else p for p in dossier.partners)
    for code in ("SME-COUNT", "BOTH-SIDES", "PARTNERS-CONFIRMED"):
        before = rule_class(code)().check(dossier)
        after = rule_class(code)().check(replace(dossier, partners=confirmed))
        assert RANK[after.outcome] >= RANK[before.outcome]
        if before.outcome is Outcome.FAILED:
            assert after.outcome is Outcome.FAILED


@given(dossiers())
def test_an_unknown_never_passes_a_blocking_rule(dossier):
    report = evaluate(RULES, dossier)
    assert report.is_eligible == all(finding.outcome is Outcome.PASSED for finding in report)
    assert len(report.blocking) == len(report.failed) + len(report.unknown)


@given(dossiers())
def test_what_does_not_pass_says_how_to_mend_it(dossier):
    for finding in evaluate(RULES, dossier):
        assert bool(finding.remedies) == (finding.outcome is not Outcome.PASSED)


@settings(max_examples=60)
@given(dossiers())
def test_reports_and_dossiers_survive_json_and_every_sentence_has_its_values(dossier):
    report = evaluate(RULES, dossier)
    assert EligibilityReport.from_json(json.loads(json.dumps(report.to_json()))) == report
    again = dossier_from_json(json.loads(json.dumps(dossier_to_json(dossier))))
    assert again == dossier
    assert evaluate(RULES, again) == report
    for finding in report:
        text = describe(finding)
        assert all(text.evidence)
        assert len(text.evidence) == len(finding.evidence)
        assert "%(" not in text.message


@given(dossiers(), st.integers(1, 24))
def test_a_plan_that_passes_keeps_every_month_inside(dossier, minimum):
    """Whatever was generated: where the rule passes, the plan can be drawn and delivers within itself."""
    finding = rule_class("WORK-PLAN")(minimum=minimum).check(dossier)
    if finding.outcome is Outcome.PASSED:
        parts = {partner.key for partner in dossier.taking_part}
        assert len(dossier.work_packages) >= minimum
        for package in dossier.work_packages:
            assert 1 <= package.first_month <= package.last_month <= dossier.proposal.months
            assert package.lead in parts
            dues = [deliverable.due_month for deliverable in package.deliverables]
            assert dues
            assert all(package.first_month <= due <= package.last_month for due in dues)


@given(dossiers(), st.randoms(use_true_random=False))
def test_the_order_of_packages_changes_no_answer(dossier, random):
    shuffled = list(dossier.work_packages)
    random.shuffle(shuffled)
    for code in ("WORK-PLAN", "WORK-PLAN-PARTNERS"):
        rule = rule_class(code)()
        again = rule.check(replace(dossier, work_packages=tuple(shuffled)))
        assert (again.outcome, again.reason) == (rule.check(dossier).outcome, rule.check(dossier).reason)


@given(dossiers())
def test_a_longer_project_never_worsens_the_plan(dossier):
    rule = rule_class("WORK-PLAN")()
    if dossier.proposal.months is not None:
        longer = replace(dossier, proposal=replace(dossier.proposal, months=dossier.proposal.months + 12))
        assert RANK[rule.check(longer).outcome] >= RANK[rule.check(dossier).outcome]


@given(dossiers(), keys)
def test_a_further_declaration_never_worsens_the_rule(dossier, key):
    rule = rule_class("DECLARATIONS")()
    before = rule.check(dossier)
    partners = tuple(
        replace(p, declared=p.declared | {"honest", "agreement"}) if p.key == key else p
        for p in dossier.partners
    )
    after = rule.check(replace(dossier, partners=partners))
    assert RANK[after.outcome] >= RANK[before.outcome]
    assert len(after.evidence) <= len(before.evidence)
