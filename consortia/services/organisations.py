"""Registering, claiming and editing organisations."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from calls.models import Ket
from consortia import identifiers
from consortia.enums import MembershipRole, OrganisationKind
from consortia.models import Membership, Organisation
from rocket.accounts.models import User
from rocket.core import audit
from rocket.core.errors import RocketError, Stale
from rocket.core.permissions import demand

DETAILS = (
    "name",
    "legal_form",
    "kind",
    "country",
    "region_code",
    "region_version",
    "region_name",
    "outside_area",
    "postcode",
    "town",
    "street",
    "register_number",
    "vat_number",
    "website",
    "offers",
    "seeks",
    "consultants_may_write",
)


class RegisteredAlready(RocketError):
    """An organisation with this register number is in the portal; ``organisation`` is it."""

    def __init__(self, organisation: Organisation) -> None:
        if organisation.is_claimed:
            message = _(
                "%(name)s is registered with this number already. Look for it by its name and ask to join it, or ask "
                "the lead partner to invite one of its people."
            )
        else:
            message = _(
                "%(name)s is in the portal with this number already. Claim it instead of registering it again."
            )
        super().__init__("registered_already", message % {"name": organisation.name})
        self.organisation = organisation


def details_of(organisation: Organisation) -> dict[str, Any]:
    """The details that people may change, for the audit trail and for comparisons."""
    return {name: getattr(organisation, name) for name in DETAILS}


def _fill(organisation: Organisation, details: dict[str, Any]) -> None:
    """Put cleaned details into ``organisation``, which is not saved. Raises ``RocketError``."""
    for name, value in details.items():
        setattr(organisation, name, value)
    organisation.name = " ".join(organisation.name.split())
    organisation.register_number = identifiers.register_number(
        organisation.country, organisation.register_number
    )
    organisation.vat_number = identifiers.vat_number(organisation.country, organisation.vat_number)
    organisation.postcode = identifiers.postcode(organisation.country, organisation.postcode)
    if organisation.register_number:
        same = Organisation.objects.filter(
            country=organisation.country, register_number=organisation.register_number
        ).exclude(pk=organisation.pk)
        if (other := same.first()) is not None:
            raise RegisteredAlready(other)
    try:
        organisation.full_clean(exclude=["created_at", "source", "source_reference", "claimed_at"])
    except ValidationError as error:
        raise RocketError("invalid_organisation", " ".join(error.messages)) from error


@transaction.atomic
def register_organisation(
    *,
    name: str,
    country: str,
    kind: OrganisationKind | str,
    by: User,
    now: datetime,
    legal_form: str = "",
    region_code: str = "",
    region_version: int | None = None,
    region_name: str = "",
    outside_area: bool = False,
    postcode: str = "",
    town: str = "",
    street: str = "",
    register_number: str = "",
    vat_number: str = "",
    website: str = "",
    offers: str = "",
    seeks: str = "",
    consultants_may_write: bool = False,
    kets: Iterable[Ket] = (),
) -> Organisation:
    """Register an organisation; ``by`` becomes its owner.

    Raises ``RegisteredAlready`` for a known register number, ``InvalidIdentifier`` and ``RocketError``.
    """
    demand(by, "create", Organisation)
    organisation = Organisation(created_at=now, claimed_at=now)
    _fill(
        organisation,
        {
            "name": name,
            "country": country,
            "kind": kind,
            "legal_form": legal_form,
            "region_code": region_code,
            "region_version": region_version,
            "region_name": region_name,
            "outside_area": outside_area,
            "postcode": postcode,
            "town": town,
            "street": street,
            "register_number": register_number,
            "vat_number": vat_number,
            "website": website,
            "offers": offers,
            "seeks": seeks,
            "consultants_may_write": consultants_may_write,
        },
    )
    organisation.save()
    organisation.kets.set(kets)
    Membership.objects.create(user=by, organisation=organisation, role=MembershipRole.OWNER, joined_at=now)
    audit.record(subject=organisation, verb="registered", by=by, now=now, after=details_of(organisation))
    return organisation


@transaction.atomic
def note_organisation(*, name: str, country: str, by: User, now: datetime, town: str = "") -> Organisation:
    """Enter an organisation that somebody wants to invite: nobody acts for it until one of its people confirms."""
    demand(by, "create", Organisation)
    organisation = Organisation(created_at=now)
    _fill(organisation, {"name": name, "country": country, "town": town})
    organisation.save()
    audit.record(subject=organisation, verb="noted", by=by, now=now, after=details_of(organisation))
    return organisation


@transaction.atomic
def claim_organisation(*, organisation: Organisation, by: User, now: datetime) -> Membership:
    """Make ``by`` the owner of an imported organisation that nobody acts for yet.

    Raises ``RocketError`` with the sentence that names the way out where somebody does. Of two who claim at once,
    one gets it.
    """
    claimed = Organisation.objects.filter(pk=organisation.pk, claimed_at=None).update(claimed_at=now)
    organisation.refresh_from_db(fields=["claimed_at"])
    if not claimed:
        raise RocketError(
            "claimed_already",
            _(
                "%(name)s has its own people in the portal already. Ask to join it, or ask the lead partner to invite "
                "one of them."
            )
            % {"name": organisation.name},
        )
    membership = Membership.objects.create(
        user=by, organisation=organisation, role=MembershipRole.OWNER, joined_at=now
    )
    audit.record(subject=organisation, verb="claimed", by=by, now=now, after={"owner": by.pk})
    return membership


@transaction.atomic
def edit_organisation(
    *,
    organisation: Organisation,
    seen_version: int,
    details: dict[str, Any],
    kets: Iterable[Ket] | None = None,
    by: User,
    now: datetime,
) -> Organisation:
    """Change details of an organisation; keys are those of ``DETAILS``.

    Raises ``Stale`` where somebody changed it since ``seen_version``; nothing is overwritten then.
    """
    demand(by, "edit", organisation)
    if unknown := set(details) - set(DETAILS):
        raise ValueError(f"not a detail of an organisation: {', '.join(sorted(unknown))}")
    current = Organisation.objects.get(pk=organisation.pk)
    before = details_of(current)
    taken = Organisation.objects.filter(pk=organisation.pk, version=seen_version).update(
        version=seen_version + 1
    )
    if not taken:
        raise Stale(organisation=current)
    current.version = seen_version + 1
    _fill(current, details)
    current.save()
    if kets is not None:
        current.kets.set(kets)
    after = details_of(current)
    changed = {name for name in DETAILS if before[name] != after[name]}
    audit.record(
        subject=current,
        verb="edited",
        by=by,
        now=now,
        before={name: before[name] for name in changed},
        after={name: after[name] for name in changed},
    )
    return current
