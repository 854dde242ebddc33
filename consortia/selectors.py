"""Reads that span organisations and consortia, each in a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Prefetch, QuerySet

from calls.models import Country, Programme, Region
from calls.registry import Use
from consortia.models import (
    DeMinimisAid,
    DeMinimisDeclaration,
    Invitation,
    Organisation,
    Partner,
    SmeDeclaration,
)

LIKELY_SAME = 12
"""So many likely doubles are shown; a name that has more of them is too short to tell."""


@dataclass(frozen=True)
class PartnerRecord:
    """A partner with what its organisation has declared. ``aids`` are those of the standing declaration."""

    partner: Partner
    organisation: Organisation
    sme: SmeDeclaration | None
    de_minimis: DeMinimisDeclaration | None
    aids: tuple[DeMinimisAid, ...]
    invitation: Invitation | None
    """The latest letter to it."""


def with_declarations(partners: QuerySet[Partner]) -> QuerySet[Partner]:
    """Partners with organisation, standing declarations, aids and letters at hand: four queries more, however many.

    Read them as ``partner.organisation.sme_declaration``, ``.de_minimis_declaration`` (with ``aids``) and
    ``partner.invitations.all()``, the latest first.
    """
    return partners.select_related("organisation").prefetch_related(
        Prefetch("organisation__sme_declarations", SmeDeclaration.objects.current()),
        Prefetch(
            "organisation__de_minimis_declarations",
            DeMinimisDeclaration.objects.current().prefetch_related("aids"),
        ),
        "invitations",
    )


def partner_facts(consortium_ids: Iterable[int]) -> dict[int, tuple[PartnerRecord, ...]]:
    """All partners of these consortia, lead partners first, by consortium. Five queries."""
    found: dict[int, list[PartnerRecord]] = defaultdict(list)
    for partner in with_declarations(Partner.objects.filter(consortium__in=list(consortium_ids))):
        de_minimis = partner.organisation.de_minimis_declaration
        found[partner.consortium_id].append(
            PartnerRecord(
                partner=partner,
                organisation=partner.organisation,
                sme=partner.organisation.sme_declaration,
                de_minimis=de_minimis,
                aids=tuple(de_minimis.aids.all()) if de_minimis else (),
                invitation=next(iter(partner.invitations.all()), None),
            )
        )
    return {pk: tuple(records) for pk, records in found.items()}


def organisations_of(user: Any) -> QuerySet[Organisation]:
    """Organisations that the user acts for, by name, with their declarations at hand: four queries."""
    return (
        Organisation.objects.of_member(user)
        .prefetch_related(
            Prefetch("sme_declarations", SmeDeclaration.objects.current()),
            Prefetch(
                "de_minimis_declarations", DeMinimisDeclaration.objects.current().prefetch_related("aids")
            ),
        )
        .order_by("search_name", "pk")
    )


@dataclass(frozen=True)
class Place:
    """A region as one or more programmes know it, with every code that any of them gives it."""

    name: str
    country: Country
    keys: frozenset[tuple[str, int]]

    @property
    def newest_key(self) -> tuple[str, int]:
        return max(self.keys, key=lambda key: (key[1], key[0]))


def offered_regions() -> list[Place]:
    """Every region of every programme, each place once, by country and name. One query.

    Regions of two programmes are one place where they have a code in the same version of NUTS in common.
    """
    places: list[Place] = []
    # Those with the most codes come first, so that a region that lists few of them finds its place.
    for region in sorted(Region.objects.select_related("country"), key=lambda region: -len(region.keys)):
        for number, known in enumerate(places):
            if known.keys & region.keys:
                places[number] = replace(known, keys=known.keys | region.keys)
                break
        else:
            places.append(Place(region.name, region.country, region.keys))
    return sorted(places, key=lambda place: (place.country.code, place.name))


def region_uses(programme: Programme, code: str) -> list[Use]:
    """Organisations that lie in a region by this code and version, given as ``DEA34/2013``."""
    name, _sep, version = code.partition("/")
    count = Organisation.objects.in_regions([(name, int(version))]).count()
    return [Use("organisation" if count == 1 else "organisations", count)]


def likely_same(name: str, *, country: str = "") -> list[Organisation]:
    """Organisations in the portal that may be the one of this name: the same normalised name first. One query."""
    from django.db.models import BooleanField, Case, Value, When

    from consortia.names import normalise_name

    alike = Organisation.objects.named_like(name)
    if country:
        alike = alike.filter(country=country)
    return list(
        alike.annotate(
            is_same=Case(
                When(search_name=normalise_name(name), then=Value(True)),
                default=Value(False),
                output_field=BooleanField(),
            )
        ).order_by("-is_same", "search_name", "pk")[:LIKELY_SAME]
    )
