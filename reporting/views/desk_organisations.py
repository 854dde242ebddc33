"""The organisations of the programme on the desk: where they are, what they are, what they take part in."""

from __future__ import annotations

from typing import Any

from django.db.models import Sum
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from calls.desk import programme_of
from consortia.models import Organisation
from feasibility.enums import FundingSource
from feasibility.models import FundingLine, Proposal
from feasibility.selectors import titles_as_submitted
from reporting.desk_filters import OrganisationFilter
from reporting.exporters.listing import organisations_table
from reporting.models import Product, Project
from reporting.selectors.organisations import organisations_in, taking_part, with_size
from rocket.accounts.http import SignedInRequest
from rocket.core.lists import list_context, list_file
from rocket.core.permissions import find


@require_safe
def organisations(request: SignedInRequest, programme: str) -> HttpResponseBase:
    """Who takes part in what was submitted, with the number of proposals and projects and the sum of the grants."""
    found = programme_of(request, programme)
    rows = organisations_in(found).order_by("search_name", "pk")
    filters = OrganisationFilter(request.GET or None, programme=found, queryset=rows)
    with timezone.override(found.zone):
        if file := list_file(request, lambda: organisations_table(filters.qs), f"{found.code}-organisations"):
            return file
    context = list_context(request, filters)
    with_size(context["page_obj"].object_list)
    return render(
        request,
        "reporting/desk_organisations.html",
        {**context, "programme": found, "total": rows.count()},
    )


@require_safe
def organisation(request: SignedInRequest, programme: str, pk: int) -> HttpResponse:
    """One organisation with its part in each proposal, its projects and its products in this programme."""
    found = programme_of(request, programme)
    current: Any = find(request, Organisation, to="view", queryset=organisations_in(found), pk=pk)
    with_size([current])
    parts = {part.consortium_id: part for part in taking_part(found).filter(organisation=current)}
    proposals = list(
        Proposal.objects.filter(consortium__in=parts)
        .select_related("call__programme")
        .order_by("-changed_at", "-pk")
    )
    titles_as_submitted(proposals)
    projects = {one.proposal_id: one for one in Project.objects.funded().filter(proposal__in=proposals)}
    grants = dict(
        FundingLine.objects.filter(
            source=FundingSource.GRANT, partner__in=parts.values(), proposal__in=projects
        )
        .values_list("proposal")
        .annotate(Sum("amount"))
    )
    return render(
        request,
        "reporting/desk_organisation.html",
        {
            "programme": found,
            "organisation": current,
            "rows": [
                {
                    "proposal": one,
                    "part": parts[one.consortium_id],
                    "project": projects.get(one.pk),
                    "grant": grants.get(one.pk),
                }
                for one in proposals
            ],
            "products": Product.objects.filter(owner=current, project__in=projects.values()).select_related(
                "project", "ket"
            ),
            "kets": current.kets.filter(programme=found),
            "crumbs": [
                (_("Organisations"), reverse("desk_organisations", args=[found.code])),
                (current.name, ""),
            ],
        },
    )
