"""The sections of a proposal, one subject a page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consortia.forms import InvitePartnerForm
from consortia.models import Partner
from consortia.services import remove_partner as remove
from consortia.services import resend_invitation as resend
from feasibility import selectors, services
from feasibility.enums import SectionName
from feasibility.forms import (
    BudgetForm,
    ProductForm,
    SectionForm,
    SummaryForm,
    TechnologyForm,
    TickForm,
)
from feasibility.models import ExpectedProduct, Proposal, Section
from feasibility.services.sections import section_of
from feasibility.views._common import find_proposal, page_context
from rocket.accounts.http import SignedInRequest
from rocket.core.errors import Refused, RocketError, Stale
from rocket.core.kept import forget_post, keeps_posts, kept_post
from rocket.core.permissions import may


def _editable(request: SignedInRequest, section: Section) -> bool:
    return bool(may(request.user, "edit", section))


def _demand_edit(request: SignedInRequest, section: Section) -> None:
    verdict = may(request.user, "edit", section)
    if not verdict:
        raise PermissionDenied(str(verdict.reason))  # type: ignore[union-attr]


def _form_page(
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
                form.data = _seen(request, newer)
                proposal, section, status = fresh, newer, 409
            except Refused as refused:
                # What was typed stays on the page, to be copied.
                form.add_error(None, str(refused))
                status = 403
            except RocketError as refused:
                form.add_error(None, str(refused))
            else:
                forget_post(request)
                messages.success(request, _("Saved %(time)s") % {"time": _clock(request)})
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
            "is_editable": _editable(request, section),
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
            "text": _("Saved %(time)s") % {"time": _clock(request)},
            "version": saved.version,
            "panel": render_to_string("feasibility/_section_panel.html", context, request),
        }
    )


def _seen(request: SignedInRequest, section: Section) -> QueryDict:
    """What was posted, with the version of ``section`` as it is now: its text has been shown, so it counts as seen."""
    data = request.POST.copy()
    data["seen_version"] = str(section.version)
    return data


def _clock(request: SignedInRequest) -> str:
    from django.utils import timezone

    return timezone.localtime(request.arrived_at).strftime("%H:%M")


@keeps_posts
@require_http_methods(["GET", "HEAD", "POST"])
def summary(request: SignedInRequest, number: str) -> HttpResponse:
    proposal = find_proposal(request, number)
    section = section_of(proposal, SectionName.SUMMARY)

    def make(data: Any) -> SectionForm:
        current = selectors.load(proposal.pk) if data is None and request.method == "POST" else proposal
        return SummaryForm(data, proposal=current, section=section_of(current, SectionName.SUMMARY))

    def save(form: SectionForm) -> Section:
        return services.save_summary(
            proposal=proposal,
            by=request.user,
            now=request.arrived_at,
            **form.cleaned_data,
        )

    return _form_page(
        request,
        proposal,
        section,
        make,
        save,
        title=SectionName.SUMMARY.label,
        lead=_("What the project is, for how long."),
    )


@keeps_posts
@require_http_methods(["GET", "HEAD", "POST"])
def technology(request: SignedInRequest, number: str) -> HttpResponse:
    proposal = find_proposal(request, number)
    section = section_of(proposal, SectionName.TECHNOLOGY)

    def make(data: Any) -> SectionForm:
        current = selectors.load(proposal.pk) if data is None and request.method == "POST" else proposal
        return TechnologyForm(data, proposal=current, section=section_of(current, SectionName.TECHNOLOGY))

    def save(form: SectionForm) -> Section:
        values = dict(form.cleaned_data)
        values["fields"] = values.pop("fields_of_application")
        return services.save_technology(proposal=proposal, by=request.user, now=request.arrived_at, **values)

    return _form_page(
        request,
        proposal,
        section,
        make,
        save,
        title=SectionName.TECHNOLOGY.label,
        lead=_("Which key enabling technology the result rests on, and where it is put to use."),
    )


@require_safe
def budgets(request: SignedInRequest, number: str) -> HttpResponse:
    """Every partner's budget in one table."""
    proposal = find_proposal(request, number)
    return render(
        request,
        "feasibility/budgets.html",
        {
            **page_context(request, proposal, section=SectionName.BUDGET, title=SectionName.BUDGET.label),
            "budget": selectors.budget_table(proposal),
        },
    )


@keeps_posts
@require_http_methods(["GET", "HEAD", "POST"])
def budget(request: SignedInRequest, number: str, pk: int) -> HttpResponse:
    proposal = find_proposal(request, number)
    partner = next((p for p in selectors.parts_of(proposal) if p.pk == pk), None)
    if partner is None:
        raise Http404
    section = section_of(proposal, SectionName.BUDGET, partner)

    def make(data: Any) -> SectionForm:
        fresh = data is None and request.method == "POST"
        current = selectors.load(proposal.pk) if fresh else proposal
        part = next(p for p in selectors.parts_of(current) if p.pk == pk)
        return BudgetForm(
            data, proposal=current, partner=part, section=section_of(current, SectionName.BUDGET, part)
        )

    def save(form: SectionForm) -> Section:
        assert isinstance(form, BudgetForm)
        return services.save_budget(
            proposal=proposal,
            partner=partner,
            costs=form.amounts(),
            funding=form.funding(),
            aid_basis=form.cleaned_data["aid_basis"],
            research_category=form.cleaned_data["research_category"],
            is_completed=form.cleaned_data["is_completed"],
            seen_version=form.cleaned_data["seen_version"],
            by=request.user,
            now=request.arrived_at,
        )

    return _form_page(
        request,
        proposal,
        section,
        make,
        save,
        title=_("Budget of %(partner)s") % {"partner": partner.organisation.name},
        lead=_(
            "Other partners can read these figures; only the partner itself and the lead partner change them."
        ),
        extra={"partner": partner},
    )


