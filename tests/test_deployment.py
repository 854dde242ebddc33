"""The files for a server, as far as they can be checked without an engine, and the security of what they start."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings as portal
from django.test import Client

ROOT = Path(portal.BASE_DIR)
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
DOCKERFILE = (ROOT / "Dockerfile").read_text()
OURS = ("web", "worker", "beat", "migrate", "backup")
STRONG = "kQ3xV7nZ1wB9tR5yU2pL8sD4fG6hJ0aC-mE_iOqXzTvNbWrYkPl7"
SECRETS = ("SECRET_KEY", "POSTGRES_PASSWORD", "EMAIL_URL")
OTHER_READERS = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "GUNICORN_CMD_ARGS"}
"""Read by boto3 and gunicorn, not by our settings."""


def read_by_settings() -> set[str]:
    text = (ROOT / "rocket" / "settings.py").read_text()
    return set(re.findall(r"env\.\w+\(\s*\"([A-Z0-9_]+)\"", text))


def named_in_example() -> dict[str, str]:
    lines = (ROOT / ".env.example").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def substituted() -> dict[str, str]:
    """Each variable that compose takes from .env, with what follows its name."""
    text = re.sub(r"^\s*#.*$", "", (ROOT / "docker-compose.yml").read_text(), flags=re.MULTILINE)
    found: dict[str, str] = {}
    for name, rest in re.findall(r"(?<!\$)\$\{([A-Z0-9_]+)([^}]*)", text):
        if len(rest) >= len(found.get(name, "")):
            found[name] = rest
    return found


def test_every_service_has_a_health_check_or_says_why_it_needs_none() -> None:
    without = [
        name
        for name, service in COMPOSE["services"].items()
        if "test" not in service.get("healthcheck", {}) and name != "web"  # the image brings the check of web
    ]
    assert "HEALTHCHECK" in DOCKERFILE
    assert without == ["migrate", "backup"]
    assert all(COMPOSE["services"][name]["restart"] == "no" for name in without)


def test_nothing_starts_without_its_secrets() -> None:
    rest = substituted()
    assert [name for name in SECRETS if not rest[name].startswith(":?")] == []
    empty_in_example = [name for name in named_in_example() if rest[name].startswith(":?")]
    assert [name for name in empty_in_example if named_in_example()[name]] == []


def test_the_example_names_every_variable_and_no_other() -> None:
    assert set(named_in_example()) == set(substituted())


def test_the_example_gives_what_compose_would_take_anyway() -> None:
    defaults = {name: rest[2:] for name, rest in substituted().items() if rest.startswith(":-")}
    defaults["DEFAULT_FROM_EMAIL"] = ""  # made of PORTAL_HOST
    assert {name: named_in_example()[name] for name in defaults} == defaults


@pytest.mark.parametrize("name", OURS)
def test_every_variable_of_a_service_is_read_by_somebody(name: str) -> None:
    given = set(COMPOSE["services"][name]["environment"])
    assert given - read_by_settings() - OTHER_READERS == set()


def test_every_setting_of_a_server_can_be_given() -> None:
    """What is left out is for other ways to run the portal."""
    elsewhere = {
        "DEBUG",
        "ROCKET_DEMO",
        "ROCKET_DATA_DIR",
        "DOCUMENTS_DIR",
        "SECURE_SSL_REDIRECT",
        "LOG_FORMAT",
    }
    assert read_by_settings() - set(COMPOSE["services"]["web"]["environment"]) == elsewhere


def command_of(service: dict[str, Any]) -> list[str]:
    command = service.get("command", "")
    words = shlex.split(command)
    return shlex.split(words[2]) if words[:2] == ["sh", "-c"] else words


def test_every_command_exists() -> None:
    from django.core.management import get_commands

    said = [command_of(service) for name, service in COMPOSE["services"].items() if name in OURS]
    managed = [
        words[i + 2] for words in said for i, word in enumerate(words[:-2]) if words[i + 1] == "manage.py"
    ]
    assert managed == ["check", "migrate", "backup"]
    assert set(managed) <= set(get_commands())
    for words in said:
        if words and words[0] == "celery":
            run = subprocess.run(
                [sys.executable, "-m", "celery", words[words.index("--quiet") + 1], "--help"],
                capture_output=True, text=True, check=True,
            )  # fmt: skip
            options = [word for word in words if word.startswith("--") and word not in ("--app", "--quiet")]
            assert [option for option in options if option not in run.stdout] == []
    for name in re.findall(r"python manage\.py (\w+)", DOCKERFILE):
        assert name in get_commands()


def test_gunicorn_takes_its_settings() -> None:
    (words,) = re.findall(r"^CMD \[(.*)\]", DOCKERFILE, re.MULTILINE)
    command = [word.strip(' "') for word in words.split(",")]
    assert command == ["gunicorn", "--config", "python:rocket.gunicorn", "rocket.wsgi"]
    environment = {
        **os.environ,
        "SECRET_KEY": STRONG,
        "ROCKET_DEMO": "0",
        "SITE_URL": "https://portal.example.org",
    }
    run = subprocess.run(
        [sys.executable, "-m", *command, "--check-config"],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr


@pytest.mark.parametrize("key", ["", "short"])
def test_gunicorn_does_not_start_with_a_key_that_somebody_may_guess(key: str) -> None:
    environment = {**os.environ, "SECRET_KEY": key, "ROCKET_DEMO": "0", "DEBUG": "0"}
    run = subprocess.run(
        [sys.executable, "-c", "import rocket.wsgi"],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode != 0
    assert "SECRET_KEY" in run.stderr.splitlines()[-1]


def test_what_the_image_copies_is_there() -> None:
    sources = [line.split()[1:-1] for line in DOCKERFILE.splitlines() if line.startswith("COPY ")]
    assert [name for names in sources for name in names if not (ROOT / name).exists()] == []
    (lock,) = re.findall(r"pip install .* -r (\S+)", DOCKERFILE)
    assert re.search(r"^gunicorn==", (ROOT / lock).read_text(), re.MULTILINE)
    assert re.search(r"^boto3==", (ROOT / lock).read_text(), re.MULTILINE)


def test_no_secret_and_no_data_goes_into_the_image() -> None:
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert {".git", ".env", "var", "backups", ".venv"} <= set(ignored)
    assert re.findall(r"^(?:ARG|ENV) .*(?:SECRET|PASSWORD|KEY)", DOCKERFILE, re.MULTILINE) == []


def test_the_portal_runs_without_rights_on_a_disk_that_it_can_not_write() -> None:
    assert re.search(r"^USER [1-9]\d*:[1-9]\d*$", DOCKERFILE, re.MULTILINE)
    for name in OURS:
        service = COMPOSE["services"][name]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]


def test_only_the_portal_is_reached_from_outside_and_only_by_a_proxy_of_the_host() -> None:
    ports = {name: service.get("ports") for name, service in COMPOSE["services"].items()}
    assert {name: port for name, port in ports.items() if port} == {"web": ["127.0.0.1:8000:8000"]}
    assert [COMPOSE["services"][name]["networks"] for name in ("db", "redis")] == [["inside"], ["inside"]]
    assert COMPOSE["networks"]["inside"] == {"internal": True}


def test_the_programs_that_make_the_backup_fit_the_server() -> None:
    (server,) = re.findall(r"^postgres:(\d+)-", COMPOSE["services"]["db"]["image"])
    assert re.findall(r"postgresql-client-(\d+)", DOCKERFILE) == [server]


def test_every_volume_and_network_is_declared() -> None:
    volumes = {
        volume.split(":")[0]
        for service in COMPOSE["services"].values()
        for volume in service.get("volumes", [])
        if not volume.startswith(("/", "."))
    }
    assert volumes == set(COMPOSE["volumes"])
    networks = {name for service in COMPOSE["services"].values() for name in service["networks"]}
    assert networks == set(COMPOSE["networks"])


def for_a_server(tmp_path: Path, **changes: str) -> dict[str, str]:
    """The environment that compose gives to web, with an .env as the example asks for."""
    given = {
        **named_in_example(), "SECRET_KEY": STRONG, "POSTGRES_PASSWORD": "x1", "PORTAL_HOST": "portal.example.org",
        "OPERATOR_NAME": "Office", "OPERATOR_ADDRESS": "Street 1;Town", "OPERATOR_EMAIL": "office@example.org",
        "ACCESSIBILITY_BODY": "Body", "EMAIL_URL": "smtp://mail.example.org:587/?tls=True", **changes,
    }  # fmt: skip

    def filled(value: str) -> str:
        def one(match: re.Match[str]) -> str:
            return given[match.group(1)] or (match.group(2) or "").removeprefix(":-")

        return re.sub(r"\$\{([A-Z0-9_]+)(:-[^}]*\}?|:\?[^}]*)?\}", one, str(value))

    environment = {name: filled(value) for name, value in COMPOSE["services"]["web"]["environment"].items()}
    environment["DEFAULT_FROM_EMAIL"] = f"portal@{given['PORTAL_HOST']}"
    return {"PATH": os.environ["PATH"], "ROCKET_DATA_DIR": str(tmp_path), **environment}


def test_the_check_for_a_server_finds_nothing(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT, env=for_a_server(tmp_path), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (run.returncode, run.stdout) == (0, "System check identified no issues (1 silenced).\n"), (
        run.stderr
    )


def test_the_check_for_a_server_finds_a_careless_one(tmp_path: Path) -> None:
    """The counter-test: the check is able to fail."""
    environment = for_a_server(tmp_path, SECRET_KEY="short") | {"SITE_URL": "http://portal.example.org"}
    run = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    found = set(re.findall(r"\((rocket\.E\d+|security\.W\d+)\)", run.stderr))
    assert run.returncode == 1
    assert {"rocket.E002", "security.W008", "security.W009", "security.W012", "security.W016"} <= found


ASK = """
import django; django.setup()
from django.test import Client
client = Client(headers={"host": "portal.example.org"})
for path, headers in (
    ("/healthz", {}),
    ("/imprint/", {}),
    ("/imprint/", {"X-Forwarded-Proto": "https"}),
):
    answer = client.get(path, headers=headers)
    print(answer.status_code, answer.headers.get("Location"), answer.headers.get("Strict-Transport-Security"))
