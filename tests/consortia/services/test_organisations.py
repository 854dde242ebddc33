"""Registering, claiming and editing organisations."""

from __future__ import annotations

from datetime import timedelta

import pytest

from consortia import services
from consortia.enums import MembershipRole
from consortia.models import Membership, Organisation
from rocket.core.errors import Refused, RocketError, Stale
from rocket.core.models import AuditEntry
from tests.factories.consortia import MOMENT, MembershipFactory, OrganisationFactory, PersonFactory

pytestmark = pytest.mark.django_db
NOW = MOMENT + timedelta(days=1)


def register(by, **values):
    given = {
        "name": "Noorderlicht Optiek B.V.",
        "country": "NL",
        "kind": "sme",
        "register_number": "01234567",
    }
    return services.register_organisation(**(given | values), by=by, now=NOW)


def test_registering_makes_the_owner():
    mia = PersonFactory()
    organisation = register(mia, vat_number="nl 0044.95.445.B01", postcode="7511ab")
    assert organisation.postcode == "7511 AB"
    assert Membership.objects.get(organisation=organisation).role == MembershipRole.OWNER
    assert (organisation.vat_number, organisation.search_name, organisation.claimed_at) == (
        "NL004495445B01",
        "noorderlicht optiek",
        NOW,
    )
    assert AuditEntry.objects.about(organisation).get().verb == "registered"


def test_register_number_is_registered_once():
    register(PersonFactory())
    with pytest.raises(services.RegisteredAlready, match="ask to join it"):
        register(PersonFactory(), name="Another name", register_number="KvK 0123 4567")
    assert Organisation.objects.count() == 1


def test_wrong_numbers_are_refused():
    wrong = {"register_number": "1234567", "vat_number": "NL004495446B01", "postcode": "7511"}
    for number, value in wrong.items():
        with pytest.raises(RocketError):
            register(PersonFactory(), **{number: value})
    assert Organisation.objects.count() == 0


def test_claiming_works_once_and_the_second_is_told_the_way_out():
    organisation = OrganisationFactory(imported=True)
    mia = PersonFactory()
    services.claim_organisation(organisation=organisation, by=mia, now=NOW)
    organisation.refresh_from_db()
    assert organisation.claimed_at == NOW
    with pytest.raises(RocketError, match="Ask to join it"):
        services.claim_organisation(organisation=organisation, by=PersonFactory(), now=NOW)
    assert list(organisation.memberships.values_list("user", flat=True)) == [mia.pk]


def test_claiming_leaves_the_region_as_it_was_given(seeded_region):
    region, _cluster = seeded_region
    region.other_codes = {"nuts2024": "DEA3X"}
    region.save()
    organisation = OrganisationFactory(imported=True, region_name="Stadt Münster")
    services.claim_organisation(organisation=organisation, by=PersonFactory(), now=NOW)
    organisation.refresh_from_db()
    assert (organisation.region, organisation.region_name) == (("DEA33", 2013), "Stadt Münster")


def test_editing_overwrites_nothing_that_somebody_else_saved():
    membership = MembershipFactory()
    organisation, mia = membership.organisation, membership.user
    services.edit_organisation(
        organisation=organisation, seen_version=1, details={"town": "Borken"}, by=mia, now=NOW
    )
    with pytest.raises(Stale):
        services.edit_organisation(
            organisation=organisation, seen_version=1, details={"town": "Rhede"}, by=mia, now=NOW
        )
    organisation.refresh_from_db()
    assert (organisation.town, organisation.version) == ("Borken", 2)
    entry = AuditEntry.objects.about(organisation).get()
    assert (entry.before, entry.after) == ({"town": "Münster"}, {"town": "Borken"})


def test_outsider_edits_nothing():
    with pytest.raises(Refused):
        services.edit_organisation(
            organisation=OrganisationFactory(),
            seen_version=1,
            details={"town": "X"},
            by=PersonFactory(),
            now=NOW,
        )
