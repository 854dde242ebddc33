"""The eligibility panel: findings in the reader's words, each with a link to what mends it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode

from feasibility.eligibility import EligibilityReport, Finding, Outcome, describe
from feasibility.enums import SectionName
from feasibility.models import Proposal
from feasibility.permissions import is_of_consortium, organisations_of

SECTION_RULES: dict[str, tuple[str, ...]] = {
    SectionName.SUMMARY: ("DURATION",),
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

_OF_ORGANISATION = {
    "declare_sme": ("sme_declaration", ""),
    "declare_holdings": ("sme_declaration", "related-0"),
    "declare_de_minimis": ("de_minimis_declaration", ""),
    "edit_region": ("edit_organisation", "id_region"),
}
"""Remedies on the pages of the partner's organisation: address and field."""

_OF_BUDGET = {
    "edit_budget": "",
    "lower_grant": "id_funding_grant",
    "lower_project_grant": "id_funding_grant",
    "choose_aid_basis": "id_aid_basis",
}
"""Remedies in a partner's budget: field."""

_FIELDS = {"fields": "fields_of_application"}
"""Fields whose name in the form differs from their name in the rules."""


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
    reader: Any = None,
    only: Collection[str] | None = None,
) -> Panel:
    """The panel of ``report``; with ``only``, just the findings of these rules (what one section can change).

    ``reader`` is the person for whom remedies become links: someone of the consortium. Others mend nothing and get
    none.
    """
    groups: dict[Outcome, list[ShownFinding]] = {outcome: [] for outcome in Outcome}
    for finding in report.findings:
        if only is None or finding.code in only:
            groups[finding.outcome].append(show(finding, proposal, reader=reader))
    return Panel(
        failed=groups[Outcome.FAILED],
        unknown=groups[Outcome.UNKNOWN],
        passed=groups[Outcome.PASSED],
        checked_at=now,
        is_eligible=report.is_eligible,
    )


def show(finding: Finding, proposal: Proposal, *, reader: Any = None) -> ShownFinding:
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
        remedy_url=remedy_url(finding, proposal, reader=reader),
        code=finding.code,
        source=text.source,
        evidence=text.evidence,
    )


def remedy_url(finding: Finding, proposal: Proposal, *, reader: Any) -> str:
    """Where ``reader`` does the first remedy, down to the field; empty where there is nothing for this person to do.

    What another organisation has to declare, the table of partners names: its own pages are open to its people alone.
    """
    remedy = finding.remedy
    if remedy is None or reader is None or not is_of_consortium(reader, proposal):
        return ""
    values, number = remedy.parameters, proposal.number
    key = str(values.get("key", ""))
    partner = next((p for p in proposal.consortium.partners.all() if str(p.pk) == key), None)
    is_own = partner is not None and partner.organisation_id in organisations_of(reader)

    def at(name: str, *args: Any, anchor: str = "") -> str:
        return reverse(name, args=args) + (f"#{anchor}" if anchor else "")

    if remedy.code in _OF_ORGANISATION:
        if partner is None or not is_own:
            return at("section_partners", number)
        name, anchor = _OF_ORGANISATION[remedy.code]
        back = urlencode({"next": proposal.get_absolute_url()})
        return f"{at(name, partner.organisation_id)}?{back}" + (f"#{anchor}" if anchor else "")
    if remedy.code in _OF_BUDGET:
        if partner is None:
            return at("section_budget", number)
        return at("partner_budget", number, partner.pk, anchor=_OF_BUDGET[remedy.code])
    match remedy.code:
        case "invite_partner" | "invite_sme":
            return at("section_partners", number, anchor="invite")
        case "edit_section" if values.get("section") in SectionName.values:
            field = str(values.get("field", ""))
            anchor = f"id_{_FIELDS.get(field, field)}" if field else ""
            return at(f"section_{values['section']}", number, anchor=anchor)
        case "edit_product" if key.isdigit():
            return at("edit_product", number, int(key), anchor="id_trl_end")
        case "add_product":
            return at("new_product", number)
        case "add_annex":
            return at("section_annexes", number, anchor=str(values.get("annex", "")))
        case "wait_for_opening":
            return at("call", proposal.call.slug)
        case "choose_call":
            return at("calls")
    sections = {code: section for section, codes in SECTION_RULES.items() for code in codes}
    section = sections.get(finding.code, "")
    return at(f"section_{section}", number) if section else at("proposal", number)
