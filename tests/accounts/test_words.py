"""Every mail, message, label and error of allauth is in our words, and addresses people as the portal does."""

import html
import re
from datetime import UTC, datetime
from pathlib import Path

import allauth
import polib
import pytest
from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa import app_settings as mfa_settings
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.core.exceptions import ValidationError
from django.template.loader import get_template, render_to_string
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from rocket.accounts.adapter import AccountAdapter, SecondFactorAdapter
from rocket.core.context import portal_name
from rocket.core.models import OutboxMessage
from tests.accounts.test_sign_up import sign_up
from tests.factories.consortia import PersonFactory

pytestmark = pytest.mark.django_db

THEIRS = Path(allauth.__file__).parent
OURS = Path(settings.BASE_DIR) / "templates"
APPS = ("account", "mfa")
LANGUAGES = ("en", "de", "nl")

BY_CODE = {"email": ("login_code", "password_reset_code"), "messages": ("login_code_sent",)}
BY_PHONE = {"messages": ("phone_verification_sent", "phone_verified")}
FAMILIAR = {
    "de": re.compile(r"\b(du|dich|dir|dein(e[mnrs]?)?|euch|euer)\b", re.IGNORECASE),
    "nl": re.compile(r"\b(je|jij|jou|jouw|jullie)\b", re.IGNORECASE),
}
CONTEXT = {
    "activate_url": "https://portal.example/confirm/x/",
    "password_reset_url": "https://portal.example/reset/x/",
    "signup_url": "https://portal.example/signup/",
    "login_url": "https://portal.example/login/",
    "reset_url": "https://portal.example/reset/",
    "email": "mia@example.nl",
    "from_email": "mia@example.nl",
    "to_email": "bos@example.nl",
    "deleted_email": "old@example.nl",
    "operator_email": "desk@example.org",
    "programme_name": "ROCKET",
    "subject": "Subject",
    "ip": "192.0.2.1",
    "user_agent": "Browser & Sons 5.0",
    "timestamp": datetime(2026, 11, 24, 10, 0, 7, tzinfo=UTC),
    "link_expires_at": datetime(2026, 11, 27, 10, 0, 7, tzinfo=UTC),
    "user": "Mia van Dam",
}


def theirs(kind):
    """Names of allauth's templates of mails or messages, without those of ways in that are switched off."""
    off = {*BY_CODE.get(kind, ()), *BY_PHONE.get(kind, ())}
    return sorted(
        path.relative_to(THEIRS / "templates").as_posix()
        for app in APPS
        for path in (THEIRS / "templates" / app / kind).glob("*.txt")
        if not path.name.startswith("base_") and re.sub(r"_(subject|message)$", "", path.stem) not in off
    )


MAILS = theirs("email")
MAILS_IN_HTML = [name.replace("_message.txt", "_message.html") for name in MAILS if "_message" in name]
MESSAGES = theirs("messages")


def test_the_ways_in_whose_texts_are_not_ours_are_off():
    assert not app_settings.LOGIN_BY_CODE_ENABLED
    assert not app_settings.PASSWORD_RESET_BY_CODE_ENABLED
    assert not app_settings.EMAIL_VERIFICATION_BY_CODE_ENABLED
    assert not mfa_settings.PASSKEY_SIGNUP_ENABLED
    assert {method.value for method in app_settings.LOGIN_METHODS} == {"email"}
    assert "phone" not in app_settings.SIGNUP_FIELDS


def test_allauth_has_as_many_mails_and_messages_as_were_looked_at():
    assert (len(MAILS), len(MESSAGES)) == (32, 16)


@pytest.mark.parametrize("name", MAILS + MAILS_IN_HTML + MESSAGES)
def test_every_mail_and_message_is_our_own(name):
    assert Path(get_template(name).origin.name) == OURS / name


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", MAILS + MAILS_IN_HTML + MESSAGES)
def test_every_mail_and_message_reads_well(name, language):
    with translation.override(language):
        text = render_to_string(name, CONTEXT)
    assert text.strip()
    assert "portal.example" not in re.sub(r"https://portal\.example/\S*", "", text)
    assert not re.search(r"\d\d:\d\d:\d\d", text)  # moments have hours and minutes
    if name.endswith(".txt"):
        assert html.unescape(text) == text
    if language in FAMILIAR:
        assert not FAMILIAR[language].search(re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL))


