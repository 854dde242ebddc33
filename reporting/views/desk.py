"""The programme desk: overview and projects."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from feasibility import selectors as proposals
from feasibility.models import Proposal
from reporting.charts import overview
from reporting.exporters.tables import tables_of
from reporting.forms import DayForm
from reporting.moments import as_of
from reporting.selectors import programme_figures
from reporting.views._desk import desk_programme
from rocket.accounts.http import SignedInRequest
from rocket.core.desk import waiting_for

LATEST = 6
"""Proposals that the overview shows."""
FURTHER = ("by_call", "by_kind", "by_field", "by_year", "by_country", "by_organisation_kind", "by_size")
"""Tables that the overview shows beside its charts; the files hold all of them."""


@require_safe
def desk(request: SignedInRequest, programme: str) -> HttpResponse:
    """The figures of this moment or of an earlier day, what waits for the person, and the latest proposals."""
    found = desk_programme(request, programme)
    form = DayForm(request.GET or None, today=timezone.localdate(request.arrived_at, found.zone))
    moment = request.arrived_at
    if form.is_valid() and (day := form.cleaned_data["as_of"]):
        moment = min(as_of(day.isoformat(), found.zone), moment)
    figures = programme_figures(found, moment)
    rows = Proposal.objects.filter(call__programme=found).on_desk().with_parts()
    latest = list(rows.order_by("-changed_at", "-pk")[:LATEST])
    proposals.titles_as_submitted(latest)
    return render(
        request,
        "reporting/desk.html",
        {
            **overview(figures),
            "programme": found,
            "form": form,
            "is_earlier": moment < request.arrived_at,
            "waiting": waiting_for(request.user),
            "latest": latest,
            "tables": [table for table in tables_of(figures) if table.code in FURTHER and table.rows],
        },
    )
