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
        ("TRUSTED_PROXY_COUNT", "-1"),
        ("SECURE_HSTS_SECONDS", "a year"),
        ("DOCUMENTS_S3_ENDPOINT", "storage.example.org"),
        ("LOG_FORMAT", "xml"),
        ("LOG_LEVEL", "DEBUG"),
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


HTTPS = {"SITE_URL": "https://portal.example.org"}
SECURITY = (
    "SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE",
    "LANGUAGE_COOKIE_SECURE",
)  # fmt: skip


def test_a_portal_with_https_asks_for_it_everywhere(tmp_path: Path) -> None:
    assert shown(tmp_path, *SECURITY, **HTTPS) == ["True", "31536000", "True", "True", "True"]
    assert shown(tmp_path, *SECURITY) == ["False", "0", "False", "False", "False"]


def test_a_proxy_is_believed_only_where_one_stands_in_front(tmp_path: Path) -> None:
    names = ("SECURE_PROXY_SSL_HEADER", "ALLAUTH_TRUSTED_PROXY_COUNT")
    assert shown(tmp_path, *names, **HTTPS) == ["None", "0"]
    assert shown(tmp_path, *names, TRUSTED_PROXY_COUNT="1", **HTTPS) == [
        "('HTTP_X_FORWARDED_PROTO', 'https')",
        "1",
    ]


def test_documents_go_to_a_bucket_where_one_is_named(tmp_path: Path) -> None:
    show = "import rocket.settings as s; d = s.STORAGES['documents']; print(d['BACKEND'], sorted(d.get('OPTIONS', {}).items()))"

    def documents(**environment: str) -> str:
        return subprocess.run(
            [sys.executable, "-c", show],
            env={"PATH": os.environ["PATH"], "ROCKET_DATA_DIR": str(tmp_path), **environment},
            cwd=settings.BASE_DIR,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()

    assert documents() == "rocket.core.storage.DocumentStorage []"
    assert documents(DOCUMENTS_S3_BUCKET="portal", DOCUMENTS_S3_ENDPOINT="https://s3.example.org") == (
        "rocket.core.bucket.BucketStorage [('bucket_name', 'portal'), ('endpoint_url', 'https://s3.example.org'), "
        "('file_overwrite', False), ('max_memory_size', 1048576), ('region_name', None), ('signature_version', 's3v4')]"
    )


def test_logs_are_for_machines_on_a_server_and_for_people_at_home(tmp_path: Path) -> None:
    assert shown(tmp_path, "LOG_FORMAT") == ["'json'"]
    assert shown(tmp_path, "LOG_FORMAT", ROCKET_DEMO="1") == ["'text'"]


def test_connections_to_postgresql_heal_and_nobody_waits_long_for_it(tmp_path: Path) -> None:
    (shown_databases,) = shown(tmp_path, "DATABASES", DATABASE_URL="postgres://rocket@127.0.0.1:1/rocket")
    assert "'CONN_HEALTH_CHECKS': True" in shown_databases
    assert "'connect_timeout': 5" in shown_databases
