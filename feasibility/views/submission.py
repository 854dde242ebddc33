"""Check your answers, submit, receipt, reopen, accept."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from feasibility import selectors, services
from feasibility.eligibility import EligibilityReport
from feasibility.exporters.pdf import draft_pdf, submission_pdf
from feasibility.models import Proposal, Submission
from feasibility.next_steps import is_over, next_step
from feasibility.panel import panel_of
from feasibility.permissions import own_partners
from feasibility.views._common import (
    file_response,
    find_light,
    find_proposal,
    no_pdf,
    page_context,
    reader_language,
)
from rocket.accounts.http import SignedInRequest
from rocket.core.errors import RocketError, Stale
from rocket.core.permissions import may, visible


def _check_page(
    request: SignedInRequest, proposal: Proposal, *, status: int = 200, problem: str = ""
) -> HttpResponse:
    """Every answer with its link to change it, and the one button that submits this version."""
    return render(
        request,
        "feasibility/check.html",
        {
            **page_context(request, proposal, title=_("Check your answers")),
            "answers": selectors.answers_of(proposal),
            "problem": problem,
            "may_submit": may(request.user, "submit", proposal),
        },
        status=status,
    )


@require_safe
def check(request: SignedInRequest, number: str) -> HttpResponse:
    return _check_page(request, find_proposal(request, number))


@require_POST
def submit(request: SignedInRequest, number: str) -> HttpResponse:
    """Submit the version that the page showed. Pressing twice gives the same receipt."""
    proposal = find_light(request, number, to="submit")
    try:
        seen_version = int(request.POST.get("seen_version", ""))
    except ValueError:
        seen_version = -1
    try:
        submission = services.submit(
            proposal=proposal,
            by=request.user,
            seen_version=seen_version,
            now=request.arrived_at,
        )
    except services.Ineligible as blocked:
        fresh = selectors.load(proposal.pk)
        context = page_context(request, fresh, title=_("Check your answers"))
        return render(
            request,
            "feasibility/blocked.html",
            {
                **context,
                "panel": panel_of(blocked.report, fresh, now=request.arrived_at, reader=request.user),
            },
            status=422,
        )
    except Stale as stale:
        return _check_page(request, selectors.load(proposal.pk), status=409, problem=str(stale))
    except RocketError as refused:
        return _check_page(request, selectors.load(proposal.pk), status=422, problem=str(refused))
    return redirect(submission)


def _way_to(request: SignedInRequest, proposal: Proposal) -> list[tuple[str, str]]:
    """Crumbs down to the proposal's page on the reader's own side: consortium, consultant or desk."""
    if may(request.user, "view_draft", proposal):
        if own_partners(request.user, proposal):
            return [(_("My work"), reverse("my_work")), (proposal.title, proposal.get_absolute_url())]
        return [
            (_("In my care"), reverse("in_my_care")),
            (proposal.title, reverse("draft_in_care", args=[proposal.number])),
        ]
    programme = proposal.call.programme.code
    selectors.titles_as_submitted([proposal])
    return [
        (_("Proposals"), reverse("desk_proposals", args=[programme])),
        (proposal.title, reverse("desk_proposal", args=[programme, proposal.number])),
    ]


@require_safe
def receipt(request: SignedInRequest, number: str, receipt: str) -> HttpResponse:
    """What was received, when, and the fingerprint that proves it."""
    proposal = get_object_or_404(
        visible(request.user, Proposal)
        .select_related("call__programme", "kind", "consortium")
        .prefetch_related("consortium__partners"),
        number=number,
    )
    submission = get_object_or_404(
        Submission.objects.select_related("submitted_by"), proposal=proposal, receipt_number=receipt
    )
    latest = proposal.submissions.first()
    way = _way_to(request, proposal)
    return render(
        request,
        "feasibility/receipt.html",
        {
            "proposal": proposal,
            "submission": submission,
            "is_over": is_over(proposal, request.arrived_at),
            "may_copy": bool(may(request.user, "copy", proposal)),
            "is_latest": latest is not None and latest.pk == submission.pk,
            "report": EligibilityReport.from_json(submission.findings),
            "crumbs": [*way, (_("Receipt"), "")],
            "back_url": way[-1][1],
            "step": next_step(proposal, reader=request.user, now=request.arrived_at)
            if proposal.state == "submitted" and own_partners(request.user, proposal)
            else None,
            "may_reopen": may(request.user, "reopen", proposal)
            and proposal.state == "submitted"
            and proposal.call.is_open_at(request.arrived_at),
        },
    )


def _submission(request: SignedInRequest, number: str, receipt: str) -> Submission:
    """The submission of a proposal that the reader may see; 404 else."""
    proposal = get_object_or_404(visible(request.user, Proposal), number=number)
    return get_object_or_404(
        Submission.objects.select_related("submitted_by", "proposal__call__programme"),
        proposal=proposal,
        receipt_number=receipt,
    )


@require_safe
def receipt_pdf(request: SignedInRequest, number: str, receipt: str) -> HttpResponse:
    """What was submitted as a tagged PDF, in the reader's language; 503 where the machine lacks the libraries."""
    submission = _submission(request, number, receipt)
    try:
        content = submission_pdf(
            submission, language=reader_language(), zone=submission.proposal.call.programme.zone
        )
    except RocketError as error:
        return no_pdf(request, str(error))
    return file_response(content, "application/pdf", f"{number}-{receipt}-{reader_language()}.pdf")


@require_safe
def receipt_json(request: SignedInRequest, number: str, receipt: str) -> HttpResponse:
    """The very bytes over which the receipt's SHA-256 was taken."""
    submission = _submission(request, number, receipt)
    return file_response(submission.content.encode(), "application/json", f"{number}-{receipt}.json")


@require_safe
def draft_as_pdf(request: SignedInRequest, number: str) -> HttpResponse:
    """The proposal as it stands, marked as a draft on every page."""
    proposal = find_proposal(request, number)
    try:
        content = draft_pdf(
            proposal, language=reader_language(), zone=proposal.call.programme.zone, now=request.arrived_at
        )
    except RocketError as error:
        return no_pdf(request, str(error))
    return file_response(
        content, "application/pdf", f"{number}-{slugify(_('draft'))}-{reader_language()}.pdf"
    )


@require_POST
def reopen(request: SignedInRequest, number: str) -> HttpResponse:
    proposal = find_light(request, number, to="reopen")
    try:
        services.reopen(proposal=proposal, by=request.user, now=request.arrived_at)
    except RocketError as refused:
        messages.error(request, str(refused))
    else:
        messages.warning(
            request,
            _("The proposal is open for changes. Submit it again; until then the last submission stands."),
        )
    return redirect(proposal)


@require_POST
def accept(request: SignedInRequest, number: str) -> HttpResponse:
    proposal = find_light(request, number, to="accept")
    try:
        services.accept(proposal=proposal, by=request.user, now=request.arrived_at)
    except RocketError as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("You have accepted the grant. Every partner gets a mail."))
    return redirect(proposal)
