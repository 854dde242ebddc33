"""What consortia add to the pages that hold pieces of every app."""

from __future__ import annotations

from collections.abc import Iterator
from operator import itemgetter
from typing import Any

from allauth.account.models import EmailAddress
from django.db.models.functions import Lower
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consortia.enums import OrganisationKind
from consortia.models import ColleagueInvitation, Invitation, JoinRequest, Organisation, SmeDeclaration
from rocket.accounts.roles import Role
from rocket.core.desk import MenuEntry, Question, Waiting


def waiting(user: Any) -> Iterator[Question]:
    """Invitations to an own address, requests to join an owned organisation, and own enterprises without a standing
    SME declaration."""
    own = EmailAddress.objects.filter(user=user, verified=True).annotate(address=Lower("email"))
    to_me = {"email__in": own.values("address")}
    now = timezone.now()
    yield Question(
        Invitation.objects.open_at(now)
        .filter(**to_me)
        .values("pk", "expires_at", "partner__organisation__name"),
        _invitations,
    )
    yield Question(
        ColleagueInvitation.objects.open_at(now)
        .filter(**to_me)
        .values("pk", "expires_at", "organisation__name"),
        _colleague_invitations,
    )
    yield Question(
        JoinRequest.objects.visible_to(user)
        .waiting()
        .values("pk", "asked_at", "organisation", "organisation__name", "user__name", "user__email"),
        _join_requests,
    )
    yield Question(
        Organisation.objects.of_member(user)
        .filter(kind=OrganisationKind.SME)
        .exclude(pk__in=SmeDeclaration.objects.current().values("organisation_id"))
        .values("pk", "name", "search_name"),
        _undeclared,
    )


def _invitations(rows: list[dict[str, Any]]) -> Iterator[Waiting]:
    for row in sorted(rows, key=itemgetter("expires_at", "pk")):
        yield Waiting(
            title=_("Answer the invitation of %(name)s to a consortium")
            % {"name": row["partner__organisation__name"]},
            url=reverse("own_invitation", args=[row["pk"]]),
            due=row["expires_at"],
        )


def _colleague_invitations(rows: list[dict[str, Any]]) -> Iterator[Waiting]:
    for row in sorted(rows, key=itemgetter("expires_at", "pk")):
        yield Waiting(
            title=_("Answer the invitation to act for %(name)s") % {"name": row["organisation__name"]},
            url=reverse("own_colleague_invitation", args=[row["pk"]]),
            due=row["expires_at"],
        )


def _join_requests(rows: list[dict[str, Any]]) -> Iterator[Waiting]:
    for row in sorted(rows, key=itemgetter("asked_at", "pk")):
        yield Waiting(
            title=_("Answer the request of %(person)s to act for %(name)s")
            % {"person": row["user__name"] or row["user__email"], "name": row["organisation__name"]},
            url=reverse("organisation", args=[row["organisation"]]) + "#requests",
            detail=_("The person waits for your answer."),
        )


def _undeclared(rows: list[dict[str, Any]]) -> Iterator[Waiting]:
    for row in sorted(rows, key=itemgetter("search_name", "pk")):
        yield Waiting(
            title=_("Declare the size of %(name)s") % {"name": row["name"]},
            url=reverse("sme_declaration", args=[row["pk"]]),
            detail=_("It counts as an SME once its figures give that class."),
        )


def menu(request: HttpRequest) -> Iterator[MenuEntry]:
    if request.user.is_authenticated:
        yield MenuEntry(
            title=_("My organisations"),
            url=reverse("my_organisations"),
            icon="building-2",
            position=30,
            match="/organisations/",
        )


def desk_entries(request: Any) -> Iterator[MenuEntry]:
    """The people of the programme, for its managers and auditors."""
    programme = getattr(request, "desk_programme", None)
    if programme is not None and programme.code in request.user.programmes_as(Role.MANAGER, Role.AUDITOR):
        yield MenuEntry(_("People"), reverse("desk_people", args=[programme.code]), "users", position=75)
