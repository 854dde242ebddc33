"""An embedded portal arrives on PostgreSQL with every row and document, or not at all."""

from __future__ import annotations

import io
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import global_settings
from django.conf import settings as portal
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from feasibility.models import Proposal, Submission
from rocket.accounts.models import User
from rocket.core.audit import broken_chains, chain_is_whole
from rocket.core.models import AuditEntry, Document, NumberSequence, OutboxMessage
from rocket.demo.people import PASSWORD
from rocket.operations import move
from rocket.operations.rows import OperationFailed, copy_of_sqlite, stored_models

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _needs_postgresql(settings: Any) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("needs PostgreSQL")


def move_it(folder: Path, *options: str) -> str:
    out = io.StringIO()
    call_command("move_database", "--from", str(folder), *options, stdout=out)
    return out.getvalue()


def refusal(folder: Path, *options: str) -> str:
    """Why the move was refused; after it the new portal is as empty as before."""
    with pytest.raises(CommandError) as refused:
        move_it(folder, "--with-demo-accounts", *options)
    full = [m.__name__ for m in stored_models() if m not in move.MADE_BY_MIGRATE and m._base_manager.exists()]
    left = [path for path in Path(portal.DOCUMENTS_DIR).rglob("*") if path.is_file()]
    assert (full, left) == ([], [])
    return str(refused.value)


def in_old(folder: Path, statement: str, *values: Any) -> list[Any]:
    with closing(sqlite3.connect(folder / "rocket.sqlite3")) as old, old:
        return old.execute(statement, values).fetchall()


def test_every_row_and_document_arrives_and_the_portal_goes_on(embedded: Path, settings: Any) -> None:
    settings.PASSWORD_HASHERS = global_settings.PASSWORD_HASHERS
    said = move_it(embedded, "--with-demo-accounts")
    tables = re.findall(r"^(\w+) +(\d+) +(\d+) +[0-9a-f]{16} same$", said, re.M)
    counted = {
        name: in_old(embedded, f"SELECT count(*) FROM {name}")[0][0]
        for (name,) in in_old(embedded, "SELECT name FROM sqlite_master WHERE type = 'table'")
        if name not in ("sqlite_sequence", "django_migrations")
    }
    assert {name: int(old) for name, old, _new in tables} == counted
    assert {name: int(new) for name, _old, new in tables} == counted
    assert counted["core_document"] >= 2
    assert f"{sum(counted.values())} rows in {len(tables)} tables" in said
    assert said.endswith("Every chain of the audit trail is whole.\n")
    for document in Document.objects.all():
        assert document.file.read() == (embedded / "documents" / document.file.name).read_bytes()
    submitted = Submission.objects.get()
    assert chain_is_whole(Proposal.objects.get(pk=submitted.proposal_id))
    assert AuditEntry.objects.count() == counted["core_auditentry"]
    # The next rows take keys behind the highest ones that came along.
    mia = User.objects.create_user("mia@example.org", "x", name="Mia")
    NumberSequence.objects.create(series="new")
    assert mia.pk > counted["accounts_user"]
    assert User.objects.get(email="lead@demo.example").check_password(PASSWORD)


def test_the_old_portal_is_only_read(embedded: Path) -> None:
    before = {path: path.read_bytes() for path in embedded.rglob("*") if path.is_file()}
    move_it(embedded, "--with-demo-accounts")
    assert {path: path.read_bytes() for path in embedded.rglob("*") if path.is_file()} == before


def test_sign_ins_of_the_demonstration_stay_out_unless_told(embedded: Path) -> None:
    with pytest.raises(
        CommandError, match=r"10 sign-ins of the demonstration.*--with-demo-accounts\. Nothing was moved\.$"
    ):
        move_it(embedded)
    assert User.objects.count() == 0
    in_old(embedded, "UPDATE accounts_user SET is_active = 0")
    assert "are as they were" in move_it(embedded)


def test_a_portal_that_is_not_empty_is_left_alone(embedded: Path) -> None:
    NumberSequence.objects.create(series="mine")
    with pytest.raises(CommandError, match=r"The new database is not empty: core_numbersequence\."):
        move_it(embedded, "--with-demo-accounts")
    assert [sequence.series for sequence in NumberSequence.objects.all()] == ["mine"]


def test_a_folder_without_a_portal_is_named(tmp_path: Path) -> None:
    assert "There is no database" in refusal(tmp_path)
    (tmp_path / "rocket.sqlite3").write_text("not a database" * 100)
    assert "can't be read" in refusal(tmp_path)


def test_two_versions_are_not_mixed(embedded: Path) -> None:
    in_old(embedded, "DELETE FROM django_migrations WHERE app = 'core' AND name LIKE '0002%'")
    assert "not of the same version (core.0002_feedback). Run migrate on the old one" in refusal(embedded)


