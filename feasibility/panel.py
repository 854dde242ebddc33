"""The eligibility panel: findings in the reader's words, each with a link to what mends it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from feasibility.eligibility import EligibilityReport, Finding, Outcome, describe
from feasibility.enums import SectionName
from feasibility.models import Proposal

SECTION_RULES: dict[str, tuple[str, ...]] = {
    SectionName.SUMMARY: ("DURATION", "SECTIONS"),
    SectionName.TECHNOLOGY: ("KET-CALL", "FIELD-CALL"),
    SectionName.PARTNERS: (
        "LEAD-ONE", "SME-LED", "SME-COUNT", "BOTH-SIDES", "SME-INDEPENDENT", "PARTNERS-CONFIRMED",
        "SME-DECLARATION", "PROGRAMME-AREA",
    ),
    SectionName.BUDGET: (
        "GRANT-LIMIT", "FUNDING-RATE", "AID-INTENSITY", "PARTNER-SHARE", "BUDGET-SUM", "DE-MINIMIS",
    ),
    SectionName.PRODUCTS: ("PRODUCTS",),
    SectionName.ANNEXES: ("ANNEXES",),
}  # fmt: skip
"""Which rules a section can change: its panel shows those first."""


@dataclass(frozen=True)
class ShownFinding:
    """One finding as the panel shows it. ``outcome`` is passed, failed, unknown, warns or derogation."""

    outcome: str
    title: str
    message: str
    remedy_text: str
    remedy_url: str
    code: str
    source: str
    evidence: tuple[str, ...]


@dataclass(frozen=True)
class Panel:
    """A report for one reader. ``checked_at`` is the moment that the rules were given as now."""

    failed: list[ShownFinding]
    unknown: list[ShownFinding]
    passed: list[ShownFinding]
    checked_at: datetime | None
    is_eligible: bool

    passed_count = property(lambda self: len(self.passed))
    failed_count = property(lambda self: len(self.failed))
    unknown_count = property(lambda self: len(self.unknown))


def panel_of(
    report: EligibilityReport,
    proposal: Proposal,
    *,
    now: datetime | None,
    only: Collection[str] | None = None,
) -> Panel:
    """The panel of ``report``; with ``only``, just the findings of these rules (what one section can change)."""
    groups: dict[Outcome, list[ShownFinding]] = {outcome: [] for outcome in Outcome}
    for finding in report.findings:
        if only is None or finding.code in only:
            groups[finding.outcome].append(show(finding, proposal))
    return Panel(
        failed=groups[Outcome.FAILED],
        unknown=groups[Outcome.UNKNOWN],
        passed=groups[Outcome.PASSED],
        checked_at=now,
        is_eligible=report.is_eligible,
    )


def show(finding: Finding, proposal: Proposal) -> ShownFinding:
    text = describe(finding)
    outcome = str(finding.outcome.value)
    if finding.derogation is not None:
        outcome = "derogation"
    elif outcome != "passed" and not finding.blocks:
        outcome = "warns"
    return ShownFinding(
        outcome=outcome,
        title=text.title,
        message=text.message,
        remedy_text=text.remedy,
        remedy_url=remedy_url(finding, proposal) if finding.remedy else "",
        code=finding.code,
        source=text.source,
        evidence=text.evidence,
    )


def remedy_url(finding: Finding, proposal: Proposal) -> str:
    """Where the first remedy is done: the section, the partner's budget, or the organisation's declaration."""
    remedy = finding.remedy
    if remedy is None:
        return ""
    number = proposal.number
    key = str(remedy.parameters.get("key", ""))
    partners = {str(partner.pk): partner for partner in proposal.consortium.partners.all()}
    partner = partners.get(key)

    def at(name: str, *args: Any, anchor: str = "") -> str:
        return reverse(name, args=args) + (f"#{anchor}" if anchor else "")

    match remedy.code:
        case "declare_sme" | "correct_declaration" | "declare_holdings" if partner:
            return at("sme_declaration", partner.organisation_id)
        case "declare_de_minimis" if partner:
            return at("de_minimis_declaration", partner.organisation_id)
        case "complete_organisation" | "edit_region" | "edit_organisation" if partner:
            return at("edit_organisation", partner.organisation_id)
        case "edit_section":
            section = str(remedy.parameters.get("section", remedy.parameters.get("key", "")))
            return (
                at(f"section_{section}", number) if section in SectionName.values else at("proposal", number)
            )
        case "add_product" | "edit_product":
            return at("edit_product", number, int(key)) if key.isdigit() else at("section_products", number)
        case "upload_annex":
            return at("section_annexes", number)
        case "choose_call":
            return at("calls")
    code_rules = {code: section for section, codes in SECTION_RULES.items() for code in codes}
    section = code_rules.get(finding.code, "")
    if section == SectionName.BUDGET:
        return at("partner_budget", number, int(key)) if partner else at("section_budget", number)
    return at(f"section_{section}", number) if section else at("proposal", number)
