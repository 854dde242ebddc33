"""Geometry of the charts: from figures to coordinates. No colours, no markup, no queries.

Bars use percentages of their own width, so that one drawing fits a phone, a desk and a printed page.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

Cell = tuple[int, int]
"""Column and row of a region on the tile map, counted from 0 at the north-west."""

TILE, TILE_GAP = 46, 5
STEP = TILE + TILE_GAP


def number(value: float | Decimal) -> str:
    """A coordinate as SVG reads it, whatever the reader's language: at most three decimals, with a point."""
    text = f"{value:.3f}".rstrip("0").rstrip(".")
    return text or "0"


@dataclass(frozen=True)
class Segment:
    """One piece of a bar; ``x`` and ``width`` are percentages of the bar."""

    kind: str
    x: str
    width: str


def stacked(parts: Sequence[tuple[str, Decimal | int]], gap: float = 0.6) -> list[Segment]:
    """Pieces side by side that fill a bar, in their order; pieces of nothing are left out.

    Every piece gets at least one percent, so that a cent above a limit is still seen.
    """
    shown = [(kind, Decimal(amount)) for kind, amount in parts if amount > 0]
    total = sum((amount for _, amount in shown), Decimal(0))
    if not total:
        return []
    room = Decimal(100) - Decimal(str(gap)) * (len(shown) - 1)
    widths = [max(amount / total * room, Decimal(1)) for _, amount in shown]
    scale = room / sum(widths)
    segments, x = [], Decimal(0)
    for (kind, _), width in zip(shown, widths, strict=True):
        segments.append(Segment(kind, number(x), number(width * scale)))
        x += width * scale + Decimal(str(gap))
    return segments


def scale_top(largest: Decimal | int, steps: int = 3) -> tuple[Decimal, Decimal]:
    """End of the axis and distance of its grid lines (1, 2 or 5 times a power of ten) for a chart up to ``largest``."""
    largest = Decimal(largest)
    if largest <= 0:
        return Decimal(1), Decimal(1)
    power = Decimal(10) ** (len(str(int(largest / steps))) - 1)
    for factor in (1, 2, 5, 10):
        step = power * factor
        if step * steps >= largest:
            break
    return largest, step


def grid_lines(largest: Decimal | int) -> list[tuple[str, Decimal]]:
    """Position in percent and value of each grid line from zero to the largest value."""
    top, step = scale_top(largest)
    return [(number(step * k / top * 100), step * k) for k in range(int(top / step) + 1)]


def month_marks(months: int, most: int = 6) -> list[tuple[str, int]]:
    """Grid lines over ``months`` months: position in percent and the month that begins there, at most ``most``."""
    step = next(s for s in (1, 2, 3, 6, 12, 24, 48, months) if s * most >= months)
    return [(number((month - 1) / months * 100), month) for month in range(1, months + 1, step)]


@dataclass(frozen=True)
class Span:
    """A bar over time in percent of the whole, with its part ``beyond`` the end, and marks on it."""

    x: str
    width: str
    beyond_x: str
    beyond_width: str
    marks: list[str]


def month_span(first: int, last: int, due: Iterable[int], *, end: int, months: int) -> Span:
    """A bar from the beginning of month ``first`` to the end of ``last`` on an axis of ``months``; what lies beyond
    ``end`` is a part of its own. A mark stands at the end of each month of ``due``."""
    inside = min(max(last, first - 1), end)
    start = (first - 1) / months * 100
    width = max(inside - first + 1, 0) / months * 100
    from_end = max(first - 1, end)
    beyond = max(last - from_end, 0) / months * 100
    return Span(
        number(start),
        number(width),
        number(from_end / months * 100),
        number(beyond),
        [number(min(month, months) / months * 100) for month in due],
    )


@dataclass(frozen=True)
class Slot:
    """One product on the way to the target."""

    kind: str
    x: str
    y: str
    width: str


@dataclass(frozen=True)
class Pipeline:
    """Slots of products, with the line of the target; x and width in percent, y in pixels."""

    slots: list[Slot]
    line_x: str
    line_y: str
    height: int
    labels: list[tuple[str, int]]


def product_slots(launched: int, tested: int, promised: int, target: int) -> list[str]:
    """The stage of each slot: what is on its way first, then what is still open up to the target."""
    on_the_way = ["launched"] * launched + ["tested"] * tested + ["promised"] * promised
    return on_the_way + ["open"] * max(0, target - len(on_the_way))


def pipeline_row(kinds: Sequence[str], target: int, gap: float = 0.35, line_room: float = 1.6) -> Pipeline:
    """All slots in one row; the heavy line of the target stands after slot ``target``."""
    beyond = max(0, len(kinds) - target)
    room = 100 - (line_room if beyond else 0.8)
    width = (room - gap * (len(kinds) - 1)) / len(kinds) if kinds else 0.0
    slots, labels = [], []
    for place, kind in enumerate(kinds):
        x = place * (width + gap) + (line_room if place >= target else 0)
        slots.append(Slot(kind, number(x), "0", number(width)))
        if place + 1 in {1, 10, 20, 30, 50, 60} and place + 1 < target - 3:
            labels.append((number(x), place + 1))
    end = target * (width + gap) - gap
    return Pipeline(slots, number(end + (line_room / 2 if beyond else 0.5)), "0", 34, labels)


