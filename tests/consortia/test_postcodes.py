"""The region by postcode: what the table says, and what the form makes of it."""

from __future__ import annotations

import pytest
from django.http import QueryDict

from calls.models import Region
from consortia import postcodes
from consortia.forms import OrganisationForm
from consortia.models import Organisation
from consortia.selectors import likely_doubles, place_of_postcode
from tests.factories.consortia import OrganisationFactory


@pytest.mark.parametrize(
    ("country", "postcode", "regions"),
    [
        ("DE", "48149", ("DEA33",)),
        ("DE", " D-48149 ", ("DEA33",)),
        ("NL", "7511 AA", ("NL213",)),
        ("NL", "7511aa", ("NL213",)),
        ("NL", "1037", ("NL327", "NL32B")),
        ("DE", "01067", ("DED21",)),
        ("DE", "1067", ()),
        ("DE", "00000", ()),
        ("NL", "48149", ()),
        ("FR", "75001", ()),
        ("NL", "", ()),
        ("NL", "٧٥١١", ()),
    ],
)
def test_table_gives_every_region_of_a_postcode(country, postcode, regions):
    found = postcodes.regions_of(country, postcode)
    assert (
        found == regions
        if country != "NL" or postcode != "1037"
        else (len(found), "NL32B" in found) == (2, True)
    )


def test_table_is_as_large_as_its_source_says():
    table = postcodes._table()
    assert len(table) == 12407
    assert len([key for key, regions in table.items() if len(regions) > 1]) == 48


def test_codes_that_changed_are_followed_back():
    assert [postcodes.code_in("NL127", version) for version in (2013, 2016, 2021, 2024)] == [
        "NL121",
        "NL124",
        "NL124",
        "NL127",
    ]
    assert postcodes.code_in("DEA33", 2013) == "DEA33"


@pytest.fixture
def programme(seeded_region):
    """Münster of NUTS 2013, Twente and Noord-Friesland of NUTS 2021."""
    programme = seeded_region[0].programme
    netherlands = programme.countries.get(code="NL")
    for code, name in (("NL213", "Twente"), ("NL124", "Noord-Friesland")):
        Region.objects.create(
            programme=programme,
            code=code,
            version=2021,
            name=name,
            country=netherlands,
            short=code[-3:],
            column=0,
            row=0,
        )
    return programme


DETAILS = {"name": "Nieuw Licht B.V.", "kind": "sme", "town": "Ergens", "region": ""}


def form_of(programme, organisation=None, **values):
    data = QueryDict(mutable=True)
    for name, value in (DETAILS | values).items():
        data[name] = value
    form = OrganisationForm(data, programme=programme, organisation=organisation)
    form.is_valid()
    return form


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("country", "postcode", "region"),
    [
        ("NL", "7511 AA", ("NL213", 2021, "Twente", False)),
        ("NL", "8911 AA", ("NL124", 2021, "Noord-Friesland", False)),
        ("DE", "48149", ("DEA33", 2013, "Münster", False)),
        ("DE", "01067", ("", None, "", True)),
        ("FR", "75001", ("", None, "", True)),
    ],
)
def test_form_fills_in_the_region_that_the_postcode_tells(programme, country, postcode, region):
    form = form_of(programme, country=country, postcode=postcode)
    assert form.errors == {}
    details = form.details()
    assert (
        tuple(details[name] for name in ("region_code", "region_version", "region_name", "outside_area"))
        == region
    )
    assert form.region_by_postcode == (region[2] or "Outside the programme area")


@pytest.mark.django_db
def test_postcode_of_two_regions_leaves_the_choice_and_names_them(programme):
    netherlands = programme.countries.get(code="NL")
    codes = postcodes.regions_of("NL", "1037")
    Region.objects.create(
        programme=programme,
        code=codes[0],
        version=2024,
        name="Here",
        country=netherlands,
        short="H",
        column=0,
        row=0,
    )
    form = form_of(programme, country="NL", postcode="1037 AB")
    assert form.errors == {
        "region": [
            "The postcode 1037 AB lies in more than one place: Here; Outside the programme area. Choose the one of "
            "your establishment."
        ]
    }
    for region in (f"2024:{codes[0]}", "outside"):
        assert form_of(programme, country="NL", postcode="1037 AB", region=region).errors == {}


@pytest.mark.django_db
def test_unknown_postcode_asks_for_the_region(programme):
    form = form_of(programme, country="NL", postcode="1000 XX")
    assert "does not know in which region" in form.errors["region"][0]
    assert form_of(programme, country="NL", postcode="1000 XX", region="2021:NL213").errors == {}


@pytest.mark.django_db
@pytest.mark.parametrize("region", ["2021:NL124", "outside"])
def test_region_that_contradicts_the_postcode_is_confirmed_and_no_dead_end(programme, region):
    form = form_of(programme, country="NL", postcode="7511 AA", region=region)
    assert set(form.errors) == {"region_confirmed"}
    assert "lies here: Twente" in form.errors["region_confirmed"][0]
    key = form.fields["region_confirmed"].choices[0][0]
    assert (
        form_of(programme, country="NL", postcode="7511 AA", region=region, region_confirmed=key).errors == {}
    )
    other = form_of(programme, country="NL", postcode="7512 AA", region=region, region_confirmed=key)
    assert set(other.errors) == {"region_confirmed"}, "a tick holds for what it was given for"
    assert (
        form_of(programme, country="NL", postcode="7511 AA", region="2021:NL213", region_confirmed=key).errors
        == {}
    )


@pytest.mark.django_db
def test_what_was_confirmed_once_is_not_asked_again(programme):
    saved = OrganisationFactory(dutch=True, postcode="7511 AA", region_code="NL124", region_version=2021)
    assert form_of(programme, saved, country="NL", postcode="7511 AA", region="2021:NL124").errors == {}
    assert set(form_of(programme, saved, country="NL", postcode="7512 AA", region="2021:NL124").errors) == {
        "region_confirmed"
    }


@pytest.mark.django_db
def test_country_without_regions_lies_outside(programme):
    place = place_of_postcode("FR", "75001", Region.objects.select_related("country"))
    assert (place.is_one, place.may_be_outside, place.regions) == (True, True, ())
    assert not place_of_postcode("", "", []).is_known


@pytest.mark.django_db
def test_likely_doubles_by_number_name_and_address():
    register = OrganisationFactory(name="Ganz anders", register_number="Münster HRB 4711")
    vat = OrganisationFactory(name="Auch anders", vat_number="DE136695976")
    name = OrganisationFactory(name="Lichtwerk GmbH", postcode="10115")
    place = OrganisationFactory(name="Neue Lichtwerk Optik", postcode="48149")
    OrganisationFactory(name="Bäckerei", postcode="48149")
    OrganisationFactory(name="Lichtwerk", country="NL", dutch=True)
    found = likely_doubles(
        name="Lichtwerk",
        country="DE",
        postcode="48149",
        register_number="Münster HRB 4711",
        vat_number="DE136695976",
    )
    assert found == [vat, register, name, place]
    assert likely_doubles(name="Nie gehört", country="DE") == []
    assert Organisation.objects.count() == 6
