"""Reads of one proposal: loaded once, in a fixed number of queries, and turned into the values that others need."""

from feasibility.selectors.answers import (
    Answer,
    AnswerGroup,
    answers_from,
    answers_in,
    answers_of,
    submitted_annexes,
    titles_as_submitted,
)
from feasibility.selectors.budget import BudgetRow, BudgetTable, budget_from, budget_table
from feasibility.selectors.content import content_of
from feasibility.selectors.dossier import completed_sections, dossier_of, report_of, rules_for, rules_of
from feasibility.selectors.life import (
    Care,
    Kin,
    care_of,
    copies_for,
    earlier_part_of,
    has_begun_budget,
    may_take_over,
    origin_of,
)
from feasibility.selectors.partners import (
    LinkedGroup,
    OpenPoint,
    PartnerRow,
    linked_groups_of,
    open_points_of,
    partner_rows,
    sme_status,
)
from feasibility.selectors.proposal import load, parts_of

__all__ = [
    "Answer",
    "AnswerGroup",
    "BudgetRow",
    "BudgetTable",
    "Care",
    "Kin",
    "LinkedGroup",
    "OpenPoint",
    "PartnerRow",
    "answers_from",
    "answers_in",
    "answers_of",
    "budget_from",
    "budget_table",
    "care_of",
    "completed_sections",
    "content_of",
    "copies_for",
    "dossier_of",
    "earlier_part_of",
    "has_begun_budget",
    "linked_groups_of",
    "load",
    "may_take_over",
    "open_points_of",
    "origin_of",
    "partner_rows",
    "parts_of",
    "report_of",
    "rules_for",
    "rules_of",
    "sme_status",
    "submitted_annexes",
    "titles_as_submitted",
]