def pipeline_rows(
    kinds: Sequence[str], target: int, per_row: int = 20, height: int = 22, gap: int = 4
) -> Pipeline:
    """The same slots in rows of ``per_row``, for the phone; the line of the target lies across, under its row."""
    width = (100 - 0.8 * (per_row - 1)) / per_row
    rows_to_target = -(-target // per_row)
    slots = []
    for place, kind in enumerate(kinds):
        if place < target:
            row, column, below = place // per_row, place % per_row, 0
        else:
            row, column = rows_to_target + (place - target) // per_row, (place - target) % per_row
            below = 10
        slots.append(
            Slot(kind, number(column * (width + 0.8)), str(row * (height + gap) + below), number(width))
        )
    line_y = rows_to_target * (height + gap) + 3
    bottom = max((int(slot.y) + height for slot in slots), default=0)
    return Pipeline(slots, "0", str(line_y), max(bottom, line_y + 5), [])


def tile_corner(cell: Cell) -> tuple[int, int]:
    """Left upper corner of a tile in the map's own units."""
    column, row = cell
    return column * STEP, row * STEP


def border_path(west: Iterable[Cell], east: Iterable[Cell], overhang: int = 0) -> str:
    """The border as one stepped line from north to south, between the tiles of the two banks."""
    west, east = list(west), list(east)
    rows = sorted({row for _, row in west} & {row for _, row in east})
    if not rows:
        return ""
    points: list[tuple[float, float]] = []
    half = TILE_GAP / 2
    for row in rows:
        last_west = max(column for column, r in west if r == row)
        first_east = min(column for column, r in east if r == row)
        x = ((last_west + 1 + first_east) / 2) * STEP - half
        points += [(x, row * STEP - half), (x, (row + 1) * STEP - half)]
    points[0] = (points[0][0], points[0][1] - overhang)
    points[-1] = (points[-1][0], points[-1][1] + overhang)
    path = f"M{number(points[0][0])} {number(points[0][1])}"
    for before, point in pairwise(points):
        if point[0] != before[0]:
            path += f"H{number(point[0])}"
        if point[1] != before[1]:
            path += f"V{number(point[1])}"
    return path


@dataclass(frozen=True)
class Arc:
    """A project between two regions: starts hollow at its lead partner, ends solid at a partner across the border."""

    path: str
    start: tuple[str, str]
    end: tuple[str, str]


Point = tuple[float, float]


def _spread(number_of_ends: int) -> list[Point]:
    """Places within a tile for that many ends, from its middle, northern ones first; all stay inside the tile."""
    columns = max(1, math.ceil(number_of_ends / 4))
    rows = math.ceil(number_of_ends / columns)
    wide, high = min(14, 32 / columns), min(11, 34 / max(rows, 1))
    lean = 5 if rows > 1 else 0
    return [
        ((column - (columns - 1) / 2) * wide + (lean if row % 2 else -lean), (row - (rows - 1) / 2) * high)
        for row in range(rows)
        for column in range(columns)
    ][:number_of_ends]


def arcs_between(ways: Sequence[tuple[Cell, Cell]]) -> list[Arc]:
    """An arc over the map for each way from one tile to another, in their order.

    Ends that share a tile stand apart in it, those that come from further north higher, so that few arcs cross.
    """
    ends: dict[Cell, list[tuple[Cell, int, int]]] = defaultdict(list)
    for place, way in enumerate(ways):
        for which in (0, 1):
            ends[way[which]].append((way[1 - which], place, which))
    points: dict[tuple[int, int], Point] = {}
    for (column, row), found in ends.items():
        in_order = sorted(found, key=lambda end: (end[0][1], end[0][0], end[1]))
        for (_other, place, which), (x, y) in zip(in_order, _spread(len(found)), strict=True):
            points[place, which] = (column * STEP + TILE / 2 + x, row * STEP + TILE / 2 + y)
    return [_arc(points[place, 0], points[place, 1]) for place in range(len(ways))]


def _arc(start: Point, end: Point) -> Arc:
    (x1, y1), (x2, y2) = start, end
    distance = ((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5
    rise = 10 + distance * 0.22
    path = (
        f"M{number(x1)} {number(y1)}"
        f"Q{number((x1 + x2) / 2)} {number(min(y1, y2) - rise + abs(y2 - y1) * 0.18)} {number(x2)} {number(y2)}"
    )
    return Arc(path, (number(x1), number(y1)), (number(x2), number(y2)))


def tile_class(value: int, bounds: Sequence[int] = (1, 3, 5, 7)) -> int:
    """Class 0 to 4 of a tile; class n starts at ``bounds[n - 1]``. Nothing is class 0 and stays quiet."""
    return sum(1 for bound in bounds if value >= bound)
