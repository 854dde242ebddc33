"""Who acts for an organisation: invitations by mail, requests to join, handing over, leaving."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consortia import services
from consortia.enums import InvitationState
from consortia.forms import InviteColleagueForm
from consortia.models import ColleagueInvitation, JoinRequest, Membership, Organisation
from consortia.services import InvitationRefused
from consortia.views._common import private
from consortia.views.organisations import organisation_page
from rocket.core.errors import RocketError
from rocket.core.permissions import find, visible

STATUS = {"unknown": 404, "other_address": 403, "expired": 410, "replaced": 410}
PEOPLE = "#people"


def _back(organisation: Organisation, anchor: str = PEOPLE) -> HttpResponse:
    return redirect(organisation.get_absolute_url() + anchor)


@require_POST
def invite(request: HttpRequest, pk: int) -> HttpResponse:
    """Write to a colleague. The answer is the same whether the address has an account or not."""
    found = find(request, Organisation, to="invite_colleague", pk=pk)
    form = InviteColleagueForm(request.POST)
    if form.is_valid():
        try:
            invitation = services.invite_colleague(
                organisation=found,
                email=form.cleaned_data["email"],
                by=request.user,  # type: ignore[arg-type]
                now=request.arrived_at,  # type: ignore[attr-defined]
            )
        except RocketError as refused:
            form.add_error("email", str(refused))
        else:
            messages.success(request, _("The invitation went to %(email)s.") % {"email": invitation.email})
            return _back(found)
    return organisation_page(request, found, form, status=422)


@require_POST
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    invitation = find(request, ColleagueInvitation, to="take_back", pk=pk)
    try:
        services.take_back_invitation(
            invitation=invitation,
            by=request.user,  # type: ignore[arg-type]
            now=request.arrived_at,  # type: ignore[attr-defined]
        )
    except RocketError as refused:
        messages.error(request, str(refused))
    else:
        messages.success(
            request, _("The invitation to %(email)s opens nothing any more.") % {"email": invitation.email}
        )
    return _back(invitation.organisation)


def _invitation_page(
    request: HttpRequest,
    found: ColleagueInvitation,
    *,
    page_url: str,
    answer_url: str,
    problem: RocketError | None = None,
) -> HttpResponse:
    """The invitation with its two answers, or the sentence that says why it can't be answered."""
    now = request.arrived_at  # type: ignore[attr-defined]
    is_open = found.state_at(now) is InvitationState.OPEN
    if problem is None and (request.user.is_authenticated or not is_open):
        try:
            services.check_colleague_answerable(found, by=request.user, now=now)  # type: ignore[arg-type]
        except InvitationRefused as refused:
            problem = refused
    code = problem.code if problem else ""
    return render(
        request,
        "consortia/colleague_invitation.html",
        {
            "invitation": found,
            "organisation": found.organisation,
            "problem": problem,
            "code": code,
            "is_open": is_open,
            "is_answered": code in ("accepted", "declined"),
            "page_url": page_url,
            "answer_url": answer_url,
        },
        status=STATUS.get(code, 200),
    )


def _by_token(token: str) -> dict[str, Any]:
    return {
        "page_url": reverse("colleague_invitation", args=[token]),
        "answer_url": reverse("answer_colleague_invitation", args=[token]),
    }


def _by_number(pk: int) -> dict[str, Any]:
    return {
        "page_url": reverse("own_colleague_invitation", args=[pk]),
        "answer_url": reverse("answer_own_colleague_invitation", args=[pk]),
    }


def _unknown(request: HttpRequest, problem: RocketError) -> HttpResponse:
    return private(render(request, "consortia/invitation_unknown.html", {"problem": problem}, status=404))


@require_safe
@login_not_required
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Shows who invites, and to what. It changes nothing: a mail scanner that opens the link accepts nothing."""
    try:
        found = services.find_colleague_invitation(token)
    except InvitationRefused as refused:
        return _unknown(request, refused)
    return private(_invitation_page(request, found, **_by_token(token)))


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """Accept or decline, by the token. Whoever comes here by a link (a sign-in in between) sees the invitation."""
    if request.method != "POST":
        return redirect("colleague_invitation", token)
    try:
        found = services.find_colleague_invitation(token)
    except InvitationRefused as refused:
        return _unknown(request, refused)
    return private(_answer(request, found, **_by_token(token)))


def _own(request: HttpRequest, pk: int) -> ColleagueInvitation:
    """An invitation to an address that the person has proved to read; anything else does not exist for them."""
    addresses = EmailAddress.objects.filter(user=request.user, verified=True).values_list("email", flat=True)
    found = (
        ColleagueInvitation.objects.select_related("organisation", "sent_by")
        .filter(pk=pk, email__in=[address.lower() for address in addresses])
        .first()
    )
    if found is None:
        raise Http404
    return found


@require_safe
def own_invitation(request: HttpRequest, pk: int) -> HttpResponse:
    """The same page for whoever has not the mail's link at hand any more."""
    return _invitation_page(request, _own(request, pk), **_by_number(pk))


