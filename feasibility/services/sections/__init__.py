"""Saving the sections of a proposal, a module a subject. Nothing is overwritten unseen."""

from feasibility.services.sections._claim import bump, section_of, set_completed
from feasibility.services.sections.annexes import remove_annex, save_annex
from feasibility.services.sections.budget import save_budget
from feasibility.services.sections.declarations import save_declarations
from feasibility.services.sections.products import add_product, remove_product
from feasibility.services.sections.texts import save_cross_border, save_summary, save_technology
from feasibility.services.sections.work_plan import (
    move_work_package,
    remove_work_package,
    save_work_package,
)

__all__ = [
    "add_product",
    "bump",
    "move_work_package",
    "remove_annex",
    "remove_product",
    "remove_work_package",
    "save_annex",
    "save_budget",
    "save_cross_border",
    "save_declarations",
    "save_summary",
    "save_technology",
    "save_work_package",
    "section_of",
    "set_completed",
]
