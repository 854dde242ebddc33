"""Privacy, imprint, accessibility, help and feedback."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from rocket.core.models import Feedback, OutboxMessage

pytestmark = pytest.mark.django_db
PAGES = ("/privacy/", "/imprint/", "/accessibility/", "/help/", "/feedback/")


@pytest.mark.parametrize("url", PAGES)
@pytest.mark.parametrize("language", ["en", "de", "nl"])
def test_every_page_is_there_for_everybody_and_linked_from_each(client, settings, url, language):
    settings.DEMO = True
    page = client.get(url, headers={"accept-language": language})
    text = page.content.decode()
    assert page.status_code == 200
    assert [link for link in PAGES if f'href="{link}"' not in text] == []


@pytest.mark.parametrize("url", ["/imprint/", "/privacy/"])
def test_the_operator_of_the_settings_is_named(client, settings, url):
    settings.DEMO = False
    settings.OPERATOR_NAME, settings.OPERATOR_EMAIL = "Office <North>", "office@example.org"
    settings.OPERATOR_ADDRESS = "Street 1; 7500 Town"
    text = client.get(url).content.decode()
    assert "<strong>Office &lt;North&gt;</strong><br>Street 1<br>7500 Town<br>" in text
    assert 'href="mailto:office@example.org"' in text
    assert "runs as a demonstration" not in text


@pytest.mark.parametrize("url", ["/imprint/", "/privacy/", "/accessibility/"])
def test_without_an_operator_there_is_no_hollow_page(client, settings, url):
    settings.DEMO, settings.OPERATOR_NAME = False, ""
    assert client.get(url).status_code == 404


def test_a_demonstration_says_that_it_is_one(client, settings):
    settings.DEMO, settings.OPERATOR_NAME = True, ""
    assert "runs as a demonstration" in client.get("/imprint/").content.decode()


def test_the_statement_names_the_body_that_watches(client, settings):
    settings.DEMO, settings.ACCESSIBILITY_BODY = True, "the Agency of Examples"
    assert "Then turn to the Agency of Examples" in client.get("/accessibility/").content.decode()


def test_the_glossary_has_ten_words(client):
    text = client.get("/help/").content.decode()
    assert text.count("<dt>") == 10


def test_feedback_is_kept_and_mailed(client, settings):
    settings.OPERATOR_EMAIL = "office@example.org"
    answer = client.post(
        "/feedback/", {"text": "The <b>button</b>\x00", "page": "/calls/", "email": "me@example.org"}
    )
    assert answer.status_code == 302
    row, mail = Feedback.objects.get(), OutboxMessage.objects.get()
    assert (row.text, row.page, row.email) == ("The <b>button</b>", "/calls/", "me@example.org")
    assert mail.to == "office@example.org"
    assert ("The <b>button</b>" in mail.text, "me@example.org" in mail.text) == (True, True)
    assert "The &lt;b&gt;button&lt;/b&gt;" in mail.html


@pytest.mark.parametrize("data", [{"text": ""}, {"text": "x" * 3001}, {"text": "a", "email": "nobody"}])
def test_what_cannot_be_kept_is_said(client, data):
    assert client.post("/feedback/", data).status_code == 422
    assert Feedback.objects.count() == 0


def test_sixty_an_hour_and_no_more(client, settings):
    now = timezone.now()
    settings.OPERATOR_EMAIL = "office@example.org"
    for _number in range(60):
        Feedback.objects.create(text="x", language="en", given_at=now)
    with time_machine.travel(now, tick=False):
        page = client.post("/feedback/", {"text": "One more"})
    assert (page.status_code, Feedback.objects.count()) == (422, 60)
    assert "office@example.org" in page.content.decode()
    with time_machine.travel(now + timedelta(hours=1), tick=False):
        assert client.post("/feedback/", {"text": "One more"}).status_code == 302
