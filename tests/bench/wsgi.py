"""One server for both: ``/bench/bare/`` and ``/bench/form/`` pass Django's own middleware alone, all else the portal's."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.bench.settings")

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler

from rocket.wsgi import application as portal

BARE = ("/bench/bare/", "/bench/form/")


def _bare_application() -> WSGIHandler:
    whole, settings.MIDDLEWARE = settings.MIDDLEWARE, settings.BARE_MIDDLEWARE
    try:
        return WSGIHandler()
    finally:
        settings.MIDDLEWARE = whole


bare = _bare_application()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    return (bare if environ["PATH_INFO"] in BARE else portal)(environ, start_response)
