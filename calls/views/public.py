"""Pages for everybody: the home page, the list of calls, and one call."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from calls.desk import home_programme
from calls.filters import CallFilter
from calls.models import Call, Programme
from calls.selectors import calls_by_phase, changes_of, kinds_in
from calls.services.questions import takes_questions
from rocket.core.display import brief_text, count_text, day_text, percent_text
from rocket.core.permissions import find


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What the programme pays, which calls are open, and how it goes."""
    programme = home_programme()
    if programme is None:
        return render(request, "calls/home_empty.html")
    calls = calls_by_phase(Call.objects.filter(programme=programme), request.arrived_at)  # type: ignore[attr-defined]
    regions = list(programme.regions.select_related("country"))
    clusters = list(programme.clusters.select_related("country"))
    countries = {country.side: country for country in programme.countries.all()}
    return render(
        request,
        "calls/home.html",
        {
            "programme": programme,
            "calls": calls,
            "regions": regions,
            "west": countries.get("west"),
            "east": countries.get("east"),
            "clusters": clusters,
            "figures": _figures(programme),
            "steps": _steps(len(clusters)),
        },
    )


def _figures(programme: Programme) -> list[dict[str, object]]:
    """What the programme promises, in figures; its own rate, cap, target and period."""
    return [
        {
            "value": percent_text(programme.funding_rate),
            "label": _("funding rate"),
            "note": _("of the eligible cost; the rest is the partners’ own"),
        },
        {
            "value": brief_text(programme.grant_cap),
            "label": _("EUR at most"),
            "note": _("for each small or medium-sized company"),
        },
        {
            "value": count_text(programme.product_target),
            "label": _("products"),
            "note": _("are the target of the programme"),
        },
        {
            "value": f"{programme.starts_on.year}–{programme.ends_on.year}",
            "label": _("the programme runs"),
            "note": _("from %(start)s to %(end)s")
            % {"start": day_text(programme.starts_on), "end": day_text(programme.ends_on)},
        },
    ]


def _steps(clusters: int) -> list[dict[str, str]]:
    ask = ngettext(
        "Invite a company that you know by mail, or ask the cluster organisation of your region for one.",
        "Invite a company that you know by mail, or ask one of %(n)s cluster organisations for one.",
        clusters,
    )
    return [
        {"title": _("Find a partner"), "text": ask % {"n": clusters}},
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
    return render(
        request,
        "calls/list.html",
        {
            "calls": calls,
            "filter": filters,
            "is_narrowed": any(request.GET.get(name) for name in filters.filters),
            "shown": len(calls.open) + len(calls.planned) + len(calls.closed),
            "total": public.count(),
        },
    )


@login_not_required
@require_safe
def call(request: HttpRequest, slug: str) -> HttpResponse:
    """One call with its rules in words. Managers and auditors see a draft here as everybody will."""
    found = find(
        request, Call, to="view", queryset=Call.objects.visible_to(request.user).with_parts(), slug=slug
    )
    with timezone.override(found.programme.zone):
        return render(
            request,
            "calls/call.html",
            {
                "call": found,
                "programme": found.programme,
                "kinds": kinds_in(found),
                "is_open": found.is_open_at(request.arrived_at),  # type: ignore[attr-defined]
                "is_draft": found.state == "draft",
                "questions": found.questions.published(),
                "may_ask": takes_questions(found, request.arrived_at),  # type: ignore[attr-defined]
                "changes": changes_of(found) if found.state != "draft" else [],
            },
        )
