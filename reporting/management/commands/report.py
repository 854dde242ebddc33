from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from reporting.exporters.json import report_json
from reporting.exporters.pdf import report_pdf
from reporting.management.options import add_figures_arguments, figures_of
from rocket.core.errors import RocketError


class Command(BaseCommand):
    help = "Write the programme report to a file, as a tagged PDF in one language or as JSON in all."

    def add_arguments(self, parser: CommandParser) -> None:
        add_figures_arguments(parser)
        parser.add_argument("--format", choices=["pdf", "json"], default="pdf")
        parser.add_argument("--language", choices=[code for code, _name in settings.LANGUAGES], default="en")
        parser.add_argument("--output", metavar="FILE", required=True, help="- writes to standard output.")

    def handle(self, *args: Any, **options: Any) -> None:
        programme, figures = figures_of(options)
        try:
            if options["format"] == "json":
                content = report_json(figures)
            else:
                content = report_pdf(figures, programme, options["language"])
        except RocketError as error:
            raise CommandError(str(error)) from error
        if options["output"] == "-":
            sys.stdout.buffer.write(content)
            return
        target = Path(options["output"])
        try:
            target.write_bytes(content)
        except OSError as error:
            raise CommandError(f"{target} can't be written: {error.strerror}.") from error
        self.stdout.write(f"{target}: {len(content) / 1024:,.0f} kB.")
