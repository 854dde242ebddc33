"""System checks about people, for a database that a portal for real is about to serve."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections

DEMO_DOMAIN = "@demo.example"


def demonstration_sign_ins(alias: str) -> list[str]:
    """Addresses of the demonstration's people who could sign in to this database; a database without tables has none."""
    from rocket.accounts.models import User

    with connections[alias].cursor() as cursor:
        if User._meta.db_table not in connections[alias].introspection.table_names(cursor):
            return []
    return list(
        User.objects.using(alias)
        .filter(email__iendswith=DEMO_DOMAIN, is_active=True)
        .exclude(password__startswith=UNUSABLE_PASSWORD_PREFIX)
        .order_by("email")
        .values_list("email", flat=True)
    )


@register(Tags.database)
def no_demonstration_sign_ins(
    app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """A database that once was a demonstration's holds sign-ins whose password is known to everybody.

    Runs with ``check --database default`` and before each ``migrate``; a database without tables has none.
    """
    if settings.DEMO or not databases:
        return []
    found = [email for alias in databases for email in demonstration_sign_ins(alias)]
    if not found:
        return []
    return [
        Error(
            f"This database holds {len(found)} sign-ins of the demonstration: {', '.join(found)}.",
            hint="Their password is known to everybody. Start a portal for real with a database of its own.",
            id="rocket.E003",
        )
    ]
