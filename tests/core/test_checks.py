"""A wrong deployment stops before it serves."""

import pytest

from rocket.core.checks import demonstration_stays_at_home, operator_is_named, secret_key_is_set


def found(check):
    return [(message.id, message.level, message.msg) for message in check(None)]


@pytest.mark.parametrize(
    "host", ["portal.example.org", "192.0.2.7", "127.0.0.1.example.org", "localhost.example"]
)
def test_a_demonstration_with_a_public_address_is_an_error(settings, host):
    settings.DEMO, settings.SITE_URL = True, f"https://{host}:8000"
    assert found(demonstration_stays_at_home) == [
        ("rocket.E001", 40, f"ROCKET_DEMO is on, but SITE_URL names {host}.")
    ]


@pytest.mark.parametrize("address", ["http://127.0.0.1:8000", "http://localhost", "http://[::1]:8000"])
def test_a_demonstration_at_home_is_fine(settings, address):
    settings.DEMO, settings.SITE_URL = True, address
    assert found(demonstration_stays_at_home) == []


def test_a_portal_for_real_may_have_any_address(settings):
    settings.DEMO, settings.SITE_URL = False, "https://portal.example.org"
    assert found(demonstration_stays_at_home) == []


def test_an_empty_secret_key_is_an_error(settings):
    assert found(secret_key_is_set) == []
    settings.SECRET_KEY = ""
    assert found(secret_key_is_set) == [("rocket.E002", 40, "SECRET_KEY is empty.")]


def test_a_portal_for_real_names_its_operator(settings):
    settings.DEMO = settings.DEBUG = False
    settings.OPERATOR_NAME, settings.OPERATOR_EMAIL = "Office", "office@example.org"
    settings.OPERATOR_ADDRESS = settings.ACCESSIBILITY_BODY = ""
    assert found(operator_is_named) == [
        ("rocket.E004", 40, "The operator has not filled in OPERATOR_ADDRESS, ACCESSIBILITY_BODY.")
    ]
    settings.OPERATOR_ADDRESS, settings.ACCESSIBILITY_BODY = "Street 1; 7500 Town", "The body"
    assert found(operator_is_named) == []
    settings.OPERATOR_NAME, settings.DEMO = "", True
    assert found(operator_is_named) == []
