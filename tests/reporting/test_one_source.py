"""Page, PDF, JSON and command line show one value."""

import io
import json
import re
import subprocess
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils.html import strip_tags

from reporting.exporters.pdf import report_pdf
from reporting.selectors import programme_figures
from tests.factories import reporting as make

pytestmark = pytest.mark.django_db
MOMENT = "2017-10-31T18:00"


def words(html: str) -> str:
    return re.sub(r"\s+", " ", strip_tags(re.sub(r"</(p|li|td|th|h\d|dd|a)>", " ", html)))


@pytest.fixture
def figures(rocket):
    return programme_figures(rocket, make.AS_OF)


@pytest.fixture
def page(rocket, client, monkeypatch):
    """The overview as it stood on that day: the same view, with another moment of arrival."""
    monkeypatch.setattr("rocket.core.middleware.timezone.now", lambda: make.AS_OF)
    client.force_login(make.person(manager="rocket"), backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_the_value_is_what_the_case_adds_up_to(figures):
    assert (figures.projects, figures.organisations, figures.smes, figures.calls) == (3, 5, 4, 2)
    assert figures.budget == Decimal("1234567.89") + Decimal("98765.43") + Decimal("40000.01")
    assert figures.acceptance_rate == Decimal("0.6667")
    products = figures.products
    assert (products.on_market, products.in_development, products.planned) == (1, 1, 3)


def test_page_pdf_json_and_command_line_are_equal(rocket, figures, page):
    overview = words(page.get(reverse("desk", args=["rocket"])).content.decode())
    as_json = page.get(reverse("figures_file", args=["rocket", "json"]))
    as_pdf = report_pdf(figures, rocket, "en")
    printed = io.StringIO()
    call_command("figures", "rocket", "--as-of", MOMENT, "--format", "json", stdout=printed)
    text = io.StringIO()
    call_command("figures", "rocket", "--as-of", MOMENT, stdout=text)

    assert as_json.content.decode() == printed.getvalue() == figures.to_json()
    value = json.loads(figures.to_json())
    assert (value["projects"], value["organisations"], value["calls"], value["budget"]) == (
        3,
        5,
        2,
        "1373333.33",
    )
    found = subprocess.run(["pdftotext", "-layout", "-", "-"], input=as_pdf, capture_output=True, check=True)
    report = re.sub(r"\s+", " ", found.stdout.decode())
    terminal = re.sub(r"\s+", " ", text.getvalue())
    public = words(page.get(reverse("home")).content.decode())
    for shown in (overview, report, terminal):
        assert "1,373,333.33" in shown
        assert "66.7" in shown
        assert "5 products are expected, the target is 40." in shown
        assert "1,234,567.89" in shown
    assert "1,373,333.33" in public
    assert "5 products are expected, the target is 40." in public
    assert "3 funded projects" in public
    assert "The programme funds 3 projects." in report
    assert "3 funded projects" in overview
    assert "5 organisations in projects" in overview
    assert "2 calls" in overview
    assert "Funded projects 3 " in terminal
    assert "Organisations in projects 5 " in terminal


def test_report_writes_what_the_page_gives(rocket, figures, tmp_path):
    target = tmp_path / "report.json"
    call_command(
        "report",
        "rocket",
        "--format",
        "json",
        "--as-of",
        MOMENT,
        "--output",
        str(target),
        stdout=io.StringIO(),
    )
    assert target.read_text(encoding="utf-8") == figures.to_json()


def test_report_writes_a_pdf_in_the_language_asked_for(rocket, tmp_path):
    import pikepdf

    target = tmp_path / "a report.pdf"
    call_command("report", "rocket", "--language", "nl", "--output", str(target), stdout=io.StringIO())
    with pikepdf.open(target) as pdf:
        assert str(pdf.Root.Lang) == "nl"


def test_a_day_means_that_whole_day(rocket):
    from datetime import datetime
    from zoneinfo import ZoneInfo

    printed = io.StringIO()
    call_command("figures", "rocket", "--as-of", "2017-03-20", "--format", "json", stdout=printed)
    last = datetime(2017, 3, 20, 23, 59, 59, 999999, ZoneInfo("Europe/Amsterdam"))
    assert printed.getvalue() == programme_figures(rocket, last).to_json()
    assert json.loads(printed.getvalue())["projects"] == 3


@pytest.mark.parametrize("date", ["2017-13-01", "yesterday", "31.10.2017", "2017-02-30"])
def test_no_date_is_refused_with_the_form_to_write(rocket, date):
    with pytest.raises(CommandError, match="2017-10-31"):
        call_command("figures", "rocket", "--as-of", date)


def test_an_unknown_programme_is_named_with_those_that_are_known(rocket):
    with pytest.raises(CommandError, match=r"No programme has the code rokcet. Known: rocket\."):
        call_command("figures", "rokcet")


def test_an_empty_programme_prints_no_zero(db):
    make.programme()
    text = io.StringIO()
    call_command("figures", "rocket", "--as-of", MOMENT, stdout=text)
    assert "Nothing is funded yet, and no call has been published." in text.getvalue()
    assert re.findall(r"\s0(?:\s|$)|0\.00", text.getvalue()) == []
