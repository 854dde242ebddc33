"""Handing over the lead: nobody leads without wanting to, and there is one lead partner at any moment."""

from __future__ import annotations

from datetime import timedelta

import pytest

from consortia import registry, services
from consortia.enums import LeadOfferState, PartnerRole, PartnerState
from consortia.models import Consortium, LeadOffer, Partner
from rocket.core.audit import chain_is_whole
from rocket.core.errors import Refused, RocketError
from rocket.core.models import AuditEntry, OutboxMessage
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
def two():
    """A consortium, the person who leads it, a confirmed project partner and its person."""
    consortium, lead = lead_consortium()
    member = MembershipFactory(organisation=OrganisationFactory(dutch=True))
    partner = PartnerFactory(consortium=consortium, organisation=member.organisation)
    return consortium, lead, partner, member.user


def roles(consortium):
    return {p.organisation_id: p.role for p in Partner.objects.filter(consortium=consortium)}


def test_offering_changes_nothing_but_asks_by_mail(two):
    consortium, lead, partner, person = two
    before = roles(consortium)
    offer = services.offer_lead(partner=partner, by=lead, now=NOW)
    assert roles(consortium) == before
    assert offer.state == LeadOfferState.WAITING
    assert [mail.to for mail in OutboxMessage.objects.all()] == [person.email]
    entry = AuditEntry.objects.about(consortium).get(verb="lead_offered")
    assert (entry.by, entry.after) == (lead, {"offered_to": partner.organisation_id})


def test_accepting_swaps_the_two_and_tells_everybody(two):
    consortium, lead, partner, person = two
    third = PartnerFactory(consortium=consortium, organisation=MembershipFactory().organisation)
    waiting = PartnerFactory(
        consortium=consortium, organisation=MembershipFactory().organisation, invited=True
    )
    old = consortium.lead_partner
    offer = services.offer_lead(partner=partner, by=lead, now=NOW)
    OutboxMessage.objects.all().delete()
    services.accept_lead(offer=offer, by=person, now=NOW)
    assert roles(consortium) == {
        partner.organisation_id: PartnerRole.LEAD,
        old.organisation_id: PartnerRole.PROJECT,
        third.organisation_id: PartnerRole.PROJECT,
        waiting.organisation_id: PartnerRole.PROJECT,
    }
    old.refresh_from_db()
    assert old.state == PartnerState.CONFIRMED
    told = {mail.to for mail in OutboxMessage.objects.all()}
    assert told == {lead.email, person.email, third.organisation.memberships.get().user.email}
    entry = AuditEntry.objects.about(consortium).get(verb="lead_handed_over")
    assert entry.before == {"lead": old.organisation_id}
    assert entry.after == {"lead": partner.organisation_id, "offered_by": lead.pk}
    assert chain_is_whole(consortium)


def test_whoever_led_leads_no_longer(two):
    consortium, lead, partner, person = two
    services.accept_lead(offer=services.offer_lead(partner=partner, by=lead, now=NOW), by=person, now=NOW)
    with pytest.raises(Refused):
        services.offer_lead(partner=Partner.objects.get(pk=partner.pk), by=lead, now=NOW)
    fresh = Consortium.objects.get(pk=consortium.pk)
    back = fresh.partners.exclude(pk=partner.pk).get()
    assert services.offer_lead(partner=back, by=person, now=NOW).partner == back


@pytest.mark.parametrize("answer", ["decline_lead", "take_back_lead"])
def test_declined_or_taken_back_leaves_the_lead_and_tells_the_other_side(two, answer):
    consortium, lead, partner, person = two
    before = roles(consortium)
    offer = services.offer_lead(partner=partner, by=lead, now=NOW)
    OutboxMessage.objects.all().delete()
    by, told = (person, lead) if answer == "decline_lead" else (lead, person)
    getattr(services, answer)(offer=offer, by=by, now=NOW)
    assert roles(consortium) == before
    assert [mail.to for mail in OutboxMessage.objects.all()] == [told.email]
    with pytest.raises(RocketError) as refused:
        services.accept_lead(offer=LeadOffer.objects.get(pk=offer.pk), by=person, now=NOW)
    assert refused.value.code == "answered"
    assert roles(consortium) == before
    services.offer_lead(partner=partner, by=lead, now=NOW)


def test_only_the_lead_offers_and_only_the_partner_asked_answers(two):
    consortium, lead, partner, person = two
    outsider = PersonFactory()
    for by in (person, outsider):
        with pytest.raises(Refused):
            services.offer_lead(partner=partner, by=by, now=NOW)
    offer = services.offer_lead(partner=partner, by=lead, now=NOW)
    third = MembershipFactory()
    PartnerFactory(consortium=consortium, organisation=third.organisation)
    for by in (lead, outsider, third.user):
        for answer in (services.accept_lead, services.decline_lead):
            with pytest.raises(Refused):
                answer(offer=offer, by=by, now=NOW)
    with pytest.raises(Refused):
        services.take_back_lead(offer=offer, by=person, now=NOW)


def test_only_confirmed_project_partners_can_lead(two):
    consortium, lead, _partner, _person = two
    invited = PartnerFactory(consortium=consortium, invited=True)
    associated = PartnerFactory(consortium=consortium, role=PartnerRole.ASSOCIATED)
    for other in (invited, associated, consortium.lead_partner):
        with pytest.raises(RocketError) as refused:
            services.offer_lead(partner=other, by=lead, now=NOW)
        assert refused.value.code == "not_confirmed"
    assert LeadOffer.objects.count() == 0


def test_one_offer_at_a_time(two):
    consortium, lead, partner, _person = two
    services.offer_lead(partner=partner, by=lead, now=NOW)
    with pytest.raises(RocketError) as refused:
        services.offer_lead(partner=PartnerFactory(consortium=consortium), by=lead, now=NOW)
    assert refused.value.code == "offered_already"


def test_removing_the_partner_ends_the_offer(two):
    consortium, lead, partner, person = two
    offer = services.offer_lead(partner=partner, by=lead, now=NOW)
    services.remove_partner(partner=partner, by=lead, now=NOW)
    offer.refresh_from_db()
    assert offer.state == LeadOfferState.TAKEN_BACK
    with pytest.raises(RocketError):
        services.accept_lead(offer=offer, by=person, now=NOW)
    assert consortium.partners.get(role=PartnerRole.LEAD).organisation.memberships.get().user == lead


def test_a_guard_may_forbid_taking_over(two, monkeypatch):
    consortium, lead, partner, person = two
    offer = services.offer_lead(partner=partner, by=lead, now=NOW)
    before = roles(consortium)

    def guard(consortium, by, now, change):
        if change.is_done:
            raise RocketError("closed", "The proposal is submitted.")

    monkeypatch.setattr(registry, "_guards", [guard])
    with pytest.raises(RocketError, match="submitted"):
        services.accept_lead(offer=offer, by=person, now=NOW)
    offer.refresh_from_db()
    assert (roles(consortium), offer.state) == (before, LeadOfferState.WAITING)