"""


def test_behind_its_proxy_a_server_speaks_https_alone(tmp_path: Path) -> None:
    environment = for_a_server(tmp_path) | {
        "DATABASE_URL": f"sqlite:///{tmp_path}/x.sqlite3", "DJANGO_SETTINGS_MODULE": "rocket.settings",
        "LOG_LEVEL": "ERROR",
    }  # fmt: skip
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--skip-checks", "--verbosity", "0"],
        cwd=ROOT, env=environment, check=True, capture_output=True,
    )  # fmt: skip
    run = subprocess.run(
        [sys.executable, "-c", ASK], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert run.stdout.splitlines() == [
        "200 None None",
        "301 https://portal.example.org/imprint/ None",
        "200 None max-age=31536000; includeSubDomains",
    ], run.stderr


def test_pages_run_no_code_but_their_own_files(db: None) -> None:
    response = Client().get("/help/")
    policy = dict(
        part.strip().split(" ", 1) for part in response["Content-Security-Policy"].split(";") if part
    )
    assert policy["script-src"] == policy["style-src"] == policy["default-src"] == "'self'"
    assert "unsafe" not in response["Content-Security-Policy"]
    assert (policy["object-src"], policy["base-uri"], policy["frame-ancestors"]) == ("'none'",) * 3
    assert (response["X-Content-Type-Options"], response["X-Frame-Options"]) == ("nosniff", "DENY")
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"


def test_cookies_are_closed_to_scripts_and_other_sites(db: None) -> None:
    cookie = Client().get("/account/login/").cookies["csrftoken"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert portal.SESSION_COOKIE_HTTPONLY
    assert portal.SESSION_COOKIE_SAMESITE == "Lax"
