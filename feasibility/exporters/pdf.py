"""A proposal as a tagged PDF: as it was submitted, from the frozen content alone, or as the draft stands."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from consortia.enums import ComputedClass, OrganisationKind, PartnerRole, PartnerState
from feasibility import selectors
from feasibility.eligibility import EligibilityReport, Outcome, describe
from feasibility.enums import FundingSource, Research, SectionName
from feasibility.models import Proposal, Submission
from feasibility.selectors import BudgetTable
from rocket.core.audit import canonical_json
from rocket.core.pdf import html_to_pdf, page_of_pages
from rocket.core.text import LocalisedText

ZERO = Decimal("0.00")


@dataclass(frozen=True)
class Receipt:
    """What the server confirmed: number, moment, whose hand, fingerprint."""

    number: str
    received_at: datetime
    submitted_by: str
    sha256: str
    rule_set_version: str


@dataclass(frozen=True)
class Matrix:
    """Amounts by partner: one row a partner, one column a code, with sums both ways."""

    heads: list[str]
    rows: list[tuple[str, list[Decimal], Decimal]]

    @property
    def sums(self) -> list[Decimal]:
        return [sum((row[1][place] for row in self.rows), ZERO) for place in range(len(self.heads))]

    @property
    def total(self) -> Decimal:
        return sum((row[2] for row in self.rows), ZERO)


def _label(choices: Any, value: Any) -> str:
    """The word for one value of an enumeration, or the value where it is no longer known."""
    try:
        return str(choices(value).label)
    except ValueError:
        return str(value or "")


def _costs(budget: BudgetTable) -> Matrix:
    """A row a partner, a column for each cost category that anybody uses."""
    lines = budget.cost_lines
    rows = [
        (row.name, [line.amounts[place] for line in lines], row.cost) for place, row in enumerate(budget.rows)
    ]
    return Matrix([line.label for line in lines], rows)


def _sources(budget: BudgetTable) -> Matrix:
    """A row a partner, a column for each kind of source that anybody has."""
    used = [source for source in FundingSource if any(row.of_source(source) for row in budget.rows)]
    rows = [(row.name, [row.of_source(source) for source in used], row.funded) for row in budget.rows]
    return Matrix([str(source.label) for source in used], rows)


def _in_words(mapping: Any, code: str) -> str:
    """The name that the content gives beside a code; older contents give the code alone."""
    return str(LocalisedText((mapping or {}).get(code) or code))


def _partners(content: dict[str, Any]) -> list[dict[str, Any]]:
    budgets = {entry["partner"]: entry for entry in content["budget"]}
    rows = []
    for entry in content["partners"]:
        if entry["state"] not in PartnerState.values or not PartnerState(entry["state"]).takes_part:
            continue
        budget = budgets.get(entry["key"], {})
        figures = entry.get("computed_class")
        rows.append(
            {
                **entry,
                "role_text": _label(PartnerRole, entry["role"]),
                "state_text": _label(PartnerState, entry["state"]),
                "region_text": str((entry.get("region") or [""])[0] or ""),
                "kind_text": _label(OrganisationKind, entry["kind"]) if entry.get("kind") else "",
                "class_text": _label(ComputedClass, figures) if figures else "",
                "aid_basis": _in_words(content.get("aid_bases"), budget["aid_basis"])
                if budget.get("aid_basis")
                else "",
                "research": _label(Research, budget["research_category"])
                if budget.get("research_category")
                else "",
            }
        )
    return rows


_SHOWN_IN_FULL = (
    SectionName.PARTNERS,
    SectionName.WORK_PLAN,
    SectionName.BUDGET,
    SectionName.PRODUCTS,
    SectionName.ANNEXES,
    SectionName.DECLARATIONS,
)
"""Sections that have tables of their own in the file; every other one stands as question and answer."""


def _findings(report: EligibilityReport) -> list[dict[str, Any]]:
    order = {Outcome.FAILED: 0, Outcome.UNKNOWN: 1, Outcome.PASSED: 2}
    words = {
        Outcome.FAILED: _("Failed"),
        Outcome.UNKNOWN: _("Not yet known"),
        Outcome.PASSED: _("Passed"),
    }
    rows = []
    for finding in sorted(report.findings, key=lambda one: order[one.outcome]):
        text = describe(finding)
        word = words[finding.outcome]
        if finding.derogation is not None:
            word = _("Passed by a derogation")
        elif finding.outcome is not Outcome.PASSED and not finding.blocks:
            word = _("Warns")
        rows.append({"word": word, "title": text.title, "message": text.message, "code": finding.code})
    return rows


def proposal_html(
    content: dict[str, Any],
    report: EligibilityReport,
    *,
    language: str,
    zone: Any,
    receipt: Receipt | None,
    made_at: datetime,
) -> str:
    """The page of a proposal in ``language``: of the plain ``content`` and the findings, no database is asked.

    Without a ``receipt`` it is a draft, and says so on every page.
    """
    with translation.override(language), timezone.override(zone):
        skipped = {str(name.label) for name in _SHOWN_IN_FULL}
        programme = content.get("programme") or {}
        budget = selectors.budget_in(content)
        context = {
            "language": language,
            "content": content,
            "receipt": receipt,
            "made_at": made_at,
            "programme_name": programme.get("short_name") or "ROCKET",
            "programme_title": str(LocalisedText(programme.get("name") or "")),
            "call_title": str(LocalisedText(content["call"]["title"])),
            "kind": str(LocalisedText(content["kind"]["name"])),
            "answers": [group for group in selectors.answers_in(content) if group.title not in skipped],
            "partners": _partners(content),
            "costs": _costs(budget),
            "funding": _sources(budget),
            "funders": [(row.name, funder) for row in budget.rows for funder in row.funders],
            "plan": selectors.work_plan_in(content),
            "products": selectors.products_in(content),
            "declarations": selectors.declarations_in(content),
            "annexes": [
                {
                    "title": str(LocalisedText(annex["title"])),
                    "file": selectors.file_text(annex),
                    "lines": [annex["sha256"][:32], annex["sha256"][32:]],
                }
                for annex in content["annexes"]
            ],
            "derogations": sorted((content.get("derogations") or {}).items()),
            "findings": _findings(report),
            "counts": report.counts,
            "running": " ".join(content["title"].split())[:70],
            "page_of_pages": page_of_pages(),
        }
        return render_to_string("feasibility/pdf/proposal.html", context)


def submission_pdf(submission: Submission, *, language: str, zone: Any) -> bytes:
    """What was submitted, from its frozen content and findings. Raises ``RocketError`` where libraries lack."""
    html = proposal_html(
        json.loads(submission.content),
        EligibilityReport.from_json(submission.findings),
        language=language,
        zone=zone,
        receipt=Receipt(
            number=submission.receipt_number,
            received_at=submission.received_at,
            submitted_by=str(submission.submitted_by),
            sha256=submission.sha256,
            rule_set_version=submission.rule_set_version,
        ),
        made_at=submission.received_at,
    )
    with translation.override(language):
        return html_to_pdf(html)


def draft_pdf(proposal: Proposal, *, language: str, zone: Any, now: datetime) -> bytes:
    """A loaded proposal as it stands at ``now``, marked as a draft on every page."""
    html = proposal_html(
        json.loads(canonical_json(selectors.content_of(proposal))),
        selectors.report_of(proposal, now=now),
        language=language,
        zone=zone,
        receipt=None,
        made_at=now,
    )
    with translation.override(language):
        return html_to_pdf(html)
