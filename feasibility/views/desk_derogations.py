"""The desk's pages about derogations: what is asked for, what was granted. The drafts themselves stay unseen."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from calls.desk import programme_of
from calls.models import Programme
from feasibility import services
from feasibility.eligibility import rule_class
from feasibility.enums import DerogationState
from feasibility.forms import AnswerDerogationForm, DerogationForm
from feasibility.models import Derogation, DerogationRequest, Proposal
from feasibility.models.derogation_request import DerogationRequestQuerySet
from feasibility.views.desk import PAGE_SIZE
from rocket.accounts.http import SignedInRequest
from rocket.accounts.roles import Role
from rocket.core.errors import RocketError
from rocket.core.permissions import may


@require_safe
def derogations(request: SignedInRequest, programme: str) -> HttpResponse:
    """Requests that wait, the derogations of the programme, and a way to grant one by the number that a consortium quotes.

    Drafts stay unseen here: a manager knows of one only what the consortium tells.
    """
    found = programme_of(request, programme)
    number = request.GET.get("number", "").strip().upper()
    problem = ""
    if number:
        if Proposal.objects.filter(call__programme=found, number=number).exists():
            return redirect("grant_derogation", found.code, number)
        problem = _("There is no proposal with the number %(number)s. It reads like P-2026-0012.") % {
            "number": number
        }
    rows = (
        Derogation.objects.filter(proposal__call__programme=found)
        .select_related("proposal", "granted_by")
        .order_by("-granted_at")
    )
    return render(
        request,
        "feasibility/derogations.html",
        {
            "programme": found,
            "waiting": [
                (request_, rule_class(request_.rule_code).title)
                for request_ in _requests(found).waiting().order_by("asked_at", "pk")
            ],
            "page_obj": Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page")),
            "number": number,
            "problem": problem,
            "may_grant": request.user.has_role(Role.MANAGER, found.code),
        },
        status=422 if problem else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def grant(request: SignedInRequest, programme: str, number: str) -> HttpResponse:
    """Grant a derogation on a proposal by its number: the consortium quotes it, the draft itself stays unseen."""
    found = programme_of(request, programme, Role.MANAGER)
    current = get_object_or_404(
        Proposal.objects.filter(call__programme=found).select_related("call__programme", "kind"),
        number=number,
    )
    if not (verdict := may(request.user, "grant_derogation", current)):
        raise PermissionDenied(str(verdict.reason))  # type: ignore[union-attr]
    choices = [(code, f"{code} · {rule_class(code).title}") for code in services.derogable_rules(current)]
    form = DerogationForm(request.POST or None, choices=choices)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            services.grant_derogation(
                proposal=current,
                rule_code=form.cleaned_data["rule_code"],
                reason=form.cleaned_data["reason"],
                by=request.user,
                now=request.arrived_at,
            )
            messages.success(request, _("The derogation is recorded and shown to the consortium."))
            return redirect("grant_derogation", found.code, number)
    return render(
        request,
        "feasibility/derogation.html",
        {
            "programme": found,
            "proposal": current,
            "form": form,
            "derogations": current.derogations.select_related("granted_by"),
            "crumbs": [(_("Derogations"), reverse("desk_derogations", args=[found.code])), (number, "")],
        },
        status=status,
    )


def _requests(programme: Programme) -> DerogationRequestQuerySet:
    """Requests of the programme with what the desk may see of their drafts: number, call and lead partner."""
    return (
        DerogationRequest.objects.filter(proposal__call__programme=programme)
        .select_related("proposal__call__programme", "proposal__kind", "asked_by")
        .prefetch_related("proposal__consortium__partners__organisation")
    )


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: SignedInRequest, programme: str, pk: int) -> HttpResponse:
    """One request: granted or refused, with a reason."""
    found = programme_of(request, programme, Role.MANAGER)
    asked = get_object_or_404(_requests(found), pk=pk)
    form = AnswerDerogationForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            is_granted = form.cleaned_data["answer"] == "grant"
            service = services.grant_request if is_granted else services.refuse_derogation
            try:
                service(
                    request=asked, reason=form.cleaned_data["reason"], by=request.user, now=request.arrived_at
                )
            except RocketError as refused:
                form.add_error(None, str(refused))
            else:
                messages.success(
                    request, _("The answer is recorded. Everybody in the consortium gets a mail.")
                )
                return redirect("desk_derogations", found.code)
    return render(
        request,
        "feasibility/derogation_request.html",
        {
            "programme": found,
            "asked": asked,
            "rule": rule_class(asked.rule_code),
            "is_waiting": asked.state == DerogationState.WAITING and asked.proposal.is_editable,
            "form": form,
            "crumbs": [
                (_("Derogations"), reverse("desk_derogations", args=[found.code])),
                (asked.proposal.number, ""),
            ],
        },
        status=status,
    )
