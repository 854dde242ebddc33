"""Finding, claiming, registering and editing organisations through the pages."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from consortia.models import Consultant, JoinRequest, Organisation
from rocket.accounts.roles import Role
from rocket.accounts.services import grant_role
from tests.factories.consortia import (
    MOMENT,
    MembershipFactory,
    OrganisationFactory,
    PersonFactory,
    SmeDeclarationFactory,
)

pytestmark = pytest.mark.django_db
DETAILS = {
    "name": "Nieuw Licht B.V.",
    "kind": "sme",
    "country": "NL",
    "region": "outside",
    "postcode": "7511 AA",
    "town": "Enschede",
    "register_number": "01234567",
}


def signed_in(person):
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_search_shows_likely_doubles_before_anything_is_made():
    OrganisationFactory(name="Müller Optik GmbH", imported=True)
    claimed = OrganisationFactory(name="Mueller Optik")
    response = signed_in(PersonFactory()).get(reverse("register_organisation"), {"q": "MULLER optik"})
    assert [organisation.name for organisation, _own, _asked in response.context["found"]] == [
        "Müller Optik GmbH",
        "Mueller Optik",
    ]
    assert response.text.count("Claim it") == 1
    assert "Source:" in response.text
    assert f"/organisations/{claimed.pk}/claim/" not in response.text


def test_claiming_by_post_leads_to_the_details_and_a_look_claims_nothing():
    organisation = OrganisationFactory(imported=True)
    client = signed_in(PersonFactory())
    address = reverse("claim_organisation", args=[organisation.pk])
    assert client.get(address).status_code == 405
    assert client.post(address).url == reverse("edit_organisation", args=[organisation.pk])
    assert client.post(address).url == reverse("register_organisation")
    assert organisation.memberships.count() == 1


def test_registering_keeps_what_was_typed_and_says_what_is_wrong():
    client = signed_in(PersonFactory())
    response = client.post(
        reverse("register_organisation_details"), DETAILS | {"register_number": "123", "vat_number": "NL1"}
    )
    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"register_number", "vat_number"}
    assert "Nieuw Licht B.V." in response.text
    assert Organisation.objects.count() == 0
    response = client.post(reverse("register_organisation_details"), DETAILS)
    organisation = Organisation.objects.get()
    assert response.url == organisation.get_absolute_url()
    assert (organisation.outside_area, organisation.region_code) == (True, "")


def test_same_name_has_to_be_ruled_out():
    OrganisationFactory(name="Nieuw Licht", country="NL", imported=True)
    client = signed_in(PersonFactory())
    response = client.post(reverse("register_organisation_details"), DETAILS)
    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"is_new"}
    assert 'name="is_new"' in response.text
    assert (
        client.post(reverse("register_organisation_details"), DETAILS | {"is_new": "on"}).status_code == 302
    )


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_return_address_never_leaves_the_portal(target):
    client = signed_in(PersonFactory())
    response = client.post(reverse("register_organisation_details"), DETAILS | {"next": target})
    assert response.url == Organisation.objects.get().get_absolute_url()


def test_concurrent_edit_keeps_both():
    membership = MembershipFactory(organisation=OrganisationFactory(dutch=True))
    client = signed_in(membership.user)
    address = reverse("edit_organisation", args=[membership.organisation.pk])
    assert client.post(address, DETAILS | {"seen_version": 1, "offers": "First"}).status_code == 302
    response = client.post(address, DETAILS | {"seen_version": 1, "offers": "Second"})
    assert response.status_code == 409
    assert "First" in response.text
    assert "Second" in response.text
    assert Organisation.objects.get().offers == "First"
    assert client.post(address, DETAILS | {"seen_version": 2, "offers": "Second"}).status_code == 302


def test_who_sees_an_organisation(seeded_region):
    organisation = OrganisationFactory()
    _region, cluster = seeded_region
    member, outsider, consultant, manager = (PersonFactory() for _ in range(4))
    MembershipFactory(user=member, organisation=organisation)
    Consultant.objects.create(user=consultant, cluster=cluster)
    grant_role(user=consultant, role=Role.CONSULTANT, programme_code="p", by=None, now=MOMENT)
    grant_role(user=manager, role=Role.MANAGER, programme_code="p", by=None, now=MOMENT)
    found = {
        name: [
            signed_in(person).get(reverse(page, args=[organisation.pk])).status_code
            for page in ("organisation", "edit_organisation", "sme_declaration", "de_minimis_declaration")
        ]
        for name, person in (
            ("member", member),
            ("outsider", outsider),
            ("consultant", consultant),
            ("manager", manager),
        )
    }
    assert found == {
        "member": [200, 200, 200, 200],
        "outsider": [404, 404, 404, 404],
        "consultant": [200, 403, 403, 403],
        "manager": [200, 403, 403, 403],
    }
    organisation.region_version = 2021
    organisation.save()
    assert signed_in(consultant).get(organisation.get_absolute_url()).status_code == 404, (
        "another NUTS version"
    )


def test_visible_rows_are_those_that_the_table_lets_view(seeded_region):
    from rocket.core.permissions import may, visible

    _region, cluster = seeded_region
    organisations = [
        OrganisationFactory(),
        OrganisationFactory(dutch=True),
        OrganisationFactory(imported=True),
    ]
    consultant = PersonFactory()
    Consultant.objects.create(user=consultant, cluster=cluster)
    grant_role(user=consultant, role=Role.CONSULTANT, programme_code="p", by=None, now=MOMENT)
    people = [MembershipFactory(organisation=organisations[1]).user, consultant, PersonFactory()]
    for person in people:
        rows = set(visible(person, Organisation))
        assert {organisation for organisation in organisations if may(person, "view", organisation)} == rows


@pytest.mark.parametrize("rows", [1, 3])
def test_my_organisations_cost_the_same_however_many(rows, django_assert_num_queries):
    person = PersonFactory()
    for _ in range(rows):
        organisation = MembershipFactory(user=person).organisation
        SmeDeclarationFactory(organisation=organisation)
        JoinRequest.objects.create(organisation=OrganisationFactory(), user=person, asked_at=MOMENT)
    client = signed_in(person)
    client.get(reverse("my_organisations"))
    with django_assert_num_queries(MY_ORGANISATIONS):
        client.get(reverse("my_organisations"))


MY_ORGANISATIONS = 8


@pytest.mark.parametrize("rows", [1, 3])
def test_search_costs_the_same_however_many(rows, django_assert_num_queries):
    for number in range(rows):
        OrganisationFactory(name=f"Werkplaats {number}", imported=True)
    client = signed_in(PersonFactory())
    client.get(reverse("register_organisation"))
    with django_assert_num_queries(SEARCH):
        client.get(reverse("register_organisation"), {"q": "werkplaats"})


SEARCH = 7
