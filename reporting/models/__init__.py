from reporting.models.product import Product, ProductStage
from reporting.models.project import Project, ProjectStep

__all__ = ["Product", "ProductStage", "Project", "ProjectStep"]
