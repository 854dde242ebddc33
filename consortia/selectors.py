"""Reads that span organisations and consortia, each in a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, QuerySet

from calls.models import Region
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


def offered_regions() -> list[Region]:
    """Every region of every programme, each place once, in the newest NUTS version that a programme uses.

    A place is a country and a name: its code may change between versions (Noord-Friesland was NL121, then NL124).
    One query.
    """
    newest: dict[tuple[str, str], Region] = {}
    for region in Region.objects.select_related("country").order_by("version"):
        newest[region.country.code, region.name] = region
    return sorted(newest.values(), key=lambda region: (region.country.code, region.name))


def newest_region(code: str, version: int | None) -> Region | None:
    """The same place in the newest version that a programme uses; None where no programme knows it. Two queries."""
    if version is None:
        return None
    known = Region.objects.filter(code=code, version=version).select_related("country").first()
    if known is None:
        return None
    same_place = Region.objects.filter(name=known.name, country__code=known.country.code)
    return same_place.select_related("country").order_by("-version").first()


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
