"""allauth tells us by signal; our own flow uses none."""

from __future__ import annotations

from typing import Any

from allauth.account.signals import user_logged_in
from django.conf import settings
from django.dispatch import receiver
from django.http import HttpRequest

from rocket.accounts.models import User


@receiver(user_logged_in)
def greet_in_their_language(request: HttpRequest, user: User, response: Any = None, **kwargs: Any) -> None:
    """The portal goes on in the language that the person chose, unless they chose another one before signing in."""
    if response is not None and settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, user.language, samesite="Lax", max_age=365 * 86400)
