"""Reads that span models and return frozen values."""

from reporting.selectors.calls import funded_by_call
from reporting.selectors.figures import programme_figures
from reporting.selectors.projects import PublicProject, public_partners, public_project
from reporting.selectors.recent import recent_figures

__all__ = [
    "PublicProject",
    "funded_by_call",
    "programme_figures",
    "public_partners",
    "public_project",
    "recent_figures",
]
