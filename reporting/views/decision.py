"""The decision on a proposal."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from calls.desk import programme_of
from feasibility import selectors as proposals
from feasibility.eligibility import EligibilityReport
from feasibility.enums import Outcome
from feasibility.models import Proposal
from feasibility.panel import panel_of
from reporting.forms import DecisionForm
from reporting.services import award
from rocket.accounts.http import SignedInRequest
from rocket.core.errors import RocketError
from rocket.core.permissions import find


@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: SignedInRequest, programme: str, number: str) -> HttpResponse:
    """Findings and budget of the submission beside the form; an approval leads to the new project."""
    found = programme_of(request, programme)
    seen = find(
        request,
        Proposal,
        to="decide",
        queryset=Proposal.objects.visible_to(request.user).filter(call__programme=found),
        number=number,
    )
    proposal = proposals.load(seen.pk)
    form = DecisionForm(request.POST or None, proposal=proposal)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            _decision, project = award(
                proposal=proposal,
                outcome=Outcome(given["outcome"]),
                reason=given["reason"],
                conditions=given["conditions"],
                by=request.user,
                now=request.arrived_at,
            )
        except RocketError as error:
            form.add_error(None, str(error))
        else:
            if project is not None:
                messages.success(
                    request,
                    _("%(title)s is approved. Its project has the number %(number)s.")
                    % {"title": proposal.title, "number": project.number},
                )
                return redirect("desk_projects", found.code)
            messages.success(request, _("The decision on %(title)s is recorded.") % {"title": proposal.title})
            return redirect("desk_proposal", found.code, proposal.number)
    latest = proposal.submissions.first()
    report = EligibilityReport.from_json(latest.findings) if latest else None
    return render(
        request,
        "reporting/decide.html",
        {
            "programme": found,
            "proposal": proposal,
            "form": form,
            "can_decide": bool(form.fields["outcome"].choices),  # type: ignore[attr-defined]
            "submission": latest,
            "budget": proposals.budget_from(latest) if latest else None,
            "panel": panel_of(report, proposal, now=latest.received_at) if report and latest else None,
            "crumbs": [
                (_("Proposals"), reverse("desk_proposals", args=[found.code])),
                (proposal.title, reverse("desk_proposal", args=[found.code, proposal.number])),
                (_("Decision"), ""),
            ],
        },
        status=422 if form.is_bound else 200,
    )
