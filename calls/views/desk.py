"""The programme desk's pages about calls."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from calls import services
from calls.desk import programme_of
from calls.enums import CallState
from calls.forms import AmendForm, CallForm
from calls.models import Call, Programme
from calls.remembered import call_at_hand
from calls.services import CallRefused, NotComplete
from calls.transitions import CALL
from rocket.core.display import day_text, moment_text
from rocket.core.errors import RocketError
from rocket.core.money import euro_text
from rocket.core.permissions import find, may
from rocket.core.predicates import Denied

PAGE_SIZE = 50


def programme_of_desk(request: HttpRequest, code: str, *, to: str) -> Programme:
    """The programme of the desk: 404 for people without a part in running it, 403 with the reason for the others."""
    programme = programme_of(request, code)
    verdict = may(request.user, to, programme)
    if isinstance(verdict, Denied):
        raise PermissionDenied(str(verdict.reason))
    return programme


def _call(request: HttpRequest, programme: Programme, slug: str, *, to: str) -> Call:
    rows = Call.objects.visible_to(request.user).filter(programme=programme).select_related("programme")
    return call_at_hand(find(request, Call, to=to, queryset=rows, slug=slug))


def _seen_version(request: HttpRequest) -> int:
    value = request.POST.get("version", "")
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 10 else 0


@require_safe
def call_list(request: HttpRequest, programme: str) -> HttpResponse:
    """Every call of the programme, drafts first, then the latest deadline."""
    found = programme_of_desk(request, programme, to="list_calls")
    rows = found.calls.prefetch_related("kinds").order_by("-published_at", "-pk")
    drafts_first = sorted(rows, key=lambda call: call.state != CallState.DRAFT)
    page = Paginator(drafts_first, PAGE_SIZE).get_page(request.GET.get("page"))
    now = request.arrived_at  # type: ignore[attr-defined]
    with timezone.override(found.zone):
        return render(
            request,
            "calls/desk_list.html",
            {
                "programme": found,
                "page": page,
                "rows": [(call, _state_word(call, now)) for call in page],
                "may_create": bool(may(request.user, "create_call", found)),
            },
        )


def _state_word(call: Call, now: Any) -> str:
    """The stored state, or for a published call what the clock makes of it."""
    return call.phase_at(now) if call.state == CallState.PUBLISHED else call.state


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest, programme: str) -> HttpResponse:
    """A new draft."""
    found = programme_of_desk(request, programme, to="create_call")
    form = CallForm(request.POST or None, programme=found)
    if request.method == "POST" and form.is_valid():
        try:
            call = services.create_call(
                programme=found,
                content=form.content(),
                by=request.user,  # type: ignore[arg-type]
                now=request.arrived_at,  # type: ignore[attr-defined]
            )
        except CallRefused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("The draft is saved."))
            return redirect("desk_call", found.code, call.slug)
    return _form(request, found, form, _("New call"), call=None)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, programme: str, slug: str) -> HttpResponse:
    """A draft in full; of a published call what does not change its rules."""
    found = programme_of_desk(request, programme, to="list_calls")
    call = _call(request, found, slug, to="preview")
    if call.state == CallState.DRAFT:
        call = _call(request, found, slug, to="edit")
        form: CallForm | AmendForm = CallForm(request.POST or None, programme=found, call=call)
    else:
        call = _call(request, found, slug, to="amend")
        form = AmendForm(request.POST or None, call=call)
    if request.method == "POST" and form.is_valid():
        try:
            _save(request, call, form)
        except CallRefused as refused:
            form.refuse(refused)
        except RocketError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The changes are saved."))
            return redirect("desk_call", found.code, call.slug)
    return _form(request, found, form, _("Edit %(title)s") % {"title": call}, call=call)


def _save(request: HttpRequest, call: Call, form: CallForm | AmendForm) -> None:
    common: dict[str, Any] = {
        "call": call,
        "by": request.user,
        "now": request.arrived_at,  # type: ignore[attr-defined]
        "seen_version": form.cleaned_data["version"] or 0,
    }
    if isinstance(form, CallForm):
        services.edit_call(content=form.content(), **common)
    else:
        services.amend_call(
            title=form.texts("title"),
            summary=form.texts("summary"),
            text=form.texts("text"),
            closes_at=form.cleaned_data["closes_at"],
            decision_expected_on=form.cleaned_data["decision_expected_on"],
            **common,
        )


def _form(
    request: HttpRequest, programme: Programme, form: Any, heading: str, *, call: Call | None
) -> HttpResponse:
    crumbs = [(_("Calls"), reverse("desk_calls", args=[programme.code]))]
    if call is not None:
        crumbs.append(
            (str(Call.objects.get(pk=call.pk)), reverse("desk_call", args=[programme.code, call.slug]))
        )
    crumbs.append((heading if call is None else _("Edit"), ""))
    return render(
        request,
        "calls/desk_form.html",
        {"programme": programme, "form": form, "heading": heading, "crumbs": crumbs},
        status=422 if form.errors else 200,
    )


@require_safe
def call(request: HttpRequest, programme: str, slug: str) -> HttpResponse:
    """One call on the desk: its content, what keeps it from being published, and the next steps."""
    found = programme_of_desk(request, programme, to="list_calls")
    return _call_page(request, found, _call(request, found, slug, to="preview"))


def _call_page(request: HttpRequest, programme: Programme, call: Call, *, status: int = 200) -> HttpResponse:
    now = request.arrived_at  # type: ignore[attr-defined]
    edit_url = reverse("desk_call_edit", args=[programme.code, call.slug])
    is_draft = call.state == CallState.DRAFT
    gaps = services.gaps(call, now) if is_draft else []
    with timezone.override(programme.zone):
        return render(
            request,
            "calls/desk_call.html",
            {
                "programme": programme,
                "call": call,
                "state": _state_word(call, now),
                "gaps": [
                    (
                        gap.message,
                        f"{edit_url}#id_{'fields_of_application' if gap.field == 'fields' else gap.field}",
                    )
                    for gap in gaps
                ],
                "edit_url": edit_url if may(request.user, "edit" if is_draft else "amend", call) else "",
                "steps": _steps(request, programme, call, now),
                "rows": _facts(call),
                "crumbs": [(_("Calls"), reverse("desk_calls", args=[programme.code])), (str(call), "")],
            },
            status=status,
        )


def _steps(request: HttpRequest, programme: Programme, call: Call, now: Any) -> list[dict[str, Any]]:
    """Buttons: every row of the table that leads on from here, that this person may take and that is possible."""
    steps = []
    for row in CALL.from_state(call.state):
        holds = all(condition.test(call=call, now=now) for condition in row.holds)
        if holds and may(request.user, row.action, call):
            url = reverse("desk_call_step", args=[programme.code, call.slug, row.verb])
            steps.append({"verb": row.verb, "label": row.label, "url": url})
    return steps


def _facts(call: Call) -> list[dict[str, Any]]:
    nothing = _("Not set")
    as_programme = _("As in the programme")

    def names(parts: Any) -> str:
        return "\n".join(str(part) for part in parts.all()) or nothing

    return [
        {"key": _("Opens"), "value": moment_text(call.opens_at, "weekday") if call.opens_at else nothing},
        {"key": _("Closes"), "value": moment_text(call.closes_at, "weekday") if call.closes_at else nothing},
        {
            "key": _("Decision expected by"),
            "value": day_text(call.decision_expected_on) if call.decision_expected_on else nothing,
        },
        {"key": _("Kinds of project"), "value": names(call.kinds)},
        {"key": _("Key enabling technologies"), "value": names(call.kets)},
        {"key": _("Application fields"), "value": names(call.fields)},
        {"key": _("Budget"), "value": euro_text(call.budget) if call.budget is not None else nothing},
        {
            "key": _("Largest grant per SME"),
            "value": euro_text(call.grant_cap_sme) if call.grant_cap_sme is not None else as_programme,
        },
        {
            "key": _("Largest grant per project"),
            "value": euro_text(call.grant_cap_project)
            if call.grant_cap_project is not None
            else as_programme,
        },
        {
            "key": _("Counted as a call"),
            "value": _("No, it is a pioneer round") if call.is_pioneer_round else _("Yes"),
        },
    ]


_VERBS = {
    "publish": services.publish_call,
    "decide": services.decide_call,
    "archive": services.archive_call,
}


@require_POST
def step(request: HttpRequest, programme: str, slug: str, verb: str) -> HttpResponse:
    """Take the call one state further."""
    found = programme_of_desk(request, programme, to="list_calls")
    service = _VERBS.get(verb)
    if service is None:
        raise Http404
    call = _call(request, found, slug, to=verb)
    try:
        service(
            call=call,
            by=request.user,  # type: ignore[arg-type]
            now=request.arrived_at,  # type: ignore[attr-defined]
            seen_version=_seen_version(request),
        )
    except NotComplete:
        return _call_page(request, found, call, status=422)
    except RocketError as error:
        messages.error(request, str(error))
    else:
        sentences = {
            "publish": _("The call is published."),
            "decide": _("The call is recorded as decided."),
            "archive": _("The call is archived."),
        }
        messages.success(request, sentences[verb])
    return redirect("desk_call", found.code, slug)
