"""Every row of a database, counted and hashed, so that two databases can be held against each other."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.apps import apps
from django.db import connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import load_backend

CHUNK = 2000


class OperationFailed(Exception):
    """What an operator has to know: the fact and the way out."""


@dataclass(frozen=True)
class Fingerprint:
    """One table: how many rows, and the SHA-256 of all of them in the order of their keys."""

    table: str
    rows: int
    sha256: str

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def plain(value: Any) -> Any:
    """``value`` as JSON holds it, the same whichever database it comes from, to the last microsecond and cent."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds") if value.tzinfo else value.isoformat()
    if isinstance(value, date | time | timedelta | Decimal | UUID):
        return str(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).hex()
    raise TypeError(f"A {type(value).__name__} has no plain form here.")


def _digest(table: str, rows: Iterable[tuple[Any, ...]]) -> Fingerprint:
    count, digest = 0, hashlib.sha256()
    for row in rows:
        count += 1
        digest.update(json.dumps(row, sort_keys=True, ensure_ascii=False, default=plain).encode())
        digest.update(b"\n")
    return Fingerprint(table, count, digest.hexdigest())


def stored_models() -> list[type[models.Model]]:
    """Every model with a table of its own, the tables between models included, by the name of the table."""
    found = [m for m in apps.get_models(include_auto_created=True) if m._meta.managed and not m._meta.proxy]
    return sorted(found, key=lambda model: model._meta.db_table)


def fingerprint_of_model(model: type[models.Model], using: str) -> Fingerprint:
    """Over the values as Python sees them: comparable between SQLite and PostgreSQL."""
    names = [field.attname for field in model._meta.concrete_fields]
    rows = model._base_manager.using(using).order_by("pk").values_list(*names)
    return _digest(model._meta.db_table, rows.iterator(chunk_size=CHUNK))


def fingerprints_of_tables(connection: BaseDatabaseWrapper) -> list[Fingerprint]:
    """Over the values as the driver gives them, table by table, whatever the code knows: for two of one kind."""
    found = []
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            keys = connection.introspection.get_primary_key_columns(cursor, table) or []
            order = ", ".join(connection.ops.quote_name(key) for key in keys) or "1"
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)} ORDER BY {order}")  # noqa: S608
            found.append(_digest(table, _fetched(cursor)))
    return found


def _fetched(cursor: Any) -> Iterator[tuple[Any, ...]]:
    while rows := cursor.fetchmany(CHUNK):
        yield from rows


def copy_of_sqlite(source: Path, target: Path) -> None:
    """A consistent copy through SQLite's backup interface, even while the portal runs. Raises ``OperationFailed``."""
    if not source.is_file():
        raise OperationFailed(f"There is no database {source}.")
    address = f"file:{quote(str(source.absolute()))}?mode=ro"
    log = source.with_name(f"{source.name}-wal")
    try:
        try:
            _copy(address, target)
        except sqlite3.OperationalError:
            # A folder that can't be written (a mount, another owner): safe to read where nobody else can be writing.
            if log.exists() and log.stat().st_size:
                raise
            _copy(f"{address}&immutable=1", target)
    except sqlite3.Error as error:
        raise OperationFailed(
            f"{source} can't be read: {error}. Stop the portal that it belongs to."
        ) from error


def _copy(address: str, target: Path) -> None:
    target.unlink(missing_ok=True)
    with closing(sqlite3.connect(address, uri=True)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)
        # The copy is a file that is complete by itself: no log lies beside it.
        new.execute("PRAGMA journal_mode=DELETE")


@contextmanager
def sqlite_as(alias: str, path: Path) -> Iterator[BaseDatabaseWrapper]:
    """The SQLite file ``path`` as a database of Django's under ``alias``, only to be read."""
    settings = {**connections["default"].settings_dict, "ENGINE": "django.db.backends.sqlite3"}
    settings |= {
        "NAME": f"file:{path}?mode=ro",
        "OPTIONS": {},
        "USER": "",
        "PASSWORD": "",
        "HOST": "",
        "PORT": "",
    }
    settings |= {"CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": False}
    connection = load_backend(settings["ENGINE"]).DatabaseWrapper(settings, alias)
    connections[alias] = connection
    try:
        yield connection
    finally:
        connection.close()
        del connections[alias]
