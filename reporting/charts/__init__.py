"""From figures to what charts, strips and sentences show: the same for the page and the report. No queries."""

from reporting.charts.overview import overview
from reporting.charts.project import project_page
from reporting.charts.public import public_page
from reporting.charts.strip import pioneers, products_result, result

__all__ = ["overview", "pioneers", "products_result", "project_page", "public_page", "result"]
