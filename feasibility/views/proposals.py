"""My work, starting a proposal, its task list."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from calls.models import Call
from consortia.models import Invitation, Organisation
from feasibility import permissions, services
from feasibility.desk import desks_of
from feasibility.enums import NOT_YET_SUBMITTED
from feasibility.forms import ReasonForm, StartForm
from feasibility.models import Proposal
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
    """What the person has to go on with: own proposals, organisations, open invitations, open calls."""
    now = request.arrived_at
    user: Any = request.user
    return render(
        request,
        "feasibility/my_work.html",
        {
            "proposals": Proposal.objects.of_member(user).select_related("call", "kind"),
            "organisations": Organisation.objects.of_member(user),
            "invitations": Invitation.objects.open_at(now)
            .filter(email__iexact=user.email)
            .select_related("partner__organisation"),
            "calls": Call.objects.open_at(now),
            "waiting": waiting_for(user),
            "desks": desks_of(user),
            "in_care_url": reverse("in_my_care") if user.has_role(Role.CONSULTANT) else "",
            "roles": sorted({str(Role(role).label) for role, _code in user.roles}),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def start(request: SignedInRequest, slug: str) -> HttpResponse:
    """For whom and what kind: the first step of a proposal."""
    call = find(request, Call, to="view", slug=slug)
    user: Any = request.user
    organisations = Organisation.objects.of_member(user)
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
    groups = task_groups(found, request.user, context["report"])
    is_own = bool(permissions.is_of_consortium(request.user, found))
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
            "may_submit": permissions.PROPOSAL.allows(request.user, "submit", found),
            "may_edit": permissions.PROPOSAL.allows(request.user, "edit", found),
            "latest": found.submissions.defer("content", "findings").first() if was_submitted else None,
            "decision": found.decisions.select_related("decided_by").first() if was_submitted else None,
            "open_advice": [(advice, *turn_tag(side, is_own=is_own)) for advice, side in open_advice(found)],
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
    form = ReasonForm(request.POST or None, button=_("Withdraw the proposal"))
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
        {**page_context(request, found, title=_("Withdraw")), "form": form},
    )
