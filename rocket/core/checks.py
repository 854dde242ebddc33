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


@register(deploy=False)
def secret_key_is_set(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    try:
        is_set = bool(settings.SECRET_KEY)
    except ImproperlyConfigured:  # Django's own answer to an empty one
        is_set = False
    if is_set:
        return []
    return [Error("SECRET_KEY is empty.", hint="Set it to a long random text.", id="rocket.E002")]


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
