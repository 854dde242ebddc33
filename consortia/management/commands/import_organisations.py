"""``manage.py import_organisations FILE``: organisations from a keep.eu export or from a CSV of our own form."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from calls.models import Programme, Region
from consortia.readers import is_spreadsheet, read_csv, read_keep
from consortia.services import Outcome, RowMessage, import_organisations
from rocket.core.errors import RocketError


class Command(BaseCommand):
    help = (
        "Imports organisations that nobody has claimed yet, from a keep.eu export (XLSX) or a CSV. "
        "One message for each row that is taken with a gap, joined with another organisation, or refused."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="say what would happen and change nothing")
        parser.add_argument("--format", choices=["text", "json"], default="text")
        parser.add_argument(
            "--programme",
            default="",
            help="words of the programme's title in a keep.eu export, such as 'Germany - Netherlands'; "
            "without it: the countries of the portal's own programme",
        )
        parser.add_argument(
            "--nuts-version", type=int, default=2013, help="version of the region codes in a keep.eu export"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        programme = Programme.objects.home(settings.HOME_PROGRAMME)
        # Several programmes may have run one after the other in one area: it lies inside if one of them holds it.
        area = Region.objects.all().keys()
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(_("There is no file %(path)s.") % {"path": path})
        if is_spreadsheet(path):
            wanted = options["programme"] or _title_of(programme)
            if not wanted:
                raise CommandError(
                    _(
                        "A keep.eu export holds several programmes. Load a programme, or name one with --programme."
                    )
                )
            rows = read_keep(path, programme=wanted, nuts_version=options["nuts_version"])
        else:
            rows = read_csv(path)
        is_json = options["format"] == "json"
        told = 0

        def tell(message: RowMessage) -> None:
            # Written at once: a list of all messages would grow with the file.
            nonlocal told
            if is_json:
                self.stdout.write(("," if told else "") + _as_json(message))
            else:
                self.stdout.write(str(message))
            told += 1

        if is_json:
            self.stdout.write('{"messages": [')
        try:
            counts = import_organisations(
                rows=rows, area=area, now=timezone.now(), tell=tell, is_dry_run=options["dry_run"]
            )
        except RocketError as error:
            if is_json:
                self.stdout.write("]" + f', "error": {json.dumps(str(error), ensure_ascii=False)}' + "}")
            raise CommandError(str(error)) from error
        if is_json:
            summary = {
                "dry_run": options["dry_run"],
                "rows": counts.total,
                **{outcome.value: number for outcome, number in counts.rows.items()},
                "organisations_created": 0 if options["dry_run"] else counts.created,
            }
            self.stdout.write(f'], "summary": {json.dumps(summary)}}}')
            return
        if not counts.total:
            self.stdout.write(_("The file holds no rows of this programme."))
        self.stdout.write(
            _(
                "%(total)s rows: %(taken)s taken, %(gap)s taken with a gap, %(joined)s joined, %(refused)s refused, "
                "%(unchanged)s there before."
            )
            % {
                "total": counts.total,
                "taken": counts.rows[Outcome.TAKEN],
                "gap": counts.rows[Outcome.GAP],
                "joined": counts.rows[Outcome.JOINED],
                "refused": counts.rows[Outcome.REFUSED],
                "unchanged": counts.rows[Outcome.UNCHANGED],
            }
        )
        if options["dry_run"]:
            self.stdout.write(_("Nothing was changed: this was a dry run."))


def _title_of(programme: Programme | None) -> str:
    """The English names of the programme's countries: what keep.eu's titles are made of."""
    if programme is None:
        return ""
    with translation.override("en"):
        return " - ".join(str(country.name) for country in programme.countries.all())


def _as_json(message: RowMessage) -> str:
    return json.dumps(
        {
            "row": message.row,
            "outcome": message.outcome.value,
            "name": message.name,
            "reasons": list(message.reasons),
        },
        ensure_ascii=False,
    )