def test_mails_name_the_portal_by_its_programme(programme):
    sign_up("mia@example.nl")
    mail = OutboxMessage.objects.get()
    assert portal_name() == programme.short_name
    assert f"An account in {programme.short_name} was created" in mail.text
    for text in (mail.subject, mail.text, mail.html):
        assert "testserver" not in re.sub(r"https?://testserver/\S*", "", text)


def test_a_mail_has_a_button_in_html_and_its_address_in_plain_text():
    sign_up("mia@example.nl")
    mail = OutboxMessage.objects.get()
    (address,) = set(re.findall(r"https?://\S+", mail.text))
    assert f'<a class="button" href="{address}">' in mail.html


def test_a_link_says_until_when_it_works():
    PersonFactory(email="mia@example.nl")
    Client().post(reverse("account_reset_password"), {"email": "mia@example.nl"})
    assert re.search(
        r"works once, until \d+ \w+ \d{4}, \d\d:\d\d \(Europe/Amsterdam\)\.", OutboxMessage.objects.get().text
    )


# Errors and forms ----------------------------------------------------------------------------------------

NEVER = {
    "phone_password_mismatch", "phone_taken", "unknown_phone",
    "username_blacklisted", "username_password_mismatch", "username_taken",
}  # fmt: skip


@pytest.mark.parametrize(
    ("ours", "theirs"), [(AccountAdapter, DefaultAccountAdapter), (SecondFactorAdapter, DefaultMFAAdapter)]
)
def test_every_error_of_an_adapter_is_in_our_words(ours, theirs):
    same = {code for code, text in theirs.error_messages.items() if ours.error_messages[code] is text}
    assert same - NEVER == set()


REPLACED = {
    "You must type the same email each time.",  # sign-up asks for it once
    "Enabling passwordless operation allows you to sign in using just this key, but imposes additional "
    "requirements such as biometrics or PIN protection.",  # PasskeyForm has its own hint
}


@pytest.mark.parametrize("language", sorted(FAMILIAR))
def test_no_text_of_allauths_code_calls_people_by_the_familiar_form(language):
    catalogue = polib.pofile(str(THEIRS / "locale" / language / "LC_MESSAGES" / "django.po"))
    with translation.override(language):
        found = [
            entry.msgid
            for entry in catalogue
            if any(
                re.match(r"(account|mfa)/.*(forms|fields|views)\.py", place) for place, _ in entry.occurrences
            )
            and FAMILIAR[language].search(gettext(entry.msgid))
        ]
    assert set(found) <= REPLACED


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["account_login", "account_signup", "account_reset_password"])
def test_fields_have_labels_of_ours_and_no_placeholders(name, language):
    page = Client(headers={"accept-language": language}).get(reverse(name))
    fields = page.context["form"].fields.values()
    with translation.override(language):
        assert gettext("E-mail address") in {str(field.label) for field in fields}
    assert not [field for field in fields if "placeholder" in field.widget.attrs]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_wrong_with_a_password_is_said_in_the_readers_language(language):
    from django.contrib.auth.password_validation import validate_password

    with translation.override("en"), pytest.raises(ValidationError) as english:
        validate_password("123")
    with translation.override(language), pytest.raises(ValidationError) as told:
        validate_password("123")
    same = set(told.value.messages) & set(english.value.messages)
    assert len(same) == (3 if language == "en" else 0)


@pytest.mark.parametrize(
    "name", ["account_change_password", "account_email", "mfa_activate_totp", "mfa_add_webauthn"]
)
@pytest.mark.parametrize("language", sorted(FAMILIAR))
def test_pages_of_the_account_address_people_politely(name, language):
    from tests.accounts.test_account import signed_in

    PersonFactory(email="mia@example.nl", language=language)
    page = signed_in().get(reverse(name))
    assert page.status_code == 200
    assert not FAMILIAR[language].search(
        re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", page.content.decode(), flags=re.DOTALL)
    )
