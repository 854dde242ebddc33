"""The bench itself, small: its figures have their form, queries keep their goals, and no submission is lost.

No test asserts a time.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as portal
from django.db import connection

from tests.operations.conftest import ENVIRONMENT

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]
PAGES = (
    "public call page",
    "manager's list",
    "proposal",
    "proposal at the desk",
    "eligibility panel",
    "consultant's desk",
    "dashboard",
    "submission",
)


@pytest.fixture
def database() -> Iterator[str]:
    """The address of an empty database beside that of the tests."""
    if connection.vendor != "postgresql" or not os.environ.get("ROCKET_TEST_REDIS_URL"):
        pytest.skip("PostgreSQL and Redis are not given")
    values = connection.settings_dict
    name = f"{values['NAME']}_bench"
    secret = f":{values['PASSWORD']}" if values["PASSWORD"] else ""
    host = (values["HOST"] or "127.0.0.1").replace("/", "%2F")
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        cursor.execute(f'CREATE DATABASE "{name}"')
    yield f"postgres://{values['USER']}{secret}@{host}:{values['PORT'] or 5432}/{name}"
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def test_a_small_run_has_every_figure_keeps_the_queries_and_loses_no_submission(
    database: str, tmp_path: Path
) -> None:
    output = tmp_path / "bench.json"
    run = subprocess.run(
        [
            sys.executable, "-m", "tests.bench", "--sizes", "30", "--rush", "40", "--repetitions", "2", "--no-pdf",
            "--output", str(output),
        ],
        env={
            "PATH": os.environ["PATH"], **ENVIRONMENT, "EMAIL_URL": "dummy:", "ROCKET_DATA_DIR": str(tmp_path),
            "DATABASE_URL": database, "REDIS_URL": os.environ["ROCKET_TEST_REDIS_URL"],
        },
        cwd=portal.BASE_DIR,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr[-3000:]
    assert output.read_text("utf-8") == run.stdout
    found = json.loads(run.stdout)
    (small,) = found["sizes"]
    assert small["proposals"] > 30
    _holds_every_figure(small)
    missed = {
        name: measured["queries"]
        for name, measured in [*small["pages"].items(), ("CSV", small["csv"])]
        if not measured["met"].get("queries", True)
    }
    assert missed == {}
    _lost_none(found["rush"])


def _holds_every_figure(small: dict[str, Any]) -> None:
    for name in PAGES:
        measured = small["pages"][name]
        assert measured["p95_ms"] >= measured["median_ms"] > 0, name
        assert measured["ratio"] > 0, name
        assert measured["work_ratio"] > 0, name
        assert measured["goal"].keys() >= {"ratio", "queries"}, name
        assert measured["met"].keys() == measured["goal"].keys(), name
        if not all(measured["met"].values()):
            assert len(measured["profile"]) == 15, name
    assert small["csv"]["rows"] > 20
    assert small["csv"]["ratio_to_psycopg2"] > 0
    assert small["report"]["xlsx"]["queries"] > 0


def _lost_none(rush: dict[str, Any]) -> None:
    assert rush["answers"] == {"302 /proposals": 40}
    held = ("submissions", "distinct_receipts", "proposals_submitted", "bare_form_rows")
    assert {name: rush[name] for name in held} == dict.fromkeys(held, 40)
    assert (rush["lost"], rush["doubled"], rush["mails_queued_twice"]) == (0, 0, 0)
    assert rush["mails_queued"] == rush["mails_expected"] == 3 * 40
    assert rush["share_of_bare_form"] > 0
