"""How a section is shown, saved, saved by itself and ticked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from feasibility import selectors, services
from feasibility.enums import SectionName
from feasibility.forms import DraftForm, SectionForm, TickForm
from feasibility.models import Proposal, Section
from feasibility.services.sections import section_of
from feasibility.views._common import page_context
from rocket.accounts.http import SignedInRequest
from rocket.core.display import clock_text
from rocket.core.errors import Refused, RocketError, Stale
from rocket.core.kept import forget_post, kept_post
from rocket.core.permissions import may

F = TypeVar("F", bound=DraftForm)


@dataclass(frozen=True)
class SavedRow:
    """A row of a section that is saved piece by piece, just after it was saved."""

    version: int
    """Of its section, as this save left it: the next save names it."""
    url: str
    """The row's own page. A new row is saved there from now on, so that it is not added twice."""
    then: str = ""
    """Where to go after a press, where it is not back to the list of rows."""

    @classmethod
    def after(cls, form: DraftForm, url: str, then: str = "") -> SavedRow:
        """What follows a save that went through: it moved the section on by exactly one version."""
        return cls(form.cleaned_data["seen_version"] + 1, url, then)


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
    make: Callable[[Any], F],
    save: Callable[[F], Section | SavedRow],
    *,
    title: Any,
    lead: Any = "",
    back: tuple[str, Any] | None = None,
    template: str = "feasibility/section.html",
    extra: dict[str, Any] | None = None,
) -> HttpResponse:
    """Show and save one section, or one row of it. A concurrent edit shows both texts; a lost permission keeps what
    was typed.

    What was posted after the session had ended is offered here again; a post that the page sends by itself, while
    somebody writes, is answered in JSON. ``make`` gives the form: with what was posted, or for None with what is
    saved now. ``save`` calls the service; for a row it returns ``SavedRow``. ``back`` is where a saved form leads to,
    with the words of the link: the list of the section's rows; without it the proposal.
    """
    if "discard" in request.GET:
        forget_post(request)
        return redirect(request.path)
    kept = kept_post(request) if request.method != "POST" else None
    form = make(request.POST if request.method == "POST" else kept.data if kept else None)
    if request.headers.get("X-Autosave") and request.method == "POST":
        return _autosave(request, proposal, section, form, save)
    theirs: DraftForm | None = None
    back_url, back_text = back or (proposal.get_absolute_url(), _("Back to the list"))
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                saved = save(form)
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
                return redirect((saved.then if isinstance(saved, SavedRow) else "") or back_url)
    return render(
        request,
        template,
        {
            **page_context(request, proposal, section=section.name, title=title),
            "form": form,
            "theirs": theirs,
            "kept": kept,
            "section": section,
            "heading": title,
            "lead": lead,
            "back_url": back_url,
            "back_text": back_text,
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
    form: F,
    save: Callable[[F], Section | SavedRow],
) -> HttpResponse:
    """Save a draft while it is written: nothing is ticked, nothing is shown as a mistake, nothing is overwritten."""
    form.as_draft()
    if not form.is_valid():
        return JsonResponse({"text": _why_not_saved(form)}, status=422)
    if isinstance(form, SectionForm):
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
            **({"url": saved.url} if isinstance(saved, SavedRow) else {}),
        }
    )


def _why_not_saved(form: DraftForm) -> str:
    """A row without its first answers is nothing yet; anything else is a value that can't be read."""
    mistakes = form.errors.as_data()
    open_fields = [
        form[name].label
        for name, errors in mistakes.items()
        if name in form.draft_needs and all(error.code == "required" for error in errors)
    ]
    if open_fields and len(open_fields) == len(mistakes):
        return _("Not saved yet, still open: %(fields)s") % {"fields": ", ".join(map(str, open_fields))}
    return _("Not saved yet: a field can't be read. Press save to see which.")


def with_seen_version(request: SignedInRequest, section: Section) -> QueryDict:
    """What was posted, with the version of ``section`` as it is now: its text has been shown, so it counts as seen."""
    data = request.POST.copy()
    data["seen_version"] = str(section.version)
    return data


def clock(request: SignedInRequest) -> str:
    return clock_text(request.arrived_at)


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
