"""Roles of a programme: offered by mail, accepted by the person, revoked by a manager."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.urls import reverse

from consortia import services
from consortia.models import Consultant, StaffInvitation
from consortia.services import InvitationRefused
from rocket.accounts.models import RoleGrant
from rocket.accounts.roles import Role
from rocket.core.errors import Refused, RocketError
from rocket.core.models import AuditEntry, OutboxMessage

pytestmark = pytest.mark.django_db


@pytest.fixture
def code(cast: Any) -> str:
    return str(cast.builder.programme.code)


@pytest.fixture
def offer(cast: Any) -> Any:
    def offer(
        email: str = "outsider@demo.example", role: Role = Role.AUDITOR, cluster: Any = None
    ) -> StaffInvitation:
        return services.invite_staff(
            programme=cast.builder.programme,
            email=email,
            role=role,
            cluster=cluster,
            by=cast.people["manager"],
            now=cast.now,
        )

    return offer


@pytest.fixture
def outsider(cast: Any) -> Any:
    person = cast.people["outsider"]
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    return person


def test_from_the_offer_to_the_role(cast: Any, code: str, outsider: Any) -> None:
    manager = cast.client("manager")
    manager.post(reverse("desk_people", args=[code]), {"email": "Outsider@demo.example", "role": "auditor"})
    mail = OutboxMessage.objects.get(to="outsider@demo.example")
    path = re.search(r"(/roles/\S+/)", mail.text)[1]  # type: ignore[index]
    person = cast.client("outsider")
    assert "Will you be Auditor" in person.get(path).content.decode()
    answer = person.post(f"{path}answer/", {"answer": "accept"})
    assert answer["Location"] == reverse("account_login")
    outsider.__dict__.pop("roles", None)
    assert outsider.has_role(Role.AUDITOR, code)
    assert person.get(reverse("desk_people", args=[code])).status_code == 302, "the old session has ended"


def test_opening_the_link_accepts_nothing(cast: Any, offer: Any, outsider: Any) -> None:
    token = offer().token
    for _ in range(2):
        assert cast.client("anonymous").get(reverse("staff_invitation", args=[token])).status_code == 200
    assert not outsider.has_role(Role.AUDITOR)


@pytest.mark.parametrize(
    ("break_it", "code_of_refusal"),
    [
        (lambda i, c: services.accept_role(invitation=i, by=c.people["outsider"], now=c.now), "accepted"),
        (lambda i, c: services.decline_role(invitation=i, by=c.people["outsider"], now=c.now), "declined"),
        (
            lambda i, c: services.take_back_role_offer(invitation=i, by=c.people["manager"], now=c.now),
            "replaced",
        ),
        (lambda i, c: StaffInvitation.objects.update(expires_at=c.now), "expired"),
    ],
)
def test_an_offer_that_was_answered_ended_or_ran_out_opens_nothing(
    cast: Any, offer: Any, outsider: Any, break_it: Any, code_of_refusal: str
) -> None:
    invitation = offer()
    break_it(invitation, cast)
    again = services.find_staff_invitation(invitation.token)
    with pytest.raises(InvitationRefused) as refused:
        services.accept_role(invitation=again, by=outsider, now=cast.now)
    assert refused.value.code == code_of_refusal


def test_another_address_cannot_take_it(cast: Any, offer: Any) -> None:
    with pytest.raises(InvitationRefused) as refused:
        services.accept_role(invitation=offer(), by=cast.people["lead"], now=cast.now)
    assert refused.value.code == "other_address"
    assert not cast.people["lead"].has_role(Role.AUDITOR)


def test_a_consultant_advises_for_the_cluster_of_the_offer(
    cast: Any, offer: Any, outsider: Any, code: str
) -> None:
    cluster = cast.builder.programme.clusters.first()
    services.accept_role(invitation=offer(role=Role.CONSULTANT, cluster=cluster), by=outsider, now=cast.now)
    assert Consultant.objects.get(user=outsider).cluster == cluster
    grant = RoleGrant.objects.get(user=outsider, role=Role.CONSULTANT)
    services.end_role(grant=grant, by=cast.people["manager"], now=cast.now)
    assert not Consultant.objects.filter(user=outsider).exists()


def test_a_consultant_without_a_cluster_is_refused_on_the_form(cast: Any, code: str) -> None:
    answer = cast.client("manager").post(
        reverse("desk_people", args=[code]), {"email": "x@demo.example", "role": "consultant"}
    )
    assert answer.status_code == 422
    assert "Choose the cluster organisation" in answer.content.decode()


def test_who_has_the_role_is_not_offered_it(cast: Any, offer: Any) -> None:
    with pytest.raises(RocketError, match="already"):
        offer(email=cast.people["auditor"].email)


def test_a_newer_offer_ends_the_earlier(cast: Any, offer: Any, outsider: Any) -> None:
    first, second = offer(), offer()
    with pytest.raises(InvitationRefused):
        services.accept_role(
            invitation=services.find_staff_invitation(first.token), by=outsider, now=cast.now
        )
    services.accept_role(invitation=services.find_staff_invitation(second.token), by=outsider, now=cast.now)


def test_the_last_manager_stays(cast: Any, code: str) -> None:
    grant = RoleGrant.objects.get(user=cast.people["manager"], role=Role.MANAGER, programme_code=code)
    page = cast.client("manager").post(reverse("revoke_role", args=[code, grant.pk]), follow=True)
    assert "The programme needs a manager" in page.content.decode()
    grant.refresh_from_db()
    assert grant.revoked_at is None


def test_revoking_signs_out_and_is_on_record(cast: Any, code: str) -> None:
    auditor = cast.client("auditor")
    assert auditor.get(reverse("desk_people", args=[code])).status_code == 200
    grant = RoleGrant.objects.get(user=cast.people["auditor"], programme_code=code)
    cast.client("manager").post(reverse("revoke_role", args=[code, grant.pk]))
    assert auditor.get(reverse("desk_people", args=[code])).status_code == 302
    assert AuditEntry.objects.about(cast.people["auditor"]).filter(verb="role_revoked").exists()


def test_a_manager_of_another_programme_gives_nothing_here(cast: Any) -> None:
    from rocket.accounts.services import grant_role

    other = cast.people["outsider"]
    grant_role(user=other, role=Role.MANAGER, programme_code="another", by=None, now=cast.now)
    with pytest.raises(Refused):
        services.invite_staff(
            programme=cast.builder.programme,
            email="x@demo.example",
            role=Role.AUDITOR,
            cluster=None,
            by=other,
            now=cast.now,
        )


def test_at_most_fifty_letters_a_day(cast: Any, offer: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr("consortia.services.staff.LETTERS_A_DAY", 2)
    offer("a@demo.example"), offer("b@demo.example")
    with pytest.raises(RocketError, match="tomorrow"):
        offer("c@demo.example")
    assert StaffInvitation.objects.filter(sent_at__gt=cast.now - timedelta(days=1)).count() == 2


def test_an_auditor_reads_and_finds_no_form(cast: Any, code: str) -> None:
    page = cast.client("auditor").get(reverse("desk_people", args=[code])).content.decode()
    assert "Roles in force" in page
    assert "Offer a role" not in page
    assert reverse("revoke_role", args=[code, 1])[:-10] not in page or "Revoke" not in page
