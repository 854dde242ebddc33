"""Charts that are drawn on the server, on pages and on printed ones."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext, ngettext

from rocket.core import display, drawing
from rocket.core.templatetags.rocket.library import part, register
from rocket.core.templatetags.rocket.states import state_key

FILLS = {  # the light set; style sheets put the reader's theme over it, a printed page keeps it
    "passed": "#146C43", "failed": "#A8201F", "unknown": "#4B4F8C", "grant": "#0A4A5A", "grant2": "#2196A6",
    "grant3": "#6FB3BE", "above": "#A8201F", "own": "#4A5D66", "launched": "#06303B", "tested": "#2196A6",
    "promised": "#2196A6", "open": "#6B7F88",
}  # fmt: skip
FUNDING_KINDS = {"public": "grant2", "private": "grant3"}
"""Sources of money that share the look of a grant source."""
CATEGORY_FILLS = ("#2196A6", "#B8860B", "#7C3FCF", "#5C1038", "#12407F", "#66700F")
TILE_FILLS = ("#E4EBEC", "#B7D8DD", "#6FB3BE", "#1F7A8A", "#0A4A5A")


@register.inclusion_tag("charts/verdict_bar.html")
def verdict_bar(
    passed: int = 0, failed: int = 0, unknown: int = 0, warned: int = 0, pdf: bool = False
) -> dict[str, Any]:
    """One piece for each outcome, as wide as the number of its rules, with the totals in words."""
    return {
        "segments": drawing.stacked(
            [("passed", passed), ("failed", failed), ("unknown", unknown), ("warns", warned)]
        ),
        "passed": passed,
        "failed": failed,
        "unknown": unknown,
        "warned": warned,
        "pdf": pdf,
    }


@register.inclusion_tag("charts/progress_segments.html")
def progress_segments(done: int, total: int, text: Any = "", pdf: bool = False) -> dict[str, Any]:
    """As many pieces as there are sections, filled or outlined; the words say the same."""
    gap = 0.9 if total <= 16 else 0.4
    width = (100 - gap * (total - 1)) / total if total else 0.0
    pieces = [(drawing.number(k * (width + gap)), drawing.number(width), k < done) for k in range(total)]
    words = text or ngettext(
        "%(done)s of %(total)s section completed", "%(done)s of %(total)s sections completed", total
    ) % {"done": done, "total": total}
    return {"pieces": pieces, "words": words, "pdf": pdf}


@register.inclusion_tag("charts/funding_line.html")
def funding_line(
    parts: Iterable[Any], total: bool = False, table: bool = False, pdf: bool = False
) -> dict[str, Any]:
    """Who pays: one bar of the parts that add up to the whole, each with its figure below."""
    rows = [
        {
            "kind": FUNDING_KINDS.get(state_key(part(p, "kind")), state_key(part(p, "kind"))),
            "label": part(p, "label"),
            "amount": Decimal(part(p, "amount", 0) or 0),
        }
        for p in parts
    ]
    whole = sum((row["amount"] for row in rows), Decimal(0))
    for row in rows:
        row["rate"] = row["amount"] / whole if whole else None
        row["fill"] = FILLS.get(row["kind"], FILLS["own"])
    segments = [
        {"x": s.x, "width": s.width, "kind": s.kind, "fill": FILLS.get(s.kind, FILLS["own"])}
        for s in drawing.stacked([(row["kind"], row["amount"]) for row in rows], gap=0.4)
    ]
    return {"rows": rows, "segments": segments, "whole": whole, "total": total, "table": table, "pdf": pdf}


@register.inclusion_tag("charts/bars.html")
def horizontal_bars(
    rows: Iterable[Any],
    title: Any = "",
    unit: Any = "",
    money: bool = False,
    total: bool = False,
    pdf: bool = False,
    name: Any = "",
) -> dict[str, Any]:
    """Bars with name and exact value above each, from zero; the same figures as a table under them."""
    given = list(rows)
    largest = max((Decimal(part(r, "value", 0) or 0) for r in given), default=Decimal(0))
    bars = []
    for r in given:
        value, category = Decimal(part(r, "value", 0) or 0), int(part(r, "category", 0) or 0)
        bars.append(
            {
                "label": part(r, "label"), "code": part(r, "code"), "url": part(r, "url"), "value": value,
                "category": category, "fill": CATEGORY_FILLS[category - 1] if 1 <= category <= 6 else "#0A4A5A",
                "width": drawing.number(max(value / largest * 100, Decimal("0.4")) if value else 0) if largest else "0",
            }
        )  # fmt: skip
    axis = []
    for x, value in drawing.grid_lines(largest):
        millions = value / 1_000_000
        if value and not value % 1_000_000:
            words = ngettext("%(n)s million", "%(n)s million", int(millions)) % {
                "n": display.count_text(int(millions))
            }
        else:
            words = display.count_text(int(value))
        axis.append({"x": x, "words": words, "edge": Decimal(x) > 92})
    return {
        "bars": bars, "axis": axis, "title": title, "unit": unit, "money": money, "name": name or title, "pdf": pdf,
        "total": sum((b["value"] for b in bars), Decimal(0)) if total else None,
    }  # fmt: skip


@register.inclusion_tag("charts/product_pipeline.html")
def product_pipeline(
    launched: int, tested: int, promised: int, target: int, pdf: bool = False
) -> dict[str, Any]:
    """Products on the way to the target, one slot each; what goes beyond it stands after the line.

    Where they are too many to be told apart, a slot stands for several products, and the chart says for how many.
    """
    on_the_way = launched + tested + promised
    per = max(1, -(-max(on_the_way, target) // MOST_SLOTS))
    line = -(-target // per)
    kinds = drawing.product_slots(-(-launched // per), -(-tested // per), -(-promised // per), line)
    row = drawing.pipeline_row(kinds, line)
    return {
        "row": row, "labels": row.labels if per == 1 else [], "rows": drawing.pipeline_rows(kinds, line), "per": per,
        "launched": launched, "tested": tested, "promised": promised, "target": target,
        "still_open": max(0, target - on_the_way), "beyond": max(0, on_the_way - target), "on_the_way": on_the_way,
        "pdf": pdf,
    }  # fmt: skip


MOST_SLOTS = 120
"""More slots in a row are thinner than the gaps between them."""


@register.inclusion_tag("charts/tile_map.html")
def tile_map(
    tiles: Iterable[Any],
    title: Any = "",
    west: Any = "",
    east: Any = "",
    arcs: Iterable[Any] = (),
    deep: bool = False,
    pdf: bool = False,
) -> dict[str, Any]:
    """One square a region, west left, north up; its class shows the figure, the line is the border, arcs are projects."""
    given = list(tiles)
    first = min((int(part(t, "column", 0)) for t in given), default=0)
    top = min((int(part(t, "row", 0)) for t in given), default=0)
    squares, banks = [], {"west": [], "east": []}  # type: ignore[var-annotated]
    for t in given:
        cell = (int(part(t, "column", 0)) - first, int(part(t, "row", 0)) - top)
        side = str(part(t, "side", "") or part(part(t, "country", None), "side", ""))
        if side in banks:
            banks[side].append(cell)
        value = int(part(t, "value", 0) or 0)
        x, y = drawing.tile_corner(cell)
        step = drawing.tile_class(value)
        squares.append(
            {
                "x": x, "y": y, "short": part(t, "short"), "name": part(t, "name"), "value": value, "side": side,
                "step": step, "fill": TILE_FILLS[step], "ink": "#FFFFFF" if step > 2 else "#0D2028", "text_x": x + 6,
                "text_y": y + 15, "value_x": x + 40, "value_y": y + 39, "tile": drawing.TILE,
            }
        )  # fmt: skip
    curves = drawing.arcs_between(
        [((start[0] - first, start[1] - top), (end[0] - first, end[1] - top)) for start, end in arcs]
    )
    columns = max((s["x"] for s in squares), default=0) + drawing.TILE
    height = max((s["y"] for s in squares), default=0) + drawing.TILE
    border = drawing.border_path(banks["west"], banks["east"], overhang=22 if deep else 4)
    border_x = border[1:].split(" ")[0] if border else "0"
    margin = 34 if deep else 8
    return {
        "squares": squares, "curves": curves, "border": border, "border_x": border_x, "title": title, "west": west, "east": east,
        "deep": deep, "pdf": pdf, "view_box": f"-3 {-margin} {columns + 6} {height + margin + 8}",
        "west_x": drawing.number(float(border_x) - 12), "east_x": drawing.number(float(border_x) + 12),
        "listed": sorted((s for s in squares if s["value"]), key=lambda s: (-s["value"], str(s["name"]))),
        "classes": [(fill, step, words) for fill, step, words in zip(TILE_FILLS, range(5), (gettext("none"), "1–2", "3–4", "5–6", "7+"), strict=True)],
    }  # fmt: skip
