"""Dossiers from files: the documented example, and every mistake at its place."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path

import pytest

from consortia.json_form import JsonFormError, load_json
from feasibility.eligibility import (
    FiguresClass,
    case_from_json,
    describe,
    dossier_from_json,
    dossier_to_json,
    evaluate,
    rule_codes,
)

from .cast import GOOD, RULES, all_rules

ROOT = Path(__file__).parents[3]
EXAMPLES = sorted((ROOT / "docs" / "examples").glob("dossier*.json"))


def good() -> dict:
    return deepcopy(dossier_to_json(GOOD))


def places(form) -> list[str]:
    with pytest.raises(JsonFormError) as refused:
        case_from_json(form)
    return [mistake.place for mistake in refused.value.mistakes]


def test_writing_and_reading_gives_the_same_dossier():
    assert dossier_from_json(json.loads(json.dumps(good()))) == GOOD


def test_exact_decimals_read_the_same():
    assert dossier_from_json(load_json(json.dumps(good()))) == GOOD


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_the_documented_examples_are_read(path):
    case = case_from_json(load_json(path.read_text(encoding="utf-8")))
    report = evaluate(case.rules, case.dossier)
    assert sorted(finding.code for finding in report) == sorted(rule_codes())
    assert all(describe(finding).message for finding in report)


def test_the_first_example_is_eligible_and_the_second_is_not():
    eligible, blocked = (case_from_json(load_json(path.read_text(encoding="utf-8"))) for path in EXAMPLES)
    assert evaluate(eligible.rules, eligible.dossier).is_eligible
    found = evaluate(blocked.rules, blocked.dossier)
    assert [one.code for one in found.failed] == [
        "SME-DECLARATION",
        "PROGRAMME-AREA",
        "BUDGET-SUM",
        "WORK-PLAN-PARTNERS",
    ]
    assert [one.code for one in found.unknown] == [
        "SME-COUNT",
        "BOTH-SIDES",
        "PARTNERS-CONFIRMED",
        "DECLARATIONS",
    ]


def test_every_field_of_the_form_is_described():
    text = (ROOT / "docs" / "dossier.md").read_text(encoding="utf-8")

    def keys(value, skip=("costs", "funding", "derogations", "names")):
        if isinstance(value, dict):
            for key, inner in value.items():
                yield key
                if key not in skip:
                    yield from keys(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from keys(inner)

    assert {key for key in keys(good()) if f"`{key}`" not in text} == set()
    assert {code for code in rule_codes() if code not in text} == set()


def test_rules_come_along_where_the_file_names_them():
    assert case_from_json({**good(), "rules": RULES}).rules == all_rules()
    assert case_from_json(good()).rules is None


@pytest.mark.parametrize(
    ("path", "value", "place"),
    [
        (("programme", "countries"), [], "programme.countries"),
        (("programme", "zone"), "Europe/Atlantis", "programme.zone"),
        (("programme", "rule_book"), "VII", "programme.rule_book"),
        (("programme", "area", 0, "version"), None, "programme.area[0].version"),
        (("programme", "cost_categories", 1, "flat_rate"), "1.5", "programme.cost_categories[1].flat_rate"),
        (("call", "opens_at"), "2026-09-01T09:00:00", "call.opens_at"),
        (("call", "published"), "yes", "call.published"),
        (("now",), None, "now"),
        (("now",), "today", "now"),
        (("proposal", "months"), 6.5, "proposal.months"),
        (("proposal", "starts_on"), "01.02.2027", "proposal.starts_on"),
        (("proposal", "colour"), "red", "proposal.colour"),
        (("partners", 0, "role"), "boss", "partners[0].role"),
        (("partners", 1, "name"), None, "partners[1].name"),
        (("partners", 1, "key"), "lead", "partners[1].key"),
        (("partners", 0, "country"), "Germany", "partners[0].country"),
        (("partners", 0, "region"), {"code": "DEA33"}, "partners[0].region.version"),
        (("partners", 0, "budget", "costs", "staff"), "1.001", "partners[0].budget.costs.staff"),
        (("partners", 0, "budget", "grant"), None, "partners[0].budget.grant"),
        (
            ("partners", 0, "budget", "cofunders"),
            [{"name": "Stadt", "source": "own", "amount": "1.00"}],
            "partners[0].budget.funding.own",
        ),
        (
            ("partners", 0, "budget", "cofunders"),
            [{"name": "Stadt", "source": "x", "amount": "0", "colour": "red"}],
            "partners[0].budget.cofunders[0].colour",
        ),
        (("partners", 0, "aid_basis"), "gift", "partners[0].aid_basis"),
        (("partners", 0, "linked"), "id-lead", "partners[0].linked"),
        (("products", 0, "trl_start"), 10, "products[0].trl_start"),
        (("work_packages", 0, "first_month"), "one", "work_packages[0].first_month"),
        (
            ("work_packages", 0, "deliverables", 0, "due_month"),
            1.5,
            "work_packages[0].deliverables[0].due_month",
        ),
        (("work_packages", 0, "colour"), "red", "work_packages[0].colour"),
        (("required_declarations", 0, "by"), "everybody", "required_declarations[0].by"),
        (("rules",), [{"code": "SME-COUNT", "parameters": {"minimum": 0}}], "rules[0].parameters.minimum"),
        (("rules",), {}, "rules"),
        (("names",), [], "names"),
    ],
)
def test_a_mistake_is_reported_at_its_place(path, value, place):
    form = good()
    inner = form
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    assert places(form) == [place]


def test_all_mistakes_are_reported_at_once():
    form = good()
    form["now"] = 5
    form["partners"][0]["state"] = "maybe"
    form["surprise"] = 1
    assert places(form) == ["now", "partners[0].state", "surprise"]


@pytest.mark.parametrize("form", [None, [], "x", 5])
def test_something_else_than_an_object_is_refused(form):
    with pytest.raises(JsonFormError):
        case_from_json(form)


class TestEnterprise:
    def form(self, headcount):
        form = good()
        partner = form["partners"][0]
        partner["figures_class"] = partner["linked"] = None
        partner["enterprise"] = {
            "subject": "id-lead",
            "enterprises": [
                {
                    "identifier": "id-lead",
                    "name": "Lead GmbH",
                    "periods": [
                        {
                            "closed_on": "2025-12-31",
                            "headcount": headcount,
                            "turnover": "12000000",
                            "balance_sheet": "9500000",
                        }
                    ],
                },
                {
                    "identifier": "id-other",
                    "name": "Other GmbH",
                    "periods": [
                        {"closed_on": "2025-12-31", "headcount": "1", "turnover": "0", "balance_sheet": "0"}
                    ],
                },
            ],
            "relations": [{"holder": "id-lead", "held": "id-other", "capital": "1", "votes": "1"}],
        }
        return form

    @pytest.mark.parametrize(("headcount", "size"), [("48", "small"), ("49", "medium")])
    def test_figures_and_holdings_give_class_and_links(self, headcount, size):
        lead = dossier_from_json(self.form(headcount)).partners[0]
        assert lead.figures_class is FiguresClass(size)
        assert lead.linked == {"id-lead", "id-other"}

    def test_mistakes_in_it_have_their_place(self):
        form = self.form("many")
        assert places(form)[0].startswith("partners[0].enterprise.enterprises[0].periods[0]")

    def test_it_stands_in_the_place_of_what_it_gives(self):
        form = self.form("48")
        form["partners"][0]["figures_class"] = "small"
        assert places(form) == ["partners[0].figures_class"]
