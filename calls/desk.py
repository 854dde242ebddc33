"""What calls puts on the desk's rail and into the public bar."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from calls.models import Programme
from rocket.accounts.roles import Role
from rocket.core.context import register_home_programme
from rocket.core.desk import MenuEntry, register_menu


def home_programme() -> Programme | None:
    """The programme whose name, mark and colours the public pages carry; one query."""
    return Programme.objects.home(settings.HOME_PROGRAMME)


def desk_entries(request: Any) -> Iterable[MenuEntry]:
    """Calls, on the desk of a programme, for those who may list them."""
    programme = getattr(request, "desk_programme", None)
    if programme is not None and programme.code in request.user.programmes_as(Role.MANAGER, Role.AUDITOR):
        yield MenuEntry(_("Calls"), reverse("desk_calls", args=[programme.code]), "calendar", position=20)


def calls_entry(request: Any) -> Iterable[MenuEntry]:
    """The calls, in the bar of those who are signed in."""
    yield MenuEntry(_("Calls"), reverse("calls"), "calendar", position=40)


def register() -> None:
    register_home_programme(home_programme)
    register_menu(desk_entries, area="desk")
    register_menu(calls_entry, area="applicant")
