"""``manage.py sme_class FILE``: the class of an enterprise, step by step."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from consortia import sme
from consortia.json_form import load_json, read_source


class Command(BaseCommand):
    """Prints the class that figures and holdings give, with every step.

    Exit code 0; 2, with every mistake on standard error, where the file can't be used.
    """

    help = "Shows the SME class that the figures and holdings of a JSON file give (docs/sme_class.md)."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", help='The JSON file; "-" reads standard input.')
        parser.add_argument("--format", choices=("text", "json"), default="text", dest="form")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            graph = sme.enterprise_from_json(load_json(read_source(options["file"])))
        except sme.JsonFormError as error:
            for mistake in error.mistakes:
                self.stderr.write(str(mistake))
            raise SystemExit(2) from error
        result = sme.classify(graph)
        if options["form"] == "json":
            self.stdout.write(json.dumps(sme.classification_to_json(result), ensure_ascii=False, indent=2))
        else:
            self.stdout.write("\n".join(sme.describe(result).lines))
