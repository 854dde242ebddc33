"""Who acts for an organisation: letters to colleagues, requests to join, handing over and leaving."""

from __future__ import annotations

from datetime import timedelta

import pytest

from consortia import services
from consortia.enums import InvitationState, JoinState, MembershipRole
from consortia.models import ColleagueInvitation, JoinRequest, Membership
from consortia.services.people import ASK_AGAIN_AFTER, LETTERS_A_DAY, REQUESTS_A_DAY
from rocket.core.errors import Refused, RocketError
from rocket.core.models import AuditEntry, OutboxMessage
from tests.factories.consortia import MOMENT, MembershipFactory, OrganisationFactory, PersonFactory

pytestmark = pytest.mark.django_db
NOW = MOMENT + timedelta(days=1)


@pytest.fixture
def owned():
    membership = MembershipFactory()
    return membership.organisation, membership.user


def invite(owned, email="jan@example.org", now=NOW):
    organisation, owner = owned
    return services.invite_colleague(organisation=organisation, email=email, by=owner, now=now)


def member_of(organisation):
    return MembershipFactory(organisation=organisation, role=MembershipRole.MEMBER)


def mails():
    return [(mail.to, mail.subject) for mail in OutboxMessage.objects.order_by("pk")]


def test_letter_is_the_same_whether_the_address_has_an_account(owned):
    PersonFactory(email="known@example.org")
    PersonFactory(email="unproved@example.org", verified=False)
    for email in ("Known@example.org", "unproved@example.org", "nobody@example.org"):
        assert invite(owned, email).email == email.lower()
    assert OutboxMessage.objects.count() == 3
    assert owned[0].memberships.count() == 1


def test_token_is_in_the_mail_and_nowhere_else(owned):
    letter = invite(owned)
    mail = OutboxMessage.objects.get()
    assert f"/colleagues/{letter.token}/" in mail.text
    assert letter.token not in str(ColleagueInvitation.objects.values().get())
    assert letter.token not in str([(entry.before, entry.after) for entry in AuditEntry.objects.all()])


def test_new_account_accepts_and_becomes_a_member(owned):
    letter = invite(owned)
    jan = PersonFactory(email="jan@example.org")
    membership = services.join_by_invitation(
        invitation=services.find_colleague_invitation(letter.token), by=jan, now=NOW
    )
    assert (membership.organisation, membership.role) == (owned[0], MembershipRole.MEMBER)
    assert AuditEntry.objects.about(owned[0]).filter(verb="member_joined").get().after == {"user": jan.pk}


def test_token_works_once(owned):
    letter = invite(owned)
    jan = PersonFactory(email="jan@example.org")
    stale = services.find_colleague_invitation(letter.token)
    services.join_by_invitation(invitation=letter, by=jan, now=NOW)
    Membership.objects.filter(user=jan).delete()
    for one in (stale, services.find_colleague_invitation(letter.token)):
        with pytest.raises(services.InvitationRefused, match="works once"):
            services.join_by_invitation(invitation=one, by=jan, now=NOW)
    assert not Membership.objects.filter(user=jan).exists()


@pytest.mark.parametrize("verified", [True, False])
def test_other_or_unproved_address_is_refused(owned, verified):
    letter = invite(owned)
    other = (
        PersonFactory(email="eve@example.org")
        if verified
        else PersonFactory(email="jan@example.org", verified=False)
    )
    for answer in (services.join_by_invitation, services.decline_colleague_invitation):
        with pytest.raises(services.InvitationRefused) as refused:
            answer(invitation=letter, by=other, now=NOW)
        assert refused.value.code == "other_address"
    letter.refresh_from_db()
    assert letter.state_at(NOW) is InvitationState.OPEN
    assert owned[0].memberships.count() == 1


def test_letter_expires_on_its_last_instant(owned):
    letter = invite(owned)
    jan = PersonFactory(email="jan@example.org")
    with pytest.raises(services.InvitationRefused, match="expired"):
        services.join_by_invitation(invitation=letter, by=jan, now=letter.expires_at)
    services.join_by_invitation(invitation=letter, by=jan, now=letter.expires_at - timedelta(microseconds=1))


