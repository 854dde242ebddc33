"""Reads of one proposal: loaded once, in a fixed number of queries, and turned into the values that others need."""

from feasibility.selectors.answers import (
    Answer,
    AnswerGroup,
    answers_from,
    answers_in,
    answers_of,
    file_text,
    submitted_annexes,
    titles_as_submitted,
)
from feasibility.selectors.budget import (
    BudgetRow,
    BudgetTable,
    budget_from,
    budget_in,
    budget_table,
    funder_note,
)
from feasibility.selectors.content import content_of
from feasibility.selectors.declarations import (
    AskedDeclaration,
    DeclaringPartner,
    ShownDeclaration,
    asked_declarations,
    asked_of,
    declarations_in,
    declaring_partners_in,
    standing_declarations,
)
from feasibility.selectors.dossier import completed_sections, dossier_of, report_of, rules_for, rules_of
from feasibility.selectors.largest_grant import LargestGrant, largest_grant_of
from feasibility.selectors.partners import PartnerRow, partner_rows
from feasibility.selectors.products import ShownProduct, products_in, readiness_text
from feasibility.selectors.proposal import complete, load, other_funding_of, parts_of, whole
from feasibility.selectors.work_plan import ShownPlan, work_plan_in, work_plan_of

__all__ = [
    "Answer",
    "AnswerGroup",
    "AskedDeclaration",
    "BudgetRow",
    "BudgetTable",
    "DeclaringPartner",
    "LargestGrant",
    "PartnerRow",
    "ShownDeclaration",
    "ShownPlan",
    "ShownProduct",
    "answers_from",
    "answers_in",
    "answers_of",
    "asked_declarations",
    "asked_of",
    "budget_from",
    "budget_in",
    "budget_table",
    "complete",
    "completed_sections",
    "content_of",
    "declarations_in",
    "declaring_partners_in",
    "dossier_of",
    "file_text",
    "funder_note",
    "largest_grant_of",
    "load",
    "other_funding_of",
    "partner_rows",
    "parts_of",
    "products_in",
    "readiness_text",
    "report_of",
    "rules_for",
    "rules_of",
    "standing_declarations",
    "submitted_annexes",
    "titles_as_submitted",
    "whole",
    "work_plan_in",
    "work_plan_of",
]
