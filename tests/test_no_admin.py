"""No page edits rows past a service (docs/decisions/0015): there is no admin site, and nobody who could use one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from rocket.accounts.models import User


def _views(entries: list[URLPattern | URLResolver]) -> Iterator[tuple[str, str]]:
    for entry in entries:
        if isinstance(entry, URLResolver):
            yield from _views(entry.url_patterns)
        else:
            view = getattr(entry.callback, "view_class", entry.callback)
            yield str(entry.pattern), view.__module__


def test_the_admin_is_not_installed_and_no_app_registers_for_it() -> None:
    assert not apps.is_installed("django.contrib.admin")
    ours = [
        Path(config.path)
        for config in apps.get_app_configs()
        if Path(config.path).is_relative_to(settings.BASE_DIR)
    ]
    assert [path for app in ours if ".venv" not in app.parts for path in app.rglob("admin.py")] == []


def test_no_address_leads_to_a_view_of_the_admin() -> None:
    views = list(_views(get_resolver().url_patterns))
    assert len(views) > 100
    assert [address for address, module in views if module.startswith("django.contrib.admin")] == []


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/admin/", "/admin/login/", "/django-admin/"])
def test_its_usual_addresses_are_not_there(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_nobody_stands_above_the_roles() -> None:
    names = {field.name for field in User._meta.get_fields()}
    assert not names & {"is_staff", "is_superuser", "user_permissions", "groups"}