def test_new_letter_and_taking_back_end_the_old_one(owned):
    first = invite(owned)
    second = invite(owned)
    jan = PersonFactory(email="jan@example.org")
    first.refresh_from_db()
    assert first.state_at(NOW) is InvitationState.REPLACED
    services.take_back_invitation(invitation=second, by=owned[1], now=NOW)
    for letter in (first, ColleagueInvitation.objects.get(pk=second.pk)):
        with pytest.raises(services.InvitationRefused, match="does not hold"):
            services.join_by_invitation(invitation=letter, by=jan, now=NOW)


def test_declined_letter_lets_nobody_in(owned):
    letter = invite(owned)
    jan = PersonFactory(email="jan@example.org")
    services.decline_colleague_invitation(invitation=letter, by=jan, now=NOW)
    letter.refresh_from_db()
    with pytest.raises(services.InvitationRefused, match="declined"):
        services.join_by_invitation(invitation=letter, by=jan, now=NOW)


def test_unknown_token_opens_nothing():
    with pytest.raises(services.InvitationRefused, match="opens no invitation"):
        services.find_colleague_invitation("guessed")


def test_letters_are_limited_for_a_day(owned):
    for number in range(LETTERS_A_DAY):
        invite(owned, f"a{number}@example.org")
    with pytest.raises(RocketError) as refused:
        invite(owned, "one-more@example.org")
    assert refused.value.code == "too_many"
    invite(owned, "one-more@example.org", now=NOW + timedelta(days=1))


def test_own_people_are_not_invited_again(owned):
    with pytest.raises(RocketError, match="already"):
        invite(owned, owned[1].email.upper())


def test_only_an_owner_invites_removes_hands_over_and_answers(owned):
    organisation, _owner = owned
    member, other = member_of(organisation), member_of(organisation)
    request = services.ask_to_join(organisation=organisation, by=PersonFactory(), now=NOW)
    letter = invite(owned)
    for by in (member.user, PersonFactory()):
        for act in (
            lambda by: services.invite_colleague(
                organisation=organisation, email="x@example.org", by=by, now=NOW
            ),
            lambda by: services.take_back_invitation(invitation=letter, by=by, now=NOW),
            lambda by: services.remove_member(membership=other, by=by, now=NOW),
            lambda by: services.hand_over(membership=other, by=by, now=NOW),
            lambda by: services.answer_request(request=request, granted=True, by=by, now=NOW),
        ):
            with pytest.raises(Refused):
                act(by)
    assert organisation.memberships.count() == 3


def test_removed_member_is_out_and_told(owned):
    organisation, owner = owned
    member = member_of(organisation)
    services.remove_member(membership=member, by=owner, now=NOW)
    assert list(organisation.memberships.values_list("user", flat=True)) == [owner.pk]
    assert mails() == [(member.user.email, f"You act for {organisation.name} no longer")]


def test_owner_is_not_removed(owned):
    organisation, owner = owned
    second = MembershipFactory(organisation=organisation)
    for membership in (second, organisation.memberships.get(user=owner)):
        with pytest.raises(RocketError, match="hands over"):
            services.remove_member(membership=membership, by=owner, now=NOW)


def test_handing_over_swaps_the_roles_and_a_former_owner_lets_nobody_in_after_leaving(owned):
    organisation, owner = owned
    member = member_of(organisation)
    letter = invite(owned, "second-address@example.org")
    services.hand_over(membership=member, by=owner, now=NOW)
    assert dict(organisation.memberships.values_list("user", "role")) == {
        owner.pk: "member",
        member.user_id: "owner",
    }
    with pytest.raises(Refused):
        services.hand_over(membership=organisation.memberships.get(user=owner), by=owner, now=NOW)
    services.leave(organisation=organisation, by=owner, now=NOW)
    letter.refresh_from_db()
    assert letter.state_at(NOW) is InvitationState.REPLACED
    assert (member.user.email, f"You own {organisation.name} in the portal now") in mails()


