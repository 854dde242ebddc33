"""Takes an embedded portal (SQLite and a folder of documents) to the database and storage of this one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from rocket.operations.move import move_embedded
from rocket.operations.rows import OperationFailed


class Command(BaseCommand):
    help = (
        "Copies every row and document of an embedded portal into the PostgreSQL database and the storage that this "
        "portal's settings name, and compares them afterwards. Stop both portals first. The old one is only read."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--from",
            dest="folder",
            type=Path,
            required=True,
            help="the old portal's folder (ROCKET_DATA_DIR, var/): rocket.sqlite3 and documents/",
        )
        parser.add_argument("--documents", type=Path, help="the old DOCUMENTS_DIR, if it lay elsewhere")
        parser.add_argument(
            "--with-demo-accounts", action="store_true", help="move sign-ins of the demonstration too"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            moved = move_embedded(
                options["folder"],
                documents_folder=options["documents"],
                with_demo_accounts=options["with_demo_accounts"],
                say=self.stdout.write,
            )
        except OperationFailed as failed:
            raise CommandError(f"{failed} Nothing was moved.") from failed
        width = max(len(old.table) for old, _new in moved.tables)
        self.stdout.write(f"{'table':<{width}}  {'old':>8}  {'new':>8}  SHA-256 of the rows")
        for old, new in moved.tables:
            self.stdout.write(f"{old.table:<{width}}  {old.rows:>8}  {new.rows:>8}  {new.sha256[:16]} same")
        rows = sum(new.rows for _old, new in moved.tables)
        self.stdout.write(
            f"{rows} rows in {len(moved.tables)} tables and {moved.documents} documents "
            f"({moved.document_bytes} bytes) are as they were."
        )
        if moved.broken_chains:
            self.stdout.write(
                f"Broken in the old audit trail already, and so in the new one: {', '.join(moved.broken_chains)}."
            )
        else:
            self.stdout.write("Every chain of the audit trail is whole.")