def test_a_table_that_nobody_knows_is_not_left_behind_in_silence(embedded: Path) -> None:
    in_old(embedded, "CREATE TABLE extra_notes (id integer)")
    assert "tables that no part of the portal knows: extra_notes" in refusal(embedded)


@pytest.mark.parametrize("change", ["lacks", "was changed"])
def test_a_document_that_is_not_what_its_row_says_stops_the_move(embedded: Path, change: str) -> None:
    path = next(path for path in (embedded / "documents").rglob("*.pdf"))
    path.unlink() if change == "lacks" else path.write_bytes(path.read_bytes() + b" ")
    assert f"{path.relative_to(embedded / 'documents')} {change}" in refusal(embedded)


def test_documents_may_lie_elsewhere(embedded: Path) -> None:
    elsewhere = (embedded / "documents").rename(embedded.parent / "elsewhere")
    assert "are as they were" in move_it(embedded, "--with-demo-accounts", "--documents", str(elsewhere))


def test_a_row_that_postgresql_refuses_is_named(embedded: Path) -> None:
    """SQLite keeps a text of any length in a column of 250 characters."""
    in_old(embedded, "UPDATE consortia_organisation SET name = ? WHERE id = 2", "x" * 300)
    assert "PostgreSQL refuses row 2 of consortia_organisation: value too long" in refusal(embedded)


def test_a_reference_to_nothing_stops_the_move(embedded: Path) -> None:
    in_old(embedded, "DELETE FROM calls_ket WHERE id = (SELECT min(ket_id) FROM calls_call_kets)")
    assert "A row refers to one that is not there:" in refusal(embedded)


def test_a_value_that_changes_on_its_way_is_found_and_nothing_is_kept(
    embedded: Path, monkeypatch: Any
) -> None:
    really = move._insert

    def careless(model: Any, fields: Any, batch: list[Any]) -> None:
        for row in batch:
            if isinstance(row, User):
                row.joined_at += timedelta(microseconds=1)
        really(model, fields, batch)

    monkeypatch.setattr(move, "_insert", careless)
    assert "Tables that did not arrive as they were: accounts_user." in refusal(embedded)


def test_a_row_that_is_lost_on_its_way_is_found(embedded: Path, monkeypatch: Any) -> None:
    really = move._insert

    def careless(model: Any, fields: Any, batch: list[Any]) -> None:
        really(model, fields, batch[:-1] if model is OutboxMessage else batch)

    monkeypatch.setattr(move, "_insert", careless)
    assert "Tables that did not arrive as they were: core_outboxmessage." in refusal(embedded)


def test_a_chain_that_was_broken_before_stays_evidence(embedded: Path) -> None:
    in_old(
        embedded,
        "UPDATE core_auditentry SET verb = 'forged' WHERE subject_type = 'calls.call' AND sequence = 1",
    )
    said = move_it(embedded, "--with-demo-accounts")
    assert re.search(r"Broken in the old audit trail already, and so in the new one: calls\.call \d+\.", said)
    assert len(broken_chains()) == 1


def test_a_target_that_is_no_postgresql_is_refused(
    embedded: Path, manage: Callable[..., Any], tmp_path: Path
) -> None:
    run = manage("move_database", "--from", str(embedded), ROCKET_DATA_DIR=str(tmp_path / "new"))
    assert run.returncode == 1
    assert "DATABASE_URL does not name a PostgreSQL database. Nothing was moved." in run.stderr


@pytest.mark.parametrize("has_log", [False, True])
def test_a_folder_that_can_not_be_written_is_read_all_the_same(
    embedded: Path, tmp_path: Path, monkeypatch: Any, has_log: bool
) -> None:
    """As from a read-only mount. With a log beside it the file alone would not be the whole database."""
    really = sqlite3.connect

    def read_only(address: Any, *args: Any, **options: Any) -> Any:
        if "mode=ro" in str(address) and "immutable=1" not in str(address):
            raise sqlite3.OperationalError("attempt to write a readonly database")
        return really(address, *args, **options)

    monkeypatch.setattr("rocket.operations.rows.sqlite3.connect", read_only)
    (embedded / "rocket.sqlite3-wal").write_bytes(b"x" if has_log else b"")
    target = tmp_path / "copy.sqlite3"
    if has_log:
        with pytest.raises(OperationFailed, match="Stop the portal that it belongs to"):
            copy_of_sqlite(embedded / "rocket.sqlite3", target)
    else:
        copy_of_sqlite(embedded / "rocket.sqlite3", target)
        with closing(really(target)) as copy:
            assert copy.execute("SELECT count(*) FROM accounts_user").fetchone()[0] > 5
