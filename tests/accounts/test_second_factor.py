"""A role sleeps until its holder has shown a second factor in this session."""

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from rocket.accounts.roles import Role
from rocket.accounts.services import grant_role
from rocket.core.models import OutboxMessage
from tests.accounts.test_sign_up import is_signed_in, sign_in
from tests.factories.consortia import PersonFactory

PASSWORD = "across the border"


def code(secret, *, steps=0):
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


@pytest.fixture
def desk(programme, settings):
    settings.DEMO = False
    return reverse("desk", args=[programme.code])


@pytest.fixture
def manager(programme):
    person = PersonFactory(email="manager@example.org")
    grant_role(user=person, role=Role.MANAGER, programme_code=programme.code, by=None, now=timezone.now())
    return person


def by_password(email="manager@example.org"):
    browser = Client()
    sign_in(email, PASSWORD, browser)
    return browser


def set_up(browser):
    """Set an app up as a person would; returns its key and the answer."""
    page = browser.get(reverse("mfa_activate_totp"))
    secret = re.search(r'id="authenticator_secret">([A-Z2-7]+)<', page.content.decode())[1]
    return secret, browser.post(reverse("mfa_activate_totp"), {"code": code(secret)})


class TestARole:
    @pytest.mark.django_db(transaction=True)
    def test_is_led_to_the_set_up_and_back(self, desk, manager):
        browser = by_password()
        answer = browser.get(desk + "?page=2", follow=True)
        assert answer.redirect_chain == [(reverse("mfa_index"), 302)]
        assert "Your role opens pages" in answer.content.decode()
        _, answer = set_up(browser)
        assert answer["Location"] == reverse("mfa_view_recovery_codes")
        page = browser.get(answer["Location"]).content.decode()
        assert f'href="{desk}?page=2"' in page
        assert len(re.findall(r"<li><code>\d{8}</code></li>", page)) == 10
        assert browser.get(desk + "?page=2").status_code == 200
        assert "second_factor_wanted" not in browser.session

    @pytest.mark.parametrize("name", ["my_work", "my_organisations", "in_my_care"])
    def test_opens_no_page_behind_the_sign_in(self, desk, manager, name):
        assert by_password().get(reverse(name))["Location"] == reverse("mfa_index")

    def test_changes_nothing_by_a_post(self, desk, manager, programme):
        answer = by_password().post(reverse("desk_call_new", args=[programme.code]), {"title_en": "x"})
        assert answer["Location"] == reverse("mfa_index")
        assert programme.calls.count() == 0

    def test_answers_htmx_with_a_whole_new_page(self, desk, manager):
        answer = by_password().get(desk, headers={"hx-request": "true"})
        assert answer["HX-Redirect"] == reverse("mfa_index")

    @pytest.mark.django_db(transaction=True)
    def test_sleeps_on_public_pages(self, desk, manager, programme, now):
        from calls.services import CallContent, create_call
        from rocket.core.text import LocalisedText

        call = create_call(
            programme=programme, content=CallContent(title=LocalisedText("Next")), by=manager, now=now
        )
        page = reverse("call", args=[call.slug])
        browser = by_password()
        assert browser.get(page).status_code == 404
        set_up(browser)
        assert browser.get(page).status_code == 200

    def test_an_applicant_needs_none(self, desk):
        PersonFactory(email="mia@example.nl")
        assert by_password("mia@example.nl").get(reverse("my_work")).status_code == 200

    def test_a_demonstration_needs_none(self, desk, manager, settings):
        settings.DEMO = True
        assert by_password().get(desk).status_code == 200

    def test_stays_led_away_after_the_only_factor_is_removed(self, desk, manager):
        browser = by_password()
        set_up(browser)
        Authenticator.objects.filter(user=manager).delete()
        fresh = by_password()
        assert fresh.get(desk)["Location"] == reverse("mfa_index")

    def test_does_not_let_its_holder_remove_the_last_one(self, desk, manager):
        browser = by_password()
        set_up(browser)
        page = browser.post(reverse("mfa_deactivate_totp"))
        assert "Your role needs a second factor." in page.content.decode()
        assert Authenticator.objects.filter(user=manager, type="totp").exists()

    def test_asks_an_older_session_for_the_factor_that_was_set_up_elsewhere(self, desk, manager):
        older, newer = by_password(), by_password()
        secret, _ = set_up(newer)
        answer = older.get(desk)
        assert answer["Location"] == f"{reverse('mfa_reauthenticate')}?next={desk.replace('/', '%2F')}"
        answer = older.post(answer["Location"], {"code": code(secret, steps=1), "next": desk})
        assert answer["Location"] == desk
        assert older.get(desk).status_code == 200