def _tick_section(request: SignedInRequest, proposal: Proposal, name: SectionName) -> HttpResponse | None:
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
    messages.success(request, _("Saved %(time)s") % {"time": _clock(request)})
    return redirect(proposal)


def _tick_context(request: SignedInRequest, section: Section) -> dict[str, Any]:
    return {
        "section": section,
        "tick": TickForm(initial={"seen_version": section.version, "is_completed": section.is_completed}),
        "is_editable": _editable(request, section),
    }


@require_http_methods(["GET", "HEAD", "POST"])
def partners(request: SignedInRequest, number: str) -> HttpResponse:
    """The consortium: who takes part, who has confirmed, and a form that invites one more."""
    proposal = find_proposal(request, number)
    section = section_of(proposal, SectionName.PARTNERS)
    may_invite = may(request.user, "invite", proposal)
    form = InvitePartnerForm(programme=proposal.call.programme)
    status = 200
    if request.method == "POST" and "is_inviting" in request.POST:
        if not may_invite:
            raise PermissionDenied(str(may_invite.reason))  # type: ignore[union-attr]
        form = InvitePartnerForm(request.POST, programme=proposal.call.programme)
        status = 422
        if form.is_valid():
            try:
                partner = form.invite(
                    consortium=proposal.consortium,
                    by=request.user,
                    now=request.arrived_at,
                )
            except RocketError as refused:
                form.add_error(None, str(refused))
            else:
                messages.success(
                    request, _("%(partner)s is invited.") % {"partner": partner.organisation.name}
                )
                return redirect("section_partners", number)
    elif request.method == "POST":
        _demand_edit(request, section)
        if done := _tick_section(request, proposal, SectionName.PARTNERS):
            return done
    return render(
        request,
        "feasibility/partners.html",
        {
            **page_context(request, proposal, section=SectionName.PARTNERS, title=SectionName.PARTNERS.label),
            **_tick_context(request, section),
            "form": form,
            "partners": selectors.partner_rows(proposal),
            "may_invite": bool(may_invite),
        },
        status=status,
    )


def _partner_of_lead(request: SignedInRequest, number: str, pk: int) -> tuple[Proposal, Partner]:
    proposal = find_proposal(request, number, to="invite")
    return proposal, get_object_or_404(Partner, pk=pk, consortium=proposal.consortium_id)


@require_POST
def resend_invitation(request: SignedInRequest, number: str, pk: int) -> HttpResponse:
    _proposal, partner = _partner_of_lead(request, number, pk)
    try:
        invitation = resend(partner=partner, by=request.user, now=request.arrived_at)
    except RocketError as refused:
        messages.error(request, str(refused))
    else:
        messages.success(
            request, _("A new invitation is on its way to %(email)s.") % {"email": invitation.email}
        )
    return redirect("section_partners", number)


@require_POST
def remove_partner(request: SignedInRequest, number: str, pk: int) -> HttpResponse:
    _proposal, partner = _partner_of_lead(request, number, pk)
    try:
        remove(partner=partner, by=request.user, now=request.arrived_at)
    except RocketError as refused:
        messages.error(request, str(refused))
    else:
        messages.success(
            request, _("%(partner)s no longer takes part.") % {"partner": partner.organisation.name}
        )
    return redirect("section_partners", number)


@require_http_methods(["GET", "HEAD", "POST"])
def products(request: SignedInRequest, number: str) -> HttpResponse:
    proposal = find_proposal(request, number)
    section = section_of(proposal, SectionName.PRODUCTS)
    if request.method == "POST":
        _demand_edit(request, section)
        if done := _tick_section(request, proposal, SectionName.PRODUCTS):
            return done
    return render(
        request,
        "feasibility/products.html",
        {
            **page_context(request, proposal, section=SectionName.PRODUCTS, title=SectionName.PRODUCTS.label),
            **_tick_context(request, section),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def product(request: SignedInRequest, number: str, pk: int | None = None) -> HttpResponse:
    """Add one expected product, or change it."""
    proposal = find_proposal(request, number)
    section = section_of(proposal, SectionName.PRODUCTS)
    _demand_edit(request, section)
    instance = get_object_or_404(ExpectedProduct, pk=pk, proposal=proposal) if pk else None
    form = ProductForm(request.POST or None, instance=instance, proposal=proposal, section=section)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                services.add_product(
                    proposal=proposal,
                    product=form.save(commit=False),
                    seen_version=form.cleaned_data["seen_version"],
                    by=request.user,
                    now=request.arrived_at,
                )
            except RocketError as refused:
                status = 409 if isinstance(refused, Stale) else status
                form.add_error(None, str(refused))
                form.data = _seen(request, section_of(proposal, SectionName.PRODUCTS))
            else:
                return redirect("section_products", number)
    title = _("Change the product") if pk else _("Add a product")
    return render(
        request,
        "feasibility/product.html",
        {
            **page_context(request, proposal, section=SectionName.PRODUCTS, title=title),
            "form": form,
            "heading": title,
            "product": instance,
            "section": section,
        },
        status=status,
    )


@require_POST
def remove_product(request: SignedInRequest, number: str, pk: int) -> HttpResponse:
    proposal = find_proposal(request, number)
    section = section_of(proposal, SectionName.PRODUCTS)
    _demand_edit(request, section)
    found = get_object_or_404(ExpectedProduct.objects.select_related("proposal"), pk=pk, proposal=proposal)
    try:
        services.remove_product(
            product=found,
            seen_version=section.version,
            by=request.user,
            now=request.arrived_at,
        )
    except RocketError as refused:
        messages.error(request, str(refused))
    return redirect("section_products", number)
