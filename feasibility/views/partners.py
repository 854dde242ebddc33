"""The consortium of a proposal."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from consortia.enums import PartnerState
from consortia.forms import InvitePartnerForm
from consortia.models import Partner
from consortia.services import choose_country as settle_country
from consortia.services import remove_partner as remove
from consortia.services import resend_invitation as resend
from feasibility import selectors, services
from feasibility.enums import SectionName
from feasibility.forms import CountryForm
from feasibility.models import Proposal
from feasibility.permissions import own_partners
from feasibility.selectors import LinkedGroup
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
    rows = selectors.partner_rows(proposal, now=request.arrived_at)
    return render(
        request,
        "feasibility/partners.html",
        {
            **page_context(request, proposal, section=SectionName.PARTNERS, title=SectionName.PARTNERS.label),
            **tick_context(request, section),
            "form": form,
            "partners": rows,
            "has_open_points": proposal.is_editable and any(row.open_points for row in rows),
            "has_reminders": any(
                row.open_points and row.partner.state == PartnerState.CONFIRMED and not row.partner.is_lead
                for row in rows
            ),
            "groups": _groups(request, proposal),
            "may_remind": bool(may(request.user, "remind", proposal)),
            "may_invite": bool(may_invite),
        },
        status=status,
    )


def _groups(request: SignedInRequest, proposal: Proposal) -> list[tuple[LinkedGroup, CountryForm | None]]:
    """The linked groups that choose their country, each with a form for those who may choose."""
    groups = selectors.linked_groups_of(proposal, now=request.arrived_at)
    mine = own_partners(request.user, proposal)
    leads = any(partner.is_lead for partner in mine)
    may_edit = bool(may(request.user, "edit", proposal))
    return [
        (
            group,
            CountryForm(group=group)
            if may_edit and (leads or any(partner in mine for partner in group.partners))
            else None,
        )
        for group in groups
    ]


@require_POST
def choose_country(request: SignedInRequest, number: str) -> HttpResponse:
    """Settle for which country one linked group counts."""
    proposal = find_proposal(request, number, to="edit")
    groups = selectors.linked_groups_of(proposal, now=request.arrived_at)
    group = next((one for one in groups if one.key == request.POST.get("group")), None)
    if group is None:
        messages.error(request, _("The linked partners have changed meanwhile. Look at them again."))
        return redirect("section_partners", number)
    form = CountryForm(request.POST, group=group)
    if not form.is_valid():
        messages.error(request, _("Choose one of the countries."))
        return redirect("section_partners", number)
    try:
        settle_country(
            partners=group.partners,
            country=form.cleaned_data["country"],
            by=request.user,
            now=request.arrived_at,
        )
    except RocketError as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Saved. The rule on both sides of the border is checked again."))
    return redirect("section_partners", number)


@require_POST
def remind(request: SignedInRequest, number: str, pk: int) -> HttpResponse:
    """Mail a partner's people what is still open of theirs."""
    proposal = find_proposal(request, number, to="remind")
    partner = next((one for one in proposal.consortium.partners.all() if one.pk == pk), None)
    if partner is None:
        raise Http404
    try:
        mails = services.remind_partner(
            proposal=proposal, partner=partner, by=request.user, now=request.arrived_at
        )
    except RocketError as refused:
        messages.error(request, str(refused))
    else:
        text = ngettext(
            "%(n)s mail is on its way to %(partner)s.", "%(n)s mails are on their way to %(partner)s.", mails
        )
        messages.success(request, text % {"n": mails, "partner": partner.organisation.name})
    return redirect("section_partners", number)


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
