"""A backup is a folder: the database, the documents, and a list of both by which a restore is proven."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from psycopg2.extensions import make_dsn, parse_dsn

from rocket.core.audit import broken_chains
from rocket.core.health import pending_migrations
from rocket.operations.files import Filed, bring_in, filed_in, sha256_of_file, take_out, unusable_in
from rocket.operations.rows import (
    Fingerprint,
    OperationFailed,
    copy_of_sqlite,
    fingerprints_of_tables,
    sqlite_as,
)

MANIFEST = "manifest.json"
DUMPS = {"sqlite": "rocket.sqlite3", "postgresql": "database.dump"}


def back_up(folder: Path, *, now: datetime, with_documents: bool = True) -> tuple[dict[str, Any], list[str]]:
    """Write the backup ``folder``: whole, or not at all. Returns its list, and documents that lack or were changed.

    Database and list are of one moment, even while the portal runs; documents never change once they are stored.
    """
    if folder.exists():
        raise OperationFailed(f"{folder} is there already. Give each backup a folder of its own.")
    part = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True, mode=0o700)
    try:
        dump = part / DUMPS[connection.vendor]
        if connection.vendor == "sqlite":
            copy_of_sqlite(Path(str(connection.settings_dict["NAME"])), dump)
            with sqlite_as("backup", dump) as copy:
                tables, filed = fingerprints_of_tables(copy), filed_in("backup")
        else:
            with _one_moment() as snapshot:
                _run("pg_dump", "--format=custom", f"--snapshot={snapshot}", f"--file={dump}", _dsn())
                tables, filed = fingerprints_of_tables(connection), filed_in("default")
        wrong = take_out(part / "documents", filed) if with_documents else []
        with dump.open("rb") as file:
            sha256, size = sha256_of_file(file)
        manifest = {
            "made_at": now.isoformat(),
            "database": {"file": dump.name, "sha256": sha256, "size": size},
            "tables": [table.to_json() for table in tables],
            "documents": [one.to_json() for one in filed] if with_documents else None,
            "unusable_documents": wrong,
        }
        (part / MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")
        part.rename(folder)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    return manifest, wrong


def restore(folder: Path) -> tuple[list[Fingerprint], list[str]]:
    """Bring a backup into an empty database and storage, and hold every table and document against its list.

    Returns the tables and the broken chains of the audit trail. Raises ``OperationFailed``; a database that then
    is not empty has to be thrown away before the next try.
    """
    manifest = _manifest(folder)
    dump = folder / manifest["database"]["file"]
    with dump.open("rb") as file:
        if sha256_of_file(file)[0] != manifest["database"]["sha256"]:
            raise OperationFailed(f"{dump} was changed after the backup.")
    wanted = [Filed(**one) for one in manifest["documents"] or []]
    expected = list(manifest["unusable_documents"])
    wrong = [name for name in unusable_in(folder / "documents", wanted) if name not in expected]
    if wrong:
        raise OperationFailed(f"Documents of the backup that can't be used: {'; '.join(wrong)}.")
    vendor = next((name for name, file in DUMPS.items() if file == dump.name), "")
    if vendor != connection.vendor:
        raise OperationFailed(
            f"This is a backup of {vendor or 'something else'}, and DATABASE_URL names {connection.vendor}."
        )
    if connection.introspection.table_names():
        raise OperationFailed("The database is not empty. Give the restore one of its own.")
    if vendor == "sqlite":
        target = Path(str(connection.settings_dict["NAME"]))
        connection.close()
        copy_of_sqlite(dump, target)
    else:
        connection.close()
        _run(
            "pg_restore",
            "--exit-on-error",
            "--no-owner",
            "--single-transaction",
            f"--dbname={_dsn()}",
            str(dump),
        )
    usable = [one for one in wanted if not any(name.startswith(one.name) for name in expected)]
    for _name in bring_in(folder / "documents", usable):
        pass
    found = fingerprints_of_tables(connection)
    if different := {f.table for f in found} ^ {t["table"] for t in manifest["tables"]} or {
        f.table for f in found if f.to_json() not in manifest["tables"]
    }:
        raise OperationFailed(f"Tables that are not as they were backed up: {', '.join(sorted(different))}.")
    return found, [] if pending_migrations() else broken_chains()


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise OperationFailed(f"{folder} is no whole backup: its {MANIFEST} can't be read.") from error
    return manifest


@contextmanager
def _one_moment() -> Iterator[str]:
    """A transaction whose view of the database ``pg_dump`` shares; yields the name of that view."""
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SELECT pg_export_snapshot()")
            snapshot: str = cursor.fetchone()[0]
        yield snapshot


def _dsn() -> str:
    """The database for PostgreSQL's own programs, without its password: that one travels in the environment."""
    given = connection.get_connection_params()
    known = {
        "dbname", "user", "host", "port", "sslmode", "sslrootcert", "sslcert", "sslkey", "connect_timeout",
    }  # fmt: skip
    dsn = make_dsn(**{name: value for name, value in given.items() if name in known})
    assert "password" not in parse_dsn(dsn)
    return str(dsn)


def _run(program: str, *arguments: str) -> None:
    path = shutil.which(program)
    if path is None:
        raise OperationFailed(f"{program} is not installed here. It comes with PostgreSQL's client programs.")
    password = str(connection.settings_dict.get("PASSWORD") or "")
    environment = {**os.environ, **({"PGPASSWORD": password} if password else {})}
    run = subprocess.run(  # noqa: S603 - a program of PostgreSQL's, arguments of our own
        [path, "--no-password", *arguments], env=environment, capture_output=True, text=True, check=False
    )
    if run.returncode:
        lines = run.stderr.strip().splitlines() or ["no reason given"]
        raise OperationFailed(f"{program} failed: {lines[-1]}")
