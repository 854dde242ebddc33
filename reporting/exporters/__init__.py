"""The programme figures in every format: one value, many forms."""

from __future__ import annotations

from calls.models import Programme
from reporting.enums import ReportFormat
from reporting.exporters.json import fingerprint, report_json
from reporting.exporters.pdf import report_pdf
from reporting.exporters.tables import figures_csv, figures_xlsx
from reporting.figures import ProgrammeFigures
from rocket.core.pdf import Progress, no_progress

__all__ = ["export", "fingerprint"]


def export(
    figures: ProgrammeFigures,
    programme: Programme,
    *,
    format: ReportFormat,
    language: str,
    progress: Progress = no_progress,
) -> bytes:
    """The figures as a file. Raises ``RocketError`` for a PDF where the machine lacks the libraries.

    ``progress`` is called with per cent; what it raises ends the work.
    """
    from django.utils import timezone, translation

    with translation.override(language), timezone.override(programme.zone):
        match ReportFormat(format):
            case ReportFormat.PDF:
                return report_pdf(figures, programme, language, progress=progress)
            case ReportFormat.XLSX:
                return figures_xlsx(figures)
            case ReportFormat.CSV:
                return figures_csv(figures)
            case ReportFormat.JSON:
                return report_json(figures)
