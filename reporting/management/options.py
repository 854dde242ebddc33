"""What the commands about figures share."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from calls.models import Programme
from reporting.figures import ProgrammeFigures
from reporting.moments import NoMoment, as_of
from reporting.selectors import programme_figures


def add_figures_arguments(parser: CommandParser) -> None:
    parser.add_argument("programme", metavar="PROGRAMME", help="Code of the programme, for example rocket.")
    parser.add_argument(
        "--as-of",
        metavar="DATE",
        help="The day (2017-10-31, to its end) or moment (2017-10-31T18:00) of the figures; now without it.",
    )


def figures_of(options: dict[str, Any]) -> tuple[Programme, ProgrammeFigures]:
    """The programme and its figures. Raises ``CommandError`` for an unknown programme or no date."""
    programme = Programme.objects.filter(code=options["programme"]).first()
    if programme is None:
        known = ", ".join(Programme.objects.values_list("code", flat=True)) or "none is loaded"
        raise CommandError(f"No programme has the code {options['programme']}. Known: {known}.")
    moment: datetime = timezone.now()
    if text := options["as_of"]:
        try:
            moment = as_of(text, programme.zone)
        except NoMoment as error:
            raise CommandError(f"--as-of {text} is no date. Write 2017-10-31 or 2017-10-31T18:00.") from error
    return programme, programme_figures(programme, moment)
