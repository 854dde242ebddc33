"""The form that invites a partner: what is known is chosen, and nothing is made before."""

from __future__ import annotations

import pytest

from consortia.forms import NEW, InvitePartnerForm, OrganisationForm, region_value
from consortia.models import Organisation, Partner
from rocket.core.desk import waiting_for
from tests.factories.consortia import (
    MOMENT,
    MembershipFactory,
    OrganisationFactory,
    PersonFactory,
    SmeDeclarationFactory,
    lead_consortium,
)

pytestmark = pytest.mark.django_db
DATA = {"name": "Weefwerk Twente", "email": "joris@example.nl", "role": "project"}


def test_known_organisation_has_to_be_chosen_first():
    known = OrganisationFactory(name="Weefwerk Twente B.V.", dutch=True, imported=True)
    form = InvitePartnerForm(DATA)
    assert not form.is_valid()
    assert set(form.errors) == {"chosen"}
    assert [value for value, _label in form.fields["chosen"].choices] == [str(known.pk), NEW]
    assert "source: keep.eu" in form.fields["chosen"].choices[0][1]
    consortium, lead = lead_consortium()
    form = InvitePartnerForm(DATA | {"chosen": str(known.pk)})
    assert form.is_valid()
    assert form.invite(consortium=consortium, by=lead, now=MOMENT).organisation == known


def test_organisation_that_was_not_offered_cannot_be_chosen():
    OrganisationFactory(name="Weefwerk Twente")
    other = OrganisationFactory(name="Something else")
    assert set(InvitePartnerForm(DATA | {"chosen": str(other.pk)}).errors) == {"chosen"}


@pytest.mark.parametrize("known", [True, False])
def test_new_organisation_needs_its_country_and_stays_unclaimed(known):
    if known:
        OrganisationFactory(name="Weefwerk Twente")
    data = DATA | ({"chosen": NEW} if known else {})
    assert set(InvitePartnerForm(data).errors) == {"country"}
    consortium, lead = lead_consortium()
    form = InvitePartnerForm(data | {"country": "NL"})
    assert form.is_valid()
    partner = form.invite(consortium=consortium, by=lead, now=MOMENT)
    assert (partner.organisation.country, partner.organisation.is_claimed, partner.organisation.kind) == (
        "NL",
        False,
        "",
    )


def test_refused_invitation_leaves_no_organisation_behind():
    consortium, _lead = lead_consortium()
    form = InvitePartnerForm(DATA | {"country": "NL"})
    assert form.is_valid()
    before = Organisation.objects.count()
    with pytest.raises(Exception, match="lead partner"):
        form.invite(consortium=consortium, by=PersonFactory(), now=MOMENT)
    assert (Organisation.objects.count(), Partner.objects.count()) == (before, 1)


def test_waiting_names_undeclared_enterprises_and_open_invitations():
    from django.utils import timezone

    person = PersonFactory(email="joris@example.nl")
    undeclared = MembershipFactory(user=person).organisation
    SmeDeclarationFactory(organisation=MembershipFactory(user=person).organisation)
    MembershipFactory(user=person, organisation=OrganisationFactory(kind="research"))
    consortium, lead = lead_consortium()
    form = InvitePartnerForm(DATA | {"country": "NL"})
    assert form.is_valid()
    form.invite(consortium=consortium, by=lead, now=timezone.now())
    assert [str(entry.title) for entry in waiting_for(person)] == [
        "Answer the invitation of Weefwerk Twente to a consortium",
        f"Declare the size of {undeclared.name}",
    ]
    assert waiting_for(PersonFactory()) == []


def region_after(form):
    assert form.is_valid(), form.errors
    return tuple(form.details()[name] for name in ("region_code", "region_version", "region_name"))


def test_a_region_is_chosen_once_and_keeps_the_code_that_the_organisation_has(
    seeded_region, django_assert_num_queries
):
    region, _cluster = seeded_region
    region.other_codes = {"nuts2016": "DEA3Y", "nuts2024": "DEA3X"}
    region.save()
    details = {"name": "Lichtwerk", "kind": "sme", "country": "DE", "postcode": "48149", "town": "Münster"}

    def form(value, organisation=None):
        data = None if value is None else details | {"region": value}
        return OrganisationForm(data, programme=region.programme, organisation=organisation)

    def offered(form):
        return dict(form.fields["region"].choices)["Germany"]

    with django_assert_num_queries(2):  # the countries and the regions
        assert offered(form(None)) == [("2024:DEA3X", "Münster")]
    assert region_after(form("2024:DEA3X")) == ("DEA3X", 2024, "Münster")
    known = OrganisationFactory(region_code="DEA3Y", region_version=2016)
    assert region_value(known) == "2016:DEA3Y"
    assert offered(form(None, known)) == [("2016:DEA3Y", "Münster")]
    assert region_after(form("2016:DEA3Y", known)) == ("DEA3Y", 2016, "Münster")
    # Another page of the same form may still offer another code of the place.
    assert region_after(form("2013:DEA33", known)) == ("DEA33", 2013, "Münster")
    assert set(form("2016:DEA33", known).errors) == {"region"}


def test_a_region_that_no_programme_knows_stays_a_choice_for_its_organisation(seeded_region):
    elsewhere = OrganisationFactory(region_code="DEA33", region_version=2024, region_name="Woanders")
    form = OrganisationForm(programme=seeded_region[0].programme, organisation=elsewhere)
    assert form.fields["region"].choices[-1] == ("2024:DEA33", "Woanders")
