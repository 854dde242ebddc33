"""What the programme funds, for everybody."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from consortia.enums import PartnerRole, PartnerState
from feasibility.models import BudgetLine
from reporting.models import Project
from rocket.core.permissions import find, visible

PAGE_SIZE = 25


@login_not_required
@require_safe
def projects(request: HttpRequest) -> HttpResponse:
    """Funded projects, the latest first."""
    rows = visible(request.user, Project).with_parts().order_by("-opened_at", "-number")  # type: ignore[attr-defined]
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    money = _budgets([project.proposal_id for project in page])
    return render(
        request,
        "reporting/projects.html",
        {
            "page_obj": page,
            "rows": [
                {
                    "project": project,
                    "budget": money.get(project.proposal_id),
                    "lead": next(
                        (partner for partner in _partners(project) if partner.is_lead),
                        None,
                    ),
                }
                for project in page
            ],
        },
    )


@login_not_required
@require_safe
def project(request: HttpRequest, number: str) -> HttpResponse:
    """Title, partners, technology, budget and products of one project. Nothing of the decision is public."""
    found = find(
        request,
        Project,
        to="view",
        queryset=visible(request.user, Project).with_parts(),  # type: ignore[attr-defined]
        number=number,
    )
    return render(
        request,
        "reporting/project.html",
        {
            "project": found,
            "partners": _partners(found),
            "budget": _budgets([found.proposal_id]).get(found.proposal_id),
            "products": list(found.products.select_related("ket", "owner")),
            "crumbs": [(_("Projects"), reverse("projects")), (found.title, "")],
        },
    )


def _partners(project: Project) -> list:  # type: ignore[type-arg]
    """Confirmed lead and project partners, from what is prefetched."""
    return [
        partner
        for partner in project.proposal.consortium.partners.all()
        if partner.state == PartnerState.CONFIRMED and partner.role != PartnerRole.ASSOCIATED
    ]


def _budgets(proposals: list[int]) -> dict:  # type: ignore[type-arg]
    """Total cost by proposal. One query."""
    return dict(
        BudgetLine.objects.filter(proposal__in=proposals, partner__state=PartnerState.CONFIRMED)
        .order_by()
        .values_list("proposal")
        .annotate(amount=Sum("amount"))
    )
