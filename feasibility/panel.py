"""The eligibility panel: findings in the reader's words, each with a link to what mends it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode

from consortia.models import Partner
from feasibility.eligibility import (
    EligibilityReport,
    Evidence,
    Finding,
    Outcome,
    Remedy,
    describe,
    describe_remedy,
)
from feasibility.eligibility.values import show as show_value
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
    SectionName.WORK_PLAN: ("WORK-PLAN", "WORK-PLAN-PARTNERS"),
    SectionName.PRODUCTS: ("PRODUCTS",),
    SectionName.ANNEXES: ("ANNEXES",),
    SectionName.DECLARATIONS: ("DECLARATIONS",),
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

_OF_PACKAGE = {
    "name_work_package": "id_title",
    "choose_package_lead": "id_lead",
    "edit_package_months": "id_%(field)s",
    "add_deliverable": "id_deliverables-0-title",
    "edit_deliverable": "id_deliverables-%(row)s-title",
}
"""Remedies on the page of a work package: field."""

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
    """A report for one reader. ``checked_at`` is the moment that the rules were given as now.

    ``failed`` and ``unknown`` block the submission; ``warned`` holds what did not pass and does not block.
    """

    failed: list[ShownFinding]
    unknown: list[ShownFinding]
    passed: list[ShownFinding]
    checked_at: datetime | None
    is_eligible: bool
    warned: list[ShownFinding] = field(default_factory=list)

    passed_count = property(lambda self: len(self.passed))
    failed_count = property(lambda self: len(self.failed))
    unknown_count = property(lambda self: len(self.unknown))
    warned_count = property(lambda self: len(self.warned))


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
    warned: list[ShownFinding] = []
    for finding in report.findings:
        if only is None or finding.code in only:
            does_warn = finding.outcome is not Outcome.PASSED and not finding.blocks
            (warned if does_warn else groups[finding.outcome]).append(show(finding, proposal, reader=reader))
    return Panel(
        failed=groups[Outcome.FAILED],
        unknown=groups[Outcome.UNKNOWN],
        passed=groups[Outcome.PASSED],
        checked_at=now,
        is_eligible=report.is_eligible,
        warned=warned,
    )


def show(finding: Finding, proposal: Proposal, *, reader: Any = None) -> ShownFinding:
    text = describe(finding)
    remedy = remedy_for(reader, finding, proposal)
    outcome = str(finding.outcome.value)
    if finding.derogation is not None:
        outcome = "derogation"
    elif outcome != "passed" and not finding.blocks:
        outcome = "warns"
    return ShownFinding(
        outcome=outcome,
        title=text.title,
        message=text.message,
        remedy_text=describe_remedy(remedy, is_own=_is_own(reader, remedy, proposal)) if remedy else "",
        remedy_url=remedy_url(finding, proposal, reader=reader),
        code=finding.code,
        source=text.source,
        evidence=_beyond(text.message, finding, text.evidence),
    )


def _beyond(message: str, finding: Finding, sentences: tuple[str, ...]) -> tuple[str, ...]:
    """What the evidence adds to the message; a fact that only repeats a name of it is left out. Nothing of what
    passed: there the message is enough."""
    if finding.outcome is Outcome.PASSED:
        return ()
    if len(sentences) != len(finding.evidence):
        return sentences  # of a fact that has no words any more
    return tuple(
        sentence
        for sentence, fact in zip(sentences, finding.evidence, strict=True)
        if not _is_the_message(fact, finding)
        and (
            len(fact.values) > 1
            or not all(str(show_value(value)) in message for value in fact.values.values())
        )
    )


def _is_the_message(fact: Evidence, finding: Finding) -> bool:
    """Whether the message was made of the very figures of this fact."""
    return len(fact.values) > 1 and all(
        name in finding.parameters and finding.parameters[name] == value
        for name, value in fact.values.items()
    )


def _is_own(reader: Any, remedy: Remedy, proposal: Proposal) -> bool:
    """Whether the remedy is about a partner for which ``reader`` acts."""
    partner = _partner_of(remedy, proposal)
    return reader is not None and partner is not None and partner.organisation_id in organisations_of(reader)


def _partner_of(remedy: Remedy, proposal: Proposal) -> Partner | None:
    key = str(remedy.parameters.get("key", ""))
    return next((p for p in proposal.consortium.partners.all() if str(p.pk) == key), None)


def remedy_for(reader: Any, finding: Finding, proposal: Proposal) -> Remedy | None:
    """The first remedy; where each partner has its own to do, that of the reader's comes first."""
    if finding.remedy is not None and finding.remedy.code == "declare":
        own = (remedy for remedy in finding.remedies if _is_own(reader, remedy, proposal))
        return next(own, finding.remedy)
    return finding.remedy


def remedy_url(finding: Finding, proposal: Proposal, *, reader: Any) -> str:
    """Where ``reader`` does the first remedy, down to the field; empty where there is nothing for this person to do.

    What another organisation has to declare, the table of partners names: its own pages are open to its people alone.
    """
    remedy = remedy_for(reader, finding, proposal)
    if remedy is None or reader is None or not is_of_consortium(reader, proposal):
        return ""
    values, number = remedy.parameters, proposal.number
    key = str(values.get("key", ""))
    partner = _partner_of(remedy, proposal)
    is_own = _is_own(reader, remedy, proposal)

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
        case "add_work_package":
            return at("new_work_package", number)
        case code if code in _OF_PACKAGE and key.isdigit():
            return at("edit_work_package", number, int(key), anchor=_OF_PACKAGE[code] % dict(values))
        case "assign_partner":
            return at("section_work_plan", number)
        case "declare":
            return at("section_declarations", number, anchor=f"partner-{key}" if is_own else "")
        case "add_annex":
            return at("section_annexes", number, anchor=str(values.get("annex", "")))
        case "wait_for_opening":
            return at("call", proposal.call.slug)
        case "choose_call":
            return at("calls")
    sections = {code: section for section, codes in SECTION_RULES.items() for code in codes}
    section = sections.get(finding.code, "")
    return at(f"section_{section}", number) if section else at("proposal", number)
