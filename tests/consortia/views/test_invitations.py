"""The invitation's pages: nothing happens on a look, and each misuse gets its own clear page."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from consortia import services
from consortia.enums import PartnerState
from consortia.models import Invitation, Membership, Partner
from rocket.core.models import AuditEntry
from tests.factories.consortia import OrganisationFactory, PersonFactory, lead_consortium

pytestmark = pytest.mark.django_db


def invited(email="mia@example.nl", now=None, **organisation):
    consortium, lead = lead_consortium()
    return services.invite_partner(
        consortium=consortium,
        organisation=OrganisationFactory(imported=True, dutch=True, **organisation),
        email=email,
        role="project",
        by=lead,
        now=now or timezone.now(),
    )


def signed_in(person):
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def page(invitation):
    return reverse("invitation", args=[invitation.token])


def answer(client, invitation, given="accept"):
    return client.post(reverse("answer_invitation", args=[invitation.token]), {"answer": given})


def untouched(invitation):
    return (
        Invitation.objects.filter(
            pk=invitation.pk, accepted_at=None, declined_at=None, replaced_at=None
        ).exists()
        and Partner.objects.get(pk=invitation.partner_id).state == PartnerState.INVITED
        and not Membership.objects.filter(organisation=invitation.partner.organisation).exists()
    )


def test_a_scanner_that_opens_every_link_answers_nothing():
    invitation = invited()
    entries = AuditEntry.objects.count()
    for client in (Client(), signed_in(PersonFactory(email="mia@example.nl"))):
        for address in (page(invitation), reverse("answer_invitation", args=[invitation.token])):
            for method in (client.get, client.head):
                assert method(address).status_code in (200, 302)
    assert untouched(invitation)
    assert AuditEntry.objects.count() == entries


def test_signed_out_people_see_it_and_are_led_to_sign_in_and_back():
    invitation = invited()
    response = Client().get(page(invitation))
    assert response.status_code == 200
    assert invitation.partner.organisation.name in response.text
    assert f"{reverse('account_signup')}?next={page(invitation)}" in response.text
    assert (response["Cache-Control"], response["Referrer-Policy"]) == ("no-store", "same-origin")
    assert answer(Client(), invitation).status_code == 302
    assert untouched(invitation)


def test_accepting_by_post_confirms_and_leads_to_the_details():
    invitation = invited()
    mia = PersonFactory(email="mia@example.nl")
    response = answer(signed_in(mia), invitation)
    assert response.url == reverse("edit_organisation", args=[invitation.partner.organisation_id])
    assert Partner.objects.get(pk=invitation.partner_id).state == PartnerState.CONFIRMED


def test_declining_by_post():
    invitation = invited()
    assert answer(signed_in(PersonFactory(email="mia@example.nl")), invitation, "decline").status_code == 302
    assert Partner.objects.get(pk=invitation.partner_id).state == PartnerState.DECLINED


def test_used_twice():
    invitation = invited()
    client = signed_in(PersonFactory(email="mia@example.nl"))
    answer(client, invitation)
    for response in (
        answer(client, invitation),
        client.get(page(invitation)),
        Client().get(page(invitation)),
    ):
        assert response.status_code == 200
        assert "accepted already" in response.text
        assert 'value="accept"' not in response.text


def test_expired():
    invitation = invited(now=timezone.now() - timedelta(days=14, seconds=1))
    client = signed_in(PersonFactory(email="mia@example.nl"))
    for response in (client.get(page(invitation)), answer(client, invitation)):
        assert response.status_code == 410
        assert "expired" in response.text
    assert untouched(invitation)


def test_other_address():
    invitation = invited()
    client = signed_in(PersonFactory(email="somebody@example.org"))
    for response in (client.get(page(invitation)), answer(client, invitation)):
        assert response.status_code == 403
        assert "mia@example.nl" in response.text
        assert 'value="accept"' not in response.text
    assert untouched(invitation)


def test_unknown_token():
    assert Client().get(reverse("invitation", args=["nonsense"])).status_code == 404
    assert signed_in(PersonFactory()).post(reverse("answer_invitation", args=["nonsense"])).status_code == 404


def test_own_invitation_needs_no_token_but_the_verified_mailbox():
    invitation = invited()
    address, answering = (
        reverse(name, args=[invitation.pk]) for name in ("own_invitation", "answer_own_invitation")
    )
    for person in (PersonFactory(), PersonFactory(email="mia@example.nl", verified=False)):
        assert signed_in(person).get(address).status_code == 404
        assert signed_in(person).post(answering, {"answer": "accept"}).status_code == 404
        person.delete()
    assert untouched(invitation)
    client = signed_in(PersonFactory(email="mia@example.nl"))
    assert client.get(address).status_code == 200
    assert client.post(answering, {"answer": "accept"}).status_code == 302
    assert Partner.objects.get(pk=invitation.partner_id).state == PartnerState.CONFIRMED


def test_answer_without_a_choice_changes_nothing():
    invitation = invited()
    assert answer(signed_in(PersonFactory(email="mia@example.nl")), invitation, "").status_code == 302
    assert untouched(invitation)


def menu_of(answer):
    return re.search(r'<nav class="bar__nav".*?</nav>', answer.content.decode(), re.DOTALL)[0]


def test_the_signed_in_have_their_own_menu_and_visitors_the_public_one():
    """Also where the link opens nothing: the way back to one's own work stays."""
    mia = PersonFactory(email="mia@example.nl")
    invitation = invited()
    for address in (page(invitation), reverse("invitation", args=["nothing"])):
        own, public = signed_in(mia).get(address), Client().get(address)
        assert reverse("my_work") in menu_of(own)
        assert menu_of(own) == menu_of(signed_in(mia).get(reverse("my_organisations"))).replace(
            ' aria-current="page"', ""
        )
        assert reverse("my_work") not in menu_of(public)
