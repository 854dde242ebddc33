"""Reads in a fixed number of queries."""

from __future__ import annotations

import pytest

from consortia.models import Consultant, Organisation
from consortia.selectors import likely_same, offered_regions, partner_facts
from tests.factories.consortia import (
    ConsortiumFactory,
    DeMinimisAidFactory,
    OrganisationFactory,
    PartnerFactory,
    PersonFactory,
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


@pytest.fixture
def next_region(seeded_region):
    """The same place in a second programme, which lists it by its code of 2024 and knows that of 2013 too."""
    from calls.models import Country, Programme, Region

    region, _cluster = seeded_region
    programme = Programme.objects.get()
    programme.pk, programme.code = None, "q"
    programme.save()
    germany = Country.objects.create(programme=programme, code="DE", name={"en": "Germany"})
    return Region.objects.create(
        programme=programme, code="DEA3X", version=2024, other_codes={"nuts2013": region.code}, name="Münster",
        country=germany, short="MUN", column=1, row=1,
    )  # fmt: skip


def test_a_place_of_two_programmes_is_offered_once_with_every_code(
    seeded_region, next_region, django_assert_num_queries
):
    region, _cluster = seeded_region
    region.other_codes = {"nuts2016": "DEA3Y"}
    region.save()
    with django_assert_num_queries(1):
        (place,) = offered_regions()
        assert str(place.country.code) == "DE"
    assert (place.name, place.newest_key) == ("Münster", ("DEA3X", 2024))
    assert place.keys == {("DEA33", 2013), ("DEA3X", 2024), ("DEA3Y", 2016)}


def test_two_places_of_one_name_are_offered_twice(seeded_region, next_region):
    next_region.other_codes = {}
    next_region.save()
    assert [place.newest_key[0] for place in offered_regions()] == ["DEA33", "DEA3X"]


def test_consultants_care_for_organisations_by_any_code_of_the_region(
    seeded_region, django_assert_num_queries
):
    region, cluster = seeded_region
    region.other_codes = {"nuts2016": "DEA3Y", "nuts2024": "DEA3X"}
    region.save()
    consultant = PersonFactory()
    Consultant.objects.create(user=consultant, cluster=cluster)
    inside = [OrganisationFactory()]
    inside += [OrganisationFactory(region_code="DEA3X", region_version=2024)]
    OrganisationFactory(region_code="DEA3X", region_version=2016)
    OrganisationFactory(dutch=True)
    with django_assert_num_queries(2):
        assert list(Organisation.objects.in_care_of(consultant).order_by("pk")) == inside
    assert list(Organisation.objects.in_care_of(PersonFactory())) == []


def test_organisations_keep_the_codes_of_a_region_in_the_file(seeded_region):
    from calls.registry import uses_of

    region, _cluster = seeded_region
    OrganisationFactory()
    OrganisationFactory.create_batch(2, region_code="DEA3X", region_version=2024, imported=True)
    assert [
        [(use.count, use.what) for use in uses_of("regions", region.programme, code)]
        for code in ("DEA33/2013", "DEA3X/2024", "DEA33/2024")
    ] == [[(1, "organisation")], [(2, "organisations")], []]
