"""The first manager comes from the command line, all others from the portal."""

from __future__ import annotations

import io
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.management import call_command
from django.core.management.base import CommandError

from rocket.accounts.models import RoleGrant, User
from rocket.accounts.roles import Role
from rocket.core.models import AuditEntry


def make(email: str = "Mia@example.org", programme: str = "rocket-next") -> str:
    out = io.StringIO()
    call_command("first_manager", email, programme, stdout=out)
    return out.getvalue()


@pytest.fixture
def mia(programme: Any) -> User:
    mia = User.objects.create_user("mia@example.org", "x", name="Mia")
    EmailAddress.objects.create(user=mia, email=mia.email, verified=True, primary=True)
    return mia


def test_somebody_with_a_confirmed_address_becomes_the_first_manager(mia: User) -> None:
    assert "manager of rocket-next" in make()
    grant = RoleGrant.objects.get()
    assert (grant.user, grant.role, grant.programme_code, grant.granted_by) == (
        mia, Role.MANAGER, "rocket-next", None,
    )  # fmt: skip
    assert AuditEntry.objects.about(mia).get().verb == "role_granted"


def test_the_second_one_is_invited_in_the_portal(mia: User) -> None:
    make()
    with pytest.raises(CommandError, match="invites all others in the portal"):
        make()
    RoleGrant.objects.update(role=Role.AUDITOR)
    make()
    assert RoleGrant.objects.count() == 2


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda: EmailAddress.objects.update(verified=False), "Sign up in the portal first"),
        (lambda: User.objects.update(is_active=False), "Sign up in the portal first"),
        (lambda: EmailAddress.objects.update(email="tom@example.org"), "Sign up in the portal first"),
    ],
)
def test_an_address_that_nobody_has_confirmed_is_refused(mia: User, change: Any, said: str) -> None:
    change()
    with pytest.raises(CommandError, match=said):
        make()
    assert RoleGrant.objects.count() == 0


def test_a_programme_that_is_not_there_is_refused_with_those_that_are(mia: User) -> None:
    with pytest.raises(CommandError, match=r"There is no programme other\. Loaded are: rocket-next\."):
        make(programme="other")
