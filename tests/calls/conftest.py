"""People of the programme desk, and one with no part in it."""

import pytest

from rocket.accounts.models import User
from rocket.accounts.roles import Role
from rocket.accounts.services import grant_role
from tests.factories.calls import NOW, ProgrammeFactory


def person(name, role=None, programme_code="rocket"):
    user = User.objects.create_user(
        email=f"{name}@example.org", password="a long password", name=name.title()
    )
    if role is not None:
        grant_role(user=user, role=role, programme_code=programme_code, by=None, now=NOW)
    return user


@pytest.fixture
def programme(db):
    return ProgrammeFactory(whole=True)


@pytest.fixture
def manager(db):
    return person("manager", Role.MANAGER)


@pytest.fixture
def manager_of_another(db):
    return person("neighbour", Role.MANAGER, "another")


@pytest.fixture
def auditor(db):
    return person("auditor", Role.AUDITOR)


@pytest.fixture
def consultant(db):
    return person("consultant", Role.CONSULTANT)


@pytest.fixture
def outsider(db):
    return person("outsider")
