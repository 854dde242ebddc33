"""Work over the months of a project, drawn on the server."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from rocket.core import display, drawing
from rocket.core.months import month_starts
from rocket.core.templatetags.rocket.charts import FILLS
from rocket.core.templatetags.rocket.library import part, register


@register.inclusion_tag("charts/gantt.html")
def gantt(
    packages: Iterable[Any],
    months: int | None = None,
    starts_on: date | None = None,
    title: Any = "",
    table: bool = True,
    pdf: bool = False,
) -> dict[str, Any]:
    """Work packages over the months of a project, one bar each with marks where something is due; the same as a table.

    Each has number, name, first_month, last_month, span, days and deliverables. What has no months yet, or none that
    can be drawn, stands in the table alone.
    """
    rows = list(packages)
    drawn = [r for r in rows if part(r, "has_span") and 1 <= part(r, "first_month") <= part(r, "last_month")]
    latest = max((part(r, "last_month") for r in drawn), default=0)
    end = months or latest
    width = max(end, latest)
    bars = [
        {
            "row": row,
            "span": drawing.month_span(
                part(row, "first_month"),
                part(row, "last_month"),
                part(row, "due_months"),
                end=end,
                months=width,
            ),
        }
        for row in drawn
    ]
    axis = [
        {
            "x": x,
            "month": month,
            "words": display.month_text(month_starts(starts_on, month)) if starts_on else "",
        }
        for x, month in (drawing.month_marks(width) if drawn else ())
    ]
    return {
        "rows": rows,
        "bars": bars,
        "axis": axis,
        "title": title,
        "table": table,
        "pdf": pdf,
        "is_dated": bool(starts_on),
        "end_x": drawing.number(end / width * 100) if width > end else "",
        "fill": FILLS["grant"],
        "fill_beyond": FILLS["failed"],
        "height": 38 if starts_on else 20,
    }
