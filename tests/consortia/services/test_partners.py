"""The country for which a linked group counts, and reminders."""

from __future__ import annotations

from datetime import timedelta

import pytest

from consortia import services
from consortia.models import Partner
from consortia.models.consortia import REMIND_AFTER
from rocket.core.errors import Refused, RocketError
from rocket.core.models import AuditEntry
from tests.factories.consortia import (
    MOMENT,
    MembershipFactory,
    OrganisationFactory,
    PartnerFactory,
    PersonFactory,
    lead_consortium,
)

pytestmark = pytest.mark.django_db
NOW = MOMENT + timedelta(days=1)


@pytest.fixture
def linked():
    """The lead's person, and two partners that stand on both sides of the border with a person each."""
    consortium, lead = lead_consortium()
    german, dutch = MembershipFactory(), MembershipFactory(organisation=OrganisationFactory(dutch=True))
    partners = [
        PartnerFactory(consortium=consortium, organisation=one.organisation) for one in (german, dutch)
    ]
    return lead, partners, dutch.user


def chosen(partners):
    return [Partner.objects.get(pk=partner.pk).chosen_country for partner in partners]


def test_the_lead_chooses_for_the_whole_group(linked):
    lead, partners, _person = linked
    services.choose_country(partners=partners, country="NL", by=lead, now=NOW)
    assert chosen(partners) == ["NL", "NL"]
    for partner in partners:
        entry = AuditEntry.objects.about(partner).get()
        assert (entry.verb, entry.by) == ("country_chosen", lead)
        assert (entry.before, entry.after) == ({"chosen_country": ""}, {"chosen_country": "NL"})


def test_a_partner_chooses_for_itself_alone(linked):
    _lead, partners, person = linked
    services.choose_country(partners=partners, country="NL", by=person, now=NOW)
    assert chosen(partners) == ["", "NL"]


def test_choosing_the_same_again_writes_nothing(linked):
    lead, partners, _person = linked
    for _again in range(2):
        services.choose_country(partners=partners, country="DE", by=lead, now=NOW)
    assert AuditEntry.objects.filter(verb="country_chosen").count() == 2


@pytest.mark.parametrize("country", ["", "FR", "de", "XX"])
def test_only_a_country_in_which_one_of_them_works(linked, country):
    lead, partners, _person = linked
    with pytest.raises(RocketError) as refused:
        services.choose_country(partners=partners, country=country, by=lead, now=NOW)
    assert refused.value.code == "country"
    assert chosen(partners) == ["", ""]


def test_nobody_else_chooses(linked):
    _lead, partners, _person = linked
    other = MembershipFactory()
    PartnerFactory(consortium=partners[0].consortium, organisation=other.organisation)
    for by in (PersonFactory(), other.user):
        with pytest.raises(Refused):
            services.choose_country(partners=partners, country="NL", by=by, now=NOW)
    assert chosen(partners) == ["", ""]


def test_a_reminder_once_a_day(linked):
    lead, (partner, other), _person = linked
    services.note_reminder(partner=partner, by=lead, now=NOW)
    stale = Partner.objects.get(pk=partner.pk)
    for moment in (NOW, NOW + REMIND_AFTER - timedelta(microseconds=1)):
        with pytest.raises(RocketError) as refused:
            services.note_reminder(partner=stale, by=lead, now=moment)
        assert refused.value.code == "reminded"
    services.note_reminder(partner=other, by=lead, now=NOW)
    services.note_reminder(partner=partner, by=lead, now=NOW + REMIND_AFTER)
    assert AuditEntry.objects.about(partner).filter(verb="reminded").count() == 2


def test_only_the_lead_reminds(linked):
    _lead, (partner, _other), person = linked
    with pytest.raises(Refused):
        services.note_reminder(partner=partner, by=person, now=NOW)
