"""Logs say what happened and name nobody; a request's number leads from its page to its lines and tasks."""

from __future__ import annotations

import io
import json
import logging
import re
from collections.abc import Iterator
from smtplib import SMTPRecipientsRefused
from typing import Any

import pytest
from django.conf import settings as portal
from django.core import mail
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse

from consortia.models import Invitation
from rocket.accounts.models import User
from rocket.core import logs, outbox
from rocket.core.models import OutboxMessage
from rocket.demo.people import PASSWORD
from tests.feasibility.pages import press_submit


class Written(io.StringIO):
    """What the portal wrote; each line as the object that it is."""

    def lines(self, logger: str = "") -> list[dict[str, Any]]:
        found = [json.loads(line) for line in self.getvalue().splitlines()]
        return [line for line in found if not logger or line["logger"] == logger]


@pytest.fixture
def written() -> Iterator[Written]:
    stream = Written()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.JsonFormatter())
    logging.getLogger().addHandler(handler)
    yield stream
    logging.getLogger().removeHandler(handler)


def test_a_request_leaves_one_line_without_its_address(cast: Any, written: Written) -> None:
    draft = cast.draft()
    response = cast.client("lead").get(reverse("proposal", args=[draft.number]), {"token": "very-secret"})
    (line,) = written.lines("rocket.request")
    assert re.fullmatch(r"[2-9A-HJ-NP-Z]{5}-[2-9A-HJ-NP-Z]{5}", line.pop("request_id"))
    assert line.pop("ms") >= 0
    assert line.pop("time").endswith("+00:00")
    assert line == {
        "level": "INFO",
        "logger": "rocket.request",
        "message": "request",
        "method": "GET",
        "route": "/proposals/<slug:number>/",
        "status": 200,
        "user": cast.people["lead"].pk,
    }
    assert response["X-Request-ID"] == written.lines("rocket.request")[0]["request_id"]


def test_a_line_asks_the_database_nothing(db: None, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        Client().get(reverse("healthz"))


def test_health_checks_that_succeed_leave_no_line(db: None, written: Written) -> None:
    Client().get(reverse("healthz"))
    assert written.lines("rocket.request") == []
    Client().post(reverse("healthz"))
    assert [line["status"] for line in written.lines("rocket.request")] == [405]


@pytest.mark.parametrize(
    ("proxies", "given", "is_taken"),
    [(1, "abc-123-xyz", True), (0, "abc-123-xyz", False), (1, 'x"} {"level', False), (1, "a" * 65, False)],
)
def test_a_number_is_taken_from_a_proxy_of_ones_own_alone(
    db: None, settings: Any, proxies: int, given: str, is_taken: bool
) -> None:
    settings.TRUSTED_PROXY_COUNT = proxies
    number = Client().get("/healthz", headers={"X-Request-ID": given})["X-Request-ID"]
    assert (number == given) is is_taken
    assert logs.request_id() == ""


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ("for <mia.o'neil+x@mail.example.nl>, and", "for <[address]>, and"),
        ("GET /reset/?key=abc&next=/x HTTP", "GET /reset/?[query] HTTP"),
        ("Really? Yes=no", "Really? Yes=no"),
        ("Invalid request from ip=192.0.2.7: x", "Invalid request from ip=[address] x"),
        ("mia%40example.nl", "mia%40example.nl"),
    ],
)
def test_addresses_and_query_strings_are_taken_out(words: str, kept: str) -> None:
    assert logs.scrub(words) == kept


def _written(error: BaseException) -> dict[str, Any]:
    try:
        raise error
    except type(error) as raised:
        return logs.exception_facts(raised)


def test_what_may_quote_a_person_keeps_its_words_to_itself() -> None:
    facts = _written(IntegrityError("duplicate key\nDETAIL: Key (name)=(Mia Muster) already exists."))
    assert facts["type"] == "django.db.utils.IntegrityError"
    assert "text" not in facts
    assert facts["frames"][0].startswith("tests/core/test_logs.py:")
    assert "Mia" not in json.dumps(facts)


def test_faults_of_machines_keep_their_words() -> None:
    facts = _written(OSError(28, "No space left on device", "/documents/x"))
    assert facts["text"] == "[Errno 28] No space left on device: '/documents/x'"
    assert _written(AttributeError("no 'x'"))["text"] == "no 'x'"
    assert "text" not in _written(ValueError("Mia Muster"))
    refused = _written(SMTPRecipientsRefused({"mia@example.nl": (550, b"mia@example.nl unknown")}))
    assert "mia" not in json.dumps(refused)


