"""My work, starting a proposal, its task list."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from calls.desk import doors_of
from calls.models import Call
from consortia.models import Organisation
from consortia.selectors import organisations_of
from feasibility import permissions, selectors, services
from feasibility.enums import APPROVED, BEFORE_ACCEPTANCE, NOT_YET_SUBMITTED, ProposalState
from feasibility.forms import ReasonForm, StartForm
from feasibility.models import Proposal
from feasibility.next_steps import next_step
from feasibility.permissions import own_partners
from feasibility.selectors import may_take_over, origin_of, surroundings_of
from feasibility.selectors.advice import open_advice
from feasibility.tasks_of_proposal import next_task, task_groups
from feasibility.views._advice import turn_tag
from feasibility.views._common import find_proposal, page_context
from rocket.accounts.http import SignedInRequest
from rocket.accounts.roles import Role
from rocket.core.desk import waiting_for
from rocket.core.errors import RocketError
from rocket.core.permissions import find


@require_safe
def my_work(request: SignedInRequest) -> HttpResponse:
    """What the person has to go on with: what waits, own proposals, organisations, open calls."""
    now = request.arrived_at
    user: Any = request.user
    proposals = Proposal.objects.of_member(user).with_parts()
    steps = [(proposal, next_step(proposal, reader=user, now=now)) for proposal in proposals]
    # What nobody goes on with stands below what somebody does; else the latest change is first.
    steps.sort(key=lambda pair: pair[1] is not None and pair[1].turn == "nobody")
    return render(
        request,
        "feasibility/my_work.html",
        {
            "proposals": steps,
            "organisations": Organisation.objects.of_member(user),
            "calls": Call.objects.open_at(now),
            "waiting": waiting_for(user),
            "doors": doors_of(user),
            "in_care_url": reverse("in_my_care") if user.has_role(Role.CONSULTANT) else "",
            "roles": sorted({str(Role(role).label) for role, _code in user.roles}),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def start(request: SignedInRequest, slug: str) -> HttpResponse:
    """For whom and what kind: the first step of a proposal."""
    call = find(request, Call, to="view", slug=slug)
    user: Any = request.user
    organisations = organisations_of(user)
    if not organisations.exists():
        return redirect(f"{reverse('register_organisation')}?next={request.path}")
    form = StartForm(request.POST or None, call=call, organisations=organisations)
    if request.method == "POST" and form.is_valid():
        try:
            proposal = services.start_proposal(
                call=call,
                kind=form.cleaned_data["kind"],
                organisation=form.cleaned_data["organisation"],
                title=form.cleaned_data["title"],
                by=user,
                now=request.arrived_at,
            )
        except RocketError as refused:
            form.add_error(None, str(refused))
        else:
            return redirect(proposal)
    return render(request, "feasibility/start.html", {"form": form, "call": call})


@require_safe
def proposal(request: SignedInRequest, number: str) -> HttpResponse:
    """The task list with the eligibility panel beside it."""
    found = find_proposal(request, number)
    context = page_context(request, found)
    user: Any = request.user
    groups = task_groups(found, user, context["report"], is_over=context["is_over"])
    parts = own_partners(user, found)
    around = surroundings_of(found, user, parts)
    was_submitted = found.state not in NOT_YET_SUBMITTED
    return render(
        request,
        "feasibility/proposal.html",
        {
            **context,
            "groups": groups,
            "next_task": next_task(groups),
            "done": sum(task.is_done for group in groups for task in group.tasks if task.counts),
            "total": sum(task.counts for group in groups for task in group.tasks),
            "step": next_step(found, reader=user, now=request.arrived_at),
            "care": around.care,
            "lead_offer": around.lead_offer,
            "origin": origin_of(found, user),
            "copies": around.copies,
            "earlier_parts": [part for part in parts if may_take_over(part, found)],
            "may_reopen": bool(permissions.PROPOSAL.allows(user, "reopen", found))
            and found.state == ProposalState.SUBMITTED
            and found.call.is_open_at(request.arrived_at),
            "may_withdraw": bool(permissions.PROPOSAL.allows(user, "withdraw", found))
            and found.state in BEFORE_ACCEPTANCE,
            "may_submit": permissions.PROPOSAL.allows(request.user, "submit", found),
            "may_edit": permissions.PROPOSAL.allows(request.user, "edit", found),
            "latest": found.submissions.defer("content", "findings").first() if was_submitted else None,
            "decision": found.decisions.select_related("decided_by").first() if was_submitted else None,
            "open_advice": [
                (advice, *turn_tag(side, is_own=bool(parts))) for advice, side in open_advice(found)
            ],
        },
    )


@require_safe
def eligibility(request: SignedInRequest, number: str) -> HttpResponse:
    """All findings on one page, and the fragment that the panel loads after a save."""
    found = find_proposal(request, number)
    template = (
        "feasibility/_panel.html" if getattr(request, "htmx", False) else "feasibility/eligibility.html"
    )
    return render(request, template, page_context(request, found, title=_("Eligibility")))


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: SignedInRequest, number: str) -> HttpResponse:
    found = find_proposal(request, number, to="withdraw")
    gives_up_grant, latest = found.state in APPROVED, found.submissions.first()
    button = _("Withdraw and give up the grant") if gives_up_grant else _("Withdraw the proposal")
    form = ReasonForm(request.POST or None, button=button, kind="danger")
    if request.method == "POST" and form.is_valid():
        try:
            services.withdraw(
                proposal=found,
                reason=form.cleaned_data["reason"],
                by=request.user,
                now=request.arrived_at,
            )
        except RocketError as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The proposal is withdrawn. Every partner gets a mail."))
            return redirect(found)
    return render(
        request,
        "feasibility/withdraw.html",
        {
            **page_context(request, found, title=_("Withdraw")),
            "form": form,
            "gives_up_grant": gives_up_grant,
            "grant": selectors.budget_from(latest).grant if gives_up_grant and latest else None,
        },
    )
