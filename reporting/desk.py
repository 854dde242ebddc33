"""What reporting puts on the desk's rail."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from calls.desk import register_door
from rocket.accounts.roles import Role
from rocket.core.desk import MenuEntry, register_menu


def desk_entries(request: Any) -> Iterable[MenuEntry]:
    """Overview, projects and what hangs on them, for managers and auditors of the programme at hand; the money of the
    projects also for its controllers."""
    programme, user = getattr(request, "desk_programme", None), request.user
    if programme is None:
        return
    if programme.code in user.programmes_as(Role.CONTROLLER, Role.MANAGER, Role.AUDITOR):
        yield MenuEntry(_("Control"), reverse("control", args=[programme.code]), "wallet", position=50)
    if programme.code not in user.programmes_as(Role.MANAGER, Role.AUDITOR):
        return
    overview = reverse("desk", args=[programme.code])
    yield MenuEntry(_("Overview"), overview, "layout-dashboard", position=10)
    yield MenuEntry(_("Projects"), reverse("desk_projects", args=[programme.code]), "rocket", position=40)
    yield MenuEntry(_("Products"), reverse("desk_products", args=[programme.code]), "package", position=45)
    yield MenuEntry(
        _("Organisations"), reverse("desk_organisations", args=[programme.code]), "building-2", position=55
    )
    yield MenuEntry(_("Reports"), reverse("reports", args=[programme.code]), "file-text", position=70)
    yield MenuEntry(_("Audit trail"), reverse("audit_trail", args=[programme.code]), "history", position=80)


def search_entry(request: Any) -> Iterable[MenuEntry]:
    """Where the desk's search box looks, for managers and auditors of the programme at hand."""
    programme = getattr(request, "desk_programme", None)
    if programme is not None and programme.code in request.user.programmes_as(Role.MANAGER, Role.AUDITOR):
        yield MenuEntry(_("Search"), reverse("desk_search", args=[programme.code]), "search")


def register() -> None:
    register_menu(search_entry, area="search")
    register_menu(desk_entries, area="desk")
    register_door("desk", Role.MANAGER, Role.AUDITOR, position=10)
    register_door("control", Role.CONTROLLER, position=30)
