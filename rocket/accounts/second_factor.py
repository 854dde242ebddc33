"""The second factor: who needs one, and whether this session has shown one.

A role gives power over other people's work, so it sleeps in a session that was opened with a password alone.
A passkey that signs in by itself asks for a PIN, a finger or a face, and so is two factors at once.
"""

from __future__ import annotations

from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest

from rocket.accounts.models import User

SHOWN = "second_factor_shown"
"""Session key: the person's id, once a second factor was shown or set up in this session."""
WANTED = "second_factor_wanted"
"""Session key: the path of the page that waits for the second factor."""


def is_shown(request: HttpRequest, user: User) -> bool:
    """True when ``user`` showed a second factor in this session. Costs no query."""
    return request.session.get(SHOWN) == user.pk or any(
        record.get("method") == "mfa" for record in get_authentication_records(request, user)
    )


def remember(request: HttpRequest, user: User) -> None:
    """This session has shown a second factor."""
    request.session[SHOWN] = user.pk


def forget(request: HttpRequest) -> None:
    """The session has shown none: it was removed, or somebody else signs in."""
    request.session.pop(SHOWN, None)
    records = request.session.get("account_authentication_methods")
    if isinstance(records, list):
        request.session["account_authentication_methods"] = [
            record for record in records if record.get("method") != "mfa"
        ]


def is_set_up(user: User) -> bool:
    """True when the account has an authenticator app or a passkey. Recovery codes alone are none."""
    return (
        Authenticator.objects.filter(user_id=user.pk).exclude(type=Authenticator.Type.RECOVERY_CODES).exists()
    )


def is_missing(request: HttpRequest, user: Any) -> bool:
    """True when ``user`` holds a role and this session has shown no second factor. A demonstration asks for none."""
    if settings.DEMO or not user.is_authenticated or is_shown(request, user):
        return False
    return bool(user.roles)
