"""The programme desk: overview and projects."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.cache import cache
from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from calls.desk import programme_of
from calls.models import Programme
from feasibility import selectors as proposals
from feasibility.models import Proposal
from reporting.charts import overview
from reporting.exporters.tables import tables_of
from reporting.forms import DayForm
from reporting.moments import as_of
from reporting.selectors import programme_figures
from rocket.accounts.http import SignedInRequest
from rocket.core.audit import latest_change, sha256_of
from rocket.core.desk import waiting_for

LATEST = 6
"""Proposals that the overview shows."""
FURTHER = ("by_call", "by_kind", "by_field", "by_year", "by_country", "by_organisation_kind", "by_size")
"""Tables that the overview shows beside its charts; the files hold all of them."""


KEPT_FOR = 60
"""Seconds for which figures are shown again where nothing has happened since; the page names their moment."""
PARTS = ("top", "bars", "map", "further")


@require_safe
def desk(request: SignedInRequest, programme: str) -> HttpResponse:
    """The figures of this moment or of an earlier day, what waits for the person, and the latest proposals."""
    found = programme_of(request, programme)
    form = DayForm(request.GET or None, today=timezone.localdate(request.arrived_at, found.zone))
    moment = request.arrived_at
    if form.is_valid() and (day := form.cleaned_data["as_of"]):
        moment = min(as_of(day.isoformat(), found.zone), moment)
    is_earlier = moment < request.arrived_at
    rows = Proposal.objects.filter(call__programme=found).on_desk().with_lead()
    latest = list(rows.order_by("-changed_at", "-pk")[:LATEST])
    proposals.titles_as_submitted(latest)
    return render(
        request,
        "reporting/desk.html",
        {
            "shown": _figures_at(found, moment) if is_earlier else _latest_figures(found, moment),
            "programme": found,
            "form": form,
            "is_earlier": is_earlier,
            "waiting": waiting_for(request.user),
            "latest": latest,
        },
    )


def _latest_figures(programme: Programme, now: datetime) -> dict[str, Any]:
    """Counted anew once something has happened that may count, and after a minute: then a deadline may have passed."""
    stamp = (programme.code, programme.source_sha256, get_language(), latest_change())
    key = f"desk-figures:{sha256_of(repr(stamp))}"
    shown: dict[str, Any] | None = cache.get(key)
    if shown is None:
        shown = _figures_at(programme, now)
        cache.set(key, shown, KEPT_FOR)
    return shown


def _figures_at(programme: Programme, moment: datetime) -> dict[str, Any]:
    """The parts of the page that are made of figures, and the moment of these. Nothing in them is one reader's own."""
    figures = programme_figures(programme, moment)
    context = {
        **overview(figures),
        "programme": programme,
        "tables": [table for table in tables_of(figures, FURTHER) if table.rows],
    }
    parts = {name: render_to_string(f"reporting/_desk_{name}.html", context) for name in PARTS}
    return {"as_of": figures.as_of, **parts}
