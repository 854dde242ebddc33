"""What several pages of a proposal share."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from feasibility import selectors
from feasibility.eligibility import EligibilityReport
from feasibility.enums import ProposalState
from feasibility.models import Proposal
from feasibility.next_steps import is_over
from feasibility.panel import SECTION_RULES, panel_of
from feasibility.views._advice import advice_beside
from rocket.accounts.http import SignedInRequest
from rocket.core.models import AuditEntry
from rocket.core.permissions import find, may


def find_light(request: SignedInRequest, number: str, *, to: str) -> Proposal:
    """The proposal with its partners, for changes that read the rest themselves; 404 where it is not the reader's,
    403 with the reason where not ``to``."""
    return find(
        request,
        Proposal,
        to=to,
        queryset=Proposal.objects.visible_to(request.user)
        .select_related("consortium")
        .prefetch_related("consortium__partners"),
        number=number,
    )


def find_proposal(request: SignedInRequest, number: str, *, to: str = "view_draft") -> Proposal:
    """The same with everything at hand, for pages."""
    visible = Proposal.objects.visible_to(request.user)
    found = find(request, Proposal, to=to, queryset=selectors.whole(visible), number=number)
    request.shown_programme = found.call.programme
    return selectors.complete(found)


def report_of(request: SignedInRequest, proposal: Proposal) -> EligibilityReport:
    """The findings at the moment of this request."""
    return selectors.report_of(proposal, now=request.arrived_at)


def _returned_because(proposal: Proposal) -> str:
    """What the desk asked to be completed; empty where the proposal is not returned. At most one query."""
    if proposal.state != ProposalState.RETURNED:
        return ""
    entry = AuditEntry.objects.about(proposal).filter(verb="returned").order_by("-sequence").first()
    return str(entry.after.get("reason", "")) if entry else ""


def page_context(
    request: SignedInRequest, proposal: Proposal, *, section: str = "", title: Any = ""
) -> dict[str, Any]:
    """Crumbs, panel and advice for a page of ``proposal``; beside a section only the rules that it can change."""
    report = report_of(request, proposal)
    return {
        "proposal": proposal,
        "crumbs": page_crumbs(proposal, title, is_section=bool(section)),
        "panel": panel_of(
            report,
            proposal,
            now=request.arrived_at,
            reader=request.user,
            only=SECTION_RULES.get(section, ()) if section else None,
        ),
        "report": report,
        "returned_because": _returned_because(proposal),
        "is_over": is_over(proposal, request.arrived_at),
        "may_copy": bool(may(request.user, "copy", proposal)),
        "section_advice": advice_beside(request, proposal, section) if section else None,
    }


def page_crumbs(proposal: Proposal, title: Any = "", *, is_section: bool = False) -> list[tuple[str, str]]:
    crumbs = [
        (_("My work"), reverse("my_work")),
        (proposal.title, proposal.get_absolute_url() if is_section or title else ""),
    ]
    if title:
        crumbs.append((str(title), ""))
    return crumbs


def reader_language() -> str:
    return (get_language() or "en")[:2]


def file_response(content: bytes, kind: str, name: str) -> HttpResponse:
    """A file to keep, never to be shown inside the portal's own pages."""
    return HttpResponse(
        content,
        content_type=kind,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "X-Content-Type-Options": "nosniff",
        },
    )


def no_pdf(request: SignedInRequest, reason: str) -> HttpResponse:
    return render(request, "feasibility/no_pdf.html", {"reason": reason}, status=503)
