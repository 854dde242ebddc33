"""Reads that span models and return frozen values."""

from reporting.selectors.figures import programme_figures
from reporting.selectors.recent import recent_figures

__all__ = ["programme_figures", "recent_figures"]
