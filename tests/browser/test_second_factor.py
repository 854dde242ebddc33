"""A passkey and an authenticator app, set up and used by people, under the portal's own content policy."""

from __future__ import annotations

import time
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings as django_settings
from django.utils import timezone

from rocket.accounts.models import User
from rocket.accounts.roles import Role
from rocket.accounts.services import grant_role
from tests.browser.hands import Hands
from tests.browser.journey import sign_in

PASSWORD = "across the border"


def come_in(page: Any, base: str, email: str) -> None:
    hands = Hands(page, base)
    hands.open("/account/login/")
    sign_in(hands, email, PASSWORD)


@pytest.fixture
def manager(portal: Any, settings: Any) -> User:
    """A manager of a portal for real, who has a password and nothing else."""
    from calls.services import load_programme

    settings.DEMO = False
    now = timezone.now()
    path = django_settings.BASE_DIR / "programmes" / "rocket-next.toml"
    load_programme(path=path, by=None, now=now)
    person = User.objects.create_user("hanna@example.org", PASSWORD, name="Hanna Brouwer", language="de")
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    grant_role(user=person, role=Role.MANAGER, programme_code="rocket-next", by=None, now=now)
    return person


def authenticator(page: Any) -> Any:
    """Chromium's own virtual device: it holds passkeys and always recognises its owner."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    return session


def test_a_passkey_is_set_up_and_signs_in_alone(portal: Any, visitor: Any, manager: User) -> None:
    base, desk = portal.url, f"{portal.url}/desk/rocket-next/"
    page = visitor("de", 390)
    authenticator(page)
    come_in(page, base, manager.email)
    page.goto(desk)
    assert page.url == f"{base}/account/second-factor/"
    page.goto(f"{base}/account/second-factor/webauthn/add/")
    page.fill("input[name=name]", "Telefon")
    page.check("input[name=passwordless]")
    page.click("#passkey-button")
    page.wait_for_url("**/recovery-codes/")
    assert Authenticator.objects.get(user=manager, type="webauthn").wrap().name == "Telefon"
    page.click(f"a[href='{desk.removeprefix(base)}']")
    page.wait_for_load_state()
    assert page.url == desk

    page.locator("details.account summary").first.click()
    page.locator("details.account form button").first.click()
    page.wait_for_load_state()
    page.goto(f"{base}/account/login/")
    page.click("#passkey-button")
    page.wait_for_url("**/work/")
    page.goto(desk)
    assert page.url == desk


def test_a_refused_passkey_says_so_and_changes_nothing(portal: Any, visitor: Any, manager: User) -> None:
    page = visitor("de")
    session = authenticator(page)
    come_in(page, portal.url, manager.email)
    page.goto(f"{portal.url}/account/second-factor/webauthn/add/")
    session.send("WebAuthn.disable")
    page.evaluate(
        "() => { navigator.credentials.create = () => Promise.reject(new DOMException('no', 'NotAllowedError')); }"
    )
    assert page.locator("[data-passkey-failed]").is_hidden()
    page.click("#passkey-button")
    page.wait_for_selector("[data-passkey-failed]", state="visible")
    assert Authenticator.objects.count() == 0


def test_an_app_is_set_up_without_scripts_and_asked_for(portal: Any, visitor: Any, manager: User) -> None:
    base, desk = portal.url, f"{portal.url}/desk/rocket-next/"
    page = visitor("de", 390, java_script_enabled=False)
    come_in(page, base, manager.email)
    page.goto(f"{base}/account/second-factor/totp/activate/")
    secret = page.locator("#authenticator_secret").inner_text()

    def code(later: int) -> str:
        return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30 + later)))

    page.fill("input[name=code]", code(0))
    Hands(page, base).press()
    assert page.url.endswith("/recovery-codes/")
    page.goto(desk)
    assert page.url == desk

    other = visitor("de", 390, java_script_enabled=False)
    come_in(other, base, manager.email)
    assert other.url == f"{base}/account/second-factor/authenticate/"
    other.fill("input[name=code]", code(1))
    Hands(other, base).press("main form:has(input[name=code]) button[type=submit]")
    other.goto(desk)
    assert other.url == desk
