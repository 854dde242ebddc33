"""What consortia add to the pages that hold pieces of every app."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from allauth.account.models import EmailAddress
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consortia.enums import OrganisationKind
from consortia.models import ColleagueInvitation, Invitation, JoinRequest, Organisation, SmeDeclaration
from rocket.accounts.roles import Role
from rocket.core.desk import MenuEntry, Waiting


def waiting(user: Any) -> Iterator[Waiting]:
    """Invitations to an own address, requests to join an owned organisation, and own enterprises without a standing
    SME declaration. Five queries."""
    addresses = [
        address.lower()
        for address in EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True)
    ]
    for invitation in (
        Invitation.objects.open_at(timezone.now())
        .filter(email__in=addresses)
        .select_related("partner__organisation")
        .order_by("expires_at")
    ):
        yield Waiting(
            title=_("Answer the invitation of %(name)s to a consortium")
            % {"name": invitation.partner.organisation.name},
            url=reverse("own_invitation", args=[invitation.pk]),
            due=invitation.expires_at,
        )
    for letter in (
        ColleagueInvitation.objects.open_at(timezone.now())
        .filter(email__in=addresses)
        .select_related("organisation")
        .order_by("expires_at")
    ):
        yield Waiting(
            title=_("Answer the invitation to act for %(name)s") % {"name": letter.organisation.name},
            url=reverse("own_colleague_invitation", args=[letter.pk]),
            due=letter.expires_at,
        )
    for asked in JoinRequest.objects.visible_to(user).waiting().select_related("organisation", "user"):
        yield Waiting(
            title=_("Answer the request of %(person)s to act for %(name)s")
            % {"person": asked.user, "name": asked.organisation.name},
            url=asked.organisation.get_absolute_url() + "#requests",
            detail=_("The person waits for your answer."),
        )
    undeclared = (
        Organisation.objects.of_member(user)
        .filter(kind=OrganisationKind.SME)
        .exclude(pk__in=SmeDeclaration.objects.current().values("organisation_id"))
    )
    for organisation in undeclared:
        yield Waiting(
            title=_("Declare the size of %(name)s") % {"name": organisation.name},
            url=reverse("sme_declaration", args=[organisation.pk]),
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
