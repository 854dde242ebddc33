"""The programme desk: overview and projects."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_safe

from reporting.charts import overview
from reporting.models import Project
from reporting.selectors import programme_figures
from reporting.views._desk import desk_programme
from rocket.accounts.http import SignedInRequest
from rocket.core.desk import waiting_for


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
