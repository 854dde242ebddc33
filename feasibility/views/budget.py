"""Every partner's budget."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from feasibility import selectors, services
from feasibility.enums import SectionName
from feasibility.forms import (
    BudgetForm,
    SectionForm,
)
from feasibility.models import Section
from feasibility.services.sections import section_of
from feasibility.views._common import find_proposal, page_context
from feasibility.views._section import form_page
from rocket.accounts.http import SignedInRequest
from rocket.core.kept import keeps_posts


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
            data,
            proposal=current,
            partner=part,
            section=section_of(current, SectionName.BUDGET, part) if fresh else section,
            largest=selectors.largest_grant_of(current, part, now=request.arrived_at),
        )

    def save(form: SectionForm) -> Section:
        assert isinstance(form, BudgetForm)
        return services.save_budget(
            proposal=proposal,
            partner=partner,
            costs=form.amounts(),
            funding=form.funding(),
            funders=form.funders(),
            aid_basis=form.cleaned_data["aid_basis"],
            research_category=form.cleaned_data["research_category"],
            is_completed=form.cleaned_data["is_completed"],
            seen_version=form.cleaned_data["seen_version"],
            by=request.user,
            now=request.arrived_at,
        )

    page = form_page(
        request,
        proposal,
        section,
        make,
        save,
        title=_("Budget of %(partner)s") % {"partner": partner.organisation.name},
        lead=_(
            "Other partners can read these figures; only the partner itself and the lead partner change them."
        ),
        template="feasibility/budget.html",
        extra={
            "partner": partner,
            "saved_budget": selectors.budget_table(proposal, with_links=False).of(partner.pk),
        },
    )
    if page.status_code == 302 and request.POST.keys() & {"add_funder", "remove_funder"}:
        # Saved as it stands; the page comes again with a spare row, or without the one that was removed.
        return redirect(f"{request.path}#funders")
    return page
