"""The controller's pages: the money of funded projects, by partner and category, as it was approved."""

from __future__ import annotations

import csv
import io
import re
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from reporting.models import Project

pytestmark = pytest.mark.django_db


@pytest.fixture
def project(cast: Any) -> Project:
    cast.builder.decide(cast.submitted("LumiGrid"))
    return Project.objects.get()


def _file(cast: Any) -> list[dict[str, str]]:
    address = reverse("control", args=[cast.builder.programme.code])
    answer = cast.client("controller").get(address, {"format": "csv"})
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_the_list_gives_budget_grant_and_rate(cast: Any, project: Project) -> None:
    page = cast.client("controller").get(reverse("control", args=[cast.builder.programme.code]))
    shown = page.context["page_obj"].object_list[0]
    assert shown == project
    assert shown.rate == shown.grant / shown.budget == Decimal("0.5")
    assert re.search(r"50\.0\s?%", page.content.decode())


def test_the_file_has_a_line_for_each_partner_that_adds_up(cast: Any, project: Project) -> None:
    rows = _file(cast)
    whole = Project.objects.with_money().get()
    assert [row["Partner"] for row in rows] == [
        "Lichtmess Optik GmbH", "Weefwerk Twente B.V.", "Instituut Oppervlak Oost"
    ]  # fmt: skip
    assert sum(Decimal(row["Total cost (EUR)"]) for row in rows) == whole.budget
    assert sum(Decimal(row["Grant asked for (EUR)"]) for row in rows) == whole.grant
    names = [str(one.name) for one in cast.builder.programme.cost_categories.all()]
    for row in rows:
        costs = [Decimal(row[f"{name} (EUR)"] or 0) for name in names]
        assert sum(costs) == Decimal(row["Total cost (EUR)"])
    assert "Province of Overijssel: 28800.00" in rows[1]["Other funders"]
    assert rows[0]["Aid basis"] == "Cooperation costs (GBER, Art. 20)"


def test_the_page_of_a_project_leads_to_what_was_submitted(cast: Any, project: Project) -> None:
    address = reverse("controlled_project", args=[cast.builder.programme.code, project.number])
    controller = cast.client("controller")
    page = controller.get(address).content.decode()
    receipt = project.decision.submission.receipt_number
    for name in ("receipt_pdf", "receipt_json"):
        assert reverse(name, args=[project.proposal.number, receipt]) in page
    assert "Stichting Slimme Oppervlakken" in page
    assert controller.get(reverse("receipt_json", args=[project.proposal.number, receipt])).status_code == 200


def test_what_is_not_funded_is_not_the_controllers(cast: Any, project: Project) -> None:
    waiting = cast.submitted("GridSkin")
    receipt = waiting.submissions.get().receipt_number
    answer = cast.client("controller").get(reverse("receipt_pdf", args=[waiting.number, receipt]))
    assert answer.status_code == 404


def test_without_a_project_the_page_says_what_will_be_there(cast: Any) -> None:
    page = cast.client("controller").get(reverse("control", args=[cast.builder.programme.code]))
    assert "A project appears here when a proposal is approved." in page.content.decode()
