"""What several pages share."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme

from calls.models import Programme
from calls.remembered import programme_at_hand


def home_programme() -> Programme | None:
    """The programme whose countries and technologies the forms offer: the portal's own, else the one that ends last.

    With its countries at hand: a form with many rows asks for them in each.
    """
    if settings.HOME_PROGRAMME:
        found = Programme.objects.home(settings.HOME_PROGRAMME)
    else:
        found = Programme.objects.order_by("-ends_on", "-pk").first()
    return found and programme_at_hand(found)


def safe_next(request: HttpRequest, value: Any) -> str:
    """An address of this portal to return to, or nothing: never one of another site."""
    text = str(value or "")
    return text if url_has_allowed_host_and_scheme(text, allowed_hosts={request.get_host()}) else ""


def private(response: HttpResponse) -> HttpResponse:
    """The address holds a secret: it is not stored, and not told to the page that comes after."""
    response["Cache-Control"] = "no-store"
    # Not "no-referrer": with it browsers send "Origin: null" along with the answer, and the CSRF check refuses that.
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex"
    return response
