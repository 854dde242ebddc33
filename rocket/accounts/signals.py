"""allauth tells us by signal; our own flow uses none."""

from __future__ import annotations

from typing import Any

from allauth.account.signals import user_logged_in
from allauth.mfa.signals import authenticator_added, authenticator_removed
from django.conf import settings
from django.dispatch import receiver
from django.http import HttpRequest

from rocket.accounts import second_factor
from rocket.accounts.models import User


@receiver(user_logged_in)
def keep_their_language_here(request: HttpRequest, user: User, response: Any = None, **kwargs: Any) -> None:
    """This browser goes on in the language of the account, after signing out as well."""
    if response is not None:
        remember_language(response, user.language)


def remember_language(response: Any, language: str) -> None:
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        samesite="Lax",
        max_age=365 * 86400,
        secure=settings.SESSION_COOKIE_SECURE,
    )


@receiver(authenticator_added)
def second_factor_was_set_up(request: HttpRequest, user: User, **kwargs: Any) -> None:
    second_factor.remember(request, user)


@receiver(authenticator_removed)
def second_factor_was_removed(request: HttpRequest, user: User, **kwargs: Any) -> None:
    """The session keeps it while another one is left."""
    if not second_factor.is_set_up(user):
        second_factor.forget(request)
