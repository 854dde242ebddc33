"""Reports: order, counts, what blocks, and their JSON."""

from __future__ import annotations

import json
from dataclasses import replace

from feasibility.eligibility import (
    RULE_SET_VERSION,
    EligibilityReport,
    Finding,
    Outcome,
    describe,
    evaluate,
    rule_codes,
)

from .cast import GOOD, LEAD, PARTNER, RULES, all_rules, with_partners

BAD = replace(
    with_partners(replace(LEAD, figures_class="large"), replace(PARTNER, state="invited", region=None)),
    proposal=replace(GOOD.proposal, months=99, annexes=frozenset()),
)


def test_the_cast_knows_every_rule():
    assert sorted(rule["code"] for rule in RULES) == sorted(rule_codes())


def test_the_good_dossier_is_eligible():
    report = evaluate(all_rules(), GOOD)
    assert report.is_eligible
    assert report.counts == {"passed": 24, "failed": 0, "unknown": 0, "blocking": 0}


def test_failed_comes_before_unknown_before_passed_in_the_programmes_order():
    report = evaluate(all_rules(), BAD)
    assert [one.code for one in report.failed] == [
        "SME-LED",
        "SME-COUNT",
        "BOTH-SIDES",
        "SME-DECLARATION",
        "DURATION",
        "ANNEXES",
    ]
    assert [one.code for one in report.unknown] == ["PARTNERS-CONFIRMED", "PROGRAMME-AREA"]
    assert report.findings == (*report.failed, *report.unknown, *report.passed)
    assert report.counts == {"passed": 16, "failed": 6, "unknown": 2, "blocking": 8}
    assert report.blocking == (*report.failed, *report.unknown)


def test_a_rule_that_only_warns_does_not_block():
    warning = Finding("X", Outcome.FAILED, blocks=False)
    report = EligibilityReport((warning, Finding("Y", Outcome.PASSED)))
    assert (report.is_eligible, report.blocking) == (True, ())


def test_an_unknown_on_a_blocking_rule_blocks():
    assert not EligibilityReport((Finding("X", Outcome.UNKNOWN),)).is_eligible


def test_findings_that_block_come_first():
    report = EligibilityReport((Finding("X", Outcome.FAILED, blocks=False), Finding("Y", Outcome.FAILED)))
    assert [one.code for one in report] == ["Y", "X"]


def test_a_report_survives_json():
    report = evaluate(all_rules(), BAD)
    plain = json.loads(json.dumps(report.to_json()))
    again = EligibilityReport.from_json(plain)
    assert again == report
    assert [one.to_json() for one in again] == [one.to_json() for one in report]
    assert list(map(describe, again)) == list(map(describe, report))
    assert plain["rule_set_version"] == RULE_SET_VERSION


def test_a_report_of_a_rule_that_is_gone_stays_readable():
    gone = Finding("OLD-RULE", Outcome.FAILED, reason="whatever")
    report = EligibilityReport.from_json(EligibilityReport((gone,), "0").to_json())
    text = describe(report.findings[0])
    assert (text.title, text.message) == ("OLD-RULE", "This rule failed.")
    assert report.rule_set_version == "0"


def test_a_finding_is_found_by_its_code():
    report = evaluate(all_rules(), BAD)
    assert report.finding("DURATION").reason == "too_long"
    assert report.finding("NO-SUCH") is None
