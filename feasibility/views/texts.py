"""The sections that are mostly text: summary, cross-border value, technology."""

from __future__ import annotations

from collections.abc import Callable
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
    lead = _("What the project is, for how long.")
    return _page(request, number, SectionName.SUMMARY, SummaryForm, services.save_summary, lead)


@keeps_posts
@require_http_methods(["GET", "HEAD", "POST"])
def cross_border(request: SignedInRequest, number: str) -> HttpResponse:
    lead = _("Why this project needs partners on both sides of the border.")
    return _page(request, number, SectionName.CROSS_BORDER, CrossBorderForm, services.save_cross_border, lead)


@keeps_posts
@require_http_methods(["GET", "HEAD", "POST"])
def technology(request: SignedInRequest, number: str) -> HttpResponse:
    def save(**values: Any) -> Section:
        # A Django form keeps its own fields under that name.
        return services.save_technology(fields=values.pop("fields_of_application"), **values)

    lead = _("Which key enabling technology the result rests on, and where it is put to use.")
    return _page(request, number, SectionName.TECHNOLOGY, TechnologyForm, save, lead)


def _page(
    request: SignedInRequest,
    number: str,
    name: SectionName,
    form_class: Callable[..., SectionForm],
    save: Callable[..., Section],
    lead: str,
) -> HttpResponse:
    """The page of one section, whose form holds exactly what ``save`` takes."""
    proposal = find_proposal(request, number)

    def make(data: Any) -> SectionForm:
        # After a post that was refused, the form shows what stands now.
        current = selectors.load(proposal.pk) if data is None and request.method == "POST" else proposal
        return form_class(data, proposal=current, section=section_of(current, name))

    def save_form(form: SectionForm) -> Section:
        return save(proposal=proposal, by=request.user, now=request.arrived_at, **form.cleaned_data)

    return form_page(
        request, proposal, section_of(proposal, name), make, save_form, title=name.label, lead=lead
    )
