"""Parts of programmes and calls that a process knows: asked for once, seen anew as soon as they change."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from calls import remembered
from calls.models import Call, Programme
from calls.programme_file import ProgrammeFileRefused
from calls.remembered import call_at_hand, calls_at_hand, programme_at_hand
from calls.services import CallContent, create_call, edit_call, load_programme
from rocket.accounts.models import User
from rocket.accounts.roles import Role
from rocket.accounts.services import grant_role
from rocket.core.text import LocalisedText
from tests.factories.calls import NOW, ROCKET_FILE, CallFactory, ProgrammeFactory

PARTS = tuple(remembered.OF_PROGRAMME)


@pytest.fixture
def loaded(db: None) -> Programme:
    load_programme(path=ROCKET_FILE, by=None, now=NOW)
    return read()


@pytest.fixture
def manager(loaded: Programme) -> User:
    user = User.objects.create_user("manager@example.org", "x", name="Mia")
    grant_role(user=user, role=Role.MANAGER, programme_code=loaded.code, by=None, now=NOW)
    return user


def read() -> Programme:
    """The row as another request reads it."""
    return Programme.objects.get(code="rocket")


def changed(folder: Path, old: str, new: str) -> Path:
    """The programme's file with one thing changed."""
    text = ROCKET_FILE.read_text()
    assert old in text
    path = folder / "changed.toml"
    path.write_text(text.replace(old, new, 1))
    return path


def names(programme: Programme) -> list[str]:
    return [str(ket.name) for ket in programme.kets.all()]


def asked(work: Any) -> int:
    with CaptureQueriesContext(connection) as queries:
        work()
    return len(queries)


def test_each_part_is_read_once_a_process(loaded: Programme) -> None:
    assert asked(lambda: programme_at_hand(loaded)) == len(PARTS)
    again = read()
    plain = read()
    assert asked(lambda: programme_at_hand(again)) == 0
    for name in PARTS:
        rows: list[Any] = []
        assert asked(lambda rows=rows, name=name: rows.extend(getattr(again, name).all())) == 0
        assert rows == list(getattr(plain, name).all())
        assert len(rows) > 1
    assert asked(lambda: [region.country.code for region in again.regions.all()]) == 0


def test_a_file_that_is_loaded_again_is_seen_by_every_process_with_its_next_request(
    loaded: Programme, tmp_path: Path
) -> None:
    """The other process did not load it and is told nothing: what it keeps carries another stamp than the row."""
    programme_at_hand(loaded)
    kept_by_the_other = {**remembered._programmes}
    path = changed(tmp_path, '"Photonics"', '"Light"')
    load_programme(path=path, by=None, now=NOW + timedelta(minutes=1))
    remembered._programmes.clear()
    remembered._programmes.update(kept_by_the_other)
    assert "Photonics" in names(
        programme_at_hand(loaded)
    )  # a request that has read the old row sees the old parts
    fresh = programme_at_hand(read())
    assert "Light" in names(fresh)
    assert "Photonics" not in names(fresh)


def test_a_load_that_is_refused_or_rolled_back_leaves_what_was(loaded: Programme, tmp_path: Path) -> None:
    from django.db import transaction

    with pytest.raises(ProgrammeFileRefused):
        load_programme(path=changed(tmp_path, "product_target = ", "product_target = -"), by=None, now=NOW)
    path = changed(tmp_path, '"Photonics"', '"Light"')
    load_programme(path=path, by=None, now=NOW + timedelta(minutes=1), is_dry_run=True)
    assert "Photonics" in names(programme_at_hand(read()))
    with transaction.atomic():
        load_programme(path=path, by=None, now=NOW + timedelta(minutes=2))
        assert "Light" in names(programme_at_hand(read()))
        transaction.set_rollback(True)
    assert "Photonics" in names(programme_at_hand(read()))


def test_what_no_file_has_loaded_is_not_kept(db: None) -> None:
    programme = ProgrammeFactory(whole=True)
    programme_at_hand(programme)
    programme.kets.filter(code="NT").delete()
    again = Programme.objects.get(pk=programme.pk)
    assert asked(lambda: programme_at_hand(again)) == len(PARTS)
    assert "NT" not in [ket.code for ket in again.kets.all()]


def test_a_call_is_known_by_its_version(loaded: Programme, manager: User) -> None:
    kets = list(loaded.kets.all())
    content = {"title": LocalisedText("Next"), "kinds": list(loaded.kinds.all())[:1], "fields": []}
    call = create_call(programme=loaded, content=CallContent(**content, kets=kets), by=manager, now=NOW)

    def known() -> list[str]:
        fresh = Call.objects.select_related("programme").get(pk=call.pk)
        return [ket.code for ket in call_at_hand(fresh).kets.all()]

    assert len(known()) == len(kets)
    assert asked(known) == 1
    edit_call(
        call=Call.objects.get(pk=call.pk), content=CallContent(**content, kets=kets[:1]), by=manager, now=NOW,
        seen_version=call.version,
    )  # fmt: skip
    assert known() == [kets[0].code]


def test_many_unknown_calls_ask_as_much_as_one(loaded: Programme) -> None:
    kinds = list(loaded.kinds.all())[:1]
    for _n in range(5):
        CallFactory(programme=loaded, kinds=kinds, kets=list(loaded.kets.all()), fields=[])
    rows = Call.objects.select_related("programme")
    programme_at_hand(read())
    assert asked(lambda: calls_at_hand(rows.all()[:1])) == 4
    remembered._calls.clear()
    assert asked(lambda: calls_at_hand(rows.all())) == 4
    assert asked(lambda: calls_at_hand(rows.all())) == 1


def test_changing_a_relation_through_one_object_leaves_the_others_as_they_are(loaded: Programme) -> None:
    call = CallFactory(programme=loaded, kets=list(loaded.kets.all()), fields=[], kinds=[])
    rows = Call.objects.select_related("programme")
    first, second = (call_at_hand(rows.get(pk=call.pk)) for _n in range(2))
    first.kets.set([])
    assert list(first.kets.all()) == []
    assert len(second.kets.all()) == len(loaded.kets.all())
    assert len(remembered._calls[call.pk][1]["kets"]) == len(loaded.kets.all())
