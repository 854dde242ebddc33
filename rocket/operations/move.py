"""An embedded portal becomes one on PostgreSQL: every row and every document, compared before it counts."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.management.color import no_style
from django.db import DatabaseError, IntegrityError, connection, models, transaction
from django.db.migrations.recorder import MigrationRecorder

from rocket.accounts.checks import demonstration_sign_ins
from rocket.core import health
from rocket.core.audit import broken_chains
from rocket.core.storage import documents
from rocket.operations.files import bring_in, filed_in, unusable_in
from rocket.operations.rows import (
    CHUNK,
    Fingerprint,
    OperationFailed,
    copy_of_sqlite,
    fingerprint_of_model,
    sqlite_as,
    stored_models,
)

OLD = "embedded"
MADE_BY_MIGRATE = (ContentType, Permission)
"""Rows that ``migrate`` writes by itself; they are taken over with the keys that other rows know them by."""


@dataclass(frozen=True)
class Moved:
    """What a move came to: table by table, and what was found in the audit trail of both sides."""

    tables: list[tuple[Fingerprint, Fingerprint]]
    documents: int
    document_bytes: int
    broken_chains: list[str]


def move_embedded(
    folder: Path,
    *,
    documents_folder: Path | None = None,
    with_demo_accounts: bool = False,
    say: Callable[[str], None] = lambda line: None,
) -> Moved:
    """Bring the portal in ``folder`` into this one's database and storage, or change nothing.

    Raises ``OperationFailed`` where something lacks, the target is not empty, or a comparison fails.
    """
    with tempfile.TemporaryDirectory() as beside:
        snapshot = Path(beside) / "snapshot.sqlite3"
        copy_of_sqlite(folder / "rocket.sqlite3", snapshot)
        with sqlite_as(OLD, snapshot):
            _check_target()
            _check_source(with_demo_accounts)
            wanted = filed_in(OLD)
            from_folder = documents_folder or folder / "documents"
            if wrong := unusable_in(from_folder, wanted):
                raise OperationFailed(f"Documents in {from_folder} that can't be moved: {'; '.join(wrong)}.")
            stored: list[str] = []
            try:
                for name in bring_in(from_folder, wanted):
                    stored.append(name)
                say(f"{len(wanted)} documents are in the new storage and read as they were.")
                with transaction.atomic():
                    tables = _move_rows(say)
                    broken = broken_chains(OLD)
                    if broken_chains() != broken:
                        raise OperationFailed("The audit trail did not arrive as it was.")
            except BaseException:
                for name in stored:
                    documents().delete(name)
                raise
    return Moved(tables, len(wanted), sum(filed.size for filed in wanted), broken)


def _applied(using: str) -> set[tuple[str, str]]:
    return set(MigrationRecorder.Migration.objects.using(using).values_list("app", "name"))


def _check_target() -> None:
    if connection.vendor != "postgresql":
        raise OperationFailed("DATABASE_URL does not name a PostgreSQL database.")
    if health.pending_migrations():
        raise OperationFailed("The new database lacks tables. Run manage.py migrate first.")
    full = [
        model._meta.db_table
        for model in stored_models()
        if model not in MADE_BY_MIGRATE and model._base_manager.exists()
    ]
    if full:
        raise OperationFailed(f"The new database is not empty: {', '.join(full)}. Give it one of its own.")


def _check_source(with_demo_accounts: bool) -> None:
    from django.db import connections

    old, new = _applied(OLD), _applied("default")
    if old != new:
        differing = ", ".join(f"{app}.{name}" for app, name in sorted(old ^ new))
        raise OperationFailed(
            f"Old and new database are not of the same version ({differing}). Run migrate on the old one first."
        )
    with connections[OLD].cursor() as cursor:
        known = {model._meta.db_table for model in stored_models()} | {"django_migrations"}
        if unknown := set(connections[OLD].introspection.table_names(cursor)) - known:
            raise OperationFailed(
                f"The old database has tables that no part of the portal knows: {', '.join(sorted(unknown))}."
            )
    sign_ins = demonstration_sign_ins(OLD)
    if sign_ins and not (with_demo_accounts or settings.DEMO):
        raise OperationFailed(
            f"The old database holds {len(sign_ins)} sign-ins of the demonstration, whose password everybody knows. "
            "A portal for real starts empty. To move them all the same: --with-demo-accounts."
        )


def _move_rows(say: Callable[[str], None]) -> list[tuple[Fingerprint, Fingerprint]]:
    """Inside a transaction: copy, set the sequences behind the highest keys, check what refers, compare."""
    for made in reversed(MADE_BY_MIGRATE):
        made._base_manager.all()._raw_delete("default")  # type: ignore[attr-defined]
    everything = stored_models()
    for model in everything:
        _copy(model)
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), everything):
            cursor.execute(statement)
    try:
        connection.check_constraints()
    except IntegrityError as error:
        raise OperationFailed(
            f"A row refers to one that is not there: {str(error).splitlines()[0]}."
        ) from error
    say("Every row is copied; now each table is read on both sides and compared.")
    pairs = [(fingerprint_of_model(m, OLD), fingerprint_of_model(m, "default")) for m in everything]
    if different := [old.table for old, new in pairs if old != new]:
        raise OperationFailed(f"Tables that did not arrive as they were: {', '.join(different)}.")
    return pairs


def _copy(model: type[models.Model]) -> None:
    """As it is: no default, no moment of saving and no signal touches a value on its way."""
    if model._meta.parents:
        raise OperationFailed(f"{model._meta.label} lies in two tables; that is not moved yet.")
    fields = model._meta.local_concrete_fields
    rows = model._base_manager.using(OLD).order_by("pk").iterator(chunk_size=CHUNK)
    batch: list[models.Model] = []
    for row in rows:
        batch.append(row)
        if len(batch) == CHUNK // 4:
            _insert(model, fields, batch)
            batch = []
    if batch:
        _insert(model, fields, batch)


def _insert(model: type[models.Model], fields: object, batch: list[models.Model]) -> None:
    """SQLite keeps texts of any length and numbers of any size; PostgreSQL refuses: then the row is named."""
    insert = model._base_manager._insert  # type: ignore[attr-defined]
    try:
        with transaction.atomic():
            insert(batch, fields=fields, using="default", raw=True)
    except (DatabaseError, ValueError) as error:
        if len(batch) > 1:
            for row in batch:
                _insert(model, fields, [row])
            return
        raise OperationFailed(
            f"PostgreSQL refuses row {batch[0].pk} of {model._meta.db_table}: {str(error).splitlines()[0]}."
        ) from error
