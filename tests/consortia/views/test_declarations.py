"""The declaration pages: rows, preview, mismatch, and what is wrong said at its place."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from consortia.declarations import accounts_due
from consortia.models import DeMinimisDeclaration, SmeDeclaration
from tests.factories.consortia import MembershipFactory, PersonFactory, SmeDeclarationFactory

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


def test_preview_needs_no_declared_class_and_declaring_does(member):
    client, organisation = member
    page = reverse("sme_declaration", args=[organisation.pk])
    undecided = {name: value for name, value in (FIGURES | HOLDER).items() if name != "declared_class"}
    response = client.post(page, undecided | {"preview": "1"})
    assert (response.status_code, response.context["computed"]) == (200, "medium")
    response = client.post(page, undecided)
    assert (response.status_code, set(response.context["form"].errors)) == (422, {"declared_class"})
    assert not SmeDeclaration.objects.exists()


def test_preview_ticks_the_class_that_the_figures_give(member):
    client, organisation = member
    page = reverse("sme_declaration", args=[organisation.pk])
    undecided = {name: value for name, value in (FIGURES | HOLDER).items() if name != "declared_class"}
    form = client.post(page, undecided | {"preview": "1"}).context["form"]
    assert form["declared_class"].value() == "medium"
    form = client.post(page, FIGURES | HOLDER | {"preview": "1", "declared_class": "small"}).context["form"]
    assert form["declared_class"].value() == "small"


def test_a_mismatch_keeps_the_way_back(member):
    client, organisation = member
    page = reverse("sme_declaration", args=[organisation.pk])
    answer = client.post(page, FIGURES | HOLDER | {"declared_class": "small", "next": "/work/"})
    assert answer["Location"] == f"{page}?next=%2Fwork%2F"
    assert client.get(answer["Location"]).context["next"] == "/work/"


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


PERSON = {
    "related-0-name": "Ina Inhaberin",
    "related-0-kind": "natural_person",
    "related-0-country": "DE",
    "related-0-direction": "holds_us",
    "related-0-capital": "60",
    "related-0-votes": "60",
    "related-0-market": "light",
    "related-0-acting_group": "family",
}


def declare(member, *parts):
    client, organisation = member
    data = {name: value for part in (FIGURES, *parts) for name, value in part.items()}
    return client.post(reverse("sme_declaration", args=[organisation.pk]), data)


def test_person_with_market_and_group_and_the_day_of_founding_are_kept_and_shown_again(member):
    more = {"founded_on": "2025-03-01", "previous_class": "small"}
    assert declare(member, PERSON, more).status_code == 302
    graph = SmeDeclaration.objects.get().enterprise
    assert (graph["relations"][0]["market"], graph["relations"][0]["acting_group"]) == ("light", "family")
    assert (graph["enterprises"][0]["founded_on"], graph["previous_class"]) == ("2025-03-01", "small")
    response = member[0].get(reverse("sme_declaration", args=[member[1].pk]))
    form, rows = response.context["form"], response.context["rows"]
    assert (form.initial["founded_on"], form.initial["previous_class"]) == ("2025-03-01", "small")
    assert (rows.initial[0]["market"], rows.initial[0]["acting_group"]) == ("light", "family")


def test_enterprises_of_one_person_in_one_market_are_linked(member):
    """The sister is held by the same person: a chain over the person's row, with the same market."""
    sister = {
        "related-TOTAL_FORMS": "2",
        "related-1-name": "Schwester GmbH",
        "related-1-kind": "enterprise",
        "related-1-country": "DE",
        "related-1-direction": "held_by_us",
        "related-1-counterpart": "0",
        "related-1-capital": "100",
        "related-1-votes": "100",
        "related-1-headcount": "300",
        "related-1-turnover": "90000000",
        "related-1-balance_sheet": "90000000",
    }
    declare(member, PERSON, sister)
    assert SmeDeclaration.objects.get().computed_class == "small", "without a market they are not"
    declare(member, PERSON, sister, {"related-1-market": "light"})
    declaration = SmeDeclaration.objects.get(superseded_at=None)
    own = f"organisation:{member[1].pk}"
    assert [(r["holder"], r["held"]) for r in declaration.enterprise["relations"]] == [
        ("name:DE ina inhaberin", own),
        ("name:DE ina inhaberin", "name:DE schwester"),
    ]
    assert declaration.computed_class == "large"


