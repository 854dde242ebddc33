"""What an assessor reads: the proposals that passed the formal check and wait for a decision."""

from __future__ import annotations

from typing import Any

from django.db.models import OuterRef, Subquery
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from calls.desk import programme_of
from feasibility import selectors
from feasibility.enums import UNDER_ASSESSMENT
from feasibility.exporters.listing import proposals_table
from feasibility.filters import AssessmentFilter
from feasibility.models import Proposal, Submission
from feasibility.models.proposal import ProposalQuerySet
from rocket.accounts.http import SignedInRequest
from rocket.accounts.roles import Role
from rocket.core.lists import list_context, list_file
from rocket.core.permissions import find

READERS = (Role.ASSESSOR, Role.MANAGER, Role.AUDITOR)


def _readable(request: SignedInRequest, code: str) -> ProposalQuerySet:
    """What the person may assess, or oversee: an own proposal is neither because one takes part in it."""
    user: Any = request.user
    oversees = user.has_role(Role.MANAGER, code) or user.has_role(Role.AUDITOR, code)
    rows = Proposal.objects.visible_to(user) if oversees else Proposal.objects.for_assessor(user)
    return selectors.with_money(rows.filter(call__programme__code=code, state__in=UNDER_ASSESSMENT))


def _left_out(request: SignedInRequest, code: str) -> bool:
    """Whether the person acts for an organisation: then proposals of its own may be missing from the list."""
    return request.user.has_role(Role.ASSESSOR, code) and request.user.memberships.exists()


@require_safe
def proposals(request: SignedInRequest, programme: str) -> HttpResponseBase:
    """Eligible, in assessment or up for decision, the nearest decision first; those of the own organisation left out."""
    found = programme_of(request, programme, *READERS)
    receipts = Submission.objects.filter(proposal=OuterRef("pk")).order_by("-received_at", "-pk")
    rows = (
        _readable(request, found.code)
        .with_parts()
        .annotate(receipt=Subquery(receipts.values("receipt_number")[:1]))
        .order_by("call__decision_expected_on", "number")
    )
    filters = AssessmentFilter(request.GET or None, programme=found, queryset=rows)
    with timezone.override(found.zone):
        if file := list_file(request, lambda: proposals_table(filters.qs), f"{found.code}-assessment"):
            return file
    return render(
        request,
        "feasibility/assessment.html",
        {
            **list_context(request, filters),
            "programme": found,
            "total": rows.count(),
            "own_left_out": _left_out(request, found.code),
        },
    )


@require_safe
def proposal(request: SignedInRequest, programme: str, number: str) -> HttpResponse:
    """What was submitted last, with its files; nothing of who said what about it."""
    found = programme_of(request, programme, *READERS)
    current = find(
        request,
        Proposal,
        to="view_for_assessment",
        queryset=_readable(request, found.code).with_parts(),
        number=number,
    )
    submission = current.submissions.select_related("submitted_by").latest("received_at", "pk")
    return render(
        request,
        "feasibility/assessed_proposal.html",
        {
            "programme": found,
            "proposal": current,
            "submission": submission,
            "answers": selectors.answers_from(submission),
            "crumbs": [(_("Assessment"), reverse("assessment", args=[found.code])), (current.title, "")],
        },
    )
