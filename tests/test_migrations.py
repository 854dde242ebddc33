"""A version that runs survives the migrations of the next one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from tests.migration_rules import faults, own_apps


def released() -> tuple[str, dict[str, str]]:
    """The last release and the last migration of each app in it."""
    lines = (Path(__file__).parent / "released_migrations.txt").read_text().splitlines()
    pairs = dict(line.split() for line in lines if line.strip() and not line.startswith("#"))
    return pairs.pop("release", ""), pairs


def test_a_release_has_left_its_last_migrations() -> None:
    """The changelog's headings name releases; the first one brings the rule below into force."""
    changelog = (settings.BASE_DIR / "CHANGELOG.md").read_text()
    names = [line.removeprefix("## ").split()[0] for line in changelog.splitlines() if line.startswith("## ")]
    versions = [name for name in names if name[0].isdigit()]
    assert released()[0] == (versions[0] if versions else "")


def test_what_comes_after_a_release_leaves_the_released_version_running() -> None:
    release, last = released()
    loader = MigrationLoader(None)
    assert {key for key in last.items() if key not in loader.disk_migrations} == set()
    found = {}
    for app, name in sorted(loader.disk_migrations):
        if app not in own_apps() or not last or (app in last and name <= last[app]):
            continue
        migration = loader.disk_migrations[app, name]
        if wrong := faults(migration, loader.project_state((app, name), at_end=False), release):
            found[f"{app}.{name}"] = wrong
    assert found == {}


# --- the rule itself -----------------------------------------------------------------------------------------


def _state() -> ProjectState:
    state = ProjectState()
    fields = [
        ("id", models.BigAutoField(primary_key=True)),
        ("name", models.CharField(max_length=20)),
        ("note", models.TextField(null=True)),
    ]
    migrations.CreateModel("Firm", fields).state_forwards("app", state)
    return state


def found(*operations: Any, unused_since: str = "", release: str = "0.2.0") -> list[str]:
    migration = migrations.Migration("0007_x", "app")
    migration.operations = list(operations)
    if unused_since:
        migration.unused_since = unused_since
    return faults(migration, _state(), release)


@pytest.mark.parametrize(
    "operation",
    [
        migrations.AddField("firm", "town", models.CharField(max_length=9, null=True)),
        migrations.AddField("firm", "town", models.CharField(max_length=9, db_default="")),
        migrations.AddField("firm", "towns", models.ManyToManyField("app.firm")),
        migrations.AlterField("firm", "name", models.CharField(max_length=30)),
        migrations.AlterField("firm", "name", models.CharField(max_length=20, null=True)),
        migrations.CreateModel("Town", [("id", models.BigAutoField(primary_key=True))]),
        migrations.AddIndex("firm", models.Index(fields=["name"], name="by_name")),
        migrations.RunPython(migrations.RunPython.noop),
    ],
    ids=lambda operation: operation.describe(),
)
def test_additions_are_survived(operation: Any) -> None:
    assert found(operation) == []


@pytest.mark.parametrize(
    ("operation", "said"),
    [
        (
            migrations.AddField("firm", "town", models.CharField(max_length=9, default="")),
            "AddField firm.town: give it null=True or db_default, old code does not fill it",
        ),
        (
            migrations.RemoveField("firm", "note"),
            "RemoveField firm.note: old code still needs what was there",
        ),
        (migrations.DeleteModel("Firm"), "DeleteModel Firm: old code still needs what was there"),
        (migrations.RenameModel("Firm", "Company"), "RenameModel Firm: old code still needs what was there"),
        (migrations.RunSQL("DROP TABLE x"), "RunSQL : old code still needs what was there"),
        (
            migrations.AlterField("firm", "note", models.TextField(default="")),
            "AlterField firm.note: old code still writes nothing there",
        ),
        (
            migrations.AlterField("firm", "name", models.CharField(max_length=10)),
            "AlterField firm.name: old code still writes longer values",
        ),
        (
            migrations.AlterField("firm", "name", models.IntegerField()),
            "AlterField firm.name: old code still reads and writes the earlier type",
        ),
        (
            migrations.AlterField("firm", "name", models.CharField(max_length=20, unique=True)),
            "AlterField firm.name: old code still writes doubles",
        ),
        (
            migrations.AddConstraint("firm", models.UniqueConstraint(fields=["name"], name="one_name")),
            "AddConstraint firm.one_name: old code may still break it",
        ),
        (
            migrations.SeparateDatabaseAndState(database_operations=[migrations.RemoveField("firm", "note")]),
            "RemoveField firm.note: old code still needs what was there",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_an_old_version_does_not_survive_is_found(operation: Any, said: str) -> None:
    assert found(operation) == [said]


def test_a_field_that_is_renamed_is_found() -> None:
    assert len(found(migrations.RenameField("firm", "note", "remark"))) == 1


def test_the_second_of_two_releases_may_remove_what_the_first_no_longer_used() -> None:
    remove = migrations.RemoveField("firm", "note")
    assert found(remove, unused_since="0.2.0") == []
    assert found(remove, unused_since="0.10.0") != [], "0.10 comes after 0.2"
    assert found(remove, unused_since="0.2.0", release="") != []
    assert found(migrations.RunSQL("DROP TABLE x"), unused_since="0.2.0") != [], "only removals are announced"
