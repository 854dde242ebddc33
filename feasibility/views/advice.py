"""The consultant's desk: drafts in care, and advice on them."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from feasibility import selectors, services
from feasibility.forms import AdviceForm
from feasibility.models import Advice, Proposal
from feasibility.views._common import find_proposal, page_context
from rocket.accounts.http import SignedInRequest
from rocket.accounts.roles import Role
from rocket.core.errors import RocketError


@require_safe
def in_my_care(request: SignedInRequest) -> HttpResponse:
    """The proposals that the consultant's cluster organisation looks after."""
    user = request.user
    if not user.has_role(Role.CONSULTANT):  # type: ignore[union-attr]
        raise PermissionDenied(_("This needs the role of Consultant."))
    return render(
        request,
        "feasibility/in_my_care.html",
        {
            "proposals": Proposal.objects.in_care_of(user)
            .with_parts()
            .prefetch_related("call__programme__countries")
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def draft(request: SignedInRequest, number: str) -> HttpResponse:
    """One draft to read, its findings, and a form for advice. Nothing of the text can be changed here."""
    proposal = find_proposal(request, number, to="advise")
    form = AdviceForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                services.advise(
                    proposal=proposal,
                    section=form.cleaned_data["section"],
                    text=form.cleaned_data["text"],
                    by=request.user,
                    now=request.arrived_at,
                )
            except RocketError as refused:
                form.add_error(None, str(refused))
            else:
                messages.success(request, _("Your advice is with the consortium. Each of them gets a mail."))
                return redirect("draft_in_care", number)
    return render(
        request,
        "feasibility/draft_in_care.html",
        {
            **page_context(request, proposal),
            "crumbs": [(_("In my care"), reverse("in_my_care")), (proposal.title, "")],
            "form": form,
            "answers": selectors.answers_of(proposal, with_links=False),
            "advice": proposal.advice.select_related("by", "done_by"),
        },
        status=status,
    )


@require_POST
def done(request: SignedInRequest, number: str, pk: int) -> HttpResponse:
    proposal = find_proposal(request, number, to="view_draft")
    advice = get_object_or_404(Advice.objects.select_related("proposal"), pk=pk, proposal=proposal)
    try:
        services.finish_advice(advice=advice, by=request.user, now=request.arrived_at)
    except RocketError as refused:
        messages.error(request, str(refused))
    return redirect(proposal)
