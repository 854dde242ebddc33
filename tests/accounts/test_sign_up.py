"""Sign-up, confirmation, sign-in and reset: mails go through the outbox, and no page tells who has an account."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse

from rocket.accounts.models import User
from rocket.core.models import OutboxMessage
from tests.factories.consortia import PersonFactory

PASSWORD = "over the river and on"
pytestmark = pytest.mark.django_db


def sign_up(email="mia@example.nl", language="en", name="Mia  van Dam", **more):
    browser = Client(headers={"accept-language": language})
    answer = browser.post(
        reverse("account_signup"), {"email": email, "name": name, "password1": PASSWORD, **more}, follow=True
    )
    return browser, answer


def sign_in(email, password=PASSWORD, browser=None):
    return (browser or Client()).post(reverse("account_login"), {"login": email, "password": password})


def words(answer):
    """The page without what differs between any two visits, and without the address that the visitor typed."""
    text = re.sub(r'(name="csrfmiddlewaretoken" value=|"X-CSRFToken": )"[^"]*"', "", answer.content.decode())
    return re.sub(r"[\w.+-]+@[\w.-]+", "ADDRESS", text)


def link_in(mail):
    return re.search(r"https?://[^/\s]+(/\S+)", mail.text)[1]


def is_signed_in(browser):
    return "_auth_user_id" in browser.session


class TestSignUp:
    def test_makes_a_person_whose_address_is_not_confirmed_and_signs_nobody_in(self):
        browser, answer = sign_up()
        person = User.objects.get()
        assert (person.email, person.name, person.language) == ("mia@example.nl", "Mia van Dam", "en")
        assert person.check_password(PASSWORD)
        assert list(EmailAddress.objects.values_list("email", "verified")) == [("mia@example.nl", False)]
        assert answer.redirect_chain == [(reverse("account_email_verification_sent"), 302)]
        assert not is_signed_in(browser)

    @pytest.mark.parametrize("language", ["en", "de", "nl"])
    def test_sends_the_mail_and_greets_in_the_visitors_language(self, language):
        sign_up(language=language)
        mail = OutboxMessage.objects.get()
        assert (mail.to, mail.language) == ("mia@example.nl", language)
        assert User.objects.get().language == language
        assert f'<html lang="{language}">' in mail.html
        assert link_in(mail).startswith("/account/confirm-email/")
        assert link_in(mail) in mail.html

    def test_shows_the_same_page_for_an_address_that_has_an_account(self):
        PersonFactory(email="mia@example.nl")
        _, known = sign_up("mia@example.nl")
        _, fresh = sign_up("tom@example.de")
        assert (known.status_code, known.redirect_chain) == (fresh.status_code, fresh.redirect_chain)
        assert words(known) == words(fresh)
        assert User.objects.filter(email="mia@example.nl").count() == 1
        assert User.objects.get(email="mia@example.nl").check_password("across the border")

    def test_tells_the_owner_of_a_known_address_by_mail_and_confirms_nothing(self):
        PersonFactory(email="mia@example.nl")
        sign_up("MIA@example.nl")
        mail = OutboxMessage.objects.get()
        assert mail.to.lower() == "mia@example.nl"
        assert "confirm-email" not in mail.text
        assert User.objects.count() == 1

    @pytest.mark.parametrize(
        ("values", "field"),
        [
            ({"email": "nobody"}, "email"),
            ({"name": "   "}, "name"),
            ({"password1": "short"}, "password1"),
            ({"password1": "1234567890123"}, "password1"),
        ],
    )
    def test_refuses_what_is_missing_or_weak_at_its_field(self, values, field):
        _, answer = sign_up(**values)
        assert list(answer.context["form"].errors) == [field]
        assert (User.objects.count(), OutboxMessage.objects.count()) == (0, 0)

    def test_takes_no_fields_beyond_its_own(self):
        sign_up(is_active="", language_="de", joined_at="1999-01-01", grants="manager")
        person = User.objects.get()
        assert (person.is_active, person.joined_at.year > 2000, person.grants.count()) == (True, True, 0)


class TestConfirmation:
    def test_opening_the_link_confirms_nothing_and_posting_does(self):
        """Mail scanners open every link."""
        browser, _ = sign_up()
        link = link_in(OutboxMessage.objects.get())
        assert Client().get(link).status_code == 200
        assert Client().head(link).status_code == 200
        assert not EmailAddress.objects.get().verified
        assert browser.post(link).status_code == 302
        assert EmailAddress.objects.get().verified
        assert is_signed_in(browser)

    def test_confirming_in_another_browser_does_not_sign_that_one_in(self):
        sign_up()
        other = Client()
        other.post(link_in(OutboxMessage.objects.get()))
        assert EmailAddress.objects.get().verified
        assert not is_signed_in(other)

    def test_an_unknown_key_confirms_nothing(self):
        sign_up()
        assert (
            Client().post(reverse("account_confirm_email", args=["MQ:forged:signature"])).status_code == 404
        )
        assert not EmailAddress.objects.get().verified


class TestSignIn:
    def test_a_confirmed_person_signs_in_whatever_the_case_of_the_address(self):
        PersonFactory(email="mia@example.nl")
        browser = Client()
        answer = sign_in("Mia@Example.NL", "across the border", browser)
        assert (answer.status_code, answer["Location"]) == (302, reverse("my_work"))
        assert is_signed_in(browser)

    def test_before_the_address_is_confirmed_nobody_signs_in(self):
        sign_up()
        browser = Client()
        answer = sign_in("mia@example.nl", browser=browser)
        assert answer["Location"] == reverse("account_email_verification_sent")
        assert not is_signed_in(browser)

    def test_a_closed_account_does_not_sign_in(self):
        PersonFactory(email="mia@example.nl", is_active=False)
        browser = Client()
        sign_in("mia@example.nl", "across the border", browser)
        assert not is_signed_in(browser)

    def test_a_wrong_password_and_an_unknown_address_read_alike(self):
        PersonFactory(email="mia@example.nl")
        known, unknown = sign_in("mia@example.nl", "wrong"), sign_in("tom@example.de", "wrong")
        assert known.status_code == unknown.status_code == 200
        assert words(known) == words(unknown)

    def test_signing_in_changes_the_key_of_the_session(self):
        PersonFactory(email="mia@example.nl")
        browser = Client()
        browser.get(reverse("account_login"))
        session = browser.session
        session["before"] = True
        session.save()
        browser.cookies["sessionid"] = session.session_key
        sign_in("mia@example.nl", "across the border", browser)
        assert is_signed_in(browser)
        assert browser.session.session_key != session.session_key

    @pytest.mark.parametrize(
        "target", ["//evil.example", "https://evil.example/", "\\\\evil.example", "javascript:alert(1)"]
    )
    def test_leads_to_no_other_site(self, target):
        PersonFactory(email="mia@example.nl")
        answer = Client().post(
            reverse("account_login"),
            {"login": "mia@example.nl", "password": "across the border", "next": target},
        )
        assert answer["Location"] == reverse("my_work")

    def test_signing_out_takes_a_post(self):
        browser = Client()
        browser.force_login(PersonFactory(), backend="django.contrib.auth.backends.ModelBackend")
        browser.get(reverse("account_logout"))
        assert is_signed_in(browser)
        assert browser.post(reverse("account_logout"))["Location"] == reverse("home")
        assert not is_signed_in(browser)


class TestGreeting:
    def test_the_portal_goes_on_in_the_persons_language(self):
        PersonFactory(email="mia@example.nl", language="nl")
        answer = sign_in("mia@example.nl", "across the border")
        assert answer.cookies["django_language"].value == "nl"

    def test_the_account_wins_over_what_the_browser_showed_before(self):
        PersonFactory(email="mia@example.nl", language="nl")
        browser = Client()
        browser.cookies["django_language"] = "de"
        answer = sign_in("mia@example.nl", "across the border", browser)
        assert answer.cookies["django_language"].value == "nl"


class TestReset:
    def ask(self, email):
        return Client(headers={"accept-language": "de"}).post(
            reverse("account_reset_password"), {"email": email}, follow=True
        )

    def test_shows_the_same_page_for_a_known_and_an_unknown_address(self):
        PersonFactory(email="mia@example.nl")
        known, unknown = self.ask("mia@example.nl"), self.ask("tom@example.de")
        assert (known.status_code, known.redirect_chain) == (unknown.status_code, unknown.redirect_chain)
        assert words(known) == words(unknown)

    def test_the_link_sets_a_new_password_once(self):
        person = PersonFactory(email="mia@example.nl")
        self.ask("mia@example.nl")
        mail = OutboxMessage.objects.get()
        assert (mail.to, mail.language) == ("mia@example.nl", person.language) == ("mia@example.nl", "en")
        link = link_in(mail)
        browser = Client()
        form = browser.get(link, follow=True)
        answer = browser.post(form.redirect_chain[-1][0], {"password1": PASSWORD, "password2": PASSWORD})
        assert answer["Location"] == reverse("account_reset_password_from_key_done")
        person.refresh_from_db()
        assert person.check_password(PASSWORD)
        again = Client()
        page = again.get(link, follow=True)
        assert page.redirect_chain == []
        again.post(link, {"password1": "yet another one", "password2": "yet another one"})
        person.refresh_from_db()
        assert person.check_password(PASSWORD)
