"""Importing lists of organisations that nobody has claimed yet."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from consortia import identifiers
from consortia.countries import COUNTRIES
from consortia.enums import OrganisationKind
from consortia.models import Organisation, SourceRecord
from consortia.names import normalise_name, normalise_place
from consortia.readers import ImportRow
from rocket.core import audit
from rocket.core.errors import RocketError

Area = frozenset[tuple[str, int]]
"""Every code of every region of the programmes, each with the NUTS version in which it holds."""


NEIGHBOURS = 1000
"""So many organisations of one town are compared by their words; it bounds the work for one row."""
_GROUPS = re.compile(r"\b(?:diverse|overige|sonstige|verschiedene|weitere|kmu|mkb|smes?)\b", re.IGNORECASE)


class Outcome(StrEnum):
    """What became of a row."""

    TAKEN = "taken"
    GAP = "taken_with_gap"
    JOINED = "joined"
    REFUSED = "refused"
    UNCHANGED = "unchanged"


@dataclass(frozen=True)
class RowMessage:
    """What is to be said about one row: taken with a gap, joined with another organisation, or refused."""

    row: int
    outcome: Outcome
    name: str
    reasons: tuple[str, ...]

    def __str__(self) -> str:
        return str(
            _("Row %(row)s, %(name)s: %(reasons)s")
            % {"row": self.row, "name": self.name or "–", "reasons": " ".join(self.reasons)}
        )


@dataclass
class ImportCounts:
    """How many rows came to what."""

    rows: dict[Outcome, int] = field(default_factory=lambda: dict.fromkeys(Outcome, 0))

    @property
    def total(self) -> int:
        return sum(self.rows.values())

    @property
    def created(self) -> int:
        """Organisations that are new in the portal."""
        return self.rows[Outcome.TAKEN] + self.rows[Outcome.GAP]


class _RowRefused(Exception):
    def __init__(self, reason: str | Promise) -> None:
        super().__init__(str(reason))


@transaction.atomic
def import_organisations(
    *,
    rows: Iterable[ImportRow],
    area: Area,
    now: datetime,
    tell: Callable[[RowMessage], None],
    is_dry_run: bool = False,
) -> ImportCounts:
    """Take the rows one by one, in one transaction; ``tell`` gets one message for each that is not plainly taken.

    A record imported before is left as it is. A row whose register number, or whose name (``normalise_name``),
    country and town are those of an organisation in the portal is joined with it; the same name in another town
    is taken on its own and said. ``area`` empty: no programme is loaded, and nothing is said about the area.
    A dry run does the same and takes it back. At most six queries a row; no row is kept.
    """
    counts = ImportCounts()
    for row in rows:
        outcome, reasons = _take(row, area, now)
        counts.rows[outcome] += 1
        if outcome in (Outcome.GAP, Outcome.JOINED, Outcome.REFUSED):
            tell(RowMessage(row.number, outcome, row.name, tuple(str(reason) for reason in reasons)))
    if is_dry_run:
        transaction.set_rollback(True)
    return counts


def _take(row: ImportRow, area: Area, now: datetime) -> tuple[Outcome, list[Any]]:
    try:
        _refuse_unusable(row)
    except _RowRefused as refused:
        return Outcome.REFUSED, [refused]
    if SourceRecord.objects.filter(source=row.source, reference=row.reference).exists():
        return Outcome.UNCHANGED, []
    gaps: list[Any] = []
    details = _details(row, area, gaps)
    organisation, reason = _same_organisation(row, details)
    if organisation is not None:
        _fill_blanks(organisation, details, now)
        _remember(organisation, row, now)
        return Outcome.JOINED, [reason, *gaps]
    if reason is not None:
        gaps.append(reason)
    organisation = Organisation(
        **details, source=row.source, source_reference=row.reference, claimed_at=None, created_at=now
    )
    try:
        organisation.full_clean()
    except ValidationError as error:
        return Outcome.REFUSED, [
            _("%(field)s: %(problem)s") % {"field": field, "problem": " ".join(messages)}
            for field, messages in error.message_dict.items()
        ]
    organisation.save()
    _remember(organisation, row, now)
    audit.record(
        subject=organisation,
        verb="imported",
        by=None,
        now=now,
        after={"name": row.name, "source": row.source, "reference": row.reference},
    )
    return (Outcome.GAP if gaps else Outcome.TAKEN), gaps


def _refuse_unusable(row: ImportRow) -> None:
    if row.surplus:
        raise _RowRefused(_("The row has more cells than the header; it was not taken."))
    if not normalise_name(row.name):
        raise _RowRefused(_("The row has no name; it was not taken."))
    if len(row.name) > 250:
        raise _RowRefused(_("The name is longer than 250 characters; it was not taken."))
    if len(row.reference) > 500:
        raise _RowRefused(_("The reference is longer than 500 characters; it was not taken."))
    if row.country not in COUNTRIES:
        raise _RowRefused(
            _("The country “%(country)s” is not known; it was not taken.") % {"country": row.country or "–"}
        )


def _details(row: ImportRow, area: Area, gaps: list[Any]) -> dict[str, Any]:
    """The fields of the organisation; what the row lacks, or says wrongly, is added to ``gaps``."""
    details: dict[str, Any] = {
        "name": row.name,
        "legal_form": row.legal_form,
        "kind": row.kind,
        "country": row.country,
        "region_code": row.region_code,
        "region_version": row.region_version,
        "region_name": row.region_name,
        "postcode": row.postcode,
        "town": row.town,
        "street": row.street,
        "website": row.website,
        "register_number": "",
        "vat_number": "",
    }
    if _GROUPS.search(row.name):
        gaps.append(_("The name may stand for a group of organisations."))
    for column, title in (("town", _("town")), ("street", _("street")), ("postcode", _("postcode"))):
        if not details[column]:
            gaps.append(_("It has no %(column)s.") % {"column": title})
    if row.kind and row.kind not in OrganisationKind.values:
        gaps.append(_("The kind “%(kind)s” is not known and was left open.") % {"kind": row.kind})
        details["kind"] = ""
    if not (row.region_code and row.region_version):
        gaps.append(_("It has no region."))
        details.update(region_code="", region_version=None, region_name="")
    elif area and (row.region_code, row.region_version) not in area:
        gaps.append(
            _("%(code)s %(name)s (NUTS %(version)s) lies outside the programme area.")
            % {"code": row.region_code, "name": row.region_name, "version": row.region_version}
        )
    if row.website:
        try:
            URLValidator(schemes=["http", "https"])(row.website)
        except ValidationError:
            gaps.append(
                _("“%(website)s” is no complete address. It was left out.") % {"website": row.website}
            )
            details["website"] = ""
    for column, clean in (
        ("register_number", identifiers.register_number),
        ("vat_number", identifiers.vat_number),
    ):
        try:
            details[column] = clean(row.country, getattr(row, column))
        except RocketError as error:
            gaps.append(_("%(problem)s It was left out.") % {"problem": error})
    return details


def _same_organisation(row: ImportRow, details: dict[str, Any]) -> tuple[Organisation | None, Any]:
    """The organisation that the row stands for and why, or None; then the reason names a likely double."""
    if details["register_number"]:
        same = Organisation.objects.filter(
            country=row.country, register_number=details["register_number"]
        ).first()
        if same is not None:
            return same, _("Joined with %(name)s: the same register number.") % {"name": same.name}
    alike = Organisation.objects.filter(
        search_name=normalise_name(row.name)[:250], country=row.country
    ).order_by("pk")
    place = normalise_place(row.town)
    elsewhere: Organisation | None = None
    for other in alike.iterator(chunk_size=100):
        if (
            details["register_number"]
            and other.register_number
            and other.register_number != details["register_number"]
        ):
            continue
        if normalise_place(other.town) == place:
            return other, _("Joined with %(name)s, %(town)s: the same name and town.") % {
                "name": other.name,
                "town": other.town or "–",
            }
        elsewhere = elsewhere or other
    if elsewhere is None:
        return None, _alike(row)
    return None, _("%(name)s in %(town)s has the same name; it was taken on its own.") % {
        "name": elsewhere.name,
        "town": elsewhere.town or "–",
    }


def _alike(row: ImportRow) -> Any:
    """A sentence naming an organisation in the same town whose name has the same words and perhaps some more."""
    words = set(normalise_name(row.name).split())
    neighbours = Organisation.objects.filter(country=row.country, town__iexact=row.town)
    for name, search_name in neighbours.values_list("name", "search_name")[:NEIGHBOURS]:
        other = set(search_name.split())
        if min(len(words), len(other)) > 1 and (words <= other or other <= words):
            return _("It may be the same as %(name)s; it was taken on its own.") % {"name": name}
    return None


def _fill_blanks(organisation: Organisation, details: dict[str, Any], now: datetime) -> None:
    """Give an organisation that nobody acts for what it lacks. What its own people wrote is never touched."""
    if organisation.is_claimed:
        return
    fields = ["postcode", "street", "kind", "website", "register_number", "vat_number", "legal_form"]
    if organisation.region is None and not organisation.outside_area:
        fields += ["region_code", "region_version", "region_name"]
    added = {name: details[name] for name in fields if details[name] and not getattr(organisation, name)}
    if not added:
        return
    for name, value in added.items():
        setattr(organisation, name, value)
    organisation.save(update_fields=list(added))
    audit.record(subject=organisation, verb="completed", by=None, now=now, after=added)


def _remember(organisation: Organisation, row: ImportRow, now: datetime) -> None:
    SourceRecord.objects.create(
        organisation=organisation, source=row.source, reference=row.reference, imported_at=now
    )
