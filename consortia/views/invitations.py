"""An invitation: seen by whoever holds its link, answered by whoever reads its mailbox."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from consortia import services
from consortia.enums import InvitationState
from consortia.models import Invitation
from consortia.registry import subject_of
from consortia.services import InvitationRefused
from consortia.views._common import private
from rocket.core.errors import RocketError

STATUS = {"unknown": 404, "other_address": 403}


def _page(
    request: HttpRequest,
    found: Invitation,
    *,
    page_url: str,
    answer_url: str,
    problem: RocketError | None = None,
) -> HttpResponse:
    """The invitation with its two answers, or the sentence that says why it can't be answered."""
    partner = found.partner
    now = request.arrived_at  # type: ignore[attr-defined]
    is_open = found.state_at(now) is InvitationState.OPEN
    if problem is None and (request.user.is_authenticated or not is_open):
        try:
            services.check_answerable(found, by=request.user, now=now)  # type: ignore[arg-type]
        except InvitationRefused as refused:
            problem = refused
    code = problem.code if problem else ""
    return render(
        request,
        "consortia/invitation.html",
        {
            "invitation": found,
            "partner": partner,
            "organisation": partner.organisation,
            "lead_organisation": partner.consortium.lead_partner.organisation,
            "subject": subject_of(partner.consortium),
            "problem": problem,
            "code": code,
            "is_open": is_open,
            "page_url": page_url,
            "answer_url": answer_url,
            "is_answered": code in ("accepted", "declined"),
        },
        status=STATUS.get(
            code, 410 if code in ("expired", "replaced") else 409 if code == "not_member" else 200
        ),
    )


@require_safe
@login_not_required
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Shows who invites, and to what. It changes nothing: a mail scanner that opens the link confirms nothing."""
    try:
        found = services.find_invitation(token)
    except InvitationRefused as refused:
        return private(render(request, "consortia/invitation_unknown.html", {"problem": refused}, status=404))
    return private(
        _page(
            request,
            found,
            page_url=reverse("invitation", args=[token]),
            answer_url=reverse("answer_invitation", args=[token]),
        )
    )


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """Accept or decline, by the token. Whoever comes here by a link (a sign-in in between) sees the invitation."""
    if request.method != "POST":
        return redirect("invitation", token)
    try:
        found = services.find_invitation(token)
    except InvitationRefused as refused:
        return private(render(request, "consortia/invitation_unknown.html", {"problem": refused}, status=404))
    return private(
        _answer(
            request,
            found,
            page_url=reverse("invitation", args=[token]),
            answer_url=reverse("answer_invitation", args=[token]),
        )
    )


def _own(request: HttpRequest, pk: int) -> Invitation:
    """An invitation to an address that the person has proved to read; anything else does not exist for them."""
    addresses = EmailAddress.objects.filter(user=request.user, verified=True).values_list("email", flat=True)
    found = (
        Invitation.objects.select_related("partner__organisation", "partner__consortium", "sent_by")
        .filter(pk=pk, email__in=[address.lower() for address in addresses])
        .first()
    )
    if found is None:
        raise Http404
    return found


@require_safe
def own_invitation(request: HttpRequest, pk: int) -> HttpResponse:
    """The same page for whoever signed up after the mail and has not its link at hand any more."""
    return _page(
        request,
        _own(request, pk),
        page_url=reverse("own_invitation", args=[pk]),
        answer_url=reverse("answer_own_invitation", args=[pk]),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def answer_own(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept or decline an invitation to an own address."""
    if request.method != "POST":
        return redirect("own_invitation", pk)
    return _answer(
        request,
        _own(request, pk),
        page_url=reverse("own_invitation", args=[pk]),
        answer_url=reverse("answer_own_invitation", args=[pk]),
    )


def _answer(request: HttpRequest, found: Invitation, *, page_url: str, answer_url: str) -> HttpResponse:
    given = request.POST.get("answer")
    arguments: dict[str, Any] = {"invitation": found, "by": request.user, "now": request.arrived_at}  # type: ignore[attr-defined]
    if given not in ("accept", "decline"):
        return redirect(page_url)
    try:
        if given == "accept":
            partner = services.confirm_partner(**arguments)
        else:
            services.decline_partner(**arguments)
    except RocketError as refused:
        found.refresh_from_db()
        return _page(request, found, page_url=page_url, answer_url=answer_url, problem=refused)
    if given == "decline":
        messages.success(request, _("You have declined. The lead partner is told."))
        return redirect("my_organisations")
    messages.success(request, _("%(name)s is a confirmed partner now.") % {"name": partner.organisation.name})
    work = subject_of(partner.consortium).url
    # An organisation that nobody acted for before has details from a list, or none; from there on to the proposal.
    if not partner.organisation.kind:
        details = reverse("edit_organisation", args=[partner.organisation_id])
        return redirect(f"{details}?{urlencode({'next': work})}" if work else details)
    return redirect(work or partner.organisation)
