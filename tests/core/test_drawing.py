"""Where arcs begin and end on the tile map."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rocket.core.drawing import STEP, TILE, arcs_between

cells = st.tuples(st.integers(0, 6), st.integers(0, 8))
ways = st.lists(st.tuples(cells, cells), max_size=20)


def tile_of(point):
    """Column and row of the tile in which a point lies; None between tiles."""
    found = []
    for coordinate in point:
        place, inside = divmod(float(coordinate), STEP)
        if inside > TILE:
            return None
        found.append(int(place))
    return tuple(found)


@given(ways)
def test_every_arc_begins_and_ends_within_its_tiles(ways):
    assert [(tile_of(arc.start), tile_of(arc.end)) for arc in arcs_between(ways)] == ways


@given(ways)
def test_no_two_ends_share_a_place(ways):
    arcs = arcs_between(ways)
    assert max(Counter(point for arc in arcs for point in (arc.start, arc.end)).values(), default=1) == 1


@pytest.mark.parametrize("number", [1, 2, 5, 20, 60])
def test_as_many_ends_as_there_are_stay_within_one_tile(number):
    arcs = arcs_between([((1, 1), (2, 1))] * number)
    assert {(tile_of(arc.start), tile_of(arc.end)) for arc in arcs} == {((1, 1), (2, 1))}
    assert len({arc.start for arc in arcs}) == number


def test_a_single_end_lies_in_the_middle_of_its_tile():
    (arc,) = arcs_between([((0, 0), (1, 0))])
    assert (arc.start, arc.end) == (("23", "23"), ("74", "23"))
    assert arc.path == "M23 23Q48.5 1.78 74 23"


def test_what_comes_from_further_north_ends_higher():
    south, north = arcs_between([((0, 5), (3, 3)), ((0, 0), (3, 3))])
    assert float(north.end[1]) < float(south.end[1])