@require_http_methods(["GET", "HEAD", "POST"])
def answer_own(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept or decline an invitation to an own address."""
    if request.method != "POST":
        return redirect("own_colleague_invitation", pk)
    return _answer(request, _own(request, pk), **_by_number(pk))


def _answer(
    request: HttpRequest, found: ColleagueInvitation, *, page_url: str, answer_url: str
) -> HttpResponse:
    given = request.POST.get("answer")
    arguments: dict[str, Any] = {"invitation": found, "by": request.user, "now": request.arrived_at}  # type: ignore[attr-defined]
    if given not in ("accept", "decline"):
        return redirect(page_url)
    try:
        if given == "accept":
            services.join_by_invitation(**arguments)
        else:
            services.decline_colleague_invitation(**arguments)
    except RocketError as refused:
        found.refresh_from_db()
        return _invitation_page(request, found, page_url=page_url, answer_url=answer_url, problem=refused)
    if given == "decline":
        messages.success(
            request, _("You have declined to act for %(name)s.") % {"name": found.organisation.name}
        )
        return redirect("my_organisations")
    messages.success(request, _("You act for %(name)s now.") % {"name": found.organisation.name})
    return redirect(found.organisation)


def _change_member(request: HttpRequest, pk: int, verb: str, done: str) -> HttpResponse:
    membership = find(
        request,
        Membership,
        to=verb,
        pk=pk,
        queryset=visible(request.user, Membership).select_related("organisation", "user"),
    )
    person = str(membership.user)
    change = services.remove_member if verb == "remove" else services.hand_over
    try:
        change(
            membership=membership,
            by=request.user,  # type: ignore[arg-type]
            now=request.arrived_at,  # type: ignore[attr-defined]
        )
    except RocketError as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, done % {"person": person, "name": membership.organisation.name})
    return _back(membership.organisation)


@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    return _change_member(request, pk, "remove", _("%(person)s acts for %(name)s no longer."))


@require_POST
def hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    return _change_member(request, pk, "hand_over", _("%(person)s owns %(name)s now. You stay a member."))


@require_POST
def leave(request: HttpRequest, pk: int) -> HttpResponse:
    found = find(request, Organisation, to="leave", pk=pk)
    try:
        services.leave(
            organisation=found,
            by=request.user,  # type: ignore[arg-type]
            now=request.arrived_at,  # type: ignore[attr-defined]
        )
    except RocketError as refused:
        messages.error(request, str(refused))
        return _back(found)
    messages.success(request, _("You act for %(name)s no longer.") % {"name": found.name})
    return redirect("my_organisations")


@require_POST
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask to join. Anybody signed in may see that the organisation exists, and nothing of its people."""
    found = get_object_or_404(Organisation, pk=pk)
    try:
        services.ask_to_join(
            organisation=found,
            by=request.user,  # type: ignore[arg-type]
            now=request.arrived_at,  # type: ignore[attr-defined]
        )
    except RocketError as refused:
        messages.error(request, str(refused))
    else:
        messages.success(
            request,
            _("Your request went to the owner of %(name)s. You get a mail with the answer.")
            % {"name": found.name},
        )
        return redirect("my_organisations")
    return redirect(f"{reverse('register_organisation')}?{urlencode({'q': found.name})}")


@require_POST
def answer_request(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the person in or not, with one press."""
    found = find(
        request,
        JoinRequest,
        to="answer",
        pk=pk,
        queryset=visible(request.user, JoinRequest).select_related("organisation", "user"),
    )
    given = request.POST.get("answer")
    if given not in ("grant", "decline"):
        return _back(found.organisation, "#requests")
    try:
        services.answer_request(
            request=found,
            granted=given == "grant",
            by=request.user,  # type: ignore[arg-type]
            now=request.arrived_at,  # type: ignore[attr-defined]
        )
    except RocketError as refused:
        messages.error(request, str(refused))
    else:
        values = {"person": found.user, "name": found.organisation.name}
        messages.success(
            request,
            (
                _("%(person)s acts for %(name)s now.")
                if given == "grant"
                else _("The request of %(person)s to act for %(name)s is declined.")
            )
            % values,
        )
    return _back(found.organisation)
