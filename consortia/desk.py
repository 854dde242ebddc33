"""What consortia add to the pages that hold pieces of every app."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from consortia.enums import OrganisationKind
from consortia.models import Organisation
from rocket.core.desk import MenuEntry, Waiting


def waiting(user: Any) -> Iterator[Waiting]:
    """Own enterprises without a standing SME declaration. One query."""
    undeclared = (
        Organisation.objects.of_member(user)
        .filter(kind=OrganisationKind.SME)
        .exclude(sme_declarations__superseded_at=None, sme_declarations__isnull=False)
    )
    for organisation in undeclared:
        yield Waiting(
            title=_("Declare the size of %(name)s") % {"name": organisation.name},
            url=reverse("declare_sme", args=[organisation.pk]),
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