def test_what_led_to_a_fault_is_named_too() -> None:
    try:
        try:
            raise KeyError("Mia")
        except KeyError as first:
            raise RuntimeError("second") from first
    except RuntimeError as raised:
        facts = logs.exception_facts(raised)
    assert facts["after"]["type"] == "builtins.KeyError"


def test_a_line_is_one_line_whatever_it_says() -> None:
    record = logging.LogRecord("x", logging.INFO, "x", 1, "two\nlines %s", ("ü",), None)
    text = logs.JsonFormatter().format(record)
    assert "\n" not in text
    assert json.loads(text)["message"] == "two\nlines ü"


def test_a_person_at_a_terminal_reads_plain_lines() -> None:
    record = logging.LogRecord("rocket.x", logging.WARNING, "x", 1, "to %s", ("mia@example.nl",), None)
    record.facts = {"status": 200}
    assert re.fullmatch(
        r"\d\d:\d\d:\d\d WARNING rocket\.x: to \[address\] status=200", logs.TextFormatter().format(record)
    )


def test_every_handler_of_the_settings_writes_through_the_portals_formatter() -> None:
    configuration = portal.LOGGING
    assert [handler["formatter"] for handler in configuration["handlers"].values()] == ["portal"]
    others = [
        name for name, logger in configuration["loggers"].items() if logger.get("handlers") not in (None, [])
    ]
    assert others == []
    assert "mail_admins" not in json.dumps(configuration)


class _Broken:
    """A part of the portal that fails with the words of a database."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        raise IntegrityError("Key (email)=(marlies@demo.example) exists: Marlies Terhorst")


def test_a_whole_case_leaves_nobody_in_the_logs(
    cast: Any,
    written: Written,
    settings: Any,
    monkeypatch: Any,
    django_capture_on_commit_callbacks: Any,
) -> None:
    """Sign-in, a wrong password, invitation, saving, submission, mail that is refused, and a page that breaks."""
    settings.ACCOUNT_RATE_LIMITS = False
    draft = cast.draft()
    people = list(User.objects.exclude(name=""))
    browser = Client(raise_request_exception=False)
    lead = cast.people["lead"]
    wrong = {"login": lead.email, "password": "not the password"}
    assert browser.post(reverse("account_login"), wrong).status_code == 200
    right = {"login": lead.email, "password": PASSWORD}
    assert browser.post(reverse("account_login") + "?next=/work/", right).status_code == 302
    client = cast.client("lead")
    client.raise_request_exception = False
    with django_capture_on_commit_callbacks(execute=True):
        client.post(
            reverse("section_partners", args=[draft.number]),
            {
                "is_inviting": "1", "name": "Nieuw B.V.", "country": "NL", "kind": "sme", "role": "project",
                "email": "invited.person@example.nl", "language": "nl",
            },
        )  # fmt: skip
    assert Invitation.objects.filter(email="invited.person@example.nl").exists()
    Client().get(f"/invitations/{'t' * 40}/?mail=someone@example.org")
    summary = reverse("section_summary", args=[draft.number])
    client.post(summary, {"title": "Ask mia@example.nl", "summary": "By Mia Muster", "seen_version": "0"})
    with django_capture_on_commit_callbacks(execute=True):
        assert press_submit(client, cast.draft("GridSkin")).status_code == 302
    assert mail.outbox

    def refuse(self: Any, *args: Any, **kwargs: Any) -> None:
        raise SMTPRecipientsRefused({lead.email: (550, b"unknown")})

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuse)
    OutboxMessage.objects.update(state="waiting")
    outbox.deliver_due()
    monkeypatch.setattr(
        "django.core.mail.backends.locmem.EmailBackend.send_messages",
        lambda *a, **k: (_ for _ in ()).throw(ConnectionResetError(f"lost on the way to {lead.email}")),
    )
    OutboxMessage.objects.update(state="waiting", next_try_at=cast.now)
    outbox.deliver_due()
    monkeypatch.setattr("feasibility.views._common.find", _Broken())
    broken = client.get(reverse("proposal", args=[draft.number]))

    text = written.getvalue()
    assert len(written.lines("rocket.request")) > 6
    assert any(line.get("exception") for line in written.lines()), "nothing broke"
    assert broken.status_code == 500
    assert broken["X-Request-ID"] in broken.content.decode()
    said = {line["request_id"] for line in written.lines("django.request") if line["level"] == "ERROR"}
    assert broken["X-Request-ID"] in said
    addresses = {person.email for person in people} | {"invited.person@example.nl", "someone@example.org"}
    assert sorted(address for address in addresses if address in text) == []
    assert re.findall(r"[\w.+-]+@[\w-]+\.\w+", text) == []
    names = {person.name for person in people} | {"Mia Muster"}
    assert sorted(name for name in names if name in text) == []
    assert "t" * 40 not in text
    assert "mail=" not in text
