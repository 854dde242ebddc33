"""Writes the database and the documents into a folder, with a list by which a restore is proven."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from rocket.operations.backup import back_up
from rocket.operations.rows import OperationFailed


class Command(BaseCommand):
    help = (
        "Backs the portal up into a new folder, while it runs. PostgreSQL needs pg_dump of its own version."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="a folder that is not there yet")
        parser.add_argument(
            "--without-documents",
            action="store_true",
            help="only the database; the storage has a backup of its own",
        )

    def handle(self, *args: Any, folder: Path, without_documents: bool, **options: Any) -> None:
        try:
            manifest, wrong = back_up(folder, now=timezone.now(), with_documents=not without_documents)
        except OperationFailed as failed:
            raise CommandError(str(failed)) from failed
        rows = sum(table["rows"] for table in manifest["tables"])
        documents = len(manifest["documents"] or [])
        self.stdout.write(
            f"{folder}: {rows} rows in {len(manifest['tables'])} tables, {documents} documents."
        )
        if wrong:
            raise CommandError(f"The backup stands, but not all documents are whole: {'; '.join(wrong)}.")
