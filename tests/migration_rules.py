"""What a migration may do while the version before it is still running on the same database.

Upgrades go: migrate, then the new processes, one after the other. For that while old code reads and writes the new
tables: a column it does not know must fill itself, and one that it knows must stay what it was. What an old version
needs goes in two releases (docs/operations.md): the first stops using it, the second removes it and says so with

    class Migration(migrations.Migration):
        unused_since = "0.2.0"
"""

from __future__ import annotations

from typing import Any

from django.db import migrations, models
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

HARMLESS = (
    migrations.CreateModel,
    migrations.AddIndex,
    migrations.RemoveIndex,
    migrations.RenameIndex,
    migrations.RemoveConstraint,
    migrations.AlterModelOptions,
    migrations.AlterModelManagers,
    migrations.AlterModelTableComment,
    migrations.RunPython,  # data; whether old code bears it no rule can see
)
REMOVING = (migrations.DeleteModel, migrations.RemoveField)
"""What the second of two releases may do."""


def _name(operation: Any) -> str:
    model = getattr(operation, "model_name", None)
    return f"{model}.{operation.name}" if model else str(getattr(operation, "name", ""))


def _fills_itself(field: models.Field[Any, Any]) -> bool:
    """A row that old code writes without this column is complete: Django's own ``default`` is not in the database."""
    return field.null or field.has_db_default() or field.many_to_many or field.generated


def _altered(before: Any, after: Any) -> str:
    if before.null and not after.null:
        return "old code still writes nothing there"
    if before.get_internal_type() != after.get_internal_type():
        return "old code still reads and writes the earlier type"
    length_before, length_after = getattr(before, "max_length", None), getattr(after, "max_length", None)
    if length_after is not None and (length_before is None or length_after < length_before):
        return "old code still writes longer values"
    if after.unique and not before.unique:
        return "old code still writes doubles"
    if before.db_column != after.db_column:
        return "old code knows the column by its earlier name"
    return ""


def _fault_of(operation: Operation, app: str, state: ProjectState) -> str:
    """Empty, or why an old version does not survive this operation."""
    kind = type(operation).__name__
    if isinstance(operation, migrations.AddField):
        if _fills_itself(operation.field):
            return ""
        return f"{kind} {_name(operation)}: give it null=True or db_default, old code does not fill it"
    if isinstance(operation, migrations.AlterField):
        before = state.models[app, operation.model_name.lower()].fields[operation.name]
        why = _altered(before, operation.field)
        return f"{kind} {_name(operation)}: {why}" if why else ""
    if isinstance(operation, migrations.AddConstraint):
        return f"{kind} {operation.model_name}.{operation.constraint.name}: old code may still break it"
    if isinstance(operation, migrations.SeparateDatabaseAndState):
        inner = [_fault_of(one, app, state) for one in operation.database_operations]
        return "; ".join(fault for fault in inner if fault)
    if isinstance(operation, HARMLESS):
        return ""
    return f"{kind} {_name(operation)}: old code still needs what was there"


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split("."))


def faults(migration: migrations.Migration, state: ProjectState, released: str) -> list[str]:
    """What an old version does not survive; ``state`` is that before the migration, ``released`` the last release."""
    unused_since = getattr(migration, "unused_since", "")
    may_remove = bool(unused_since) and bool(released) and _version(unused_since) <= _version(released)
    state = state.clone()
    found = []
    for operation in migration.operations:
        fault = _fault_of(operation, migration.app_label, state)
        if fault and not (may_remove and isinstance(operation, REMOVING)):
            found.append(fault)
        operation.state_forwards(migration.app_label, state)
    return found


def own_apps() -> set[str]:
    """Labels of the apps whose migrations are ours."""
    from django.apps import apps

    return {app.label for app in apps.get_app_configs() if "site-packages" not in app.path}


def write_release(version: str) -> str:
    """The text of tests/released_migrations.txt for a release of what lies here."""
    from django.db.migrations.loader import MigrationLoader

    leaves = sorted(MigrationLoader(None).graph.leaf_nodes())
    return "\n".join([f"release {version}", *(f"{a} {name}" for a, name in leaves if a in own_apps())]) + "\n"


if __name__ == "__main__":
    import sys

    import django

    django.setup()
    print(write_release(sys.argv[1]), end="")
