"""The value itself: no database."""

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from reporting.enums import ProjectState
from reporting.figures import (
    Applications,
    DoNotAddUp,
    Money,
    ProductFigures,
    ProgrammeFigures,
    ProjectFigures,
    share,
)
from rocket.core.text import LocalisedText


def figures(**values):
    return ProgrammeFigures(
        **{
            "programme": "rocket",
            "programme_name": "ROCKET",
            "as_of": datetime(2017, 10, 31, 17, tzinfo=UTC),
            "funding_rate": Decimal("0.6000"),
            "calls": 0,
            "calls_completed": 0,
            "pioneer_rounds": 0,
            "applications": Applications(),
            "projects": 0,
            "pioneer_projects": 0,
            "organisations": 0,
            "smes": 0,
            "leads": 0,
            "organisations_without_region": 0,
            "budget": Decimal("0.00"),
            "grant": Decimal("0.00"),
            "products": ProductFigures(target=40),
            **values,
        }
    )


def test_nothing_decided_has_no_acceptance_rate():
    assert Applications(submitted=3).acceptance_rate is None


@pytest.mark.parametrize(
    ("approved", "decided", "rate"),
    [(0, 1, "0.0000"), (1, 3, "0.3333"), (2, 3, "0.6667"), (1, 32, "0.0313"), (3, 3, "1.0000")],
)
def test_acceptance_rate_is_approved_among_decided_with_four_decimals_halves_up(approved, decided, rate):
    assert Applications(submitted=40, decided=decided, approved=approved).acceptance_rate == Decimal(rate)


def test_a_share_of_nothing_is_none():
    assert share(Decimal("0.00"), Decimal("0.00")) is None


@pytest.mark.parametrize(
    ("products", "expected", "above", "still_open"),
    [
        (ProductFigures(target=40), 0, 0, 40),
        (ProductFigures(target=40, on_market=6, in_development=11, planned=23), 40, 0, 0),
        (ProductFigures(target=40, on_market=6, in_development=11, planned=29), 46, 6, 0),
        (ProductFigures(target=40, planned=1, stopped=5), 1, 0, 39),
    ],
)
def test_stopped_products_are_not_expected(products, expected, above, still_open):
    assert (products.expected, products.above_target, products.still_open) == (expected, above, still_open)


def test_breakdown_that_misses_its_total_by_a_cent_is_refused():
    row = Money(
        code="x", name=LocalisedText("X"), projects=1, budget=Decimal("99.99"), grant=Decimal("60.00")
    )
    project = ProjectFigures(
        number="PR-2017-0001",
        title="X",
        call="c",
        kind="x",
        main_ket="",
        application_fields=(),
        opened_at=datetime(2017, 3, 20, tzinfo=UTC),
        state=ProjectState.RUNNING,
        lead_partner="",
        lead_country="",
        partners=0,
        budget=Decimal("100.00"),
        grant=Decimal("60.00"),
    )
    with pytest.raises(DoNotAddUp, match="by_kind"):
        figures(
            projects=1,
            budget=Decimal("100.00"),
            grant=Decimal("60.00"),
            by_call=(Money(**{**row.__dict__, "budget": Decimal("100.00")}),),
            by_kind=(row,),
            by_country=(),
            project_list=(project,),
        )


def test_the_value_cannot_be_changed():
    with pytest.raises(AttributeError):
        figures().projects = 3


def test_json_keeps_cents_rates_and_moments_exact():
    value = json.loads(figures().to_json())
    assert (value["form"], value["budget"], value["funding_rate"], value["as_of"]) == (
        "rocket.programme-figures/1",
        "0.00",
        "0.6000",
        "2017-10-31T17:00:00Z",
    )
    assert value["acceptance_rate"] is None


def test_equal_figures_are_equal_bytes_whatever_the_zone_of_the_moment():
    from zoneinfo import ZoneInfo

    here = figures(as_of=datetime(2017, 10, 31, 18, tzinfo=ZoneInfo("Europe/Amsterdam")))
    assert here.to_json() == figures().to_json()
