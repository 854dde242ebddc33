"""People, organisations and consortia for tests. Every value can be given; nothing happens unseen."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import factory
from allauth.account.models import EmailAddress
from factory.django import DjangoModelFactory

from consortia import models
from consortia.enums import MembershipRole, OrganisationKind, PartnerRole, PartnerState, SizeClass
from rocket.accounts.models import User

MOMENT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""When everything in these factories happened."""


class PersonFactory(DjangoModelFactory[User]):
    """A person with a verified address and the password ``across the border``."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@example.org")
    name = factory.Sequence(lambda n: f"Person {n}")
    language = "en"

    @factory.post_generation
    def verified(obj: User, create: bool, extracted: bool | None, **kwargs: Any) -> None:  # noqa: N805
        obj.set_password("across the border")
        obj.save()
        if extracted is not False:
            EmailAddress.objects.create(user=obj, email=obj.email, verified=True, primary=True)


class OrganisationFactory(DjangoModelFactory[models.Organisation]):
    """A claimed SME in Münster; ``dutch``: in Enschede; ``imported``: from keep.eu and unclaimed."""

    class Meta:
        model = models.Organisation

    class Params:
        dutch = factory.Trait(
            country="NL",
            region_code="NL213",
            region_name="Twente",
            postcode="7511 AA",
            town="Enschede",
        )
        imported = factory.Trait(source="keep.eu", claimed_at=None, kind="")

    name = factory.Sequence(lambda n: f"Erfundene Werkstatt {n} GmbH")
    kind = OrganisationKind.SME
    country = "DE"
    region_code = "DEA33"
    region_version = 2013
    region_name = "Münster"
    postcode = "48149"
    town = "Münster"
    claimed_at = MOMENT
    created_at = MOMENT


class MembershipFactory(DjangoModelFactory[models.Membership]):
    class Meta:
        model = models.Membership

    user = factory.SubFactory(PersonFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    role = MembershipRole.OWNER
    joined_at = MOMENT


class ConsortiumFactory(DjangoModelFactory[models.Consortium]):
    """A consortium without partners."""

    class Meta:
        model = models.Consortium

    created_at = MOMENT
    created_by = factory.SubFactory(PersonFactory)


class PartnerFactory(DjangoModelFactory[models.Partner]):
    """A confirmed project partner; ``lead``: the lead partner; ``invited``: not confirmed yet."""

    class Meta:
        model = models.Partner

    class Params:
        lead = factory.Trait(role=PartnerRole.LEAD)
        invited = factory.Trait(state=PartnerState.INVITED, confirmed_at=None)

    consortium = factory.SubFactory(ConsortiumFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    role = PartnerRole.PROJECT
    state = PartnerState.CONFIRMED
    confirmed_at = MOMENT
    added_at = MOMENT


def small_enterprise(organisation: models.Organisation) -> dict[str, Any]:
    """Figures of a small autonomous enterprise, in the JSON form of ``consortia.sme``."""
    identifier = f"organisation:{organisation.pk}"
    period = {"closed_on": "2025-12-31", "headcount": "20", "turnover": "4000000", "balance_sheet": "3000000"}
    return {
        "subject": identifier,
        "enterprises": [{"identifier": identifier, "name": organisation.name, "periods": [period]}],
    }


class SmeDeclarationFactory(DjangoModelFactory[models.SmeDeclaration]):
    """A standing declaration of an autonomous small enterprise with figures of one period that give it."""

    class Meta:
        model = models.SmeDeclaration

    organisation = factory.SubFactory(OrganisationFactory)
    declared_class = SizeClass.SMALL
    computed_class = SizeClass.SMALL
    enterprise = factory.LazyAttribute(lambda obj: small_enterprise(obj.organisation))
    accounts_closed_on = date(2025, 12, 31)
    declared_by = factory.SubFactory(PersonFactory)
    declared_at = MOMENT


class DeMinimisDeclarationFactory(DjangoModelFactory[models.DeMinimisDeclaration]):
    """A standing declaration of no aid."""

    class Meta:
        model = models.DeMinimisDeclaration

    organisation = factory.SubFactory(OrganisationFactory)
    declared_by = factory.SubFactory(PersonFactory)
    declared_at = MOMENT


class DeMinimisAidFactory(DjangoModelFactory[models.DeMinimisAid]):
    class Meta:
        model = models.DeMinimisAid

    declaration = factory.SubFactory(DeMinimisDeclarationFactory)
    organisation = factory.SelfAttribute("declaration.organisation")
    granted_on = date(2025, 6, 30)
    granting_body = "Erfundene Förderbank"
    country = "DE"
    regulation = "2023/2831"
    amount = Decimal("20000.00")


def lead_consortium(**organisation: Any) -> tuple[models.Consortium, User]:
    """A consortium with a confirmed lead partner, and the person who acts for it."""
    membership = MembershipFactory(organisation=OrganisationFactory(**organisation))
    consortium = ConsortiumFactory(created_by=membership.user)
    PartnerFactory(
        consortium=consortium, organisation=membership.organisation, lead=True, confirmed_by=membership.user
    )
    return consortium, membership.user
