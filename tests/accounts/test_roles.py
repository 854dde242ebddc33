"""Roles are granted and revoked with a trail, and are asked in the programme of the object."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from rocket.accounts.models import RoleGrant, User
from rocket.accounts.permissions import has_role, is_signed_in, is_staff_of_programme, programme_code_of
from rocket.accounts.roles import Role
from rocket.accounts.services import grant_role, revoke_role
from rocket.core import audit
from rocket.core.models import AuditEntry
from tests.factories.consortia import PersonFactory

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
pytestmark = pytest.mark.django_db


def grant(user, role=Role.MANAGER, programme_code="rocket", by=None, now=NOW):
    return grant_role(user=user, role=role, programme_code=programme_code, by=by, now=now)


def fresh(user):
    return User.objects.get(pk=user.pk)


class TestGrantRole:
    def test_gives_the_role_in_that_programme_at_once(self):
        mia = PersonFactory()
        assert not mia.has_role(Role.MANAGER)
        grant(mia)
        for person in (mia, fresh(mia)):
            assert person.has_role(Role.MANAGER)
            assert person.has_role(Role.MANAGER, "rocket")
            assert not person.has_role(Role.MANAGER, "rocket-next")
            assert not person.has_role(Role.AUDITOR, "rocket")

    def test_is_written_into_the_trail_with_who_granted_it(self):
        mia, boss = PersonFactory(), PersonFactory()
        given = grant(mia, by=boss)
        entry = AuditEntry.objects.get()
        assert (entry.subject_id, entry.verb, entry.by, entry.at) == (str(mia.pk), "role_granted", boss, NOW)
        assert (entry.before, entry.after) == ({}, {"role": "manager", "programme": "rocket"})
        assert (given.granted_by, given.granted_at, given.revoked_at) == (boss, NOW, None)

    def test_twice_changes_nothing(self):
        mia = PersonFactory()
        assert grant(mia) == grant(mia, by=PersonFactory(), now=LATER)
        assert (RoleGrant.objects.count(), AuditEntry.objects.count()) == (1, 1)

    def test_the_database_keeps_one_grant_in_force(self):
        mia = PersonFactory()
        grant(mia)
        with pytest.raises(IntegrityError), transaction.atomic():
            RoleGrant.objects.create(user=mia, role=Role.MANAGER, programme_code="rocket", granted_at=LATER)
        with pytest.raises(ValidationError, match="The person has this role already"):
            RoleGrant(
                user=mia, role=Role.MANAGER, programme_code="rocket", granted_at=LATER
            ).validate_constraints()


class TestRevokeRole:
    def test_ends_the_role_and_is_written_into_the_trail(self):
        mia, boss = PersonFactory(), PersonFactory()
        revoke_role(grant=grant(mia), by=boss, now=LATER)
        assert not fresh(mia).has_role(Role.MANAGER)
        assert RoleGrant.objects.get().revoked_at == LATER
        entry = AuditEntry.objects.get(verb="role_revoked")
        assert (entry.by, entry.at, entry.before, entry.after) == (
            boss,
            LATER,
            {"role": "manager", "programme": "rocket"},
            {},
        )
        assert audit.chain_is_whole(mia)

    def test_counts_at_once_for_the_person_at_hand(self):
        mia = PersonFactory()
        given = grant(mia)
        assert given.user.has_role(Role.MANAGER)
        revoke_role(grant=given, by=PersonFactory(), now=LATER)
        assert not given.user.has_role(Role.MANAGER)

    def test_twice_keeps_the_first_moment(self):
        given, boss = grant(PersonFactory()), PersonFactory()
        revoke_role(grant=given, by=boss, now=LATER)
        revoke_role(grant=given, by=boss, now=LATER + timedelta(days=1))
        assert RoleGrant.objects.get().revoked_at == LATER
        assert AuditEntry.objects.filter(verb="role_revoked").count() == 1

    def test_a_role_can_be_granted_again(self):
        mia = PersonFactory()
        revoke_role(grant=grant(mia), by=mia, now=LATER)
        grant(mia, now=LATER)
        assert fresh(mia).has_role(Role.MANAGER)
        assert RoleGrant.objects.count() == 2


class TestRolesOfAPerson:
    def test_are_read_once(self, django_assert_num_queries):
        mia = PersonFactory()
        grant(mia)
        grant(mia, Role.AUDITOR, "rocket-next")
        person = fresh(mia)
        with django_assert_num_queries(1):
            for _ in range(3):
                assert person.has_role(Role.MANAGER, "rocket")
                assert not person.has_role(Role.MANAGER, "rocket-next")
                assert person.programmes_as(Role.MANAGER, Role.AUDITOR) == {"rocket", "rocket-next"}
                assert person.programmes_as(Role.AUDITOR) == {"rocket-next"}
                assert person.programmes_as(Role.ASSESSOR) == frozenset()


ROCKET = SimpleNamespace(code="rocket")
CALL = SimpleNamespace(programme=ROCKET, code="2026-1")
PROPOSAL = SimpleNamespace(call=CALL)
ELSEWHERE = SimpleNamespace(code="rocket-next")


class TestPredicates:
    @pytest.mark.parametrize(
        ("obj", "code"),
        [
            (ROCKET, "rocket"),
            (CALL, "rocket"),
            (PROPOSAL, "rocket"),
            (SimpleNamespace(programme_code="rocket"), "rocket"),
            (SimpleNamespace(programme="rocket"), "rocket"),
            (None, None),
        ],
    )
    def test_the_programme_of_an_object(self, obj, code):
        assert programme_code_of(obj) == code

    @pytest.mark.parametrize("obj", [None, ROCKET, CALL, PROPOSAL])
    def test_a_role_counts_in_its_own_programme_and_without_an_object(self, obj):
        mia = PersonFactory()
        grant(mia)
        assert has_role(Role.MANAGER)(mia, obj)
        assert has_role(Role.AUDITOR, Role.MANAGER)(mia, obj)
        assert is_staff_of_programme(mia, obj)

    def test_a_role_does_not_count_in_another_programme(self):
        mia = PersonFactory()
        grant(mia)
        refused = has_role(Role.MANAGER)(mia, ELSEWHERE)
        assert not refused
        assert str(refused.reason) == "This needs the role of Programme manager."

    def test_an_object_without_a_programme_takes_no_role(self):
        mia = PersonFactory()
        grant(mia)
        assert not has_role(Role.MANAGER)(mia, SimpleNamespace(name="something else"))

    def test_a_refusal_names_every_role_that_would_do(self):
        refused = has_role(Role.MANAGER, Role.AUDITOR)(PersonFactory(), ROCKET)
        assert str(refused.reason) == "This needs the role of Programme manager / Auditor."

    @pytest.mark.parametrize("nobody", [None, AnonymousUser()])
    def test_nobody_has_no_role(self, nobody):
        assert not has_role(*Role)(nobody, None)
        assert str(is_signed_in(nobody).reason) == "Sign in first."
        assert is_signed_in(PersonFactory())


class TestUser:
    def test_an_address_is_taken_whatever_its_case(self):
        User.objects.create_user("Mia@Example.NL", "x", name="Mia")
        assert User.objects.get().email == "mia@example.nl"
        for address in ("mia@example.nl", "MIA@EXAMPLE.NL"):
            with pytest.raises(IntegrityError), transaction.atomic():
                User(email=address, name="Other").save()

    def test_without_a_password_nobody_signs_in(self):
        assert not User.objects.create_user("mia@example.nl").has_usable_password()

    def test_people_are_called_by_name_else_by_address(self):
        assert str(User(name="Mia", email="mia@example.nl")) == "Mia"
        assert str(User(email="mia@example.nl")) == "mia@example.nl"
