"""Granting and revoking roles."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from rocket.accounts.models import RoleGrant, User
from rocket.accounts.roles import Role
from rocket.core import audit


@transaction.atomic
def grant_role(*, user: User, role: Role, programme_code: str, by: User | None, now: datetime) -> RoleGrant:
    """Give ``user`` the role; a second call changes nothing. ``by`` is None for set-up from the command line.

    Every session of the person ends: whoever holds one has to sign in again before the role opens anything.
    """
    grant, created = RoleGrant.objects.get_or_create(
        user=user,
        role=role,
        programme_code=programme_code,
        revoked_at=None,
        defaults={"granted_by": by, "granted_at": now},
    )
    if created:
        audit.record(
            subject=user,
            verb="role_granted",
            by=by,
            now=now,
            after={"role": role, "programme": programme_code},
        )
        user.__dict__.pop("roles", None)
        user.end_sessions()
    return grant


@transaction.atomic
def revoke_role(*, grant: RoleGrant, by: User, now: datetime) -> None:
    """End the grant at ``now``. What the person did in the role stays theirs; their sessions end."""
    if RoleGrant.objects.filter(pk=grant.pk, revoked_at=None).update(revoked_at=now):
        audit.record(
            subject=grant.user,
            verb="role_revoked",
            by=by,
            now=now,
            before={"role": grant.role, "programme": grant.programme_code},
        )
        grant.user.__dict__.pop("roles", None)
        grant.user.end_sessions()
