"""``manage.py load_programme FILE``: bring a programme to what its file says."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from calls.programme_file import ProgrammeFileRefused
from calls.services.programme import LoadReport, load_programme


class Command(BaseCommand):
    """Exit code 0 where the file holds, 1 where it is refused; with every mistake on a line of its own."""

    help = "Loads a programme from its TOML file. Every mistake is reported; a file with mistakes changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="say what would change, change nothing")
        parser.add_argument("--format", choices=("text", "json"), default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        is_json = options["format"] == "json"
        try:
            report = load_programme(
                path=options["file"], by=None, now=timezone.now(), is_dry_run=options["dry_run"]
            )
        except ProgrammeFileRefused as refused:
            if is_json:
                mistakes = [mistake.as_json() for mistake in refused.mistakes]
                self._json({"outcome": "refused", "mistakes": mistakes})
            else:
                for mistake in refused.mistakes:
                    self.stderr.write(str(mistake))
            count = len(refused.mistakes)
            raise CommandError(
                f"{options['file']}: {count} {'mistake' if count == 1 else 'mistakes'}, nothing was changed."
            ) from refused
        if is_json:
            self._json(
                {
                    "outcome": "would_change" if report.is_dry_run else "loaded",
                    "programme": report.programme_code,
                    "changes": [change.as_json() for change in report.changes],
                }
            )
        else:
            self._text(report)

    def _json(self, answer: dict[str, Any]) -> None:
        self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2))

    def _text(self, report: LoadReport) -> None:
        if not report.changes:
            self.stdout.write(f"{report.programme_code}: nothing changed.")
            return
        for change in report.changes:
            self.stdout.write(str(change))
        count = len(report.changes)
        things = "change" if count == 1 else "changes"
        would = "would be made (dry run)" if report.is_dry_run else "made"
        self.stdout.write(f"{report.programme_code}: {count} {things} {would}.")
