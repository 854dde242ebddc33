"""Asking for a derogation, for the lead partner of a draft."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import prefetch_related_objects
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from feasibility import services
from feasibility.eligibility import Outcome, describe, rule_class
from feasibility.enums import DerogationState
from feasibility.forms import AskDerogationForm
from feasibility.views._common import find_proposal, page_context
from rocket.accounts.http import SignedInRequest
from rocket.core.errors import RocketError


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: SignedInRequest, number: str) -> HttpResponse:
    """What became of earlier requests, and a form for the rules that allow a derogation and do not pass."""
    proposal = find_proposal(request, number, to="ask_derogation")
    context = page_context(request, proposal, title=_("Ask for a derogation"))
    requests = list(proposal.derogation_requests.all())
    prefetch_related_objects(requests, "asked_by")
    waiting = {one.rule_code for one in requests if one.state == DerogationState.WAITING}
    granted = {one.rule_code for one in proposal.derogations.all()}
    findings = {finding.code: finding for finding in context["report"].findings}
    open_rules = [
        code
        for code in services.derogable_rules(proposal)
        if code not in waiting and code not in granted and findings[code].outcome is not Outcome.PASSED
    ]
    form = AskDerogationForm(
        request.POST or None,
        choices=[
            (code, f"{rule_class(code).title}: {describe(findings[code]).message}") for code in open_rules
        ],
        initial={"rule_code": request.GET.get("rule", "")},
    )
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                services.ask_for_derogation(
                    proposal=proposal,
                    rule_code=form.cleaned_data["rule_code"],
                    reason=form.cleaned_data["reason"],
                    by=request.user,
                    now=request.arrived_at,
                )
            except RocketError as refused:
                form.add_error(None, str(refused))
            else:
                messages.success(
                    request, _("Your request is with the programme office. You get a mail with its answer.")
                )
                return redirect(proposal)
    return render(
        request,
        "feasibility/ask_derogation.html",
        {
            **context,
            "form": form,
            "has_open_rules": bool(open_rules),
            "requests": [(one, rule_class(one.rule_code).title) for one in requests],
        },
        status=status,
    )


@require_POST
def take_back(request: SignedInRequest, number: str, pk: int) -> HttpResponse:
    proposal = find_proposal(request, number, to="ask_derogation")
    asked = get_object_or_404(proposal.derogation_requests.select_related("proposal"), pk=pk)
    try:
        services.take_back_derogation_request(request=asked, by=request.user, now=request.arrived_at)
    except RocketError as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("The request is taken back."))
    return redirect("ask_derogation", number)
