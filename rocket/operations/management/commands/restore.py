"""Brings a backup into an empty database and storage, and compares every row and document with its list."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from rocket.core.health import pending_migrations
from rocket.operations.backup import restore
from rocket.operations.rows import OperationFailed


class Command(BaseCommand):
    help = (
        "Restores a backup into the empty database and storage that the settings name. Stop the portal first."
    )
    requires_system_checks = []
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="what manage.py backup has written")

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        try:
            tables, broken = restore(folder)
        except OperationFailed as failed:
            raise CommandError(str(failed)) from failed
        self.stdout.write(
            f"{sum(table.rows for table in tables)} rows in {len(tables)} tables are as they were backed up."
        )
        if pending_migrations():
            self.stdout.write("The backup is of an earlier version: run manage.py migrate now.")
        elif broken:
            raise CommandError(f"Chains of the audit trail that are broken: {', '.join(broken)}.")
        else:
            self.stdout.write("Every chain of the audit trail is whole.")
