"""The work plan: its packages, their order, and the picture of them over time."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from feasibility import selectors, services
from feasibility.enums import SectionName
from feasibility.forms import WorkPackageForm
from feasibility.models import Proposal, WorkPackage
from feasibility.services.sections import section_of
from feasibility.views._common import find_proposal, page_context
from feasibility.views._section import SavedRow, demand_edit, form_page, tick_context, tick_section
from rocket.accounts.http import SignedInRequest
from rocket.core.errors import RocketError, Stale
from rocket.core.kept import keeps_posts


@require_http_methods(["GET", "HEAD", "POST"])
def work_plan(request: SignedInRequest, number: str) -> HttpResponse:
    proposal = find_proposal(request, number)
    section = section_of(proposal, SectionName.WORK_PLAN)
    if request.method == "POST":
        demand_edit(request, section)
        if done := tick_section(request, proposal, SectionName.WORK_PLAN):
            return done
    return render(
        request,
        "feasibility/work_plan.html",
        {
            **page_context(
                request, proposal, section=SectionName.WORK_PLAN, title=SectionName.WORK_PLAN.label
            ),
            **tick_context(request, section),
            "plan": selectors.work_plan_of(proposal),
        },
    )


def _package(proposal: Proposal, pk: int | None) -> WorkPackage | None:
    """The package of a loaded proposal with that key; None for a new one, or for one that somebody has removed."""
    return next((package for package in proposal.work_packages.all() if package.pk == pk), None)


@keeps_posts
@require_http_methods(["GET", "HEAD", "POST"])
def work_package(request: SignedInRequest, number: str, pk: int | None = None) -> HttpResponse:
    """Add one work package, or change it. What was typed into one that somebody removed meanwhile stays on the page,
    and the next press adds it anew."""
    proposal = find_proposal(request, number)
    section = section_of(proposal, SectionName.WORK_PLAN)
    package = _package(proposal, pk)
    is_gone = pk is not None and package is None
    if is_gone and request.method != "POST":
        raise Http404
    if package is None:
        demand_edit(request, section)

    def make(data: Any) -> WorkPackageForm:
        fresh = data is None and request.method == "POST"
        current = selectors.load(proposal.pk) if fresh else proposal
        form = WorkPackageForm(
            data,
            proposal=current,
            section=section_of(current, SectionName.WORK_PLAN),
            instance=_package(current, pk),
        )
        if data is not None and "add" in data:
            form.as_draft()
        return form

    def save(form: WorkPackageForm) -> SavedRow:
        if is_gone:
            raise Stale(_("Somebody removed this work package in the meantime. Save again to add it anew."))
        saved = services.save_work_package(
            proposal=proposal,
            package=form.save(commit=False),
            partners=form.cleaned_data["partners"],
            deliverables=form.deliverables(),
            seen_version=form.cleaned_data["seen_version"],
            by=request.user,
            now=request.arrived_at,
        )
        url = reverse("edit_work_package", args=[number, saved.pk])
        spare = f"{url}#id_deliverables-{len(form.deliverables())}-title"
        return SavedRow(saved.saved_in, url, spare if "add" in request.POST else "")

    places = [one.pk for one in proposal.work_packages.all()]
    title = (
        _("Work package %(number)s") % {"number": places.index(package.pk) + 1}
        if package
        else _("Add a work package")
    )
    return form_page(
        request,
        proposal,
        section,
        make,
        save,
        title=title,
        back=(reverse("section_work_plan", args=[number]), _("Back to the work plan")),
        template="feasibility/work_package.html",
        extra={"action": reverse("new_work_package", args=[number]) if is_gone else "", "is_gone": is_gone},
    )


@require_POST
def move_work_package(request: SignedInRequest, number: str, pk: int) -> HttpResponse:
    """One place up or down."""
    steps = {"up": -1, "down": 1}
    step = steps.get(request.POST.get("to", ""))
    if step is None:
        raise Http404
    return _change(
        request,
        number,
        pk,
        lambda package, **who: services.move_work_package(package=package, step=step, **who),
    )


@require_POST
def remove_work_package(request: SignedInRequest, number: str, pk: int) -> HttpResponse:
    return _change(
        request, number, pk, lambda package, **who: services.remove_work_package(package=package, **who)
    )


def _change(request: SignedInRequest, number: str, pk: int, change: Any) -> HttpResponse:
    """Let ``change`` do one thing to a package, as the list was seen; then show the list again."""
    proposal = find_proposal(request, number)
    demand_edit(request, section_of(proposal, SectionName.WORK_PLAN))
    package = get_object_or_404(
        WorkPackage.objects.select_related("lead__organisation"), pk=pk, proposal=proposal
    )
    package.proposal = proposal
    seen = request.POST.get("seen_version", "")
    try:
        change(
            package,
            seen_version=int(seen) if seen.isdecimal() else -1,
            by=request.user,
            now=request.arrived_at,
        )
    except Stale:
        messages.warning(
            request,
            _("Somebody changed this work package in the meantime. Look at it, then repeat your change."),
        )
    except RocketError as refused:
        messages.error(request, str(refused))
    return redirect("section_work_plan", number)
