"""The public page of a programme: what it pays, which calls are open, how it goes, whom it funds."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from calls.desk import home_programme
from calls.models import Call, Programme
from calls.selectors import calls_by_phase
from reporting.charts import public_page
from reporting.selectors import recent_figures
from rocket.core.display import count_text


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The page of the portal's own programme, or on an empty portal what is to be done."""
    programme = home_programme()
    if programme is None:
        return render(request, "reporting/home_empty.html")
    return _page(request, programme, is_home=True)


@login_not_required
@require_safe
def programme(request: HttpRequest, code: str) -> HttpResponse:
    """The same page of any other programme of the portal. The portal's own has one address, the home page."""
    found = get_object_or_404(Programme, code=code)
    if found == home_programme():
        return redirect("home")
    return _page(request, found, is_home=False)


def _page(request: HttpRequest, programme: Programme, *, is_home: bool) -> HttpResponse:
    """Four queries and those of the figures, thirteen for the first reader of a minute; those of the programme's parts
    besides where the process does not know them yet. However much is funded."""
    now: datetime = request.arrived_at  # type: ignore[attr-defined]
    request.shown_programme = programme  # type: ignore[attr-defined]
    others = list(Programme.objects.exclude(pk=programme.pk).order_by("-starts_on", "pk"))
    narrowed = f"?programme={programme.code}" if others else ""
    clusters = list(programme.clusters.select_related("country"))
    with timezone.override(programme.zone):
        return render(
            request,
            "reporting/home.html",
            {
                **public_page(recent_figures(programme, now), programme, clusters),
                "programme": programme,
                "is_home": is_home,
                "calls": calls_by_phase(Call.objects.filter(programme=programme), now),
                "steps": _steps(len(clusters)),
                "calls_url": reverse("calls") + narrowed,
                "projects_url": reverse("projects") + narrowed,
                "other_programmes": others,
            },
        )


def _steps(clusters: int) -> list[dict[str, str]]:
    ask = ngettext(
        "Invite a company that you know by mail, or ask the cluster organisation of your region for one.",
        "Invite a company that you know by mail, or ask one of %(n)s cluster organisations for one.",
        clusters,
    ) % {"n": count_text(clusters)}
    return [
        {
            "title": _("Find a partner"),
            "text": ask if clusters else _("Invite a company that you know by mail."),
        },
        {
            "title": _("Write together"),
            "text": _(
                "One proposal, every partner its own part. It saves itself, and nobody overwrites another."
            ),
        },
        {
            "title": _("See if it is eligible"),
            "text": _("Each rule tells you what is missing and where to mend it, while you write."),
        },
        {
            "title": _("Submit and start"),
            "text": _("You get a receipt at once. The decision comes with its reason."),
        },
    ]
