"""The fixed cast of every test, and one case that is eligible until a test breaks it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.conf import settings
from django.test import Client

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


# No test asserts a time: a generated case may take as long as a busy machine needs.
hypothesis.settings.register_profile(
    "any time", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("any time")


@pytest.fixture(autouse=True)
def _quiet_surroundings(settings: Any, tmp_path: Path) -> Iterator[None]:
    """Mails stay in memory, documents in a folder of the test, hashing is quick, the cache starts empty, and no test
    leaves its language to the next."""
    from django.core.cache import caches
    from django.utils import translation

    from calls import remembered

    settings.DOCUMENTS_DIR = tmp_path / "documents"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.CELERY_TASK_ALWAYS_EAGER = True
    settings.BACKGROUND_THREADS = False
    remembered.forget()
    for kept in caches.all():
        kept.clear()
    translation.activate("en")
    yield
    translation.deactivate()
    for kept in caches.all():
        kept.clear()


@pytest.fixture(autouse=True)
def _second_factor_is_shown() -> Iterator[None]:
    """Who is signed in by ``force_login`` has shown a second factor; who signs in by the page has not."""
    from django.contrib.auth.signals import user_logged_in

    from rocket.accounts import second_factor

    def show(request: Any, user: Any, **kwargs: Any) -> None:
        if request.method is None:  # the test client's own request
            second_factor.remember(request, user)

    user_logged_in.connect(show)
    yield
    user_logged_in.disconnect(show)


@pytest.fixture
def now() -> datetime:
    return NOW


@dataclass
class Cast:
    """The people (by the part of their address before the @), a builder of cases, and its open call."""

    people: dict[str, Any]
    builder: Any
    call: Any
    now: datetime
    proposals: dict[str, Any] = field(default_factory=dict)

    def client(self, who: str, language: str = "en") -> Client:
        """A browser in which this person is signed in and reads ``language``; ``anonymous`` is nobody."""
        client = Client()
        if who != "anonymous":
            self.people[who].language = language
            self.people[who].save(update_fields=["language"])
            client.force_login(self.people[who], backend="django.contrib.auth.backends.ModelBackend")
        return client

    def draft(self, title: str = "LumiWeave", **values: Any) -> Any:
        """A proposal that every rule passes."""
        return self.builder.proposal(self.call, title, 5, **values)

    def submitted(self, title: str = "GridSkin") -> Any:
        proposal = self.draft(title)
        self.builder.submit(proposal, 1)
        proposal.refresh_from_db()
        return proposal


@pytest.fixture
def programme(db: None, now: datetime) -> Any:
    """The demonstration programme under the rules of 2021 to 2027, from its file."""
    from calls.models import Programme
    from calls.services import load_programme

    load_programme(path=Path(settings.BASE_DIR) / "programmes" / "rocket-next.toml", by=None, now=now)
    return Programme.objects.get(code="rocket-next")


@pytest.fixture
def cast(programme: Any, now: datetime) -> Cast:
    """Lead partner from Münster, partner from Enschede, research partner, consultants, desk, and outsiders."""
    from rocket.accounts.models import User
    from rocket.demo.build import Builder
    from rocket.demo.people import make_people

    people = make_people(programmes=(programme.code,), now=now)
    people["outsider"] = User.objects.create_user("outsider@demo.example", "x", name="Otto Outsider")
    builder = Builder(people, now)
    builder.register_firms()
    call = builder.call("2026-2", "second", opens=-20, closes=45, published=25)
    return Cast(people, builder, call, now)
