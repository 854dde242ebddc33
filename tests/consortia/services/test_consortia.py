"""Inviting partners, and what can go wrong with an invitation."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from consortia import registry, services
from consortia.enums import InvitationState, MembershipRole, PartnerRole, PartnerState
from consortia.models import Invitation, Membership, Partner
from consortia.services import InvitationRefused
from consortia.services.consortia import INVITATION_LIFE, hash_of
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


def invite(consortium, by, email="mia@example.nl", **values):
    organisation = values.pop("organisation", None) or OrganisationFactory(dutch=True, imported=True)
    return services.invite_partner(
        consortium=consortium,
        organisation=organisation,
        email=email,
        role="project",
        by=by,
        now=NOW,
        **values,
    )


def test_create_consortium_confirms_its_lead_partner():
    membership = MembershipFactory()
    consortium = services.create_consortium(organisation=membership.organisation, by=membership.user, now=NOW)
    lead = consortium.lead_partner
    assert (lead.organisation, lead.role, lead.state, lead.confirmed_by, lead.confirmed_at) == (
        membership.organisation,
        PartnerRole.LEAD,
        PartnerState.CONFIRMED,
        membership.user,
        NOW,
    )
    assert chain_is_whole(consortium)


def test_create_consortium_is_refused_to_an_outsider():
    with pytest.raises(Refused):
        services.create_consortium(organisation=OrganisationFactory(), by=PersonFactory(), now=NOW)


def test_invitation_keeps_only_the_hash_of_its_token_and_mails_the_token():
    consortium, lead = lead_consortium()
    invitation = invite(consortium, lead)
    stored = Invitation.objects.get()
    message = OutboxMessage.objects.get()
    (token,) = re.findall(r"/invitations/([\w-]+)/", message.text)
    assert token == invitation.token
    assert stored.token_sha256 == hash_of(token)
    assert stored.token == ""
    assert stored.expires_at == NOW + INVITATION_LIFE
    assert (message.to, message.language) == ("mia@example.nl", "nl")
    assert token in message.html
    assert stored.partner.state == PartnerState.INVITED


def test_known_addressee_is_written_to_in_the_own_language():
    PersonFactory(email="mia@example.nl", language="de")
    consortium, lead = lead_consortium()
    assert invite(consortium, lead, email="Mia@Example.NL").language == "de"


def test_confirming_for_an_unclaimed_organisation_makes_its_owner():
    consortium, lead = lead_consortium()
    invitation = invite(consortium, lead)
    mia = PersonFactory(email="mia@example.nl")
    partner = services.confirm_partner(token=invitation.token, by=mia, now=NOW)
    partner.refresh_from_db()
    assert (partner.state, partner.confirmed_by, partner.confirmed_at) == (PartnerState.CONFIRMED, mia, NOW)
    membership = Membership.objects.get(user=mia)
    assert (membership.organisation, membership.role) == (partner.organisation, MembershipRole.OWNER)
    assert partner.organisation.is_claimed
    assert [message.to for message in OutboxMessage.objects.order_by("pk")] == ["mia@example.nl", lead.email]
    assert list(AuditEntry.objects.about(partner).order_by("sequence").values_list("verb", flat=True)) == [
        "invited",
        "confirmed",
    ]


def test_invitation_works_once():
    consortium, lead = lead_consortium()
    invitation = invite(consortium, lead)
    mia = PersonFactory(email="mia@example.nl")
    services.confirm_partner(token=invitation.token, by=mia, now=NOW)
    for answer in (services.confirm_partner, services.decline_partner):
        with pytest.raises(InvitationRefused) as refused:
            answer(token=invitation.token, by=mia, now=NOW)
        assert refused.value.code == "accepted"
    assert Partner.objects.get(pk=invitation.partner_id).state == PartnerState.CONFIRMED


def test_stale_copy_of_an_answered_invitation_answers_nothing():
    """Two answers at once: the second one read the invitation before the first was written."""
    consortium, lead = lead_consortium()
    invitation = invite(consortium, lead)
    mia = PersonFactory(email="mia@example.nl")
    copy = services.find_invitation(invitation.token)
    services.decline_partner(token=invitation.token, by=mia, now=NOW)
    with pytest.raises(InvitationRefused):
        services.confirm_partner(invitation=copy, by=mia, now=NOW)
    assert Partner.objects.get(pk=invitation.partner_id).state == PartnerState.DECLINED


def test_invitation_expires_on_its_last_instant():
    consortium, lead = lead_consortium()
    invitation = invite(consortium, lead)
    mia = PersonFactory(email="mia@example.nl")
    moment = invitation.expires_at
    assert invitation.state_at(moment - timedelta(microseconds=1)) is InvitationState.OPEN
    with pytest.raises(InvitationRefused) as refused:
        services.confirm_partner(token=invitation.token, by=mia, now=moment)
    assert refused.value.code == "expired"
    services.confirm_partner(token=invitation.token, by=mia, now=moment - timedelta(microseconds=1))


@pytest.mark.parametrize("verified", [True, False])
def test_other_address_cannot_answer(verified):
    """Neither another mailbox, nor the invited one as long as it is not verified."""
    consortium, lead = lead_consortium()
    invitation = invite(consortium, lead)
    email = "somebody@example.org" if verified else "mia@example.nl"
    other = PersonFactory(email=email, verified=verified)
    with pytest.raises(InvitationRefused) as refused:
        services.confirm_partner(token=invitation.token, by=other, now=NOW)
    assert refused.value.code == "other_address"
    assert Membership.objects.filter(user=other).count() == 0


def test_wrong_token_opens_nothing():
    consortium, lead = lead_consortium()
    invitation = invite(consortium, lead)
    for token in ("", "x", invitation.token[:-1], invitation.token_sha256):
        with pytest.raises(InvitationRefused) as refused:
            services.find_invitation(token)
        assert refused.value.code == "unknown"


def test_resending_ends_the_old_token():
    consortium, lead = lead_consortium()
    old = invite(consortium, lead)
    new = services.resend_invitation(partner=old.partner, by=lead, now=NOW + timedelta(days=20))
    mia = PersonFactory(email="mia@example.nl")
    with pytest.raises(InvitationRefused) as refused:
        services.confirm_partner(token=old.token, by=mia, now=NOW)
    assert refused.value.code == "replaced"
    services.confirm_partner(token=new.token, by=mia, now=NOW + timedelta(days=33))


def test_claimed_organisation_is_confirmed_by_its_own_people_only():
    consortium, lead = lead_consortium()
    membership = MembershipFactory(organisation=OrganisationFactory(dutch=True))
    mia = PersonFactory(email="mia@example.nl")
    invitation = invite(consortium, lead, organisation=membership.organisation)
    with pytest.raises(InvitationRefused) as refused:
        services.confirm_partner(token=invitation.token, by=mia, now=NOW)
    assert refused.value.code == "not_member"
    invitation.refresh_from_db()
    assert invitation.accepted_at is None, "a refused answer must not use the invitation up"
    services.resend_invitation(partner=invitation.partner, email=membership.user.email, by=lead, now=NOW)


def test_only_people_of_the_lead_partner_invite_and_remove():
    consortium, lead = lead_consortium()
    invitation = invite(consortium, lead)
    colleague = PartnerFactory(consortium=consortium)
    other_member = MembershipFactory(organisation=colleague.organisation).user
    for person in (PersonFactory(), other_member):
        with pytest.raises(Refused):
            invite(consortium, person)
        with pytest.raises(Refused):
            services.resend_invitation(partner=invitation.partner, by=person, now=NOW)
        with pytest.raises(Refused):
            services.remove_partner(partner=invitation.partner, by=person, now=NOW)


def test_removed_partner_cannot_accept_and_can_be_asked_again():
    consortium, lead = lead_consortium()
    invitation = invite(consortium, lead)
    services.remove_partner(partner=invitation.partner, by=lead, now=NOW)
    mia = PersonFactory(email="mia@example.nl")
    with pytest.raises(InvitationRefused):
        services.confirm_partner(token=invitation.token, by=mia, now=NOW)
    again = invite(consortium, lead, organisation=invitation.partner.organisation)
    assert again.partner_id == invitation.partner_id
    assert services.confirm_partner(token=again.token, by=mia, now=NOW).state == PartnerState.CONFIRMED


def test_lead_partner_cannot_be_removed_and_there_is_no_second():
    consortium, lead = lead_consortium()
    with pytest.raises(RocketError, match="can't be removed"):
        services.remove_partner(partner=consortium.lead_partner, by=lead, now=NOW)
    with pytest.raises(RocketError, match="exactly one lead partner"):
        services.invite_partner(
            consortium=consortium,
            organisation=OrganisationFactory(),
            email="a@b.nl",
            role="lead",
            by=lead,
            now=NOW,
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        PartnerFactory(consortium=consortium, lead=True)


def test_organisation_takes_part_once():
    consortium, lead = lead_consortium()
    invitation = invite(consortium, lead)
    with pytest.raises(RocketError, match="partner of this consortium already"):
        invite(consortium, lead, organisation=invitation.partner.organisation)


def test_guard_sees_each_change_before_and_after_and_may_forbid_it(monkeypatch):
    seen = []

    def guard(consortium, by, now, change):
        seen.append((change.verb, change.is_done))
        if change.verb == "removed" and change.is_done:
            raise RocketError("closed", "The proposal is submitted.")

    monkeypatch.setattr(registry, "_guards", [guard])
    consortium, lead = lead_consortium()
    invitation = invite(consortium, lead)
    services.confirm_partner(token=invitation.token, by=PersonFactory(email="mia@example.nl"), now=NOW)
    with pytest.raises(RocketError, match="submitted"):
        services.remove_partner(partner=invitation.partner, by=lead, now=NOW)
    assert seen == [
        ("invited", False),
        ("invited", True),
        ("confirmed", False),
        ("confirmed", True),
        ("removed", False),
        ("removed", True),
    ]
    assert Partner.objects.get(pk=invitation.partner_id).state == PartnerState.CONFIRMED
