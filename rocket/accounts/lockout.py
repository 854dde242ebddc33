"""After too many attempts: what is closed, and for how long."""

from __future__ import annotations

import math
import time

from allauth.core.internal.ratelimit import get_cache_key, get_rates
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

ACTIONS = {
    "account_login": ("login",),
    "account_signup": ("signup",),
    "account_reset_password": ("reset_password",),
    "account_reset_password_from_key": ("reset_password_from_key",),
    "account_change_password": ("change_password",),
    "account_set_password": ("change_password",),
    "account_reauthenticate": ("reauthenticate",),
    "mfa_reauthenticate": ("reauthenticate",),
    "mfa_reauthenticate_webauthn": ("reauthenticate",),
    "account_email": ("manage_email", "confirm_email"),
    "account_confirm_email": ("confirm_email",),
}
"""The limits that can close a page, by the page's name."""


def seconds_to_wait(request: HttpRequest, action: str, *, app: str = "allauth.account", key: str = "") -> int:
    """Seconds until ``action`` opens again for this address, person or key; 0 where it is open.

    The counters are allauth's: the moments of the attempts that were let through, the newest first.
    """
    longest = 0.0
    for rate in get_rates(app=app, action=action):
        try:
            history = cache.get(
                get_cache_key(request, app=app, action=action, rate=rate, key=key or None), []
            )
        except ImproperlyConfigured:  # a limit by person or key on a page that knows neither
            continue
        if len(history) >= rate.amount:
            longest = max(longest, history[rate.amount - 1] + rate.duration - time.time())
    return max(0, math.ceil(longest))


def minutes(seconds: int) -> int:
    """Whole minutes, rounded up, never none: who waits that long finds the page open."""
    return max(1, math.ceil(seconds / 60))


def too_many_requests(request: HttpRequest) -> HttpResponse:
    """The page for status 429, with the wait in words and in ``Retry-After`` (seconds)."""
    name = request.resolver_match.url_name if request.resolver_match else ""
    if name == "mfa_login_webauthn":
        waits = [seconds_to_wait(request, "webauthn_login", app="allauth.mfa")]
    else:
        key = request.POST.get("email", "").strip().lower()
        waits = [seconds_to_wait(request, action, key=key) for action in ACTIONS.get(name or "", ())]
    wait = max(waits, default=0) or 60
    response = render(request, "429.html", {"minutes": minutes(wait)}, status=429)
    response["Retry-After"] = str(wait)
    return response
