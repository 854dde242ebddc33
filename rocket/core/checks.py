"""System checks for wrong deployments."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.core.exceptions import ImproperlyConfigured

LOOPBACK = {"127.0.0.1", "localhost", "::1"}


@register
def demonstration_stays_at_home(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """A demonstration has known passwords and shows every mail: it must not be reached from elsewhere."""
    host = urlsplit(settings.SITE_URL).hostname
    if settings.DEMO and host not in LOOPBACK:
        return [
            Error(
                f"ROCKET_DEMO is on, but SITE_URL names {host}.",
                hint="Turn ROCKET_DEMO off on a server; its sign-ins are known to everybody.",
                id="rocket.E001",
            )
        ]
    return []


@register
def secret_key_is_strong(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Who guesses the key signs in as anybody. A demonstration, which nobody else reaches, needs none."""
    try:
        key = str(settings.SECRET_KEY)
    except ImproperlyConfigured:  # Django's own answer to an empty one
        key = ""
    if not key:
        return [Error("SECRET_KEY is empty.", hint=HOW_TO_MAKE_A_KEY, id="rocket.E002")]
    if settings.DEMO or settings.DEBUG or is_strong(key):
        return []
    return [Error("SECRET_KEY is too easy to guess.", hint=HOW_TO_MAKE_A_KEY, id="rocket.E002")]


HOW_TO_MAKE_A_KEY = (
    'Set it to 50 or more random characters: python3 -c "import secrets; print(secrets.token_urlsafe(50))"'
)


def is_strong(key: str) -> bool:
    """Long enough and varied, as Django asks for (security.W009), and not the key of a demonstration or an example."""
    known = ("django-insecure-", "demonstration", "change", "example", "secret")
    return len(key) >= 50 and len(set(key)) >= 10 and not key.lower().startswith(known)


@register
def debug_stays_at_home(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Pages of DEBUG show settings, statements and what people sent."""
    host = urlsplit(settings.SITE_URL).hostname
    if settings.DEBUG and host not in LOOPBACK:
        return [
            Error(
                f"DEBUG is on, but SITE_URL names {host}.",
                hint="Turn DEBUG off on a server.",
                id="rocket.E005",
            )
        ]
    return []


def faults_that_stop() -> list[str]:
    """Why this process must not start, each with its way out; gunicorn and Celery run no system checks."""
    found = [
        message
        for check in (demonstration_stays_at_home, secret_key_is_strong, debug_stays_at_home)
        for message in check(None)
    ]
    return [f"{message.id}: {message.msg} {message.hint}" for message in found]


OPERATOR = ("OPERATOR_NAME", "OPERATOR_ADDRESS", "OPERATOR_EMAIL", "ACCESSIBILITY_BODY")


@register
def operator_is_named(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Imprint, privacy and accessibility statement name who runs the portal; a demonstration says that it is one."""
    missing = [name for name in OPERATOR if not getattr(settings, name)]
    if settings.DEMO or settings.DEBUG or not missing:
        return []
    return [
        Error(
            f"The operator has not filled in {', '.join(missing)}.",
            hint="Imprint, privacy page and accessibility statement need them (Directive 2000/31/EC, Article 5; "
            "Directive (EU) 2016/2102, Article 7).",
            id="rocket.E004",
        )
    ]
