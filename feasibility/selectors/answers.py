"""The answers of a proposal as pages and PDF show them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from django.db.models import Q, QuerySet
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from consortia.enums import PartnerRole, PartnerState
from feasibility.enums import SectionName
from feasibility.models import Annex, Proposal, Submission
from feasibility.selectors.budget import BudgetTable, budget_in
from feasibility.selectors.content import content_of
from feasibility.selectors.declarations import ShownDeclaration, declarations_in
from feasibility.selectors.products import ShownProduct, products_in
from feasibility.selectors.work_plan import ShownPlan, work_plan_in
from rocket.core.text import LocalisedText


@dataclass(frozen=True)
class Answer:
    """One answer; ``url`` leads to where it can be changed, empty where it can't."""

    key: str
    value: Any
    url: str = ""
    url_text: str = ""


@dataclass(frozen=True)
class AnswerGroup:
    title: str
    rows: list[Answer] = field(default_factory=list)
    plan: ShownPlan | None = None
    budget: BudgetTable | None = None
    products: list[ShownProduct] = field(default_factory=list)
    declarations: list[ShownDeclaration] = field(default_factory=list)
    url: str = ""
    """Where the whole group can be changed; empty where it can't, or where each row says so itself."""

    @property
    def has_content(self) -> bool:
        return bool(
            self.rows
            or self.budget
            or self.products
            or self.declarations
            or (self.plan and self.plan.packages)
        )


def answers_of(proposal: Proposal, *, with_links: bool = True) -> list[AnswerGroup]:
    """Every answer of a loaded proposal, with the way to change it while it is editable."""
    return _answers(content_of(proposal), proposal.number if with_links and proposal.is_editable else "")


def answers_from(submission: Submission) -> list[AnswerGroup]:
    """The answers as they were submitted, from the frozen content, with the files that were part of it; one query."""
    files = {
        annex.document.sha256: reverse("annex_file", args=[submission.proposal.number, annex.pk])
        for annex in submitted_annexes(submission)
    }
    return _answers(json.loads(submission.content), "", files)


def answers_in(content: dict[str, Any]) -> list[AnswerGroup]:
    """The answers in a proposal's plain content; no query."""
    return _answers(content, "")


def titles_as_submitted(proposals: Iterable[Proposal]) -> None:
    """Give those that are open for changes the title of their last submission: what is being written is not the
    desk's to read. One query, and none where all are closed."""
    being_written = {proposal.pk: proposal for proposal in proposals if proposal.is_editable}
    if not being_written:
        return
    for submission in Submission.objects.filter(proposal__in=being_written).order_by("received_at", "pk"):
        title_as_submitted(being_written[submission.proposal_id], submission)


def title_as_submitted(proposal: Proposal, latest: Submission | None) -> None:
    """The same for one proposal whose last submission is read already. No query."""
    if latest is not None and proposal.is_editable:
        proposal.title = json.loads(latest.content)["title"]


def submitted_annexes(submission: Submission | None) -> QuerySet[Annex]:
    """The files that were part of ``submission``, whatever took their place since."""
    if submission is None:
        return Annex.objects.none()
    sums = [annex["sha256"] for annex in json.loads(submission.content)["annexes"]]
    received_at = submission.received_at
    return Annex.objects.filter(
        Q(removed_at=None) | Q(removed_at__gt=received_at),
        proposal=submission.proposal_id,
        document__sha256__in=sums,
        document__stored_at__lte=received_at,
    ).select_related("document")


def _answers(
    content: dict[str, Any], number: str, files: Mapping[str, str] = MappingProxyType({})
) -> list[AnswerGroup]:
    """``number``: of a proposal that can be changed. ``files``: addresses of the annexes by their SHA-256."""

    def address(section: SectionName) -> str:
        return reverse(f"section_{section}", args=[number]) if number else ""

    def row(key: str, value: Any, section: SectionName) -> Answer:
        return Answer(key, value if value not in (None, "", []) else "–", address(section), _("Change"))

    def names(entries: list[dict[str, Any]]) -> str:
        return ", ".join(str(LocalisedText(entry["name"])) for entry in entries)

    starts_on = content["starts_on"]
    day = parse_date(starts_on) if isinstance(starts_on, str) else starts_on
    return [
        AnswerGroup(
            str(SectionName.SUMMARY.label),
            [
                row(_("Title"), content["title"], SectionName.SUMMARY),
                row(_("What do you want to do?"), content["summary"], SectionName.SUMMARY),
                row(
                    _("First day of the project"),
                    date_format(day, "DATE_FORMAT") if day else "",
                    SectionName.SUMMARY,
                ),
                row(_("Duration in months"), content["months"], SectionName.SUMMARY),
            ],
        ),
        AnswerGroup(
            str(SectionName.CROSS_BORDER.label),
            [row(_("Why across the border?"), content["cross_border_value"], SectionName.CROSS_BORDER)],
        ),
        AnswerGroup(
            str(SectionName.TECHNOLOGY.label),
            [
                row(
                    _("Main technology"),
                    names([content["main_ket"]] if content["main_ket"] else []),
                    SectionName.TECHNOLOGY,
                ),
                row(_("Further technologies"), names(content["kets"]), SectionName.TECHNOLOGY),
                row(_("Fields of application"), names(content["fields"]), SectionName.TECHNOLOGY),
            ],
        ),
        AnswerGroup(
            str(SectionName.PARTNERS.label),
            [
                Answer(
                    str(PartnerRole(entry["role"]).label),
                    f"{entry['organisation']} ({entry['country']}) · {PartnerState(entry['state']).label}",
                )
                for entry in content["partners"]
                if PartnerState(entry["state"]).takes_part
            ],
            url=address(SectionName.PARTNERS),
        ),
        AnswerGroup(
            str(SectionName.WORK_PLAN.label),
            plan=work_plan_in(content),
            url=address(SectionName.WORK_PLAN),
        ),
        AnswerGroup(
            str(SectionName.BUDGET.label),
            budget=budget_in(content, number),
            url=address(SectionName.BUDGET),
        ),
        AnswerGroup(
            str(SectionName.PRODUCTS.label),
            products=products_in(content),
            url=address(SectionName.PRODUCTS),
        ),
        AnswerGroup(
            str(SectionName.ANNEXES.label),
            [
                Answer(
                    str(LocalisedText(annex["title"])),
                    file_text(annex),
                    files.get(annex["sha256"], ""),
                    _("Download"),
                )
                for annex in content["annexes"]
            ],
            url=address(SectionName.ANNEXES),
        ),
        AnswerGroup(
            str(SectionName.DECLARATIONS.label),
            declarations=declarations_in(content),
            url=address(SectionName.DECLARATIONS),
        ),
    ]


def file_text(annex: dict[str, Any]) -> str:
    """The name of an annex's file with its size; contents of an earlier portal know no size."""
    return f"{annex['name']} · {filesizeformat(annex['size'])}" if annex.get("size") else str(annex["name"])
