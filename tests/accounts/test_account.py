"""My account: name, language, a new address, other devices, and what too many attempts do."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import checks
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from rocket.accounts.checks import no_demonstration_sign_ins
from rocket.accounts.models import User
from rocket.accounts.roles import Role
from rocket.accounts.services import grant_role, revoke_role
from rocket.core.models import OutboxMessage
from tests.accounts.test_sign_up import is_signed_in, link_in, sign_in, sign_up, words
from tests.factories.consortia import PersonFactory

PASSWORD = "across the border"
pytestmark = pytest.mark.django_db


@pytest.fixture
def mia(db):
    return PersonFactory(email="mia@example.nl", name="Mia van Dam", language="nl")


def signed_in(email="mia@example.nl", password=PASSWORD):
    browser = Client()
    sign_in(email, password, browser)
    assert is_signed_in(browser)
    return browser


class TestProfile:
    def test_saves_name_and_language_and_nothing_else(self, mia):
        browser = signed_in()
        answer = browser.post(
            reverse("my_account"),
            {"name": " Mia  Bos ", "language": "de", "email": "other@example.nl", "is_active": ""},
        )
        mia.refresh_from_db()
        assert (mia.name, mia.language, mia.email, mia.is_active) == ("Mia Bos", "de", "mia@example.nl", True)
        assert (answer["Location"], answer.cookies["django_language"].value) == (reverse("my_account"), "de")

    @pytest.mark.parametrize(("field", "value"), [("name", "  "), ("language", "fr"), ("name", "x" * 151)])
    def test_refuses_at_the_field_and_keeps_the_account(self, mia, field, value):
        answer = signed_in().post(reverse("my_account"), {"name": "Mia", "language": "de", field: value})
        assert list(answer.context["form"].errors) == [field]
        mia.refresh_from_db()
        assert (mia.name, mia.language) == ("Mia van Dam", "nl")


class TestLanguage:
    def test_follows_the_account_on_a_device_that_showed_another(self, mia):
        browser = Client(headers={"accept-language": "en"})
        browser.cookies["django_language"] = "de"
        browser.force_login(mia, backend="django.contrib.auth.backends.ModelBackend")
        page = browser.get(reverse("my_account"))
        assert (page["Content-Language"], '<html lang="nl"' in page.content.decode()) == ("nl", True)

    def test_switched_on_one_device_it_is_switched_on_every_other(self, mia):
        here, there = signed_in(), signed_in()
        here.post(reverse("set_language"), {"language": "de"})
        assert there.get(reverse("my_account"))["Content-Language"] == "de"

    def test_an_unknown_one_changes_nothing(self, mia):
        signed_in().post(reverse("set_language"), {"language": "fr"})
        mia.refresh_from_db()
        assert mia.language == "nl"

    def test_a_visitor_switches_without_an_account(self):
        answer = Client().post(reverse("set_language"), {"language": "de"})
        assert answer.cookies["django_language"].value == "de"

    def test_mails_come_in_the_language_of_the_account_whoever_asks(self, mia):
        Client(headers={"accept-language": "de"}).post(
            reverse("account_reset_password"), {"email": "mia@example.nl"}
        )
        assert OutboxMessage.objects.get().language == "nl"


class TestNewAddress:
    def ask(self, browser, email="bos@example.nl"):
        return browser.post(reverse("account_email"), {"action_add": "", "email": email}, follow=True)

    def test_counts_once_it_is_confirmed_and_the_old_one_is_told(self, mia):
        browser = signed_in()
        self.ask(browser)
        mia.refresh_from_db()
        assert mia.email == "mia@example.nl"
        mail = OutboxMessage.objects.get()
        assert mail.to == "bos@example.nl"
        browser.get(link_in(mail))
        mia.refresh_from_db()
        assert mia.email == "mia@example.nl"  # a mail scanner opens links
        browser.post(link_in(mail))
        mia.refresh_from_db()
        assert mia.email == "bos@example.nl"
        assert list(EmailAddress.objects.values_list("email", "verified", "primary")) == [
            ("bos@example.nl", True, True)
        ]
        told = OutboxMessage.objects.exclude(pk=mail.pk).get()
        assert (told.to, told.language) == ("mia@example.nl", "nl")
        assert "bos@example.nl" in told.text
        assert is_signed_in(signed_in("bos@example.nl"))

    def test_asks_for_the_password_when_the_sign_in_is_long_ago(self, mia):
        browser = Client()
        browser.force_login(mia, backend="django.contrib.auth.backends.ModelBackend")
        answer = browser.post(reverse("account_email"), {"action_add": "", "email": "bos@example.nl"})
        assert answer["Location"].startswith(reverse("account_reauthenticate"))
        assert OutboxMessage.objects.count() == 0

    def test_the_page_is_the_same_for_an_address_of_somebody_else(self, mia):
        PersonFactory(email="taken@example.de")
        PersonFactory(email="tom@example.nl", name="Tom", language="nl")
        taken = self.ask(signed_in(), "taken@example.de")
        free = self.ask(signed_in("tom@example.nl"), "other@example.de")
        assert (taken.status_code, taken.redirect_chain) == (free.status_code, free.redirect_chain)
        assert words(taken).replace("Mia van Dam", "NAME") == words(free).replace("Tom", "NAME")
        assert OutboxMessage.objects.count() == 2
        assert User.objects.get(email="taken@example.de").pk != mia.pk

    def test_of_somebody_else_can_never_be_confirmed_here(self, mia):
        PersonFactory(email="taken@example.de")
        browser = signed_in()
        self.ask(browser, "taken@example.de")
        for mail in OutboxMessage.objects.all():
            for link in re.findall(r"https?://[^/\s]+(/account/confirm-email/\S+)", mail.text):
                browser.post(link)
        mia.refresh_from_db()
        assert mia.email == "mia@example.nl"

    def test_taken_back_leaves_the_old_one(self, mia):
        browser = signed_in()
        self.ask(browser)
        browser.post(reverse("account_email"), {"action_remove": "", "email": "bos@example.nl"})
        assert list(EmailAddress.objects.values_list("email", "verified")) == [("mia@example.nl", True)]


class TestOtherDevices:
    def test_are_signed_out_and_this_one_goes_on_with_a_new_key(self, mia):
        here, there = signed_in(), signed_in()
        key = here.session.session_key
        here.post(reverse("sign_out_everywhere"))
        assert here.get(reverse("my_account")).status_code == 200
        assert here.session.session_key != key
        assert there.get(reverse("my_account"))["Location"].startswith(reverse("account_login"))

    def test_are_signed_out_by_a_new_password(self, mia):
        here, there = signed_in(), signed_in()
        new = "over the river and on"
        here.post(
            reverse("account_change_password"),
            {"oldpassword": PASSWORD, "password1": new, "password2": new},
        )
        assert here.get(reverse("my_account")).status_code == 200
        assert there.get(reverse("my_account")).status_code == 302

    def test_a_role_that_is_granted_or_revoked_ends_every_session(self, mia):
        manager = PersonFactory()
        before = signed_in()
        grant = grant_role(
            user=User.objects.get(pk=mia.pk),
            role=Role.MANAGER,
            programme_code="p",
            by=None,
            now=timezone.now(),
        )
        assert before.get(reverse("my_account")).status_code == 302
        between = signed_in()
        assert between.get(reverse("my_account")).status_code == 200
        revoke_role(grant=grant, by=manager, now=timezone.now())
        assert between.get(reverse("my_account")).status_code == 302

    def test_a_session_lasts_twelve_hours_and_its_cookie_as_long_as_the_browser(self, mia):
        browser = signed_in()
        cookie = browser.cookies["sessionid"]
        assert (cookie["max-age"], cookie["httponly"], cookie["samesite"]) == ("", True, "Lax")
        assert browser.session.get_expiry_age() == 12 * 3600


class TestTooManyAttempts:
    @pytest.mark.parametrize("email", ["mia@example.nl", "nobody@example.de"])
    def test_close_an_address_for_five_minutes_known_or_not(self, mia, email):
        for _ in range(5):
            assert "5 minutes" not in sign_in(email, "wrong").content.decode()
        answer = sign_in(email, "wrong")
        assert [str(e) for e in answer.context["form"].non_field_errors()] == [
            "Too many attempts. Signing in opens again in 5 minutes."
        ]

    def test_close_it_for_the_right_password_too_and_no_other_address(self, mia):
        PersonFactory(email="tom@example.de")
        for _ in range(5):
            sign_in("mia@example.nl", "wrong")
        browser = Client()
        sign_in("mia@example.nl", PASSWORD, browser)
        assert not is_signed_in(browser)
        assert is_signed_in(signed_in("tom@example.de"))

    def test_read_alike_for_a_known_and_an_unknown_address(self, mia):
        for _ in range(6):
            known, unknown = sign_in("mia@example.nl", "wrong"), sign_in("nobody@example.de", "wrong")
        assert words(known) == words(unknown)

    def test_of_one_page_answer_429_with_the_wait(self):
        for _ in range(5):
            Client().post(reverse("account_reset_password"), {"email": "mia@example.nl"})
        answer = Client().post(reverse("account_reset_password"), {"email": "Mia@example.nl"})
        assert answer.status_code == 429
        assert 290 < int(answer["Retry-After"]) <= 300
        assert "opens again in 5 minutes" in answer.content.decode()


class TestNothingTells:
    def test_sign_up_sends_one_mail_either_way(self, mia):
        sign_up("mia@example.nl")
        sign_up("tom@example.de")
        assert sorted(OutboxMessage.objects.values_list("to", flat=True)) == [
            "mia@example.nl",
            "tom@example.de",
        ]

    def test_a_reset_sends_one_mail_either_way(self, mia):
        for email in ("mia@example.nl", "tom@example.de"):
            Client().post(reverse("account_reset_password"), {"email": email})
        assert sorted(OutboxMessage.objects.values_list("to", flat=True)) == [
            "mia@example.nl",
            "tom@example.de",
        ]

    def test_sign_up_hashes_a_password_either_way(self, mia, monkeypatch):
        hashed = []
        monkeypatch.setattr(
            "rocket.accounts.adapter.make_password", lambda password: hashed.append(password) or "x"
        )
        sign_up("mia@example.nl")
        assert len(hashed) == 1


class TestDemonstrationSignIns:
    def found(self):
        return [(e.id, e.level, e.msg) for e in no_demonstration_sign_ins(None, databases=["default"])]

    def test_are_refused_by_a_portal_for_real(self, settings):
        settings.DEMO = False
        User.objects.create_user("lead@demo.example", "known")
        assert self.found() == [
            (
                "rocket.E003",
                checks.ERROR,
                "This database holds 1 sign-ins of the demonstration: lead@demo.example.",
            )
        ]

    def test_are_fine_in_a_demonstration(self, settings):
        settings.DEMO = True
        User.objects.create_user("lead@demo.example", "known")
        assert self.found() == []

    @pytest.mark.parametrize("values", [{"password": None}, {"password": "x", "is_active": False}])
    def test_that_can_not_sign_in_do_not_count(self, settings, values):
        settings.DEMO = False
        User.objects.create_user("lead@demo.example", **values)
        User.objects.create_user("lead@demo.example.org", "x")
        assert self.found() == []

    def test_are_looked_for_by_the_check_of_the_database_only(self, settings):
        settings.DEMO = False
        User.objects.create_user("lead@demo.example", "known")
        assert "rocket.E003" not in [e.id for e in checks.run_checks()]
        assert "rocket.E003" in [e.id for e in checks.run_checks(databases=["default"])]
