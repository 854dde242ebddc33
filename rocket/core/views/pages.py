"""Pages that every portal owes its readers: privacy, imprint, accessibility, feedback, help."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from rocket.core.errors import RocketError
from rocket.core.feedback import give_feedback
from rocket.core.forms import FeedbackForm

STATED_ON = date(2026, 11, 24)
"""When the accessibility statement was prepared, and what the privacy page says last held against the code."""


def _operator() -> dict[str, Any]:
    """Who runs the portal, as the settings say. 404 where they say nothing: a system check has told the operator."""
    if not settings.OPERATOR_NAME and not settings.DEMO:
        raise Http404
    return {
        "name": settings.OPERATOR_NAME,
        "address": [line.strip() for line in settings.OPERATOR_ADDRESS.split(";") if line.strip()],
        "email": settings.OPERATOR_EMAIL,
        "phone": settings.OPERATOR_PHONE,
        "accessibility_body": settings.ACCESSIBILITY_BODY,
    }


@login_not_required
@require_safe
def imprint(request: HttpRequest) -> HttpResponse:
    return render(request, "core/imprint.html", {"operator": _operator()})


@login_not_required
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "core/privacy.html", {"operator": _operator(), "stated_on": STATED_ON})


@login_not_required
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "core/accessibility.html", {"operator": _operator(), "stated_on": STATED_ON})


@login_not_required
@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    return render(request, "core/help.html")


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def feedback(request: HttpRequest) -> HttpResponse:
    """A form for everybody; what is sent is kept and mailed to the operator."""
    form = FeedbackForm(request.POST or None, initial={"page": request.GET.get("page", "")[:300]})
    if request.method == "POST" and form.is_valid():
        try:
            give_feedback(
                **form.cleaned_data,
                language=(get_language() or "en")[:2],
                now=request.arrived_at,  # type: ignore[attr-defined]
            )
        except RocketError as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Your message is with the operator of the portal."))
            return redirect("feedback")
    return render(request, "core/feedback.html", {"form": form}, status=422 if form.errors else 200)
