from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

ENVIRONMENT = {
    "DJANGO_SETTINGS_MODULE": "rocket.settings", "SECRET_KEY": "q7" * 20 + "AbCdEfGhIjKlMnOp", "OPERATOR_NAME": "x",
    "OPERATOR_ADDRESS": "x", "OPERATOR_EMAIL": "x@example.org", "ACCESSIBILITY_BODY": "x", "LOG_LEVEL": "ERROR",
}  # fmt: skip


def in_a_process(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Python of its own, with nothing in its environment but what is given."""
    return subprocess.run(
        [sys.executable, *arguments],
        env={"PATH": os.environ["PATH"], **ENVIRONMENT, **environment},
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture(scope="session")
def _embedded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("embedded")
    run = in_a_process("-m", "tests.operations.embedded", ROCKET_DATA_DIR=str(folder), ROCKET_DEMO="1")
    assert run.returncode == 0, run.stderr
    return folder


@pytest.fixture
def embedded(_embedded: Path, tmp_path: Path) -> Path:
    """A portal's data as it lies in ``var/``: a case that was submitted, a draft, and their documents."""
    return Path(shutil.copytree(_embedded, tmp_path / "old"))


@pytest.fixture
def manage() -> Callable[..., Any]:
    """``manage.py`` in a process of its own."""

    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return in_a_process("manage.py", *arguments, **environment)

    return run
