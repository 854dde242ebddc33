"""Reports that are made beside the request."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.urls import reverse
from openpyxl import load_workbook

from reporting import services
from reporting.enums import ReportFormat, ReportState
from reporting.models import Report
from reporting.selectors import programme_figures
from rocket.core.errors import Refused, RocketError
from rocket.core.models import Document
from tests.factories import reporting as make

pytestmark = pytest.mark.django_db
NOW = make.AS_OF + timedelta(days=1)


@pytest.fixture
def manager(rocket):
    return make.person(manager="rocket")


@pytest.fixture
def ask(rocket, manager):
    def ask(format: str = "xlsx", language: str = "en", **values: Any) -> Report:
        return services.ask_report(
            programme=rocket,
            format=format,
            language=language,
            by=manager,
            **{"as_of": make.AS_OF, "now": NOW, **values},
        )

    return ask


def made(report: Report) -> Report:
    services.make_report(report.pk)
    report.refresh_from_db()
    return report


@pytest.mark.parametrize("format", ReportFormat.values)
def test_every_format_is_made_and_keeps_figures_and_fingerprint(rocket, ask, format):
    report = made(ask(format))
    figures = programme_figures(rocket, make.AS_OF)
    assert report.state == ReportState.DONE
    assert report.progress == 100
    assert report.figures == figures.to_json()
    assert len(report.sha256) == 64
    assert report.document.size > 500
    assert report.document.name.endswith(f".{format}")


def test_all_formats_hold_the_same_figures(rocket, ask, django_capture_on_commit_callbacks):
    value = programme_figures(rocket, make.AS_OF)
    book = load_workbook(io.BytesIO(made(ask("xlsx")).document.file.read()))
    sheet = {row[0].value: row[2].value for row in book["Key figures"].iter_rows(min_row=2)}
    lines = made(ask("csv")).document.file.read().decode("utf-8-sig").splitlines()
    assert json.loads(made(ask("json")).document.file.read()) == value.as_json()
    assert sheet["projects"] == value.projects
    assert sheet["organisations"] == value.organisations
    assert f"{sheet['budget']:.2f}" == str(value.budget)
    assert f"key_figures,projects,value,Value,{value.projects}" in lines
    assert f"key_figures,budget,value,Value,{value.budget}" in lines
    for line in value.project_list:
        assert any(line.title in one for one in lines)
    assert len(list(book["Projects"].iter_rows(min_row=2))) == value.projects


@pytest.mark.parametrize("format", ReportFormat.values)
def test_the_command_writes_every_format(rocket, tmp_path, format):
    target = tmp_path / f"report.{format}"
    call_command("report", "rocket", format=format, language="nl", as_of="2017-10-31", output=str(target))
    assert target.stat().st_size > 500


def test_a_title_never_becomes_a_formula(rocket, ask):
    from reporting.models import Project

    project = Project.objects.of(rocket).first()
    for title in ("=cmd()", "+1+1", "-2", "@SUM(A1)"):
        Project.objects.filter(pk=project.pk).update(title=title)
        book = load_workbook(io.BytesIO(made(ask("xlsx")).document.file.read()))
        cells = [cell for row in book["Projects"].iter_rows() for cell in row if cell.value == title]
        assert cells
        assert all(cell.data_type == "s" for cell in cells)
        text = made(ask("csv")).document.file.read().decode("utf-8-sig")
        assert f",{title}\r\n" not in text
        assert f",'{title}\r\n" in text


def test_a_cancelled_report_leaves_nothing(ask, manager, monkeypatch):
    report = ask()
    monkeypatch.setattr(
        "reporting.services.reports.export",
        lambda *a, progress, **k: (services.cancel_report(report=report, by=manager), progress(50)),
    )
    made(report)
    assert report.state == ReportState.CANCELLED
    assert not Document.objects.exists()


def test_cancelled_at_the_last_moment_keeps_no_file(ask, manager, monkeypatch, settings):
    report = ask()
    real = services.reports.kept

    def kept_then_cancelled(*args: Any, **kwargs: Any) -> Any:
        services.cancel_report(report=report, by=manager)
        return real(*args, **kwargs)

    monkeypatch.setattr("reporting.services.reports.kept", kept_then_cancelled)
    made(report)
    assert report.state == ReportState.CANCELLED
    assert not Document.objects.exists()
    assert [path for path in settings.DOCUMENTS_DIR.rglob("*") if path.is_file()] == []


def test_a_finished_report_can_not_be_cancelled(ask, manager):
    report = made(ask())
    services.cancel_report(report=report, by=manager)
    assert report.state == ReportState.DONE


def test_a_maker_that_died_is_followed_by_another(ask):
    report = ask()
    Report.objects.filter(pk=report.pk).update(
        state=ReportState.RUNNING, attempt=1, progress=40, alive_at=NOW
    )
    assert services.resume_reports(NOW + timedelta(seconds=30)) == 0
    assert services.resume_reports(NOW + timedelta(minutes=4)) == 1
    assert made(report).state == ReportState.DONE
    assert report.attempt == 2
    assert Document.objects.count() == 1


def test_what_dies_again_and_again_is_given_up(ask):
    report = ask()
    Report.objects.filter(pk=report.pk).update(state=ReportState.RUNNING, attempt=3, alive_at=NOW)
    assert services.resume_reports(NOW + timedelta(minutes=4)) == 0
    report.refresh_from_db()
    assert report.state == ReportState.FAILED
    assert "several times" in report.problem


def test_an_overtaken_maker_writes_nothing(ask, monkeypatch):
    report = ask()
    monkeypatch.setattr(
        "reporting.services.reports.export",
        lambda *a, progress, **k: (Report.objects.filter(pk=report.pk).update(attempt=9), progress(50)),
    )
    made(report)
    assert report.state == ReportState.RUNNING
    assert not Document.objects.exists()


def test_a_fault_ends_as_failed_and_says_so(ask, monkeypatch):
    def broken(*args: Any, **kwargs: Any) -> bytes:
        raise ZeroDivisionError

    monkeypatch.setattr("reporting.services.reports.export", broken)
    report = made(ask())
    assert report.state == ReportState.FAILED
    assert "operator" in report.problem


def test_a_full_disk_ends_as_failed(ask, monkeypatch):
    def full(*args: Any, **kwargs: Any) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("rocket.core.storage.DocumentStorage._save", full)
    report = made(ask())
    assert report.state == ReportState.FAILED
    assert not Document.objects.exists()


def test_the_future_is_refused(ask):
    with pytest.raises(RocketError, match="come"):
        ask(as_of=NOW + timedelta(days=1))


def test_only_the_desk_asks_for_reports(rocket):
    with pytest.raises(Refused):
        services.ask_report(
            programme=rocket,
            format="csv",
            language="en",
            as_of=make.AS_OF,
            by=make.person(manager="another"),
            now=NOW,
        )


def test_the_page_asks_shows_progress_and_gives_the_file(
    rocket, manager, client, django_capture_on_commit_callbacks
):
    client.force_login(manager, backend="django.contrib.auth.backends.ModelBackend")
    form = {"format": "xlsx", "language": "de", "as_of": "2017-10-31"}
    asked = client.post(reverse("reports", args=["rocket"]), form)
    report = Report.objects.get()
    assert asked["Location"] == report.get_absolute_url()
    waiting = client.get(report.get_absolute_url())
    assert waiting["Refresh"] == "3"
    assert "hx-get" in waiting.content.decode()
    services.make_report(report.pk)
    ready = client.get(report.get_absolute_url())
    report.refresh_from_db()
    assert "Refresh" not in ready
    assert report.sha256 in ready.content.decode()
    file = client.get(reverse("report_file", args=["rocket", report.pk]))
    assert file["Content-Disposition"].startswith("attachment")
    assert b"".join(file.streaming_content)[:2] == b"PK"


def test_a_day_of_the_future_is_told_on_the_form(rocket, manager, client):
    client.force_login(manager, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.post(
        reverse("reports", args=["rocket"]), {"format": "pdf", "language": "en", "as_of": "2999-01-01"}
    )
    assert answer.status_code == 422
    assert not Report.objects.exists()
