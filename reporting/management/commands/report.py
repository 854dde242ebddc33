from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from reporting.enums import ReportFormat
from reporting.exporters import export
from reporting.management.options import add_figures_arguments, figures_of
from rocket.core.errors import RocketError


class Command(BaseCommand):
    help = "Write the programme report to a file, as a tagged PDF, XLSX, CSV or JSON."

    def add_arguments(self, parser: CommandParser) -> None:
        add_figures_arguments(parser)
        parser.add_argument("--format", choices=ReportFormat.values, default="pdf")
        parser.add_argument("--language", choices=[code for code, _name in settings.LANGUAGES], default="en")
        parser.add_argument("--output", metavar="FILE", required=True, help="- writes to standard output.")

    def handle(self, *args: Any, **options: Any) -> None:
        programme, figures = figures_of(options)
        try:
            content = export(
                figures, programme, format=ReportFormat(options["format"]), language=options["language"]
            )
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
