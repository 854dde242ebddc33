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
from feasibility.selectors.budget import BudgetRow, BudgetTable, budget_from, budget_in, budget_table
from feasibility.selectors.content import content_of
from feasibility.selectors.dossier import completed_sections, dossier_of, report_of, rules_for, rules_of
from feasibility.selectors.partners import PartnerRow, partner_rows
from feasibility.selectors.proposal import load, parts_of

__all__ = [
    "Answer",
    "AnswerGroup",
    "BudgetRow",
    "BudgetTable",
    "PartnerRow",
    "answers_from",
    "answers_in",
    "answers_of",
    "budget_from",
    "budget_in",
    "budget_table",
    "completed_sections",
    "content_of",
    "dossier_of",
    "load",
    "partner_rows",
    "parts_of",
    "report_of",
    "rules_for",
    "rules_of",
    "submitted_annexes",
    "titles_as_submitted",
]
