"""Errors that services raise for people to read."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _


class RocketError(Exception):
    """A change was refused. ``str()`` is the sentence that a page shows, in the active language.

    ``code`` names the reason for programs; ``data`` holds what the page needs to help further.
    """

    def __init__(self, code: str, message: Any, **data: Any) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.data = data

    def __str__(self) -> str:
        return str(self.message)


class Refused(RocketError):
    """The person may not do this; the message says why."""


class Stale(RocketError):
    """Somebody else changed the thing since the person saw it; nothing was overwritten."""

    def __init__(self, message: Any = None, **data: Any) -> None:
        super().__init__(
            "stale",
            message or _("Somebody changed this in the meantime. Read it again, then repeat your change."),
            **data,
        )
