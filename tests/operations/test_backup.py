"""A backup is brought back into an empty portal and held against its list, row by row."""

from __future__ import annotations

import io
import json
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, connections

from feasibility.models import Submission
from rocket.core.models import Document
from tests.core.test_worker import _database_url
from tests.operations.conftest import in_a_process


def restored(manage: Callable[..., Any], backup: Path, folder: Path, **environment: str) -> Any:
    folder.mkdir(exist_ok=True)
    return manage("restore", str(backup), ROCKET_DATA_DIR=str(folder), **environment)


@pytest.fixture(scope="session")
def _backup(_embedded: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("backups") / "backup"
    run = in_a_process("manage.py", "backup", str(folder), ROCKET_DATA_DIR=str(_embedded), ROCKET_DEMO="1")
    assert run.returncode == 0, run.stderr
    return folder


@pytest.fixture
def backup(_backup: Path, tmp_path: Path) -> Path:
    """A backup of an embedded portal."""
    return Path(shutil.copytree(_backup, tmp_path / "backup"))


class TestSqlite:
    def test_comes_back_as_it_was(
        self, embedded: Path, backup: Path, manage: Callable[..., Any], tmp_path: Path
    ) -> None:
        new = tmp_path / "new"
        run = restored(manage, backup, new)
        assert run.returncode == 0, run.stderr
        assert "tables are as they were backed up." in run.stdout
        assert run.stdout.endswith("Every chain of the audit trail is whole.\n")

        def whole(folder: Path) -> Any:
            with closing(sqlite3.connect(folder / "rocket.sqlite3")) as database:
                files = sorted((folder / "documents").rglob("*.pdf"))
                return list(database.iterdump()), [
                    (path.relative_to(folder), path.read_bytes()) for path in files
                ]

        assert whole(new) == whole(embedded)

    def test_is_for_its_owner_alone_and_leaves_nothing_beside(self, request: Any) -> None:
        made: Path = request.getfixturevalue("_backup")
        assert made.stat().st_mode & 0o077 == 0
        assert {path.name for path in made.iterdir()} == {"documents", "manifest.json", "rocket.sqlite3"}
        assert [path.name for path in made.parent.iterdir()] == ["backup"]

    def test_overwrites_no_other_one(self, backup: Path) -> None:
        before = (backup / "manifest.json").read_bytes()
        with pytest.raises(CommandError, match="is there already"):
            call_command("backup", str(backup))
        assert (backup / "manifest.json").read_bytes() == before

    def test_of_a_running_portal_is_of_one_moment(
        self, embedded: Path, manage: Callable[..., Any], tmp_path: Path
    ) -> None:
        """Somebody writes meanwhile, in a transaction that has not ended: it is not in the backup."""
        with closing(sqlite3.connect(embedded / "rocket.sqlite3", isolation_level=None)) as writer:
            writer.execute("BEGIN IMMEDIATE")
            writer.execute("UPDATE consortia_organisation SET name = 'half'")
            run = manage("backup", str(tmp_path / "b"), ROCKET_DATA_DIR=str(embedded), ROCKET_DEMO="1")
            writer.execute("ROLLBACK")
        assert run.returncode == 0, run.stderr
        with closing(sqlite3.connect(tmp_path / "b" / "rocket.sqlite3")) as copy:
            assert copy.execute(
                "SELECT count(*) FROM consortia_organisation WHERE name = 'half'"
            ).fetchone() == (0,)

    @pytest.mark.parametrize(
        ("what", "said"),
        [
            ("rocket.sqlite3", "was changed after the backup"),
            ("documents", "was changed"),
            ("manifest.json", "is no whole backup"),
        ],
    )
    def test_that_was_changed_is_refused_before_anything_is_written(
        self, backup: Path, what: str, said: str
    ) -> None:
        path = backup / what
        if path.is_dir():
            path = next(path.rglob("*.pdf"))
        path.write_bytes(path.read_bytes()[:-10])
        with pytest.raises(CommandError, match=said):
            call_command("restore", str(backup))

    def test_a_list_that_says_otherwise_is_found(
        self, backup: Path, manage: Callable[..., Any], tmp_path: Path
    ) -> None:
        manifest = json.loads((backup / "manifest.json").read_text())
        table = next(table for table in manifest["tables"] if table["table"] == "consortia_organisation")
        table["rows"] += 1
        (backup / "manifest.json").write_text(json.dumps(manifest))
        run = restored(manage, backup, tmp_path / "new")
        assert "Tables that are not as they were backed up: consortia_organisation." in run.stderr

    @pytest.mark.django_db
    def test_is_not_brought_into_a_portal_that_is_there_or_of_another_kind(self, backup: Path) -> None:
        said = (
            "not empty"
            if connection.vendor == "sqlite"
            else "a backup of sqlite, and DATABASE_URL names postgresql"
        )
        with pytest.raises(CommandError, match=said):
            call_command("restore", str(backup))

    def test_documents_that_lack_are_told_and_the_rest_is_kept(
        self, embedded: Path, manage: Callable[..., Any], tmp_path: Path
    ) -> None:
        lost = next((embedded / "documents").rglob("*.pdf"))
        lost.unlink()
        run = manage("backup", str(tmp_path / "b"), ROCKET_DATA_DIR=str(embedded), ROCKET_DEMO="1")
        assert run.returncode == 1
        assert f"not all documents are whole: {lost.relative_to(embedded / 'documents')} lacks" in run.stderr
        assert restored(manage, tmp_path / "b", tmp_path / "new").returncode == 0

    def test_may_leave_the_documents_to_a_storage_with_a_backup_of_its_own(
        self, embedded: Path, manage: Callable[..., Any], tmp_path: Path
    ) -> None:
        options = ("backup", str(tmp_path / "b"), "--without-documents")
        assert manage(*options, ROCKET_DATA_DIR=str(embedded), ROCKET_DEMO="1").returncode == 0
        assert [path.name for path in (tmp_path / "b").iterdir() if path.is_dir()] == []
        assert json.loads((tmp_path / "b" / "manifest.json").read_text())["documents"] is None


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
class TestPostgresql:
    @pytest.fixture
    def empty_database(self) -> Iterator[str]:
        """The address of a database without tables; dropped afterwards."""
        if connection.vendor != "postgresql":
            pytest.skip("needs PostgreSQL")
        if not shutil.which("pg_dump"):
            pytest.skip("needs pg_dump")
        name = f"test_rocket_restore_{os.getpid()}"
        given = connection.get_connection_params()
        server = psycopg2.connect(
            **{k: v for k, v in given.items() if k in ("user", "host", "port", "password")}, dbname="postgres"
        )
        server.autocommit = True
        with server.cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
            cursor.execute(f'CREATE DATABASE "{name}"')
        yield _database_url().rpartition("/")[0] + f"/{name}"
        with server.cursor() as cursor:
            cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
        server.close()

    def test_comes_back_as_it_was(
        self, cast: Any, empty_database: str, manage: Callable[..., Any], tmp_path: Path
    ) -> None:
        cast.submitted()
        receipt = Submission.objects.get()
        out = io.StringIO()
        call_command("backup", str(tmp_path / "backup"), stdout=out)
        assert f"{Document.objects.count()} documents." in out.getvalue()
        new = tmp_path / "new"
        run = restored(manage, tmp_path / "backup", new, DATABASE_URL=empty_database)
        assert run.returncode == 0, run.stderr
        assert run.stdout.endswith("Every chain of the audit trail is whole.\n")
        verified = manage(
            "verify_submission", receipt.receipt_number, DATABASE_URL=empty_database, ROCKET_DATA_DIR=str(new)
        )
        assert f"content agrees with SHA-256 {receipt.sha256}" in verified.stdout
        again = restored(manage, tmp_path / "backup", tmp_path / "third", DATABASE_URL=empty_database)
        assert "The database is not empty." in again.stderr

    def test_list_and_dump_are_of_one_moment(
        self, cast: Any, empty_database: str, manage: Callable[..., Any], tmp_path: Path, monkeypatch: Any
    ) -> None:
        """Another connection commits once the moment is taken: neither has it."""
        from rocket.operations import backup

        really = backup._run

        def write(words: str) -> None:
            other = connections.create_connection("default")
            with other.cursor() as cursor:
                cursor.execute("UPDATE consortia_organisation SET name = %s", [words])
            other.close()

        def run_and_write(*arguments: str) -> None:
            write("written before the dump")
            really(*arguments)
            write("written before the list")

        monkeypatch.setattr(backup, "_run", run_and_write)
        call_command("backup", str(tmp_path / "backup"), stdout=io.StringIO())
        run = restored(manage, tmp_path / "backup", tmp_path / "new", DATABASE_URL=empty_database)
        assert run.returncode == 0, run.stderr

    def test_no_password_stands_where_others_can_read_it(self, monkeypatch: Any) -> None:
        if connection.vendor != "postgresql":
            pytest.skip("needs PostgreSQL")
        from rocket.operations import backup

        monkeypatch.setitem(connection.settings_dict, "PASSWORD", "hunter2")
        assert "hunter2" not in backup._dsn()

    def test_a_dump_that_fails_leaves_no_backup(self, tmp_path: Path, monkeypatch: Any) -> None:
        if connection.vendor != "postgresql":
            pytest.skip("needs PostgreSQL")
        from rocket.operations import backup

        monkeypatch.setattr(backup.shutil, "which", lambda program: "/bin/false")
        with pytest.raises(CommandError, match="pg_dump failed"):
            call_command("backup", str(tmp_path / "backup"))
        assert list(tmp_path.glob("*backup*")) == []
