"""A server behind the portal restarts in the middle of a request: a page that promises no more than is true."""

from __future__ import annotations

import re
import threading
import time
from html import unescape
from typing import Any

import psycopg2
import pytest
import redis.exceptions
from django.db import InterfaceError, OperationalError, connection, connections
from django.test import Client, override_settings
from django.urls import reverse

from feasibility.models import Section
from rocket.core.storage import BucketAway
from tests.feasibility.pages import press_submit, text_of

pytestmark = pytest.mark.django_db
FROM_HERE = {"HTTP_ORIGIN": "http://testserver", "HTTP_SEC_FETCH_SITE": "same-origin"}


@pytest.fixture
def client_of_lead(cast: Any) -> Client:
    client = cast.client("lead", language="de")
    client.raise_request_exception = False
    return client


def break_with(monkeypatch: Any, error: Exception) -> None:
    def away(*args: Any, **kwargs: Any) -> Any:
        raise error

    monkeypatch.setattr("feasibility.views._common.find", away)


@pytest.mark.parametrize(
    "error",
    [
        OperationalError("server closed the connection unexpectedly"),
        InterfaceError("connection already closed"),
        redis.exceptions.ConnectionError("refused"),
        redis.exceptions.TimeoutError("late"),
        redis.exceptions.BusyLoadingError("loading"),
        BucketAway("The bucket answered SlowDown"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_server_that_is_away_gives_a_page_of_its_own(
    cast: Any, client_of_lead: Client, monkeypatch: Any, error: Exception
) -> None:
    url = reverse("proposal", args=[cast.draft().number])
    break_with(monkeypatch, error)
    response = client_of_lead.get(url)
    assert response.status_code == 503
    assert response["Retry-After"] == "30"
    assert "no-store" in response["Cache-Control"]
    page = response.content.decode()
    assert f'href="{url}"' in page
    assert response["X-Request-ID"] in page
    assert "<form" not in page


def test_another_fault_stays_a_fault(cast: Any, client_of_lead: Client, monkeypatch: Any) -> None:
    url = reverse("proposal", args=[cast.draft().number])
    break_with(monkeypatch, ValueError("x"))
    response = client_of_lead.get(url)
    assert (response.status_code, "Something broke on our side" in response.content.decode()) == (500, True)
    assert response["X-Request-ID"] in response.content.decode()


def test_the_page_is_in_the_readers_language_and_asks_the_database_nothing(
    cast: Any, client_of_lead: Client, monkeypatch: Any, django_assert_num_queries: Any
) -> None:
    from rocket.core.views import errors

    url = reverse("proposal", args=[cast.draft().number])
    break_with(monkeypatch, OperationalError("x"))
    asked: list[int] = []
    really = errors.service_away

    def counted(request: Any) -> Any:
        with django_assert_num_queries(0):
            asked.append(1)
            return really(request)

    monkeypatch.setattr(errors, "service_away", counted)
    assert '<html lang="de"' in client_of_lead.get(url).content.decode()
    assert asked == [1]


def typed(cast: Any, proposal: Any) -> dict[str, Any]:
    return {
        "title": proposal.title, "summary": 'Wir <weben> "Licht" & Tuch', "cross_border_value": "Optics and cloth.",
        "starts_on": "2027-06-01", "months": "24",
        "seen_version": Section.objects.get(proposal=proposal, name="summary").version,
    }  # fmt: skip


def test_what_was_typed_into_a_section_stands_on_the_page_and_can_be_sent_again(
    cast: Any, client_of_lead: Client, monkeypatch: Any
) -> None:
    proposal = cast.draft()
    url = reverse("section_summary", args=[proposal.number])
    data = typed(cast, proposal)
    with monkeypatch.context() as broken:
        break_with(broken, OperationalError("x"))
        response = client_of_lead.post(url, data, **FROM_HERE)
    page = response.content.decode()
    assert response.status_code == 503
    assert f'<form class="form-actions" method="post" action="{url}">' in page
    fields = {
        unescape(name): unescape(value)
        for name, value in re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', page)
    }
    assert fields == {name: str(value) for name, value in data.items()}
    assert client_of_lead.post(url, fields, **FROM_HERE).status_code == 302
    proposal.refresh_from_db()
    assert proposal.summary == data["summary"]


@pytest.mark.parametrize(
    ("name", "extra"),
    [
        ("section_summary", {"HTTP_ORIGIN": "https://evil.example", "HTTP_SEC_FETCH_SITE": "cross-site"}),
        ("submit_proposal", FROM_HERE),
    ],
)
def test_where_nothing_can_be_offered_again_nothing_is_promised(
    cast: Any, monkeypatch: Any, name: str, extra: dict[str, str]
) -> None:
    """A post of another site, and a step that is no text: nobody says that it is kept, or that it failed."""
    proposal, client = cast.draft(), cast.client("lead")
    client.raise_request_exception = False
    break_with(monkeypatch, OperationalError("x"))
    before = reverse("check_answers", args=[proposal.number])
    response = client.post(
        reverse(name, args=[proposal.number]),
        typed(cast, proposal),
        HTTP_REFERER=f"http://testserver{before}",
        **extra,
    )
    page = response.content.decode()
    assert response.status_code == 503
    assert "<form" not in page
    assert "Wir" not in page
    assert "Whether your last step was carried out can't be said at the moment." in unescape(page)
    assert f'href="{before}"' in page


def test_a_page_of_another_site_is_no_way_back(cast: Any, monkeypatch: Any) -> None:
    proposal, client = cast.draft(), cast.client("lead")
    client.raise_request_exception = False
    break_with(monkeypatch, OperationalError("x"))
    response = client.post(
        reverse("submit_proposal", args=[proposal.number]), HTTP_REFERER="https://evil.example/trap"
    )
    assert 'class="button" href="/"' in response.content.decode()


def test_while_redis_is_away_people_work_on_and_sign_in(
    cast: Any, django_capture_on_commit_callbacks: Any
) -> None:
    """The limits of sign-in are counted in the process meanwhile (tests/accounts/test_without_redis.py)."""
    away = {"BACKEND": "rocket.core.cache.SteadyRedisCache", "LOCATION": "redis://127.0.0.1:1/0"}
    with override_settings(CACHES={"default": away}):
        with django_capture_on_commit_callbacks():
            assert press_submit(cast.client("lead"), cast.draft()).status_code == 302
        client = Client(raise_request_exception=False)
        response = client.post(reverse("account_login"), {"login": "lead@demo.example", "password": "x"})
    assert response.status_code == 200
    assert 'name="password"' in response.content.decode()


def test_an_error_of_redis_that_reaches_a_page_says_that_a_service_is_away(cast: Any) -> None:
    """With another cache than ours in front of Redis nobody is let in uncounted, and the page says why."""
    away = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"}
    with override_settings(CACHES={"default": away}):
        client = Client(raise_request_exception=False)
        response = client.post(reverse("account_login"), {"login": "lead@demo.example", "password": "x"})
    assert response.status_code == 503
    assert 'name="password"' not in response.content.decode()


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_postgresql_cuts_a_request_in_the_middle_and_the_next_one_is_answered(cast: Any) -> None:
    """Real: the request waits for a lock, the server ends its connection, the page says so, the connection heals."""
    if connection.vendor != "postgresql":
        pytest.skip("needs PostgreSQL")
    proposal = cast.draft()
    url = reverse("proposal", args=[proposal.number])
    client = cast.client("lead", language="nl")
    client.raise_request_exception = False
    got: list[Any] = []

    def ask() -> None:
        mine = connections["default"]
        mine.health_check_enabled = True
        try:
            with mine.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
            got.append(client.get(url))
            mine.close_if_unusable_or_obsolete()  # as at the end of each request under gunicorn
            lock.rollback()
            got.append(client.get(url))
        finally:
            mine.close()

    parameters = {
        k: v
        for k, v in connection.get_connection_params().items()
        if k in ("dbname", "user", "host", "port", "password")
    }
    lock, other = psycopg2.connect(**parameters), psycopg2.connect(**parameters)
    other.autocommit = True
    try:
        lock.cursor().execute("LOCK TABLE feasibility_proposal IN ACCESS EXCLUSIVE MODE")
        thread = threading.Thread(target=ask)
        thread.start()
        deadline = time.monotonic() + 20
        with other.cursor() as cursor:
            while time.monotonic() < deadline and not got:
                cursor.execute(
                    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND wait_event_type = 'Lock'"
                )
                if cursor.fetchone()[0]:
                    break
                time.sleep(0.05)
        thread.join(20)
    finally:
        lock.close()
        other.close()
    assert [response.status_code for response in got] == [503, 200]
    assert '<html lang="nl"' in got[0].content.decode()
    assert proposal.title in text_of(got[1])
