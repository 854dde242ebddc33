"""Signing in and up while Redis is away: the pages answer, and the limits hold on."""

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from rocket.accounts.roles import Role
from rocket.accounts.services import grant_role
from rocket.celery import app
from rocket.core import cache as steady
from rocket.core.models import OutboxMessage
from rocket.core.tasks import deliver_outbox
from tests.accounts.test_second_factor import code
from tests.accounts.test_sign_up import is_signed_in, link_in, sign_in, sign_up
from tests.factories.consortia import PersonFactory

PASSWORD = "across the border"
NOWHERE = "redis://127.0.0.1:1/0"
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _redis_is_away(settings, monkeypatch):
    """The cache and the broker have an address at which nobody listens."""
    settings.CACHES = {"default": {"BACKEND": "rocket.core.cache.SteadyRedisCache", "LOCATION": NOWHERE}}
    steady._away_until.clear()
    cache.clear()
    eager = app.conf.task_always_eager
    app.conf.task_always_eager = False
    options = settings.CELERY_BROKER_TRANSPORT_OPTIONS
    monkeypatch.setattr(
        deliver_outbox,
        "delay",
        lambda: deliver_outbox.apply_async(
            connection=app.connection_for_write(url=NOWHERE, transport_options=options), retry=False
        ),
    )
    yield
    app.conf.task_always_eager = eager
    cache.clear()
    steady._away_until.clear()


@pytest.fixture
def mia():
    return PersonFactory(email="mia@example.nl")


def test_sign_up_confirm_and_reset_answer_within_seconds():
    began = time.monotonic()
    _, answer = sign_up("tom@example.de")
    assert answer.status_code == 200
    mail = OutboxMessage.objects.get()
    assert mail.state == "waiting"  # the sweep hands it over
    assert Client().post(link_in(mail)).status_code == 302
    answer = Client().post(reverse("account_reset_password"), {"email": "tom@example.de"})
    assert answer["Location"] == reverse("account_reset_password_done")
    link = link_in(OutboxMessage.objects.exclude(pk=mail.pk).get())
    browser = Client()
    page = browser.get(link, follow=True)
    new = "over the river and back"
    browser.post(page.redirect_chain[-1][0], {"password1": new, "password2": new})
    browser = Client()
    sign_in("tom@example.de", new, browser)
    assert is_signed_in(browser)
    assert time.monotonic() - began < 12


def test_an_address_is_closed_after_five_wrong_passwords(mia):
    for _ in range(5):
        assert sign_in("mia@example.nl", "wrong").status_code == 200
    browser = Client()
    answer = sign_in("mia@example.nl", PASSWORD, browser)
    assert "Too many attempts. Signing in opens again in 5 minutes." in answer.content.decode()
    assert not is_signed_in(browser)


def test_a_page_is_closed_after_many_posts():
    for _ in range(5):
        assert (
            Client().post(reverse("account_reset_password"), {"email": "mia@example.nl"}).status_code == 302
        )
    assert Client().post(reverse("account_reset_password"), {"email": "mia@example.nl"}).status_code == 429


def test_a_code_of_the_second_factor_counts_once(mia, settings, now):
    settings.DEMO = False
    grant_role(user=mia, role=Role.MANAGER, programme_code="p", by=None, now=now)
    secret = generate_totp_secret()
    TOTP.activate(mia, secret)
    once = code(secret)
    browsers = [Client(), Client()]
    for browser in browsers:
        sign_in("mia@example.nl", PASSWORD, browser)
        assert browser.post(reverse("mfa_authenticate"), {"code": once}).status_code in (200, 302)
    assert [is_signed_in(browser) for browser in browsers] == [True, False]
    assert Authenticator.objects.count() == 1