class TestSigningIn:
    @pytest.fixture
    def secret(self, manager):
        secret = generate_totp_secret()
        TOTP.activate(manager, secret)
        return secret

    def test_asks_for_the_code_after_the_password(self, desk, secret):
        browser = Client()
        answer = sign_in("manager@example.org", PASSWORD, browser)
        assert answer["Location"] == reverse("mfa_authenticate")
        assert not is_signed_in(browser)
        before = browser.session.session_key
        browser.post(reverse("mfa_authenticate"), {"code": code(secret)})
        assert is_signed_in(browser)
        assert browser.session.session_key != before
        assert browser.get(desk).status_code == 200

    @pytest.mark.parametrize(
        "wrong", ["000000", "", "abcdef", "1" * 400, "\u0661\u0662\u0663\u0664\u0665\u0666"]
    )
    def test_a_wrong_code_signs_nobody_in(self, desk, secret, wrong):
        browser = by_password()
        assert browser.post(reverse("mfa_authenticate"), {"code": wrong}).status_code == 200
        assert not is_signed_in(browser)

    def test_a_code_counts_once(self, desk, secret):
        once = code(secret)
        by_password().post(reverse("mfa_authenticate"), {"code": once})
        browser = by_password()
        browser.post(reverse("mfa_authenticate"), {"code": once})
        assert not is_signed_in(browser)

    def test_five_wrong_codes_close_it_for_the_right_one_too(self, desk, secret):
        browser = by_password()
        for _ in range(5):
            browser.post(reverse("mfa_authenticate"), {"code": "000000"})
        browser.post(reverse("mfa_authenticate"), {"code": code(secret)})
        assert not is_signed_in(browser)

    def test_a_recovery_code_opens_once(self, desk, manager):
        set_up(by_password())
        (codes,) = Authenticator.objects.filter(user=manager, type="recovery_codes")
        one = codes.wrap().get_unused_codes()[0]
        browser = by_password()
        browser.post(reverse("mfa_authenticate"), {"code": one})
        assert is_signed_in(browser)
        again = by_password()
        again.post(reverse("mfa_authenticate"), {"code": one})
        assert not is_signed_in(again)


class TestSetUp:
    def test_asks_for_the_password_when_the_sign_in_is_long_ago(self, desk, manager):
        browser = Client()
        browser.force_login(manager, backend="django.contrib.auth.backends.ModelBackend")
        for name in ("mfa_activate_totp", "mfa_add_webauthn"):
            assert browser.get(reverse(name))["Location"].startswith(reverse("account_reauthenticate"))

    @pytest.mark.django_db(transaction=True)
    def test_is_told_by_mail(self, desk, manager):
        set_up(by_password())
        assert "manager@example.org" in set(OutboxMessage.objects.values_list("to", flat=True))

    def test_a_wrong_code_turns_nothing_on(self, desk, manager):
        browser = by_password()
        browser.get(reverse("mfa_activate_totp"))
        answer = browser.post(reverse("mfa_activate_totp"), {"code": "000000"})
        assert list(answer.context["form"].errors) == ["code"]
        assert Authenticator.objects.count() == 0
