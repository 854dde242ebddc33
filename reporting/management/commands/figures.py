from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone, translation

from reporting.exporters.json import report_json
from reporting.exporters.text import report_text
from reporting.management.options import add_figures_arguments, figures_of


class Command(BaseCommand):
    help = "Print a programme's figures as they stood on a day: the same value as the desk's page and the report."

    def add_arguments(self, parser: CommandParser) -> None:
        add_figures_arguments(parser)
        parser.add_argument("--format", choices=["text", "json"], default="text")
        parser.add_argument("--language", choices=[code for code, _name in settings.LANGUAGES], default="en")

    def handle(self, *args: Any, **options: Any) -> None:
        programme, figures = figures_of(options)
        if options["format"] == "json":
            self.stdout.write(report_json(figures).decode(), ending="")
            return
        with translation.override(options["language"]), timezone.override(programme.zone):
            self.stdout.write(report_text(figures), ending="")
