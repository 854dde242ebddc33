"""The programme desk: overview, report and projects."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from reporting.charts import overview
from reporting.exporters.json import report_json
from reporting.exporters.pdf import report_pdf
from reporting.models import Project
from reporting.selectors import programme_figures
from reporting.views._desk import desk_programme
from rocket.accounts.http import SignedInRequest
from rocket.core.desk import waiting_for
from rocket.core.errors import RocketError


@require_safe
def desk(request: SignedInRequest, programme: str) -> HttpResponse:
    """The figures of this moment, and what waits for the person."""
    found = desk_programme(request, programme)
    try:
        proposals_url = reverse("desk_proposals", args=[found.code])
    except NoReverseMatch:
        proposals_url = ""
    context = overview(programme_figures(found, request.arrived_at))
    return render(
        request,
        "reporting/desk.html",
        {
            **context,
            "programme": found,
            "waiting": waiting_for(request.user),
            "proposals_url": proposals_url,
        },
    )


@require_safe
def report_as_pdf(request: SignedInRequest, programme: str) -> HttpResponse:
    """The report in the reader's language; 503 with the way out where the machine lacks the libraries."""
    found = desk_programme(request, programme)
    language = (get_language() or "en")[:2]
    figures = programme_figures(found, request.arrived_at)
    try:
        content = report_pdf(figures, found, language)
    except RocketError as error:
        return render(
            request, "reporting/no_pdf.html", {"programme": found, "reason": str(error)}, status=503
        )
    return _file(content, "application/pdf", f"{_file_name(request, found.code)}-{language}.pdf")


@require_safe
def report_as_json(request: SignedInRequest, programme: str) -> HttpResponse:
    found = desk_programme(request, programme)
    content = report_json(programme_figures(found, request.arrived_at))
    return _file(content, "application/json", f"{_file_name(request, found.code)}.json")


def _file_name(request: SignedInRequest, code: str) -> str:
    day = timezone.localtime(request.arrived_at).strftime("%Y-%m-%d")
    return f"{slugify(code)}-{slugify(_('report'))}-{day}"


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    return HttpResponse(
        content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


@require_safe
def desk_projects(request: SignedInRequest, programme: str) -> HttpResponse:
    """Every funded project with its money, as it stands now."""
    found = desk_programme(request, programme)
    figures = programme_figures(found, request.arrived_at)
    states = {project.number: project for project in Project.objects.of(found)}
    kinds = {row.code: row.name for row in figures.by_kind}
    kets = {row.code: row for row in figures.by_ket}
    rows = [
        {
            "figures": project,
            "project": states[project.number],
            "kind": kinds[project.kind],
            "ket": kets.get(project.main_ket),
        }
        for project in figures.project_list
    ]
    return render(
        request, "reporting/desk_projects.html", {"programme": found, "figures": figures, "rows": rows}
    )