def test_last_owner_never_leaves(owned):
    organisation, owner = owned
    member = member_of(organisation)
    with pytest.raises(RocketError, match="only owner"):
        services.leave(organisation=organisation, by=owner, now=NOW)
    services.leave(organisation=organisation, by=member.user, now=NOW)
    assert list(organisation.memberships.values_list("user", "role")) == [(owner.pk, "owner")]
    MembershipFactory(organisation=organisation)
    services.leave(organisation=organisation, by=owner, now=NOW)
    assert organisation.memberships.filter(role=MembershipRole.OWNER).count() == 1


def test_request_reaches_every_owner_and_no_member(owned):
    organisation, owner = owned
    member_of(organisation)
    jan = PersonFactory(name="Jan Jansen")
    services.ask_to_join(organisation=organisation, by=jan, now=NOW)
    assert mails() == [(owner.email, f"Jan Jansen asks to act for {organisation.name}")]


def test_asking_twice_and_asking_for_an_own_or_unclaimed_one(owned):
    organisation, owner = owned
    jan = PersonFactory()
    services.ask_to_join(organisation=organisation, by=jan, now=NOW)
    with pytest.raises(RocketError, match="already"):
        services.ask_to_join(organisation=organisation, by=jan, now=NOW)
    for one, by in ((organisation, owner), (OrganisationFactory(imported=True), jan)):
        with pytest.raises(Refused):
            services.ask_to_join(organisation=one, by=by, now=NOW)
    assert JoinRequest.objects.count() == 1


def test_requests_are_limited_for_a_day():
    jan = PersonFactory()
    for _ in range(REQUESTS_A_DAY):
        services.ask_to_join(organisation=OrganisationFactory(), by=jan, now=NOW)
    with pytest.raises(RocketError) as refused:
        services.ask_to_join(organisation=OrganisationFactory(), by=jan, now=NOW)
    assert refused.value.code == "too_many"
    services.ask_to_join(organisation=OrganisationFactory(), by=jan, now=NOW + timedelta(days=1))


def test_declined_request_waits_before_it_is_repeated(owned):
    organisation, owner = owned
    jan = PersonFactory()
    request = services.ask_to_join(organisation=organisation, by=jan, now=NOW)
    services.answer_request(request=request, granted=False, by=owner, now=NOW)
    with pytest.raises(RocketError, match="30 days"):
        services.ask_to_join(
            organisation=organisation, by=jan, now=NOW + ASK_AGAIN_AFTER - timedelta(seconds=1)
        )
    services.ask_to_join(organisation=organisation, by=jan, now=NOW + ASK_AGAIN_AFTER)


@pytest.mark.parametrize("granted", [True, False])
def test_answer_is_given_once_and_names_nobody(owned, granted):
    organisation, owner = owned
    jan = PersonFactory()
    request = services.ask_to_join(organisation=organisation, by=jan, now=NOW)
    stale = JoinRequest.objects.get(pk=request.pk)
    services.answer_request(request=request, granted=granted, by=owner, now=NOW)
    with pytest.raises(RocketError, match="answered already"):
        services.answer_request(request=stale, granted=not granted, by=owner, now=NOW)
    assert request.state == (JoinState.GRANTED if granted else JoinState.DECLINED)
    assert organisation.memberships.filter(user=jan).exists() == granted
    mail = OutboxMessage.objects.get(to=jan.email)
    for secret in (owner.name, owner.email):
        assert secret not in mail.text + mail.html + mail.subject


def test_letter_settles_a_request_that_waits(owned):
    organisation, _owner = owned
    jan = PersonFactory(email="jan@example.org")
    request = services.ask_to_join(organisation=organisation, by=jan, now=NOW)
    services.join_by_invitation(invitation=invite(owned), by=jan, now=NOW)
    request.refresh_from_db()
    assert request.state == JoinState.GRANTED
