"""Copying a proposal into another call, and a partner's own figures into the copy."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from calls.models import Call
from consortia.models import Partner
from feasibility import services
from feasibility.forms import CopyForm
from feasibility.services.copying import contact_of, partners_to_ask
from feasibility.views._common import find_proposal, page_context
from rocket.accounts.http import SignedInRequest
from rocket.core.errors import RocketError


def _tell_left_out(request: SignedInRequest, left_out: Iterable[Any]) -> None:
    names = "; ".join(str(name) for name in left_out)
    if names:
        messages.warning(
            request, _("Not taken over, since this call has no place for it: %(names)s") % {"names": names}
        )


@require_http_methods(["GET", "HEAD", "POST"])
def copy(request: SignedInRequest, number: str) -> HttpResponse:
    """Choose the call, read what goes along and what does not, and copy."""
    found = find_proposal(request, number, to="copy")
    calls = (
        Call.objects.published()
        .filter(closes_at__gt=request.arrived_at)
        .prefetch_related("kinds")
        .order_by("closes_at", "pk")
    )
    form = CopyForm(
        request.POST or None,
        calls=calls,
        partners=[(partner, contact_of(partner)) for partner in partners_to_ask(found)],
        title=found.title,
        chosen=request.GET.get("call", ""),
    )
    status, earlier = 200, ""
    if request.method == "POST":
        status = 422
        if form.is_valid():
            call, kind = form.chosen_target()
            try:
                done = services.copy_proposal(
                    source=found,
                    call=call,
                    kind=kind,
                    title=form.cleaned_data["title"],
                    partners=form.chosen_partners(),
                    by=request.user,
                    now=request.arrived_at,
                )
            except RocketError as refused:
                form.add_error(None, str(refused))
                earlier = refused.data.get("url", "")
            else:
                messages.success(
                    request,
                    _("%(number)s is a new draft. Read every section again before you complete it.")
                    % {"number": done.proposal.number},
                )
                _tell_left_out(request, done.left_out)
                return redirect(done.proposal)
    return render(
        request,
        "feasibility/copy.html",
        {
            **page_context(request, found, title=_("Copy into another call")),
            "form": form,
            "earlier": earlier,
            "lead": found.consortium.lead_partner.organisation,
        },
        status=status,
    )


@require_POST
def take_over(request: SignedInRequest, number: str, pk: int) -> HttpResponse:
    """A partner's own people take its figures over from the proposal that this one is a copy of."""
    found = find_proposal(request, number, to="edit")
    partner = get_object_or_404(Partner, pk=pk, consortium=found.consortium_id)
    try:
        left_out = services.take_over_figures(
            proposal=found, partner=partner, by=request.user, now=request.arrived_at
        )
    except RocketError as refused:
        messages.error(request, str(refused))
        return redirect(found)
    messages.success(
        request, _("Your budget and your products are taken over. Read them, then complete them.")
    )
    _tell_left_out(request, left_out)
    return redirect("partner_budget", number, pk)
