"""Moments read alike everywhere: date, hour and minute, zone. Seconds stand on the receipt and in the audit trail only."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import translation

from rocket.core.display import clock_text, moment_text
from rocket.core.templatetags import rocket

ROOT = Path(settings.BASE_DIR)
AT = datetime(2017, 12, 15, 16, 0, 7, 123456, tzinfo=UTC)

WITH_SECONDS = {
    "feasibility/receipt.html",
    "feasibility/pdf/proposal.html",  # the receipt's own sheet
    "feasibility/desk_proposal.html",  # the history, from the audit trail
    "reporting/audit_trail.html",
    "core/gallery.html",
}


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "15 December 2017, 17:00:07 (Europe/Amsterdam)"),
        ("de", "15. Dezember 2017, 17:00:07 Uhr (Europe/Amsterdam)"),
        ("nl", "15 december 2017, 17:00:07 (Europe/Amsterdam)"),
    ],
)
def test_seconds_are_shown_where_they_are_asked_for(language, expected):
    with translation.override(language):
        assert moment_text(AT, "seconds") == rocket.moment_text(AT, "seconds") == expected
        assert expected in rocket.moment(AT, "seconds")
        assert moment_text(AT) == expected.replace(":07", "")
        assert clock_text(AT) in moment_text(AT)
        assert clock_text(AT, "seconds") in moment_text(AT, "seconds")


def pages():
    folder = ROOT / "templates"
    return [(path.relative_to(folder).as_posix(), path.read_text()) for path in folder.rglob("*.*")]


def test_only_the_receipt_and_the_audit_trail_ask_for_seconds():
    asking = {page for page, text in pages() if re.search(r"\|(moment|moment_text|clock):\"seconds\"", text)}
    assert asking - WITH_SECONDS == set()


def test_no_page_writes_a_time_of_day_by_a_format_of_its_own():
    own = {
        page: found
        for page, text in pages()
        if (
            found := re.findall(
                r"\|(?:date|time):\"(?:[^\"]*[HGPhgis][^\"]*)\"",
                text.replace('"DATE_FORMAT"', "").replace('"SHORT_DATE_FORMAT"', ""),
            )
        )
    }
    assert own == {}


def test_no_code_writes_a_time_of_day_for_people_by_a_format_of_its_own():
    """Files and fields for machines aside, which name their format where they stand."""
    for_machines = {
        "calls/clock.py",  # a remedy's parameters, as JSON
        "calls/forms.py",  # the value of the browser's own field
        "feasibility/forms/desk.py",
        "rocket/core/icalendar.py",
        "rocket/core/logs.py",
    }
    own = {
        path.relative_to(ROOT).as_posix()
        for app in ("calls", "consortia", "feasibility", "reporting", "rocket")
        for path in (ROOT / app).rglob("*.py")
        if "formats" not in path.parts and re.search(r"%H|:%M", path.read_text())
    }
    assert own - for_machines == set()
