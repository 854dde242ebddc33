"""A wrong value in the environment stops the start and names its variable."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

SHOW = "import rocket.settings as s; print(*(repr(getattr(s, name)) for name in {names!r}), sep='\\n')"


def start(tmp_path: Path, *names: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Read the settings in a process of their own, with nothing in the environment but what is given."""
    return subprocess.run(
        [sys.executable, "-c", SHOW.format(names=names)],
        env={"PATH": os.environ["PATH"], "ROCKET_DATA_DIR": str(tmp_path), **environment},
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def shown(tmp_path: Path, *names: str, **environment: str) -> list[str]:
    run = start(tmp_path, *names, **environment)
    assert run.returncode == 0, run.stderr
    return run.stdout.splitlines()


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("DEBUG", "perhaps"),
        ("ROCKET_DEMO", "maybe"),
        ("SECURE_SSL_REDIRECT", "2"),
        ("DOCUMENT_MAX_BYTES", "many"),
        ("DOCUMENT_MAX_BYTES", "12"),
        ("CLAMD_ADDRESS", "scanner"),
        ("CLAMD_ADDRESS", "scanner:"),
        ("DATABASE_URL", "somewhere"),
        ("EMAIL_URL", "pigeon://roof"),
        ("REDIS_URL", "redis:localhost"),
        ("SITE_URL", "portal.example.org"),
        ("SITE_URL", "https://portal.example.org/"),
        ("TIME_ZONE", "Europe/Enschede"),
    ],
)
def test_a_value_of_the_wrong_kind_stops_the_start(tmp_path: Path, variable: str, value: str) -> None:
    run = start(tmp_path, **{variable: value})
    assert run.returncode != 0
    assert variable in run.stderr.splitlines()[-1]


def test_a_portal_without_an_environment_is_for_real_and_at_home(tmp_path: Path) -> None:
    assert shown(
        tmp_path, "DEBUG", "DEMO", "SECRET_KEY", "ALLOWED_HOSTS", "CELERY_TASK_ALWAYS_EAGER", "TIME_ZONE"
    ) == ["False", "False", "''", "['127.0.0.1', 'localhost', '[::1]']", "True", "'Europe/Amsterdam'"]


def test_values_of_the_environment_are_taken(tmp_path: Path) -> None:
    assert shown(
        tmp_path,
        "ALLOWED_HOSTS",
        "DOCUMENT_MAX_BYTES",
        "SESSION_COOKIE_SECURE",
        "CSRF_COOKIE_SECURE",
        "EMAIL_HOST",
        "CELERY_TASK_ALWAYS_EAGER",
        "CELERY_BROKER_URL",
        ALLOWED_HOSTS="portal.example.org,www.example.org",
        DOCUMENT_MAX_BYTES="1024",
        SITE_URL="https://portal.example.org",
        EMAIL_URL="smtp://mail.example.org:25",
        REDIS_URL="redis://127.0.0.1:6379/0",
    ) == [
        "['portal.example.org', 'www.example.org']",
        "1024",
        "True",
        "True",
        "'mail.example.org'",
        "False",
        "'redis://127.0.0.1:6379/0'",
    ]


def test_a_mail_server_that_does_not_answer_is_given_up(tmp_path: Path) -> None:
    """Without a limit one silent server holds a worker for ever."""
    assert shown(tmp_path, "EMAIL_TIMEOUT", EMAIL_URL="smtp://mail.example.org") == ["20"]
    assert shown(tmp_path, "EMAIL_TIMEOUT", EMAIL_URL="smtp://mail.example.org?timeout=5") == ["5"]


def test_a_demonstration_needs_no_key_and_sends_no_mail(tmp_path: Path) -> None:
    assert shown(tmp_path, "SECRET_KEY", "EMAIL_BACKEND", ROCKET_DEMO="1") == [
        "'demonstration-only'",
        "'django.core.mail.backends.dummy.EmailBackend'",
    ]
