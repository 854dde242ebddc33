"""The changes of projects and products, one verb a function."""

from reporting.services.products import set_product_stage
from reporting.services.projects import award, move_project, open_project
from reporting.services.reports import ask_report, cancel_report, make_report, resume_reports

__all__ = [
    "ask_report",
    "award",
    "cancel_report",
    "make_report",
    "move_project",
    "open_project",
    "resume_reports",
    "set_product_stage",
]
