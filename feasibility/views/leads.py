"""Handing over the lead of a proposal."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from consortia.enums import PartnerRole
from consortia.models import LeadOffer, Partner
from consortia.services import accept_lead, decline_lead, offer_lead, take_back_lead
from feasibility.forms import OfferLeadForm
from feasibility.models import Proposal
from feasibility.permissions import own_partners
from feasibility.selectors import dossier_of
from feasibility.views._common import find_proposal, page_context
from rocket.accounts.http import SignedInRequest
from rocket.core.errors import RocketError
from rocket.core.permissions import may


def _answer(request: SignedInRequest, proposal: Proposal, given: str) -> None:
    """Accept, decline or take back the offer that the page showed."""
    pk = request.POST.get("offer", "")
    offer = get_object_or_404(
        LeadOffer.objects.select_related("partner__organisation", "consortium"),
        pk=int(pk) if pk.isdecimal() else 0,
        consortium=proposal.consortium_id,
    )
    done = {
        "accept": _("%(name)s leads the proposal now. Everybody in the consortium gets a mail."),
        "decline": _("You have declined for %(name)s. The lead partner gets a mail."),
        "take_back": _("The offer to %(name)s is taken back. Its people get a mail."),
    }
    service = {"accept": accept_lead, "decline": decline_lead, "take_back": take_back_lead}[given]
    service(offer=offer, by=request.user, now=request.arrived_at)  # type: ignore[operator]
    messages.success(request, done[given] % {"name": offer.partner.organisation.name})


@require_http_methods(["GET", "HEAD", "POST"])
def lead(request: SignedInRequest, number: str) -> HttpResponse:
    """Who leads, to whom the lead is offered, and the answer of the partner that is asked."""
    proposal = find_proposal(request, number)
    status, given = 200, request.POST.get("do", "")
    if request.method == "POST" and given in ("accept", "decline", "take_back"):
        try:
            _answer(request, proposal, given)
        except RocketError as refused:
            messages.error(request, str(refused))
            return redirect("lead_of_proposal", number)
        return redirect(
            proposal if given == "accept" else "lead_of_proposal", *([] if given == "accept" else [number])
        )
    facts = {facts.key: facts for facts in dossier_of(proposal, now=request.arrived_at).partners}
    candidates = [
        partner
        for partner in proposal.consortium.partners.all()
        if partner.role == PartnerRole.PROJECT and partner.is_confirmed
    ]
    form = OfferLeadForm(
        request.POST if given == "offer" else None,
        candidates=[(partner, facts[str(partner.pk)].is_sme) for partner in candidates],
    )
    if given == "offer":
        status = 422
        if form.is_valid():
            chosen = next(p for p in candidates if str(p.pk) == form.cleaned_data["partner"])
            try:
                offer_lead(
                    partner=Partner.objects.select_related("organisation", "consortium").get(pk=chosen.pk),
                    by=request.user,
                    now=request.arrived_at,
                )
            except RocketError as refused:
                form.add_error(None, str(refused))
            else:
                messages.success(
                    request,
                    _("%(name)s is asked to lead. Its people get a mail; you lead until they accept.")
                    % {"name": chosen.organisation.name},
                )
                return redirect("lead_of_proposal", number)
    offer = (
        LeadOffer.objects.waiting()
        .filter(consortium=proposal.consortium_id)
        .select_related("partner__organisation", "offered_by")
        .first()
    )
    mine = {partner.pk for partner in own_partners(request.user, proposal)}
    return render(
        request,
        "feasibility/lead.html",
        {
            **page_context(request, proposal, title=_("Lead of the proposal")),
            "form": form,
            "offer": offer,
            "candidates": candidates,
            "present": proposal.consortium.lead_partner.organisation,
            "may_offer": may(request.user, "invite", proposal),
            "may_answer": offer is not None and offer.partner_id in mine,
            "may_take_back": offer is not None and bool(may(request.user, "take_back", offer)),
        },
        status=status,
    )
