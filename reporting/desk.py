"""What reporting puts on the desk's rail."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from feasibility.desk import doors_of
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
    try:
        overview = reverse("desk", args=[programme.code])
    except NoReverseMatch:
        return
    yield MenuEntry(_("Overview"), overview, "layout-dashboard", position=10)
    yield MenuEntry(_("Projects"), reverse("desk_projects", args=[programme.code]), "rocket", position=40)
    yield MenuEntry(_("Products"), reverse("desk_products", args=[programme.code]), "package", position=45)
    yield MenuEntry(
        _("Organisations"), reverse("desk_organisations", args=[programme.code]), "building-2", position=55
    )
    yield MenuEntry(_("Reports"), reverse("reports", args=[programme.code]), "file-text", position=70)
    yield MenuEntry(_("Audit trail"), reverse("audit_trail", args=[programme.code]), "history", position=80)


def programme_entries(request: Any) -> Iterable[MenuEntry]:
    """The desks of the other programmes that have one for the person; a query only for those with several."""
    programme = getattr(request, "desk_programme", None)
    desks = request.user.programmes_as(Role.MANAGER, Role.AUDITOR, Role.ASSESSOR, Role.CONTROLLER)
    if programme is None or not desks - {programme.code}:
        return
    for place, (other, url) in enumerate(doors_of(request.user)):
        if other.code != programme.code:
            yield MenuEntry(other.short_name, url, "arrow-right", position=place)


def search_entry(request: Any) -> Iterable[MenuEntry]:
    """Where the desk's search box looks, for managers and auditors of the programme at hand."""
    programme = getattr(request, "desk_programme", None)
    if programme is not None and programme.code in request.user.programmes_as(Role.MANAGER, Role.AUDITOR):
        yield MenuEntry(_("Search"), reverse("desk_search", args=[programme.code]), "search")


def register() -> None:
    register_menu(search_entry, area="search")
    register_menu(desk_entries, area="desk")
    register_menu(programme_entries, area="programmes")