def test_chain_is_told_by_the_row_between_and_shown_again(member):
    grandparent = {
        "related-TOTAL_FORMS": "2",
        "related-1-name": "Großmutter AG",
        "related-1-kind": "enterprise",
        "related-1-country": "DE",
        "related-1-direction": "holds_us",
        "related-1-counterpart": "0",
        "related-1-capital": "80",
        "related-1-votes": "80",
        "related-1-headcount": "1000",
        "related-1-turnover": "300000000",
        "related-1-balance_sheet": "300000000",
    }
    majority = HOLDER | {"related-0-capital": "60", "related-0-votes": "60"}
    declare(member, majority, grandparent)
    declaration = SmeDeclaration.objects.get()
    holding = "DE Münster HRB 4711"
    assert [(r["holder"], r["held"]) for r in declaration.enterprise["relations"]] == [
        (holding, f"organisation:{member[1].pk}"),
        ("name:DE grossmutter", holding),
    ]
    assert declaration.computed_class == "large", "the grandparent counts in full"
    rows = member[0].get(reverse("sme_declaration", args=[member[1].pk])).context["rows"]
    assert [(row["name"], row["direction"], row.get("counterpart", "")) for row in rows.initial] == [
        ("Erfundene Holding GmbH", "holds_us", ""),
        ("Großmutter AG", "holds_us", "0"),
    ]
    assert [label for _key, label in rows.forms[1].fields["counterpart"].choices][:2] == [
        "The enterprise that declares",
        "1: Erfundene Holding GmbH",
    ]


@pytest.mark.parametrize(
    ("changes", "place", "field"),
    [
        ({"related-0-counterpart": "0"}, "rows", "counterpart"),
        ({"related-0-counterpart": "7"}, "rows", "counterpart"),
        (
            {
                "related-TOTAL_FORMS": "2",
                "related-0-counterpart": "1",
                "related-1-kind": "enterprise",
                "related-1-direction": "holds_us",
            },
            "rows",
            "counterpart",
        ),
        ({"related-0-market": "light"}, "rows", "market"),
        ({"related-0-acting_group": "family"}, "rows", "acting_group"),
        ({"founded_on": "2026-01-01"}, "form", "founded_on"),
        ({"previous_class": "huge"}, "form", "previous_class"),
        (
            {
                "founded_on": "2025-01-01",
                "previous_closed_on": "2024-12-31",
                "previous_headcount": "1",
                "previous_turnover": "1",
                "previous_balance_sheet": "1",
            },
            "form",
            "previous_closed_on",
        ),
    ],
)
def test_mistakes_of_chains_persons_and_founding_are_said_at_their_place(member, changes, place, field):
    response = declare(member, HOLDER, changes)
    assert response.status_code == 422
    form = response.context["form"] if place == "form" else response.context["rows"].forms[0]
    assert set(form.errors) == {field}
    assert not SmeDeclaration.objects.exists()


def test_members_see_every_declaration_so_far(member):
    client, organisation = member
    address = reverse("sme_declaration", args=[organisation.pk])
    assert "Declarations so far" not in client.get(address).text
    declare(member, HOLDER, {"declared_class": "small"})
    declare(member, HOLDER)
    response = client.get(address)
    assert "Declarations so far" in response.text
    assert [(one.declared_class, one.superseded_at is None) for one in response.context["earlier"]] == [
        ("medium", True),
        ("small", False),
    ]
    outsider = Client()
    outsider.force_login(PersonFactory(), backend="django.contrib.auth.backends.ModelBackend")
    assert outsider.get(address).status_code == 404


@pytest.mark.parametrize("rows", [1, 30])
def test_history_costs_the_same_however_long(member, rows, django_assert_num_queries):
    client, organisation = member
    for number in range(rows):
        SmeDeclarationFactory(
            organisation=organisation, superseded_at=None if number == 0 else timezone.now()
        )
    address = reverse("sme_declaration", args=[organisation.pk])
    client.get(address)
    with django_assert_num_queries(SME_PAGE):
        client.get(address)


SME_PAGE = 17
"""A programme that no file has loaded, as here, is read part by part each time: six of them."""


@pytest.mark.parametrize(
    ("closed_on", "now", "due"),
    [
        ("2025-12-31", "2026-12-31", None),
        ("2025-12-31", "2027-01-01", "2026-12-31"),
        ("2022-12-31", "2026-11-24", "2025-12-31"),
        ("2024-02-29", "2025-02-28", None),
        ("2024-02-29", "2025-03-01", "2025-02-28"),
        ("2026-03-31", "2026-11-24", None),
    ],
)
def test_accounts_are_due_once_a_later_year_has_closed(closed_on, now, due):
    declaration = SmeDeclarationFactory(accounts_closed_on=date.fromisoformat(closed_on))
    moment = datetime.fromisoformat(f"{now}T12:00:00+00:00")
    found = accounts_due(declaration, moment)
    assert (found.isoformat() if found else None) == due
    assert accounts_due(None, moment) is None


def test_old_accounts_are_warned_about(member):
    client, organisation = member
    SmeDeclarationFactory(organisation=organisation, accounts_closed_on=date(2020, 12, 31))
    for address in (reverse("sme_declaration", args=[organisation.pk]), organisation.get_absolute_url()):
        assert "A later accounting year ended on" in client.get(address).text
