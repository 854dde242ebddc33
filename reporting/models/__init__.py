from reporting.models.product import Product, ProductStage
from reporting.models.project import Project, ProjectStep
from reporting.models.report import Report

__all__ = ["Product", "ProductStage", "Project", "ProjectStep", "Report"]
