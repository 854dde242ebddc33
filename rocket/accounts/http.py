"""Requests as the middlewares hand them to views."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest

from rocket.accounts.models import User


class SignedInRequest(HttpRequest):
    """A request of somebody who is signed in: every view gets one unless it is marked ``login_not_required``."""

    user: User
    arrived_at: datetime
    htmx: bool
    desk_programme: Any
    """The programme of the desk, once a page of it has found it."""
    shown_programme: Any
    """The programme that the page is about, once it has found it."""
