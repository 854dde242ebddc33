"""How a section is shown, saved, saved by itself and ticked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from feasibility import selectors, services
from feasibility.enums import SectionName
from feasibility.forms import (
    SectionForm,
    TickForm,
)
from feasibility.models import Proposal, Section
from feasibility.services.sections import section_of
from feasibility.views._common import page_context
from rocket.accounts.http import SignedInRequest
from rocket.core.errors import Refused, RocketError, Stale
from rocket.core.kept import forget_post, kept_post
from rocket.core.permissions import may


def editable(request: SignedInRequest, section: Section) -> bool:
    return bool(may(request.user, "edit", section))


def demand_edit(request: SignedInRequest, section: Section) -> None:
    verdict = may(request.user, "edit", section)
    if not verdict:
        raise PermissionDenied(str(verdict.reason))  # type: ignore[union-attr]


def form_page(
    request: SignedInRequest,
    proposal: Proposal,
    section: Section,
    make: Callable[[Any], SectionForm],
    save: Callable[[SectionForm], Section],
    *,
    title: Any,
    lead: Any = "",
    extra: dict[str, Any] | None = None,
) -> HttpResponse:
    """Show and save one section. A concurrent edit shows both texts; a lost permission keeps what was typed.

    What was posted after the session had ended is offered here again; a post that the page sends by itself, while
    somebody writes, is answered in JSON.
    """
    if "discard" in request.GET:
        forget_post(request)
        return redirect(request.path)
    kept = kept_post(request) if request.method != "POST" else None
    form = make(request.POST if request.method == "POST" else kept.data if kept else None)
    if request.headers.get("X-Autosave") and request.method == "POST":
        return _autosave(request, proposal, section, form, save)
    theirs: SectionForm | None = None
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                save(form)
            except Stale as stale:
                # The other one's text is read again and shown beside; the next save then knows that it was seen.
                fresh = selectors.load(proposal.pk)
                newer = section_of(fresh, SectionName(section.name), section.partner)
                theirs = make(None)
                form.add_error(None, str(stale))
                form.data = with_seen_version(request, newer)
                proposal, section, status = fresh, newer, 409
            except Refused as refused:
                # What was typed stays on the page, to be copied.
                form.add_error(None, str(refused))
                status = 403
            except RocketError as refused:
                form.add_error(None, str(refused))
            else:
                forget_post(request)
                messages.success(request, _("Saved %(time)s") % {"time": clock(request)})
                return redirect(proposal)
    return render(
        request,
        "feasibility/section.html",
        {
            **page_context(request, proposal, section=section.name, title=title),
            "form": form,
            "theirs": theirs,
            "kept": kept,
            "section": section,
            "heading": title,
            "lead": lead,
            "is_editable": editable(request, section),
            "refusal": getattr(may(request.user, "edit", section), "reason", ""),
            **(extra or {}),
        },
        status=status,
    )


def _autosave(
    request: SignedInRequest,
    proposal: Proposal,
    section: Section,
    form: SectionForm,
    save: Callable[[SectionForm], Section],
) -> HttpResponse:
    """Save a draft while it is written: nothing is ticked, nothing is shown as a mistake, nothing is overwritten."""
    form.is_draft = True
    if not form.is_valid():
        return JsonResponse(
            {"text": _("Not saved yet: a field can't be read. Press save to see which.")}, status=422
        )
    form.cleaned_data["is_completed"] = section.is_completed and not form.missing(form.cleaned_data)
    try:
        saved = save(form)
    except Stale as stale:
        compare = _("Press save to compare them.")
        return JsonResponse({"text": f"{stale} {compare}"}, status=409)
    except RocketError as refused:
        return JsonResponse({"text": str(refused)}, status=403)
    forget_post(request)
    context = page_context(request, selectors.load(proposal.pk), section=section.name)
    return JsonResponse(
        {
            "text": _("Saved %(time)s") % {"time": clock(request)},
            "version": saved.version,
            "panel": render_to_string("feasibility/_section_panel.html", context, request),
        }
    )


def with_seen_version(request: SignedInRequest, section: Section) -> QueryDict:
    """What was posted, with the version of ``section`` as it is now: its text has been shown, so it counts as seen."""
    data = request.POST.copy()
    data["seen_version"] = str(section.version)
    return data


def clock(request: SignedInRequest) -> str:
    from django.utils import timezone

    return timezone.localtime(request.arrived_at).strftime("%H:%M")


def tick_section(request: SignedInRequest, proposal: Proposal, name: SectionName) -> HttpResponse | None:
    """Handle the tick of a section that is saved piece by piece; None where the form has mistakes."""
    form = TickForm(request.POST)
    if not form.is_valid():
        return None
    try:
        services.set_completed(
            proposal=proposal,
            name=name,
            is_completed=form.cleaned_data["is_completed"],
            seen_version=form.cleaned_data["seen_version"],
            by=request.user,
            now=request.arrived_at,
        )
    except RocketError as refused:
        messages.error(request, str(refused))
        return redirect(f"section_{name}", proposal.number)
    messages.success(request, _("Saved %(time)s") % {"time": clock(request)})
    return redirect(proposal)


def tick_context(request: SignedInRequest, section: Section) -> dict[str, Any]:
    return {
        "section": section,
        "tick": TickForm(initial={"seen_version": section.version, "is_completed": section.is_completed}),
        "is_editable": editable(request, section),
    }
