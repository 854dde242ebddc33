"""What every template may know."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import cached_property

from rocket.core import desk

_home_programme: list[Callable[[], Any]] = []


def register_home_programme(source: Callable[[], Any]) -> None:
    """The calls app tells which programme's name, mark and colours the pages carry."""
    _home_programme[:] = [source]


def home_programme() -> Any:
    """The programme whose name the portal carries; None before one is loaded."""
    return _home_programme[0]() if _home_programme else None


def portal_name() -> str:
    """What the portal is called in mails and on authenticators: its programme's short name, never its address."""
    programme = home_programme()
    return programme.short_name if programme else "ROCKET"


_demo_sign_ins: list[Callable[[], list[Any]]] = []


def register_demo_sign_ins(source: Callable[[], list[Any]]) -> None:
    """The demonstration tells who can sign in to it: entries with title, email and password."""
    _demo_sign_ins[:] = [source]


class Portal:
    """``portal`` in templates; each part is read at most once a request, and only where a template asks."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    is_demo = property(lambda self: settings.DEMO)

    @property
    def demo_sign_ins(self) -> list[Any]:
        """Shown on the sign-in page of a demonstration, and nowhere else."""
        return _demo_sign_ins[0]() if settings.DEMO and _demo_sign_ins else []

    @cached_property
    def programme(self) -> Any:
        """The programme that the page is about (the desk's, or what a view says in ``request.shown_programme``), else
        the portal's own."""
        for name in ("desk_programme", "shown_programme"):
            if about := getattr(self._request, name, None):
                return about
        return home_programme()

    @property
    def now(self) -> Any:
        return self._request.arrived_at  # type: ignore[attr-defined]

    @cached_property
    def desk_menu(self) -> list[desk.MenuEntry]:
        return desk.menu(self._request, "desk")

    @cached_property
    def desk_programmes(self) -> list[desk.MenuEntry]:
        """The person's other programmes."""
        return desk.menu(self._request, "programmes")

    @cached_property
    def desk_search(self) -> desk.MenuEntry | None:
        """Where the desk's search box looks; None for people without one."""
        return next(iter(desk.menu(self._request, "search")), None)

    @cached_property
    def applicant_menu(self) -> list[desk.MenuEntry]:
        return desk.menu(self._request, "applicant")


def portal(request: HttpRequest) -> dict[str, Any]:
    return {"portal": Portal(request)}
