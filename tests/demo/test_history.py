"""The demonstration of ROCKET gives the figures that the programme published."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from django.test import override_settings

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def rocket(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Any]:
    """The programme, replayed once for all tests of this file."""
    from calls.models import Programme
    from calls.services import load_programme
    from rocket.demo.history import History
    from rocket.demo.people import make_people

    documents = tmp_path_factory.mktemp("documents")
    with django_db_blocker.unblock(), override_settings(DOCUMENTS_DIR=documents), transaction.atomic():
        now = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
        load_programme(path=Path(settings.BASE_DIR) / "programmes" / "rocket.toml", by=None, now=now)
        History(make_people(programmes=("rocket",), now=now)).replay()
        yield Programme.objects.get(code="rocket")
        transaction.set_rollback(True)


def figures(as_of: str) -> dict[str, Any]:
    out = StringIO()
    call_command("figures", "rocket", as_of=as_of, format="json", stdout=out)
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


def test_the_published_figures_of_31_october_2017(rocket: Any) -> None:
    found = figures("2017-10-31")
    kinds = {row["code"]: row["projects"] for row in found["by_kind"]}
    assert found["calls"] == 3
    assert found["pioneer_rounds"] == 1
    assert found["pioneer_projects"] == 4
    assert found["projects"] == 17
    assert kinds == {"innovation_project": 11, "feasibility_study": 6}
    assert found["organisations"] == 70
    assert found["budget"] == "9994868.76"
    assert found["products"]["target"] == 40


def test_what_came_after_that_day_is_not_seen(rocket: Any) -> None:
    then, later = figures("2017-10-31"), figures("2019-12-31")
    stages = ("on_market", "in_development", "planned", "stopped")
    assert [then["products"][stage] for stage in stages] == [6, 11, 29, 2]
    assert later["products"]["on_market"] > then["products"]["on_market"]
    assert then["applications"]["decided"] < later["applications"]["decided"]
    assert (then["projects"], then["budget"]) == (later["projects"], later["budget"])


def test_the_programme_grows_call_by_call(rocket: Any) -> None:
    days = ("2016-04-27", "2016-04-28", "2017-03-20", "2017-08-21", "2017-10-24")
    assert [figures(day)["projects"] for day in days] == [0, 4, 10, 15, 17]
    assert [figures(day)["calls"] for day in ("2016-04-28", "2016-09-01", "2017-02-01", "2017-06-12")] == [
        0,
        1,
        2,
        3,
    ]


def test_the_pioneers_have_the_fields_that_were_published(rocket: Any) -> None:
    from feasibility.models import Proposal

    fields = {
        title: sorted(Proposal.objects.get(title=title).fields.values_list("code", flat=True))
        for title in ("SAIL PRO", "Antibacterial Materials", "SuperSurf", "Fast-Pharma")
    }
    assert fields == {
        "SAIL PRO": ["production"],
        "Antibacterial Materials": ["health", "production"],
        "SuperSurf": ["energy", "production"],
        "Fast-Pharma": ["health"],
    }


def test_every_proposal_was_judged_by_the_rules_of_its_day_and_passed(rocket: Any) -> None:
    from feasibility.models import Submission

    submissions = Submission.objects.filter(proposal__call__programme=rocket).select_related("proposal__call")
    assert submissions.count() == 36
    for submission in submissions:
        assert submission.findings["is_eligible"], submission.proposal.title
        assert submission.proposal.call.is_pioneer_round or submission.received_at.year <= 2017
        assert submission.received_at < submission.proposal.call.closes_at


def test_some_were_rejected_found_ineligible_withdrawn_or_wait(rocket: Any) -> None:
    from collections import Counter

    from feasibility.models import Proposal

    states = Counter(Proposal.objects.filter(call__programme=rocket).values_list("state", flat=True))
    assert states == {"accepted": 17, "rejected": 13, "ineligible": 3, "reserve": 2, "withdrawn": 1}


def test_partners_come_from_both_sides_and_stay_inside_the_grant(rocket: Any) -> None:
    from django.db.models import Sum

    from feasibility.models import FundingLine
    from reporting.models import Project

    for project in Project.objects.of(rocket).with_parts():
        countries = {p.organisation.country for p in project.proposal.consortium.partners.all()}
        assert countries == {"DE", "NL"}, project.title
    most = (
        FundingLine.objects.filter(source="grant", partner__organisation__kind="sme")
        .order_by("-amount")
        .first()
    )
    assert most is not None
    assert most.amount <= Decimal("300000.00")
    found = figures("2017-10-31")
    assert Decimal(found["grant"]) <= Decimal(found["budget"]) * Decimal(found["funding_rate"])
    assert FundingLine.objects.filter(source="grant").aggregate(Sum("amount"))["amount__sum"] > 0


def test_what_is_invented_says_so(rocket: Any) -> None:
    from consortia.models import Organisation

    assert not Organisation.objects.exclude(offers__contains="Invented for the demonstration").exists()


def test_nobody_can_sign_in_as_an_invented_owner(rocket: Any) -> None:
    from consortia.models import Membership

    assert not any(one.user.has_usable_password() for one in Membership.objects.select_related("user"))
