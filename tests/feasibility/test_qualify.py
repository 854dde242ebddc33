"""Check if you qualify: the answers are held against the rules of the open call, and nothing is kept."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from feasibility.eligibility import CallFacts, FiguresClass, ProgrammeFacts, Region, build_rules
from feasibility.qualify import (
    Answers,
    Balance,
    Offer,
    OtherSide,
    Staff,
    Turnover,
    Verdict,
    check,
    size_class,
)

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
RULES = build_rules(
    [
        {"code": code}
        for code in (
            "SME-LED", "SME-COUNT", "BOTH-SIDES", "PROGRAMME-AREA", "KET-CALL", "FIELD-CALL", "PARTNERS-CONFIRMED",
        )
    ]
)  # fmt: skip
PROGRAMME = ProgrammeFacts(
    countries=("NL", "DE"), area=frozenset({Region("NL213", 2021), Region("DEA34", 2021)})
)


def answers(**changes):
    given = {
        "country": "NL",
        "region": Region("NL213", 2021),
        "staff": Staff.BELOW_50,
        "turnover": Turnover.UP_TO_10,
        "balance": None,
        "other_side": OtherSide.FOUND,
        "ket": "NT",
        "application_field": "health",
    }
    return Answers(**{**given, **changes})


def offer(call="now", *, is_open=True, kets=("NT",), rules=RULES):
    facts = CallFacts(
        opens_at=NOW,
        closes_at=NOW + timedelta(days=9),
        published=True,
        kets=frozenset(kets),
        fields=frozenset({"health"}),
    )
    return Offer(call=call, is_open=is_open, rules=rules, facts=facts)


def verdict(given, *offers):
    found = check(
        given, offers or (offer(),), PROGRAMME, names={}, own_name="Own", partner_name="Partner", now=NOW
    )
    return found.verdict, found.offer.call, {finding.code for finding in found.against}


@pytest.mark.parametrize(
    ("changes", "expected", "against"),
    [
        ({}, Verdict.CALL, set()),
        ({"other_side": OtherSide.WANTED}, Verdict.CONSULTANT, {"SME-COUNT", "BOTH-SIDES"}),
        ({"other_side": OtherSide.NONE}, Verdict.NO, {"SME-COUNT", "BOTH-SIDES"}),
        ({"staff": Staff.FROM_250}, Verdict.NO, {"SME-LED", "SME-COUNT", "BOTH-SIDES"}),
        ({"staff": Staff.NO_COMPANY}, Verdict.NO, {"SME-LED", "SME-COUNT", "BOTH-SIDES"}),
        ({"region": None}, Verdict.NO, {"PROGRAMME-AREA"}),
        ({"region": None, "country": ""}, Verdict.NO, {"PROGRAMME-AREA", "BOTH-SIDES"}),
        ({"ket": "PH"}, Verdict.NO, {"KET-CALL"}),
        ({"application_field": "energy"}, Verdict.NO, {"FIELD-CALL"}),
        ({"turnover": None}, Verdict.CONSULTANT, {"SME-LED", "SME-COUNT", "BOTH-SIDES"}),
        ({"ket": "PH", "other_side": OtherSide.WANTED}, Verdict.NO, {"KET-CALL", "SME-COUNT", "BOTH-SIDES"}),
    ],
)
def test_the_rules_decide(changes, expected, against):
    assert verdict(answers(**changes)) == (expected, "now", against)


def test_the_parameters_of_the_kind_decide():
    alone = build_rules([{"code": "SME-COUNT", "parameters": {"minimum": 1}}])
    assert verdict(answers(other_side=OtherSide.NONE), offer(rules=alone))[0] is Verdict.CALL


def test_an_open_call_that_fits_comes_before_a_planned_one_and_that_before_none():
    later = offer("later", is_open=False)
    assert verdict(answers(), later, offer())[:2] == (Verdict.CALL, "now")
    assert verdict(answers(), offer(kets=("PH",)), later)[:2] == (Verdict.PLANNED, "later")
    assert verdict(answers(), offer(None, is_open=False))[0] is Verdict.CONSULTANT


@pytest.mark.parametrize(
    ("staff", "turnover", "balance", "expected"),
    [
        (Staff.BELOW_10, Turnover.UP_TO_2, None, FiguresClass.MICRO),
        (Staff.BELOW_50, Turnover.UP_TO_2, None, FiguresClass.SMALL),
        (Staff.BELOW_250, Turnover.ABOVE_50, Balance.UP_TO_43, FiguresClass.MEDIUM),
        (Staff.BELOW_250, Turnover.ABOVE_50, Balance.ABOVE_43, FiguresClass.LARGE),
        (Staff.FROM_250, Turnover.UP_TO_2, Balance.UP_TO_2, FiguresClass.LARGE),
        (Staff.BELOW_10, None, None, FiguresClass.UNKNOWN),
        (Staff.FROM_250, None, None, FiguresClass.LARGE),
    ],
)
def test_ranges_give_the_class_that_figures_would(staff, turnover, balance, expected):
    assert size_class(answers(staff=staff, turnover=turnover, balance=balance)) is expected


# The page --------------------------------------------------------------------------------------------------


@pytest.fixture
def ask(cast, client):
    field = cast.builder.programme.application_fields.first().code

    def ask(language="en", **changes):
        given = {
            "place": "NL213/2024",
            "staff": "49",
            "turnover": "10000000",
            "balance": "",
            "partner": "found",
            "ket": cast.call.kets.first().code,
            "field": field,
        }
        return client.get("/qualify/", {**given, **changes}, headers={"accept-language": language})

    return ask


def opened(cast):
    import time_machine

    return time_machine.travel(cast.now, tick=False)


def test_it_ends_in_the_open_call(ask, cast):
    with opened(cast):
        page = ask()
    assert page.context["verdict"] == "CALL"
    assert f'href="{cast.call.get_absolute_url()}"' in page.content.decode()
    assert page.cookies.get("sessionid") is None


def test_it_ends_with_the_consultants_of_the_region(ask, cast):
    with opened(cast):
        page = ask(partner="wanted")
    text = page.content.decode()
    assert page.context["verdict"] == "CONSULTANT"
    assert ("Novel-T" in text, "https://novelt.com" in text) == (True, True)
    assert [one.name for one in page.context["consultants"]] == ["Novel-T"]


def test_it_ends_with_the_reason_and_what_would_mend_it(ask, cast):
    with opened(cast):
        text = ask(partner="none").content.decode()
    assert "Not as it stands" in text
    assert '<a class="go" href="#consultants">Invite an independent SME from Germany.' in text


def test_a_changed_answer_is_shown_from_the_top(ask, cast):
    """An action of its own: without one the browser keeps the place, and the answer stands far above it."""
    assert f'action="{reverse("qualify")}"' in ask().content.decode()


def test_what_is_not_known_leads_to_its_question(ask, cast):
    with opened(cast):
        text = ask(turnover="", balance="").content.decode()
    assert '<a class="go" href="#id_turnover">Choose a range for turnover' in text
    assert 'id="id_turnover"' in text


def test_without_an_open_call_the_consultant_is_the_way(ask, cast):
    import time_machine

    with time_machine.travel(cast.now + timedelta(days=400), tick=False):
        page = ask()
    assert (page.context["verdict"], page.context["found"]) == ("CONSULTANT", None)


def test_wanted_partner_is_named_also_where_the_size_is_not_known(ask, cast):
    with opened(cast):
        page = ask(partner="wanted", turnover="", balance="")
    text = page.content.decode()
    assert "Almost: you need a partner across the border" in text
    assert "What else is not known yet stands below." in text
    assert "Everything else fits." not in text


def test_what_is_missing_or_made_up_is_named(ask):
    page = ask(place="XX999/2021", staff="")
    assert page.status_code == 422
    assert set(page.context["form"].errors) == {"place", "staff"}


def test_it_writes_nothing(ask, cast):
    with opened(cast), CaptureQueriesContext(connection) as queries:
        ask()
    assert [q["sql"] for q in queries if not q["sql"].startswith("SELECT")] == []
    assert len(queries) <= 21
