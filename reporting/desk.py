"""What reporting puts on the desk's rail."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

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
    yield MenuEntry(_("Reports"), reverse("reports", args=[programme.code]), "file-text", position=70)


def register() -> None:
    register_menu(desk_entries, area="desk")
