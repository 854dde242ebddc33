"""Saving the sections of a proposal, a module a subject. Nothing is overwritten unseen."""

from feasibility.services.sections._claim import bump, section_of, set_completed
from feasibility.services.sections.annexes import remove_annex, save_annex
from feasibility.services.sections.budget import save_budget
from feasibility.services.sections.products import add_product, remove_product
from feasibility.services.sections.texts import save_summary, save_technology

__all__ = [
    "add_product",
    "bump",
    "remove_annex",
    "remove_product",
    "save_annex",
    "save_budget",
    "save_summary",
    "save_technology",
    "section_of",
    "set_completed",
]
