"""What a controller reads: the money of the funded projects, by partner and category, as it was approved."""

from __future__ import annotations

import json

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from calls.desk import programme_of
from feasibility.selectors import budget_in, submitted_annexes
from reporting.desk_filters import DeskProjectFilter
from reporting.exporters.listing import budgets_table
from reporting.models import Project
from rocket.accounts.http import SignedInRequest
from rocket.accounts.roles import Role
from rocket.core.lists import list_context, list_file
from rocket.core.permissions import find

READERS = (Role.CONTROLLER, Role.MANAGER, Role.AUDITOR)


@require_safe
def projects(request: SignedInRequest, programme: str) -> HttpResponseBase:
    """Every funded project with budget, grant, rate and months; the files have a line for each partner."""
    found = programme_of(request, programme, *READERS)
    rows = Project.objects.of(found).funded().with_parts().with_money().order_by("-opened_at", "-number")
    filters = DeskProjectFilter(request.GET or None, programme=found, queryset=rows)
    with timezone.override(found.zone):
        if file := list_file(request, lambda: budgets_table(found, filters.qs), f"{found.code}-budgets"):
            return file
    return render(
        request,
        "reporting/control.html",
        {**list_context(request, filters), "programme": found, "total": rows.count()},
    )


@require_safe
def project(request: SignedInRequest, programme: str, number: str) -> HttpResponse:
    """One project: the budget that was approved, who pays it on what basis, conditions, steps and files."""
    found = programme_of(request, programme, *READERS)
    rows = Project.objects.of(found).funded().with_parts().select_related("decision__submission")
    current = find(request, Project, to="view_money", queryset=rows, number=number)
    submission = current.decision.submission
    return render(
        request,
        "reporting/controlled_project.html",
        {
            "programme": found,
            "project": current,
            "submission": submission,
            "budget": budget_in(json.loads(submission.content)),
            "annexes": submitted_annexes(submission),
            "steps": current.steps.select_related("by"),
            "crumbs": [(_("Control"), reverse("control", args=[found.code])), (current.title, "")],
        },
    )
