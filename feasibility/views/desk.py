"""The programme desk's pages about proposals."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from calls.desk import programme_of
from calls.models import Programme
from feasibility import selectors, services
from feasibility.eligibility import EligibilityReport
from feasibility.exporters.listing import proposals_table
from feasibility.filters import ProposalFilter
from feasibility.forms import ReasonForm
from feasibility.models import Proposal
from feasibility.panel import panel_of
from feasibility.transitions import DECISION_VERBS, PROPOSAL, event_words
from rocket.accounts.http import SignedInRequest
from rocket.accounts.roles import Role
from rocket.core.at_hand import put_at_hand
from rocket.core.errors import RocketError
from rocket.core.lists import list_context, list_file
from rocket.core.models import AuditEntry
from rocket.core.permissions import find, may

PAGE_SIZE = 50


def _find(request: SignedInRequest, programme: Programme, number: str, *, to: str) -> Proposal:
    visible = Proposal.objects.visible_to(request.user).filter(call__programme=programme)
    return selectors.complete(
        find(request, Proposal, to=to, queryset=selectors.whole(visible), number=number)
    )


@require_safe
def proposals(request: SignedInRequest, programme: str) -> HttpResponseBase:
    """Every proposal from its first submission on; drafts are nobody's business here."""
    found = programme_of(request, programme)
    rows = Proposal.objects.filter(call__programme=found).on_desk().with_lead().order_by("-changed_at", "-pk")
    filters = ProposalFilter(request.GET or None, programme=found, queryset=rows)
    with timezone.override(found.zone):
        if file := list_file(request, lambda: proposals_table(filters.qs), f"{found.code}-proposals"):
            return file
    context = list_context(request, filters)
    selectors.titles_as_submitted(context["page_obj"].object_list)
    total = rows.count() if context["is_narrowed"] else context["shown"]
    return render(request, "feasibility/desk_proposals.html", {**context, "programme": found, "total": total})


def _steps(request: SignedInRequest, proposal: Proposal) -> list[dict[str, Any]]:
    """The buttons of the desk: every row of the table that leads on from here and that this person may take."""
    steps = []
    for row in PROPOSAL.from_state(proposal.state):
        if row.action not in ("check", "decide") or not may(request.user, row.action, proposal):
            continue
        if row.verb in DECISION_VERBS.values():
            continue
        blocked = next(
            (
                condition.reason
                for condition in row.holds
                if condition.name != "completion_due"
                and not condition.test(proposal=proposal, now=request.arrived_at)
            ),
            "",
        )
        url = reverse("desk_step", args=[proposal.call.programme.code, proposal.number, row.verb])
        steps.append(
            {
                "label": row.label,
                "url": url,
                "blocked": blocked,
                "needs_reason": row.needs_reason,
                "verb": row.verb,
            }
        )
    return steps


def _decision_url(request: SignedInRequest, proposal: Proposal) -> str:
    decidable = any(row.verb in DECISION_VERBS.values() for row in PROPOSAL.from_state(proposal.state))
    if not decidable or not may(request.user, "decide", proposal):
        return ""
    try:
        return reverse("decide_proposal", args=[proposal.call.programme.code, proposal.number])
    except NoReverseMatch:
        return ""


def _history(proposal: Proposal) -> list[dict[str, Any]]:
    """What happened since the proposal was submitted first, the latest on top; what was written before is private."""
    entries = list(AuditEntry.objects.about(proposal).select_related("by").order_by("sequence"))
    first = next((index for index, entry in enumerate(entries) if entry.verb == "submitted"), len(entries))
    return [
        {
            "word": event_words(entry.verb),
            "by": entry.by,
            "at": entry.at,
            "reason": entry.after.get("reason", ""),
        }
        for entry in reversed(entries[first:])
        if not entry.verb.startswith(("saved_", "advi"))
    ]


@require_safe
def proposal(request: SignedInRequest, programme: str, number: str) -> HttpResponse:
    """The submitted version, its findings, and the steps that are possible now."""
    found = programme_of(request, programme)
    visible = Proposal.objects.visible_to(request.user).filter(call__programme=found)
    current = find(
        request,
        Proposal,
        to="view_on_desk",
        queryset=visible.select_related("call__programme", "kind", "main_ket"),
        number=number,
    )
    current.call.programme = found
    latest = current.submissions.select_related("submitted_by").first()
    put_at_hand(current, "submissions", [latest] if latest else [])  # nothing here asks for an earlier one
    selectors.title_as_submitted(current, latest)
    report = EligibilityReport.from_json(latest.findings) if latest else None
    return render(
        request,
        "feasibility/desk_proposal.html",
        {
            "programme": found,
            "proposal": current,
            "crumbs": [(_("Proposals"), reverse("desk_proposals", args=[found.code])), (current.title, "")],
            "submission": latest,
            "answers": selectors.answers_from(latest) if latest else [],
            "panel": panel_of(report, current, now=latest.received_at) if report and latest else None,
            "steps": _steps(request, current),
            "decide_url": _decision_url(request, current),
            "decisions": current.decisions.select_related("decided_by"),
            "history": _history(current),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def step(request: SignedInRequest, programme: str, number: str, verb: str) -> HttpResponse:
    """Take one step of the formal check; those that need a reason ask for it first."""
    found = programme_of(request, programme, Role.MANAGER)
    row = next((r for r in PROPOSAL if r.verb == verb and r.action == "check"), None)
    if row is None:
        raise Http404
    current = _find(request, found, number, to="check")
    url = reverse("desk_proposal", args=[found.code, number])
    if not row.needs_reason:
        if request.method != "POST":
            return redirect(url)
        try:
            services.move(proposal=current, verb=verb, by=request.user, now=request.arrived_at)
        except RocketError as refused:
            messages.error(request, str(refused))
        return redirect(url)
    form = ReasonForm(request.POST or None, with_due=verb == "return", button=row.label)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                services.move(
                    proposal=current,
                    verb=verb,
                    by=request.user,
                    now=request.arrived_at,
                    reason=form.cleaned_data["reason"],
                    due=form.cleaned_data.get("due"),
                )
            except RocketError as refused:
                form.add_error(None, str(refused))
            else:
                return redirect(url)
    crumbs = [
        (_("Proposals"), reverse("desk_proposals", args=[found.code])),
        (current.title, url),
        (str(row.label), ""),
    ]
    return render(
        request,
        "feasibility/desk_step.html",
        {"programme": found, "proposal": current, "form": form, "row": row, "crumbs": crumbs},
        status=status,
    )
