"""A wrong deployment stops before it serves."""

import pytest

from rocket.core.checks import (
    debug_stays_at_home,
    demonstration_stays_at_home,
    faults_that_stop,
    operator_is_named,
    secret_key_is_strong,
)

STRONG = "kQ3xV7nZ1wB9tR5yU2pL8sD4fG6hJ0aC-mE_iOqXzTvNbWrYkPl7"


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


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("", "SECRET_KEY is empty."),
        ("short", "SECRET_KEY is too easy to guess."),
        (STRONG[:49], "SECRET_KEY is too easy to guess."),
        ("ab" * 40, "SECRET_KEY is too easy to guess."),
        ("django-insecure-" + STRONG, "SECRET_KEY is too easy to guess."),
        ("change-me-" + STRONG, "SECRET_KEY is too easy to guess."),
        (STRONG[:50], None),
    ],
)
def test_a_key_that_somebody_may_guess_is_an_error(settings, key, said):
    settings.DEMO, settings.SECRET_KEY = False, key
    assert found(secret_key_is_strong) == ([("rocket.E002", 40, said)] if said else [])


def test_a_demonstration_may_have_a_key_that_everybody_knows(settings):
    settings.DEMO, settings.SECRET_KEY = True, "demonstration-only"
    assert found(secret_key_is_strong) == []


def test_debug_stays_at_home(settings):
    settings.DEBUG, settings.SITE_URL = True, "https://portal.example.org"
    assert found(debug_stays_at_home) == [
        ("rocket.E005", 40, "DEBUG is on, but SITE_URL names portal.example.org.")
    ]
    settings.SITE_URL = "http://127.0.0.1:8000"
    assert found(debug_stays_at_home) == []


def test_what_stops_a_process_names_the_way_out(settings):
    settings.DEMO, settings.SECRET_KEY, settings.SITE_URL = False, STRONG, "https://portal.example.org"
    assert faults_that_stop() == []
    settings.SECRET_KEY = "short"
    (fault,) = faults_that_stop()
    assert fault.startswith(
        "rocket.E002: SECRET_KEY is too easy to guess. Set it to 50 or more random characters:"
    )


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
