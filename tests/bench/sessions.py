"""Sessions as sign-in leaves them, made in the database: what is measured begins behind the sign-in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.crypto import get_random_string

from rocket.accounts.models import User
from rocket.accounts.second_factor import SHOWN


def open_sessions(users: Iterable[User]) -> list[str]:
    """A session for each, with the second factor shown; their keys in order."""
    store, expires = SessionStore(), timezone.now() + timedelta(hours=12)
    rows = [
        Session(
            session_key=get_random_string(32, "abcdefghijklmnopqrstuvwxyz0123456789"),
            session_data=store.encode(
                {
                    SESSION_KEY: str(user.pk),
                    BACKEND_SESSION_KEY: "django.contrib.auth.backends.ModelBackend",
                    HASH_SESSION_KEY: user.get_session_auth_hash(),
                    SHOWN: user.pk,
                }
            ),
            expire_date=expires,
        )
        for user in users
    ]
    Session.objects.bulk_create(rows, batch_size=1000)
    return [row.session_key for row in rows]
