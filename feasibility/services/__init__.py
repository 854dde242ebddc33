"""The changes of a proposal, one verb a function."""

from feasibility.services.advice import advise, finish_advice
from feasibility.services.desk import decide, grant_derogation, move
from feasibility.services.proposals import start_proposal, withdraw
from feasibility.services.sections import (
    add_product,
    remove_annex,
    remove_product,
    save_annex,
    save_budget,
    save_summary,
    save_technology,
    set_completed,
)
from feasibility.services.submission import Ineligible, accept, reopen, submit

__all__ = [
    "Ineligible",
    "accept",
    "add_product",
    "advise",
    "decide",
    "finish_advice",
    "grant_derogation",
    "move",
    "remove_annex",
    "remove_product",
    "reopen",
    "save_annex",
    "save_budget",
    "save_summary",
    "save_technology",
    "set_completed",
    "start_proposal",
    "submit",
    "withdraw",
]
