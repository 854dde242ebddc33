"""People of the programme: their roles, offers by mail, and the answers to them."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from calls.desk import programme_of
from calls.models import Programme
from consortia import services
from consortia.models import Consultant, StaffInvitation
from consortia.services import InvitationRefused
from consortia.staff_forms import StaffForm
from consortia.views._common import private
from rocket.accounts.http import SignedInRequest
from rocket.accounts.models import RoleGrant
from rocket.accounts.roles import Role
from rocket.core.errors import RocketError
from rocket.core.permissions import find, visible

STATUS = {"unknown": 404, "other_address": 403, "expired": 410, "replaced": 410}


@require_http_methods(["GET", "HEAD", "POST"])
def people(request: SignedInRequest, programme: str) -> HttpResponse:
    """Who has which role, which offers are open, and a form for one more."""
    found = programme_of(request, programme, *((Role.MANAGER,) if request.method == "POST" else ()))
    may_change = request.user.has_role(Role.MANAGER, found.code)
    form = StaffForm(request.POST or None, programme=found) if may_change else None
    if request.method == "POST" and form is not None and form.is_valid():
        try:
            invitation = services.invite_staff(
                programme=found, by=request.user, now=request.arrived_at, **form.cleaned_data
            )
        except RocketError as refused:
            form.add_error("cluster" if refused.code == "cluster" else None, str(refused))
        else:
            messages.success(
                request,
                _("The offer is on its way to %(email)s. The role begins when it is accepted.")
                % {"email": invitation.email},
            )
            return redirect("desk_people", found.code)
    return render(
        request,
        "consortia/desk_people.html",
        {
            "programme": found,
            "form": form,
            "may_change": may_change,
            "rows": _rows(found),
            "offers": StaffInvitation.objects.visible_to(request.user)
            .open_at(request.arrived_at)
            .filter(programme=found)
            .select_related("cluster", "sent_by"),
        },
        status=422 if form is not None and form.is_bound else 200,
    )


def _rows(programme: Programme) -> list[dict[str, Any]]:
    """Roles in force by kind of role and name, with cluster and whether a second factor is set up. Two queries."""
    grants = (
        RoleGrant.objects.filter(programme_code=programme.code, revoked_at=None)
        .select_related("user", "granted_by")
        .annotate(has_factor=Exists(Authenticator.objects.filter(user=OuterRef("user"))))
        .order_by("role", "user__name", "pk")
    )
    clusters: dict[int, list[str]] = {}
    for consultant in Consultant.objects.filter(cluster__programme=programme).select_related("cluster"):
        clusters.setdefault(consultant.user_id, []).append(consultant.cluster.name)
    return [
        {
            "grant": grant,
            "clusters": clusters.get(grant.user_id, []) if grant.role == Role.CONSULTANT else [],
            "has_factor": grant.has_factor,
        }
        for grant in grants
    ]


@require_http_methods(["GET", "HEAD", "POST"])
def revoke(request: SignedInRequest, programme: str, pk: int) -> HttpResponse:
    """Ask once more, naming what ends, then revoke."""
    found = programme_of(request, programme, Role.MANAGER)
    grant = get_object_or_404(
        RoleGrant.objects.select_related("user"), pk=pk, programme_code=found.code, revoked_at=None
    )
    if request.method == "POST":
        try:
            services.end_role(grant=grant, by=request.user, now=request.arrived_at)
        except RocketError as refused:
            messages.error(request, str(refused))
        else:
            messages.success(
                request,
                _("%(person)s is %(role)s no longer and was signed out.")
                % {"person": grant.user, "role": grant.get_role_display()},
            )
            if grant.user_id == request.user.pk:
                return redirect("home")
        return redirect("desk_people", found.code)
    return render(
        request,
        "consortia/revoke_role.html",
        {
            "programme": found,
            "grant": grant,
            "crumbs": [(_("People"), reverse("desk_people", args=[found.code])), (str(grant.user), "")],
        },
    )


@require_POST
def take_back(request: SignedInRequest, programme: str, pk: int) -> HttpResponse:
    found = programme_of(request, programme, Role.MANAGER)
    invitation = find(
        request,
        StaffInvitation,
        to="take_back",
        queryset=visible(request.user, StaffInvitation).filter(programme=found),
        pk=pk,
    )
    try:
        services.take_back_role_offer(invitation=invitation, by=request.user, now=request.arrived_at)
    except RocketError as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("The offer to %(email)s holds no longer.") % {"email": invitation.email})
    return redirect("desk_people", found.code)


@require_safe
@login_not_required
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Shows who offers which role. It changes nothing: a mail scanner that opens the link accepts nothing."""
    try:
        found = services.find_staff_invitation(token)
    except InvitationRefused as refused:
        return _unknown(request, refused)
    return private(_page(request, found, token))


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: SignedInRequest, token: str) -> HttpResponse:
    """Accept or decline. Whoever comes here by a link (a sign-in in between) sees the invitation."""
    given = request.POST.get("answer")
    if given not in ("accept", "decline"):
        return redirect("staff_invitation", token)
    try:
        found = services.find_staff_invitation(token)
    except InvitationRefused as refused:
        return _unknown(request, refused)
    change = services.accept_role if given == "accept" else services.decline_role
    try:
        change(invitation=found, by=request.user, now=request.arrived_at)
    except RocketError as refused:
        found.refresh_from_db()
        return private(_page(request, found, token, problem=refused))
    if given == "decline":
        messages.success(request, _("You have declined the role."))
        return redirect("my_work")
    logout(request)
    messages.success(
        request,
        _("You are %(role)s now. Sign in again; the role opens once you have set up a second factor.")
        % {"role": found.get_role_display()},
    )
    return redirect("account_login")


def _unknown(request: HttpRequest, problem: RocketError) -> HttpResponse:
    return private(render(request, "consortia/invitation_unknown.html", {"problem": problem}, status=404))


def _page(
    request: HttpRequest, found: StaffInvitation, token: str, *, problem: RocketError | None = None
) -> HttpResponse:
    if problem is None and request.user.is_authenticated:
        try:
            services.check_staff_answerable(found, by=request.user, now=request.arrived_at)  # type: ignore[arg-type, attr-defined]
        except InvitationRefused as refused:
            problem = refused
    code = problem.code if problem else ""
    return render(
        request,
        "consortia/staff_invitation.html",
        {
            "invitation": found,
            "problem": problem,
            "code": code,
            "is_open": found.state_at(request.arrived_at).value == "open",  # type: ignore[attr-defined]
            "page_url": reverse("staff_invitation", args=[token]),
            "answer_url": reverse("answer_staff_invitation", args=[token]),
        },
        status=STATUS.get(code, 200),
    )
