"""Health, readiness and the demonstration's mails."""

import os
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from django.conf import settings as portal
from django.urls import reverse

from rocket.core import outbox
from rocket.core.models import OutboxMessage

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def test_the_process_answers_without_a_database(client):
    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})
    assert client.post("/healthz").status_code == 405


def test_a_portal_whose_database_is_away_is_not_ready(tmp_path):
    """A process of its own, since the tests' database is there: nobody listens on port 1."""
    asking = (
        "import django; django.setup()\n"
        "from django.test import Client\n"
        "for path in ('/readyz', '/healthz'):\n"
        "    answer = Client(headers={'host': 'localhost'}).get(path)\n"
        "    print(answer.status_code, answer.json()['status'], answer.json().get('database'))\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", asking],
        env={
            "PATH": os.environ["PATH"],
            "DJANGO_SETTINGS_MODULE": "rocket.settings",
            "SECRET_KEY": "only-for-this-test",
            "ROCKET_DATA_DIR": str(tmp_path),
            "DATABASE_URL": "postgres://nobody@127.0.0.1:1/nothing",
        },
        cwd=portal.BASE_DIR,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert run.stdout.splitlines() == ["503 not ready away", "200 ok None"], run.stderr


class TestDemoMail:
    @pytest.fixture
    def mails(self, db):
        for address in ("mia@example.nl", "tom@example.de"):
            outbox.enqueue_rendered(
                to=[address],
                subject=f"For {address}",
                text="https://portal.example/invitation/1\n",
                html="<p>x</p>",
                language="en",
                now=NOW,
            )

    def test_a_portal_for_real_shows_no_mail(self, client, mails, settings):
        settings.DEMO = False
        for address in (
            reverse("demo_mail"),
            reverse("demo_mail_message", args=[OutboxMessage.objects.latest("pk").pk]),
        ):
            assert client.get(address).status_code == 404

    def test_a_demonstration_shows_the_latest_first_and_those_of_one_person(self, client, mails, settings):
        settings.DEMO = True
        shown = client.get(reverse("demo_mail"))
        assert [mail.to for mail in shown.context["page"]] == ["tom@example.de", "mia@example.nl"]
        shown = client.get(reverse("demo_mail"), {"to": " MIA@example.nl "})
        assert [mail.to for mail in shown.context["page"]] == ["mia@example.nl"]

    def test_a_mail_is_shown_with_its_words(self, client, mails, settings):
        settings.DEMO = True
        mail = OutboxMessage.objects.latest("pk")
        html = client.get(reverse("demo_mail_message", args=[mail.pk])).content.decode()
        assert "For tom@example.de" in html
        assert "https://portal.example/invitation/1" in html
        assert client.get(reverse("demo_mail_message", args=[mail.pk + 1])).status_code == 404


def test_the_gallery_stands_open(client, db):
    assert client.get(reverse("gallery")).status_code == 200
