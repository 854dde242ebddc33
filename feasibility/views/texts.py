"""The sections that are mostly text: summary, cross-border value, technology."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from feasibility import selectors, services
from feasibility.enums import SectionName
from feasibility.forms import CrossBorderForm, SectionForm, SummaryForm, TechnologyForm
from feasibility.models import Section
from feasibility.services.sections import section_of
from feasibility.views._common import find_proposal
from feasibility.views._section import form_page
from rocket.accounts.http import SignedInRequest
from rocket.core.kept import keeps_posts


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

    return form_page(
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
def cross_border(request: SignedInRequest, number: str) -> HttpResponse:
    proposal = find_proposal(request, number)
    section = section_of(proposal, SectionName.CROSS_BORDER)

    def make(data: Any) -> SectionForm:
        current = selectors.load(proposal.pk) if data is None and request.method == "POST" else proposal
        return CrossBorderForm(data, proposal=current, section=section_of(current, SectionName.CROSS_BORDER))

    def save(form: SectionForm) -> Section:
        return services.save_cross_border(
            proposal=proposal, by=request.user, now=request.arrived_at, **form.cleaned_data
        )

    return form_page(
        request,
        proposal,
        section,
        make,
        save,
        title=SectionName.CROSS_BORDER.label,
        lead=_("Why this project needs partners on both sides of the border."),
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

    return form_page(
        request,
        proposal,
        section,
        make,
        save,
        title=SectionName.TECHNOLOGY.label,
        lead=_("Which key enabling technology the result rests on, and where it is put to use."),
    )
