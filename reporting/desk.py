"""What reporting puts on the desk's rail."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from calls.models import Programme
from rocket.accounts.roles import Role
from rocket.core.desk import MenuEntry, register_menu


def desk_entries(request: Any) -> Iterable[MenuEntry]:
    """Overview and projects, for managers and auditors of the programme at hand."""
    programme, user = getattr(request, "desk_programme", None), request.user
    if programme is None or programme.code not in user.programmes_as(Role.MANAGER, Role.AUDITOR):
        return
    try:
        overview = reverse("desk", args=[programme.code])
    except NoReverseMatch:
        return
    yield MenuEntry(_("Overview"), overview, "layout-dashboard", position=10)
    yield MenuEntry(_("Projects"), reverse("desk_projects", args=[programme.code]), "rocket", position=40)
    yield MenuEntry(_("Products"), reverse("desk_products", args=[programme.code]), "package", position=45)
    yield MenuEntry(_("Reports"), reverse("reports", args=[programme.code]), "file-text", position=70)
    yield MenuEntry(_("Audit trail"), reverse("audit_trail", args=[programme.code]), "history", position=80)


def programme_entries(request: Any) -> Iterable[MenuEntry]:
    """The overviews of the other programmes that the person manages or audits; a query only for those with several."""
    programme = getattr(request, "desk_programme", None)
    codes = set(request.user.programmes_as(Role.MANAGER, Role.AUDITOR)) - {getattr(programme, "code", None)}
    if programme is None or not codes:
        return
    for place, other in enumerate(Programme.objects.filter(code__in=codes).order_by("-starts_on", "code")):
        yield MenuEntry(other.short_name, reverse("desk", args=[other.code]), "arrow-right", position=place)


def register() -> None:
    register_menu(desk_entries, area="desk")
    register_menu(programme_entries, area="programmes")
