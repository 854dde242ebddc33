"""Reports that are made beside the request: asked for, made, cancelled."""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from calls.models import Programme
from reporting.enums import ReportFormat, ReportState
from reporting.exporters import export, fingerprint
from reporting.models import Report
from reporting.selectors import programme_figures
from rocket.accounts.models import User
from rocket.core import background
from rocket.core.documents import kept
from rocket.core.errors import RocketError
from rocket.core.permissions import demand

logger = logging.getLogger(__name__)
MOST_ATTEMPTS = 3
OPEN = (ReportState.WAITING, ReportState.RUNNING)


class Cancelled(Exception):
    """The report was cancelled, or another maker took it over."""


@transaction.atomic
def ask_report(
    *,
    programme: Programme,
    format: ReportFormat | str,
    language: str,
    as_of: datetime,
    by: User,
    now: datetime,
) -> Report:
    """Ask for a report; its making starts after the commit.

    Raises ``RocketError`` ``future`` for a moment that has not come, and ``Refused``.
    """
    report = Report(
        programme=programme,
        format=ReportFormat(format),
        language=language,
        as_of=as_of,
        asked_by=by,
        asked_at=now,
        alive_at=now,
    )
    demand(by, "ask", report)
    if as_of > now:
        raise RocketError("future", _("Choose a day that has come: figures of the future are not known."))
    report.save()
    _send(report.pk)
    return report


@transaction.atomic
def cancel_report(*, report: Report, by: User) -> None:
    """Stop a report that is waiting or being made; one that is finished stays."""
    demand(by, "cancel", report)
    Report.objects.filter(pk=report.pk, state__in=OPEN).update(
        state=ReportState.CANCELLED, finished_at=timezone.now()
    )
    report.refresh_from_db()


def make_report(pk: int) -> None:
    """Make the report. Whoever starts takes it over; a maker that was taken over or cancelled leaves nothing."""
    now = timezone.now()
    if not Report.objects.filter(pk=pk, state=ReportState.WAITING).update(
        state=ReportState.RUNNING, attempt=F("attempt") + 1, progress=0, alive_at=now
    ):
        return
    report = Report.objects.select_related("programme", "asked_by").get(pk=pk)
    mine = Report.objects.filter(pk=pk, state=ReportState.RUNNING, attempt=report.attempt)

    def sign_of_life(per_cent: int) -> None:
        if not mine.update(progress=per_cent, alive_at=timezone.now()):
            raise Cancelled

    try:
        figures = programme_figures(report.programme, report.as_of)
        sign_of_life(15)
        content = export(
            figures,
            report.programme,
            format=ReportFormat(report.format),
            language=report.language,
            progress=sign_of_life,
        )
        sign_of_life(95)
        with (
            kept(
                content,
                name=file_name(report),
                content_type=ReportFormat(report.format).content_type,
                by=report.asked_by,
                now=timezone.now(),
            ) as document,
            transaction.atomic(),
        ):
            document.save()
            if not mine.update(
                state=ReportState.DONE,
                progress=100,
                figures=figures.to_json(),
                sha256=fingerprint(figures),
                document=document,
                finished_at=timezone.now(),
            ):
                raise Cancelled
    except Cancelled:
        logger.info("Report %s was cancelled or taken over", pk)
    except Exception as error:
        known = isinstance(error, RocketError)
        if not known:
            logger.exception("Report %s failed", pk)
        mine.update(
            state=ReportState.FAILED,
            problem=str(error)
            if known
            else str(_("The portal could not make the report. Its operator finds why in the log.")),
            finished_at=timezone.now(),
        )


def resume_reports(now: datetime) -> int:
    """Start again what nobody is at work on, and give up what failed too often; returns how many started."""
    started = 0
    for report in Report.objects.abandoned(now):
        this = Report.objects.filter(pk=report.pk, state=report.state, attempt=report.attempt)
        if report.attempt >= MOST_ATTEMPTS:
            this.update(
                state=ReportState.FAILED,
                problem=str(
                    _("The making broke off several times. Ask for the report again, or tell the operator.")
                ),
                finished_at=now,
            )
        elif this.update(state=ReportState.WAITING, alive_at=now):
            _send(report.pk)
            started += 1
    return started


def _send(pk: int) -> None:
    from reporting.tasks import make_report as task

    background.start(task, pk)


def file_name(report: Report) -> str:
    day = report.as_of.astimezone(report.programme.zone).strftime("%Y-%m-%d")
    return f"{slugify(report.programme.code)}-report-{day}-{report.language}.{report.format}"
