"""The changes of projects and products, one verb a function."""

from reporting.services.products import set_product_stage
from reporting.services.projects import award, move_project, open_project

__all__ = ["award", "move_project", "open_project", "set_product_stage"]
