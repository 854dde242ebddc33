"""``manage.py de_minimis FILE``: the headroom for de minimis aid, step by step."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from consortia import de_minimis
from consortia.json_form import load_json, read_source


class Command(BaseCommand):
    """Prints what is left under both general regulations, with every aid that counts or does not.

    Exit code 0; 2, with every mistake on standard error, where the file can't be used.
    """

    help = "Shows the de minimis headroom that the aid of a JSON file leaves (docs/de_minimis.md)."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", help='The JSON file; "-" reads standard input.')
        parser.add_argument("--format", choices=("text", "json"), default="text", dest="form")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            case = de_minimis.case_from_json(load_json(read_source(options["file"])))
        except de_minimis.JsonFormError as error:
            for mistake in error.mistakes:
                self.stderr.write(str(mistake))
            raise SystemExit(2) from error
        results = de_minimis.headrooms(case)
        if options["form"] == "json":
            found = [de_minimis.headroom_to_json(result, case.requested) for result in results]
            self.stdout.write(json.dumps(found, ensure_ascii=False, indent=2))
        else:
            pieces = ("\n".join(de_minimis.describe(result, case).lines) for result in results)
            self.stdout.write("\n\n".join(pieces))
