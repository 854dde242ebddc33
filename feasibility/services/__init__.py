"""The changes of a proposal, one verb a function."""

from feasibility.services.advice import advise, answer_advice, finish_advice, reopen_advice
from feasibility.services.desk import decide, grant_derogation, move
from feasibility.services.proposals import start_proposal, withdraw
from feasibility.services.sections import (
    add_product,
    move_work_package,
    remove_annex,
    remove_product,
    remove_work_package,
    save_annex,
    save_budget,
    save_cross_border,
    save_declarations,
    save_summary,
    save_technology,
    save_work_package,
    set_completed,
)
from feasibility.services.submission import Ineligible, accept, reopen, submit

__all__ = [
    "Ineligible",
    "accept",
    "add_product",
    "advise",
    "answer_advice",
    "decide",
    "finish_advice",
    "grant_derogation",
    "move",
    "move_work_package",
    "remove_annex",
    "remove_product",
    "remove_work_package",
    "reopen",
    "reopen_advice",
    "save_annex",
    "save_budget",
    "save_cross_border",
    "save_declarations",
    "save_summary",
    "save_technology",
    "save_work_package",
    "set_completed",
    "start_proposal",
    "submit",
    "withdraw",
]
