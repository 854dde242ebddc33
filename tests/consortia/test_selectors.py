"""Reads in a fixed number of queries."""

from __future__ import annotations

import pytest

from consortia.models import Organisation
from consortia.selectors import likely_same, newest_region, offered_regions, partner_facts
from tests.factories.consortia import (
    ConsortiumFactory,
    DeMinimisAidFactory,
    OrganisationFactory,
    PartnerFactory,
    SmeDeclarationFactory,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("rows", [1, 3])
def test_partner_facts_cost_the_same_however_many(rows, django_assert_num_queries):
    consortium = ConsortiumFactory()
    for number in range(rows):
        partner = PartnerFactory(consortium=consortium, lead=number == 0)
        SmeDeclarationFactory(organisation=partner.organisation)
        DeMinimisAidFactory(declaration__organisation=partner.organisation)
    with django_assert_num_queries(5):
        (records,) = partner_facts([consortium.pk]).values()
        found = [(record.sme.computed_class, len(record.aids), record.invitation) for record in records]
    assert found == [("small", 1, None)] * rows


def test_superseded_declarations_are_left_out():
    organisation = OrganisationFactory()
    old = SmeDeclarationFactory(organisation=organisation, superseded_at="2026-03-03T00:00Z")
    assert Organisation.objects.get().sme_declaration is None
    new = SmeDeclarationFactory(organisation=organisation)
    assert (old.pk != new.pk, Organisation.objects.get().sme_declaration) == (True, new)


def test_likely_same_puts_the_same_name_first_and_stays_in_the_country():
    longer = OrganisationFactory(name="Academie Enschede Techniek")
    same = OrganisationFactory(name="Enschede Techniek B.V.")
    OrganisationFactory(name="Enschede Zorg")
    assert likely_same("ENSCHEDE techniek") == [same, longer]
    assert likely_same("Enschede Techniek", country="NL") == []
    assert likely_same("…") == []


def test_region_is_offered_once_in_its_newest_version(seeded_region):
    from calls.models import Country, Programme, Region

    old, _cluster = seeded_region
    programme = Programme.objects.get()
    programme.pk, programme.code = None, "q"
    programme.save()
    germany = Country.objects.create(programme=programme, code="DE", name={"en": "Germany"})
    new = Region.objects.create(
        programme=programme,
        code="DEA3X",
        version=2024,
        name="Münster",
        country=germany,
        short="MUN",
        column=1,
        row=1,
    )
    assert offered_regions() == [new]
    assert newest_region(old.code, old.version) == new
    assert newest_region("DEA33", 2016) is None
