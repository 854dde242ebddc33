"""The consortium of a proposal."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from consortia.forms import InvitePartnerForm
from consortia.models import Partner
from consortia.services import remove_partner as remove
from consortia.services import resend_invitation as resend
from feasibility import selectors
from feasibility.enums import SectionName
from feasibility.models import Proposal
from feasibility.services.sections import section_of
from feasibility.views._common import find_proposal, page_context
from feasibility.views._section import demand_edit, tick_context, tick_section
from rocket.accounts.http import SignedInRequest
from rocket.core.errors import RocketError
from rocket.core.permissions import may


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
        demand_edit(request, section)
        if done := tick_section(request, proposal, SectionName.PARTNERS):
            return done
    return render(
        request,
        "feasibility/partners.html",
        {
            **page_context(request, proposal, section=SectionName.PARTNERS, title=SectionName.PARTNERS.label),
            **tick_context(request, section),
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
