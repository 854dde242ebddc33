"""The declaration pages: rows, preview, mismatch, and what is wrong said at its place."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from consortia.models import DeMinimisDeclaration, SmeDeclaration
from tests.factories.consortia import MembershipFactory

pytestmark = pytest.mark.django_db
FIGURES = {
    "closed_on": "2025-12-31",
    "headcount": "40",
    "turnover": "6.000.000,00",
    "balance_sheet": "4,000,000.00",
    "declared_class": "medium",
    "related-TOTAL_FORMS": "1",
    "related-INITIAL_FORMS": "0",
}
HOLDER = {
    "related-0-name": "Erfundene Holding GmbH",
    "related-0-kind": "enterprise",
    "related-0-country": "DE",
    "related-0-register_number": "Amtsgericht Münster HRB 4711",
    "related-0-direction": "holds_us",
    "related-0-capital": "30",
    "related-0-votes": "30",
    "related-0-headcount": "120",
    "related-0-turnover": "30000000",
    "related-0-balance_sheet": "20000000",
}
"""Case 4 of the worked cases: 40/6/4 and 30 % of 120/30/20 give 76/15/10, a medium-sized enterprise."""


@pytest.fixture
def member(seeded_region):
    membership = MembershipFactory()
    client = Client()
    client.force_login(membership.user, backend="django.contrib.auth.backends.ModelBackend")
    return client, membership.organisation


def test_partner_enterprise_is_added_by_its_share(member):
    client, organisation = member
    response = client.post(reverse("sme_declaration", args=[organisation.pk]), FIGURES | HOLDER)
    assert response.url == organisation.get_absolute_url()
    declaration = SmeDeclaration.objects.get()
    assert (declaration.declared_class, declaration.computed_class) == ("medium", "medium")
    assert declaration.enterprise["relations"] == [
        {
            "holder": "DE Münster HRB 4711",
            "held": f"organisation:{organisation.pk}",
            "capital": "0.3",
            "votes": "0.3",
        }
    ]


def test_stored_declaration_fills_the_form_again(member):
    client, organisation = member
    address = reverse("sme_declaration", args=[organisation.pk])
    client.post(address, FIGURES | HOLDER)
    response = client.get(address)
    form, rows = response.context["form"], response.context["rows"]
    assert form.initial["headcount"] == 40
    assert rows.initial[0]["register_number"] == "Münster HRB 4711"
    assert rows.initial[0]["capital"] == 30
    assert response.context["computed"] == "medium"


def test_preview_declares_nothing(member):
    client, organisation = member
    response = client.post(
        reverse("sme_declaration", args=[organisation.pk]), FIGURES | HOLDER | {"preview": "1"}
    )
    assert response.status_code == 200
    assert response.context["computed"] == "medium"
    assert SmeDeclaration.objects.count() == 0


def test_mismatch_is_kept_and_warned_about(member):
    client, organisation = member
    response = client.post(
        reverse("sme_declaration", args=[organisation.pk]),
        FIGURES | HOLDER | {"declared_class": "small"},
        follow=True,
    )
    declaration = SmeDeclaration.objects.get()
    assert (declaration.declared_class, declaration.computed_class) == ("small", "medium")
    assert "blocks a submission" in response.text


def test_more_rows_keep_what_was_typed_and_complain_about_nothing(member):
    client, organisation = member
    response = client.post(
        reverse("sme_declaration", args=[organisation.pk]),
        {
            **HOLDER,
            "related-TOTAL_FORMS": "1",
            "related-INITIAL_FORMS": "0",
            "add": "1",
            "headcount": "forty",
        },
    )
    assert response.status_code == 200
    assert len(response.context["rows"].forms) == 3
    assert "Erfundene Holding GmbH" in response.text
    assert 'value="forty"' in response.text
    assert "error-summary" not in response.text


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"related-0-capital": "101"}, "rows"),
        ({"related-0-capital": "0", "related-0-votes": "0"}, "rows"),
        ({"related-0-register_number": "HRB"}, "rows"),
        ({"headcount": ""}, "form"),
        ({"previous_headcount": "3"}, "form"),
        ({"closed_on": "2199-12-31"}, "form"),
    ],
)
def test_each_mistake_is_said_at_its_place(member, changes, place):
    client, organisation = member
    response = client.post(reverse("sme_declaration", args=[organisation.pk]), FIGURES | HOLDER | changes)
    assert response.status_code == 422
    assert (bool(response.context["form"].errors), any(response.context["rows"].errors)) == (
        place == "form",
        place == "rows",
    )
    assert SmeDeclaration.objects.count() == 0


AIDS = {
    "has_aid": "some",
    "aids-TOTAL_FORMS": "2",
    "aids-INITIAL_FORMS": "0",
    "aids-0-granted_on": "2025-05-01",
    "aids-0-granting_body": "Erfundene Provinz",
    "aids-0-country": "NL",
    "aids-0-regulation": "2023/2831",
    "aids-0-amount": "25.000,00",
    "aids-1-regulation": "2023/2831",
}


def test_earlier_aid_is_declared(member):
    client, organisation = member
    response = client.post(reverse("de_minimis_declaration", args=[organisation.pk]), AIDS)
    assert response.status_code == 302
    assert [str(aid.amount) for aid in DeMinimisDeclaration.objects.get().aids.all()] == ["25000.00"]


@pytest.mark.parametrize(
    "changes",
    [
        {"has_aid": "none"},
        {"has_aid": ""},
        {"aids-0-amount": "-1"},
        {"aids-0-granted_on": "2999-01-01"},
        {"aids-TOTAL_FORMS": "0"},
    ],
)
def test_contradictions_and_mistakes_are_refused(member, changes):
    client, organisation = member
    response = client.post(reverse("de_minimis_declaration", args=[organisation.pk]), AIDS | changes)
    assert response.status_code == 422
    assert DeMinimisDeclaration.objects.count() == 0


def test_none_needs_no_rows(member):
    client, organisation = member
    data = {
        "has_aid": "none",
        "aids-TOTAL_FORMS": "1",
        "aids-INITIAL_FORMS": "0",
        "aids-0-regulation": "2023/2831",
    }
    assert client.post(reverse("de_minimis_declaration", args=[organisation.pk]), data).status_code == 302
    assert DeMinimisDeclaration.objects.get().aids.count() == 0
