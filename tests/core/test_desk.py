"""What every app hands in is shown in order, and one entry of the menu is the present place."""

from datetime import UTC, datetime, timedelta

import pytest

from rocket.core import desk
from rocket.core.desk import MenuEntry, Waiting

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _empty_registry(monkeypatch):
    monkeypatch.setattr(desk, "_waiting", [])
    monkeypatch.setattr(desk, "_menus", {"desk": [], "applicant": [], "public": []})


def test_what_waits_is_sorted_by_its_date_and_the_undated_comes_last():
    desk.register_waiting(lambda user: [Waiting("any time", "/a"), Waiting(f"{user} later", "/b", NOW)])
    desk.register_waiting(lambda user: [Waiting("first", "/c", NOW - timedelta(days=1))])
    desk.register_waiting(lambda user: [])
    assert [entry.title for entry in desk.waiting_for("Mia")] == ["first", "Mia later", "any time"]


def current(rf, path):
    return [(entry.title, entry.is_current) for entry in desk.menu(rf.get(path), "desk")]


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/desk/rocket/", "Start"),
        ("/desk/rocket/calls/", "Calls"),
        ("/desk/rocket/calls/4/", "Calls"),
        ("/desk/rocket/payments/4/", "Money"),
        ("/elsewhere/", None),
    ],
)
def test_the_closest_entry_is_the_present_place_and_only_that_one(rf, path, place):
    desk.register_menu(
        lambda request: [
            MenuEntry("Calls", "/desk/rocket/calls/", "megaphone", position=20),
            MenuEntry("Start", "/desk/rocket/", "house", position=10),
        ]
    )
    desk.register_menu(
        lambda request: [MenuEntry("Money", "/desk/rocket/claims/", "coins", match="/desk/rocket/payments/")]
    )
    assert current(rf, path) == [(title, title == place) for title in ("Start", "Calls", "Money")]


def test_areas_are_apart(rf):
    desk.register_menu(lambda request: [MenuEntry("Calls", "/calls/", "megaphone")], area="public")
    assert desk.menu(rf.get("/"), "desk") == []
    assert [entry.title for entry in desk.menu(rf.get("/"), "public")] == ["Calls"]
    with pytest.raises(KeyError):
        desk.register_menu(lambda request: [], area="cellar")
