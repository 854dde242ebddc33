"""The changes of a proposal, one verb a function."""

from feasibility.services.advice import advise, finish_advice
from feasibility.services.copying import copy_proposal, take_over_figures
from feasibility.services.derogations import (
    ask_for_derogation,
    derogable_rules,
    grant_derogation,
    grant_request,
    refuse_derogation,
    take_back_derogation_request,
)
from feasibility.services.desk import decide, move
from feasibility.services.proposals import start_proposal, withdraw
from feasibility.services.reminders import remind_partner
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
    "ask_for_derogation",
    "copy_proposal",
    "decide",
    "derogable_rules",
    "finish_advice",
    "grant_derogation",
    "grant_request",
    "move",
    "refuse_derogation",
    "remind_partner",
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
    "take_back_derogation_request",
    "take_over_figures",
    "withdraw",
]
