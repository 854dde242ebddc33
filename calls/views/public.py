"""Pages for everybody: the list of calls, and one call."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from calls.enums import CallPhase, CallState
from calls.filters import CallFilter
from calls.models import Call, Programme
from calls.remembered import call_at_hand
from calls.selectors import calls_by_phase, changes_of, kinds_in, with_outcome
from calls.services.questions import takes_questions
from rocket.core.filtering import pills, without_choices
from rocket.core.permissions import find


@login_not_required
@require_safe
@cache_control(public=True, max_age=3600)
def colours(request: HttpRequest, code: str) -> HttpResponse:
    """The programme's own colours as a style sheet; pages link it with the file's fingerprint in the address."""
    programme = get_object_or_404(Programme, code=code)
    return HttpResponse(programme.style_sheet, content_type="text/css; charset=utf-8")


@login_not_required
@require_safe
def call_list(request: HttpRequest) -> HttpResponse:
    """Every public call: open, planned, closed; narrowed to what is asked for."""
    now = request.arrived_at  # type: ignore[attr-defined]
    public = Call.objects.public()
    filters = CallFilter(request.GET or None, queryset=public, now=now)
    calls = calls_by_phase(filters.qs, now)
    with_outcome(calls.closed, now)
    chosen = pills(request, filters.form)
    return render(
        request,
        "calls/list.html",
        {
            "calls": calls,
            "filter": filters,
            "pills": chosen,
            "clear_url": without_choices(request, filters.form) if chosen else "",
            "is_narrowed": any(request.GET.get(name) for name in filters.filters),
            "is_of_several_programmes": "programme" in filters.filters,
            "shown": len(calls.open) + len(calls.planned) + len(calls.closed),
            "total": public.count(),
        },
    )


@login_not_required
@require_safe
def call(request: HttpRequest, slug: str) -> HttpResponse:
    """One call with its rules in words. Managers and auditors see a draft here as everybody will."""
    visible = Call.objects.visible_to(request.user).select_related("programme")
    found = call_at_hand(find(request, Call, to="view", queryset=visible, slug=slug))
    now = request.arrived_at  # type: ignore[attr-defined]
    request.shown_programme = found.programme  # type: ignore[attr-defined]
    phase = found.phase_at(now)
    if found.state != CallState.DRAFT and (phase is CallPhase.CLOSED or found.is_decided):
        with_outcome([found], now)
    with timezone.override(found.programme.zone):
        return render(
            request,
            "calls/call.html",
            {
                "call": found,
                "is_planned": found.state == CallState.PUBLISHED and phase is CallPhase.PLANNED,
                "programme": found.programme,
                "kinds": kinds_in(found),
                "is_open": found.is_open_at(now),
                "is_draft": found.state == CallState.DRAFT,
                "questions": found.questions.published(),
                "may_ask": takes_questions(found, now),
                "changes": changes_of(found) if found.state != CallState.DRAFT else [],
            },
        )
