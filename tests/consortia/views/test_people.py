"""The pages about people: nothing happens on a look, outsiders learn nothing, misuse gets its own page."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from consortia import services
from consortia.enums import MembershipRole
from consortia.models import ColleagueInvitation, JoinRequest, Membership
from rocket.core.desk import waiting_for
from rocket.core.models import AuditEntry
from tests.factories.consortia import MembershipFactory, OrganisationFactory, PersonFactory

pytestmark = pytest.mark.django_db


def signed_in(person):
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def owned(seeded_countries):
    membership = MembershipFactory(user=PersonFactory(name="Olga Owner"))
    return membership.organisation, membership.user


def letter_to(owned, email="jan@example.org", now=None):
    return services.invite_colleague(
        organisation=owned[0], email=email, by=owned[1], now=now or timezone.now()
    )


def test_a_scanner_that_opens_every_link_accepts_nothing(owned):
    letter = letter_to(owned)
    entries = AuditEntry.objects.count()
    for client in (Client(), signed_in(PersonFactory(email="jan@example.org"))):
        for name in ("colleague_invitation", "answer_colleague_invitation"):
            for method in (client.get, client.head):
                assert method(reverse(name, args=[letter.token])).status_code in (200, 302)
    assert (owned[0].memberships.count(), AuditEntry.objects.count()) == (1, entries)


def test_signed_out_people_are_led_to_an_account_and_back(owned):
    letter = letter_to(owned)
    page = reverse("colleague_invitation", args=[letter.token])
    response = Client().get(page)
    assert response.status_code == 200
    assert f"{reverse('account_signup')}?next={page}" in response.text
    assert (response["Cache-Control"], response["Referrer-Policy"]) == ("no-store", "same-origin")


def test_accepting_twice_by_another_address_and_too_late(owned):
    letter = letter_to(owned)
    address = reverse("answer_colleague_invitation", args=[letter.token])
    other = signed_in(PersonFactory(email="eve@example.org"))
    assert other.post(address, {"answer": "accept"}).status_code == 403
    jan = signed_in(PersonFactory(email="jan@example.org"))
    assert jan.post(address, {"answer": "nonsense"}).url == reverse(
        "colleague_invitation", args=[letter.token]
    )
    assert jan.post(address, {"answer": "accept"}).url == owned[0].get_absolute_url()
    response = jan.post(address, {"answer": "accept"})
    assert "works once" in response.text
    assert 'value="accept"' not in response.text
    late = letter_to(owned, "late@example.org", now=timezone.now() - timedelta(days=15))
    response = signed_in(PersonFactory(email="late@example.org")).post(
        reverse("answer_colleague_invitation", args=[late.token]), {"answer": "accept"}
    )
    assert (response.status_code, "expired" in response.text) == (410, True)
    assert Client().get(reverse("colleague_invitation", args=["guessed"])).status_code == 404
    assert owned[0].memberships.count() == 2


def test_own_letter_needs_no_token_but_the_proved_mailbox(owned):
    letter = letter_to(owned)
    jan = PersonFactory(email="jan@example.org")
    assert [str(entry.title) for entry in waiting_for(jan)] == [
        f"Answer the invitation to act for {owned[0].name}"
    ]
    pages = [reverse(f"{name}own_colleague_invitation", args=[letter.pk]) for name in ("", "answer_")]
    eve = signed_in(PersonFactory())
    assert [eve.get(pages[0]).status_code, eve.post(pages[1], {"answer": "accept"}).status_code] == [404, 404]
    client = signed_in(jan)
    assert client.get(pages[0]).status_code == 200
    assert client.post(pages[1], {"answer": "decline"}).url == reverse("my_organisations")
    assert list(waiting_for(jan)) == []


def test_inviting_says_the_same_for_known_and_unknown_addresses(owned):
    PersonFactory(email="known@example.org")
    client = signed_in(owned[1])
    said = []
    for email in ("known@example.org", "nobody@example.org"):
        response = client.post(reverse("invite_colleague", args=[owned[0].pk]), {"email": email}, follow=True)
        said.append([str(message).replace(email, "…") for message in response.context["messages"]])
    assert said == [["The invitation went to …."]] * 2
    response = client.post(reverse("invite_colleague", args=[owned[0].pk]), {"email": "no address"})
    assert response.status_code == 422
    assert ColleagueInvitation.objects.count() == 2


def test_asking_from_the_search_page_tells_nothing_of_the_people(owned):
    organisation, owner = owned
    jan = PersonFactory(name="Jan Jansen")
    client = signed_in(jan)
    search = reverse("register_organisation") + f"?q={organisation.name}"
    page = client.get(search)
    assert page.text.count(reverse("ask_to_join", args=[organisation.pk])) == 1
    assert client.get(reverse("ask_to_join", args=[organisation.pk])).status_code == 405
    for _ in range(2):
        answered = client.post(reverse("ask_to_join", args=[organisation.pk]), follow=True)
        for text in (page.text, answered.text, client.get(search).text):
            assert owner.name not in text
            assert owner.email not in text
    assert "You have asked to join it" in client.get(search).text
    assert "Its owner has your request" in client.get(reverse("my_organisations")).text
    assert JoinRequest.objects.count() == 1
    assert client.get(organisation.get_absolute_url()).status_code == 404


def test_owner_sees_the_request_and_answers_with_one_press(owned):
    organisation, owner = owned
    jan = PersonFactory(name="Jan Jansen")
    request = services.ask_to_join(organisation=organisation, by=jan, now=timezone.now())
    title = f"Answer the request of Jan Jansen to act for {organisation.name}"
    entry = next(entry for entry in waiting_for(owner) if str(entry.title) == title)
    assert entry.url == organisation.get_absolute_url() + "#requests"
    client = signed_in(owner)
    address = reverse("answer_join_request", args=[request.pk])
    assert address in client.get(organisation.get_absolute_url()).text
    client.post(address, {"answer": "nonsense"})
    assert not Membership.objects.filter(user=jan).exists()
    assert client.post(address, {"answer": "grant"}).status_code == 302
    assert Membership.objects.get(user=jan).role == MembershipRole.MEMBER
    answered = client.post(address, {"answer": "decline"}, follow=True)
    assert "answered already" in answered.text
    assert title not in [str(one.title) for one in waiting_for(owner)]


def test_member_sees_the_people_but_changes_none(owned):
    organisation, owner = owned
    member = MembershipFactory(organisation=organisation, role=MembershipRole.MEMBER)
    other = MembershipFactory(organisation=organisation, role=MembershipRole.MEMBER)
    request = services.ask_to_join(organisation=organisation, by=PersonFactory(), now=timezone.now())
    letter = letter_to(owned)
    client = signed_in(member.user)
    page = client.get(organisation.get_absolute_url())
    assert owner.name in page.text
    for hidden in ("jan@example.org", request.user.email, "Hand over", "Send the invitation"):
        assert hidden not in page.text
    found = {
        name: client.post(reverse(name, args=[pk]), {"answer": "grant"}).status_code
        for name, pk in (
            ("invite_colleague", organisation.pk),
            ("remove_member", other.pk),
            ("hand_over_organisation", other.pk),
            ("answer_join_request", request.pk),
            ("take_back_colleague_invitation", letter.pk),
        )
    }
    assert found == {
        "invite_colleague": 403,
        "remove_member": 403,
        "hand_over_organisation": 403,
        "answer_join_request": 404,
        "take_back_colleague_invitation": 404,
    }
    assert client.post(reverse("leave_organisation", args=[organisation.pk])).url == reverse(
        "my_organisations"
    )
    assert client.get(organisation.get_absolute_url()).status_code == 404


def test_owner_removes_hands_over_and_then_leaves(owned):
    organisation, owner = owned
    first, second = (
        MembershipFactory(organisation=organisation, role=MembershipRole.MEMBER) for _ in range(2)
    )
    client = signed_in(owner)
    response = client.post(reverse("leave_organisation", args=[organisation.pk]), follow=True)
    assert "only owner" in response.text
    client.post(reverse("remove_member", args=[first.pk]))
    client.post(reverse("hand_over_organisation", args=[second.pk]))
    assert client.post(reverse("leave_organisation", args=[organisation.pk])).url == reverse(
        "my_organisations"
    )
    assert list(organisation.memberships.values_list("user", "role")) == [(second.user_id, "owner")]


def test_letter_is_taken_back(owned):
    letter = letter_to(owned)
    client = signed_in(owned[1])
    assert "jan@example.org" in client.get(owned[0].get_absolute_url()).text
    client.post(reverse("take_back_colleague_invitation", args=[letter.pk]))
    assert Client().get(reverse("colleague_invitation", args=[letter.token])).status_code == 410
    again = client.post(reverse("take_back_colleague_invitation", args=[letter.pk]), follow=True)
    assert "answered already" in again.text


@pytest.mark.parametrize("rows", [1, 30])
def test_page_of_an_owner_costs_the_same_however_many(owned, rows, django_assert_num_queries):
    organisation, owner = owned
    for number in range(rows):
        MembershipFactory(organisation=organisation, role=MembershipRole.MEMBER)
        JoinRequest.objects.create(organisation=organisation, user=PersonFactory(), asked_at=timezone.now())
        ColleagueInvitation.objects.create(
            organisation=organisation,
            email=f"a{number}@example.org",
            language="en",
            token_sha256=str(number),
            sent_by=owner,
            sent_at=timezone.now(),
            expires_at=timezone.now() + timedelta(days=1),
        )
    client = signed_in(owner)
    client.get(organisation.get_absolute_url())
    with django_assert_num_queries(PAGE):
        client.get(organisation.get_absolute_url())


PAGE = 15


@pytest.mark.parametrize("rows", [1, 30])
def test_what_waits_costs_the_same_however_many(owned, rows, django_assert_num_queries):
    for _ in range(rows):
        JoinRequest.objects.create(organisation=owned[0], user=PersonFactory(), asked_at=timezone.now())
        other = MembershipFactory(organisation=OrganisationFactory())
        letter_to((other.organisation, other.user), owned[1].email)
    _ = owned[1].roles
    with django_assert_num_queries(1):
        assert len(list(waiting_for(owned[1]))) == 2 * rows + 1
