"""The changes of a proposal, one verb a function."""

from feasibility.services.advice import advise, answer_advice, finish_advice, reopen_advice
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
    "ask_for_derogation",
    "copy_proposal",
    "decide",
    "derogable_rules",
    "finish_advice",
    "grant_derogation",
    "grant_request",
    "move",
    "move_work_package",
    "refuse_derogation",
    "remind_partner",
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
    "take_back_derogation_request",
    "take_over_figures",
    "withdraw",
]
