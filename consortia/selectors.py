"""Reads that span organisations and consortia, each in a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import FilteredRelation, Prefetch, Q, QuerySet

from calls.models import Country, Programme, Region
from calls.registry import Use
from consortia import postcodes
from consortia.models import (
    DeMinimisAid,
    DeMinimisDeclaration,
    Invitation,
    Organisation,
    Partner,
    SmeDeclaration,
)
from rocket.core.at_hand import put_at_hand

LIKELY_SAME = 12
"""So many likely doubles are shown; a name that has more of them is too short to tell."""
DISTINCTIVE = 4
"""A word of so many letters may tell a name from its neighbours'."""


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


def with_standing_declarations(partners: QuerySet[Partner]) -> QuerySet[Partner]:
    """Partners joined with their organisation and its standing declarations, of which there is one of each at most.

    ``hand_out_declarations`` then puts them where the organisation looks for them. No query of their own.
    """
    return partners.annotate(
        standing_sme=FilteredRelation(
            "organisation__sme_declarations", condition=Q(organisation__sme_declarations__superseded_at=None)
        ),
        standing_de_minimis=FilteredRelation(
            "organisation__de_minimis_declarations",
            condition=Q(organisation__de_minimis_declarations__superseded_at=None),
        ),
    ).select_related("organisation", "standing_sme", "standing_de_minimis")  # type: ignore[misc]  # annotated


def hand_out_declarations(partners: Iterable[Partner]) -> None:
    """Give each organisation of ``with_standing_declarations`` its declarations; no query."""
    for partner in partners:
        for joined, name in (
            ("standing_sme", "sme_declarations"),
            ("standing_de_minimis", "de_minimis_declarations"),
        ):
            declaration = getattr(partner, joined, None)
            put_at_hand(partner.organisation, name, [declaration] if declaration else [])


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


@dataclass(frozen=True)
class PostcodePlace:
    """Where a postcode lies: in some of the offered regions, outside of them, or (nothing of both) not known."""

    regions: tuple[Place, ...] = ()
    may_be_outside: bool = False
    codes: tuple[str, ...] = ()
    """NUTS-3 codes of 2024."""

    @property
    def is_known(self) -> bool:
        return bool(self.regions) or self.may_be_outside

    @property
    def is_one(self) -> bool:
        """Whether it is a single place, so that nothing is left to choose."""
        return len(self.regions) + self.may_be_outside == 1

    def holds(self, code: str, version: int) -> bool:
        """Whether the region of this code is one in which the postcode lies."""
        return any((code, version) in region.keys for region in self.regions) or any(
            postcodes.code_in(one, version) == code for one in self.codes
        )


def place_of_postcode(country: str, postcode: str, regions: Iterable[Place]) -> PostcodePlace:
    """The place of a postcode among ``regions``. A country without any of them lies outside as a whole."""
    own = [region for region in regions if region.country.code == country]
    if not own:
        return PostcodePlace(may_be_outside=bool(country))
    codes = postcodes.regions_of(country, postcode)
    found, outside = [], False
    for code in codes:
        region = next(
            (
                place
                for place in own
                if any(key == (postcodes.code_in(code, key[1]), key[1]) for key in place.keys)
            ),
            None,
        )
        if region is None:
            outside = True
        else:
            found.append(region)
    return PostcodePlace(tuple(found), outside, codes)


def newest_region(code: str, version: int | None) -> Region | None:
    """The same place in the newest version that a programme uses; None where no programme knows it. Two queries."""
    if version is None:
        return None
    known = Region.objects.filter(code=code, version=version).select_related("country").first()
    if known is None:
        return None
    same_place = Region.objects.filter(name=known.name, country__code=known.country.code)
    return same_place.select_related("country").order_by("-version").first()


def likely_doubles(
    *, name: str, country: str, postcode: str = "", register_number: str = "", vat_number: str = ""
) -> list[Organisation]:
    """Organisations of the country that these details may already stand for, the surest first. One query.

    The same register number, VAT number or normalised name; or the same postcode and a longer word of the name.
    A VAT number alone proves nothing: a group may have one together.
    """
    from django.db.models import Case, IntegerField, Value, When

    from consortia.names import normalise_name

    normalised = normalise_name(name)
    same_number = Q(pk__in=[])
    if register_number:
        same_number |= Q(register_number=register_number)
    if vat_number:
        same_number |= Q(vat_number=vat_number)
    one_word = Q(pk__in=[])
    for word in normalised.split():
        if len(word) >= DISTINCTIVE:
            one_word |= Q(search_name__contains=word)
    same_place = Q(postcode__iexact=postcode.strip()) & one_word if postcode.strip() else Q(pk__in=[])
    return list(
        Organisation.objects.filter(same_number | Q(search_name=normalised) | same_place, country=country)
        .annotate(
            surety=Case(
                When(same_number, then=Value(0)),
                When(search_name=normalised, then=Value(1)),
                default=Value(2),
                output_field=IntegerField(),
            )
        )
        .order_by("surety", "search_name", "pk")[:LIKELY_SAME]
    )


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
