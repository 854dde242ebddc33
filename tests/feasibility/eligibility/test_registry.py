"""Rules from a file's words: every mistake at its place; a call only tightens."""

from __future__ import annotations

from decimal import Decimal

import pytest

from feasibility.eligibility import (
    RulesRefused,
    build_rules,
    check_overrides,
    check_parameters,
    check_rules,
    parameter_specs,
    rule_class,
    rule_codes,
    tighten,
)
from rocket.core.errors import RocketError

from .cast import RULES, all_rules


def places(errors):
    return [error.place for error in errors]


class TestCheckParameters:
    @pytest.mark.parametrize(
        ("code", "given", "expected"),
        [
            ("SME-COUNT", {}, []),
            ("SME-COUNT", {"minimum": 2}, []),
            ("SME-COUNT", {"minimum": Decimal(2)}, []),
            ("SME-COUNT", {"minimum": 0}, ["parameters.minimum"]),
            ("SME-COUNT", {"minimum": "2"}, ["parameters.minimum"]),
            ("SME-COUNT", {"minimum": True}, ["parameters.minimum"]),
            ("SME-COUNT", {"minimum": Decimal("2.5")}, ["parameters.minimum"]),
            ("SME-COUNT", {"minumum": 2}, ["parameters.minumum"]),
            ("SME-COUNT", [], ["parameters"]),
            ("SME-KOUNT", {}, ["code"]),
            ("FUNDING-RATE", {}, ["parameters.rate"]),
            ("FUNDING-RATE", {"rate": "0.6"}, []),
            ("FUNDING-RATE", {"rate": Decimal("0.6")}, []),
            ("FUNDING-RATE", {"rate": Decimal("1.01")}, ["parameters.rate"]),
            ("FUNDING-RATE", {"rate": 60}, ["parameters.rate"]),
            ("FUNDING-RATE", {"rate": "NaN"}, ["parameters.rate"]),
            ("FUNDING-RATE", {"rate": "sixty"}, ["parameters.rate"]),
            ("GRANT-LIMIT", {"per_sme": 300000}, []),
            ("GRANT-LIMIT", {"per_sme": Decimal("300000.001")}, ["parameters.per_sme"]),
            ("GRANT-LIMIT", {"per_sme": -1}, ["parameters.per_sme"]),
            ("GRANT-LIMIT", {"per_sme": None}, []),
            ("DURATION", {"minimum": 10, "maximum": 9}, ["parameters"]),
            ("PRODUCTS", {"lowest_start": 10}, ["parameters.lowest_start"]),
            ("SECTIONS", {"required": ["a", "b"]}, []),
            ("SECTIONS", {"required": "summary"}, ["parameters.required"]),
            ("SECTIONS", {"required": ["a", "a"]}, ["parameters.required"]),
            ("SME-LED", {"blocks": False}, []),
            ("SME-LED", {"blocks": "no"}, ["parameters.blocks"]),
        ],
    )
    def test_every_mistake_has_its_place(self, code, given, expected):
        assert places(check_parameters(code, given)) == expected

    def test_a_slip_gets_a_hint(self):
        assert 'Did you mean "SME-COUNT"?' in str(check_parameters("SME-CUONT", {})[0])
        assert 'Did you mean "minimum"?' in str(check_parameters("SME-COUNT", {"minumum": 2})[0])


class TestBuildRules:
    def test_rules_come_in_the_lists_order_with_their_parameters(self):
        rules = build_rules([{"code": "SME-COUNT", "parameters": {"minimum": 3}}, {"code": "LEAD-ONE"}])
        assert [(rule.code, rule.parameters()) for rule in rules] == [
            ("SME-COUNT", {"blocks": True, "minimum": 3}),
            ("LEAD-ONE", {"blocks": True}),
        ]

    def test_every_mistake_of_the_list_is_reported_at_once(self):
        listed = [
            {"code": "LEAD-ONE"},
            {"code": "LEAD-ONE"},
            {"code": "SME-COUNT", "parameters": {"minimum": 0}},
            {"kode": "X"},
            "SME-LED",
        ]
        expected = ["[2].code", "[4].kode", "[4].code", "[5]", "[3].parameters.minimum"]
        assert places(check_rules(listed)) == expected
        with pytest.raises(RulesRefused) as refused:
            build_rules(listed)
        assert places(refused.value.errors) == expected

    @pytest.mark.parametrize("listed", [None, "x", {"code": "LEAD-ONE"}])
    def test_something_else_than_a_list_is_refused(self, listed):
        assert places(check_rules(listed)) == [""]

    def test_an_unknown_rule_has_no_class(self):
        with pytest.raises(RocketError):
            rule_class("NO-SUCH")

    @pytest.mark.parametrize("code", rule_codes())
    def test_every_rule_is_complete(self, code):
        rule = rule_class(code)
        assert rule.__doc__
        assert "Source:" in rule.__doc__
        assert str(rule.title)
        assert str(rule.source)
        assert rule.messages["passed"]
        assert parameter_specs(code)["blocks"].wanted == "true or false"


class TestTighten:
    def of(self, rules, code):
        return next(rule for rule in rules if rule.code == code)

    @pytest.mark.parametrize(
        ("code", "name", "stricter", "looser"),
        [
            ("SME-COUNT", "minimum", 3, 1),
            ("FUNDING-RATE", "rate", Decimal("0.5"), Decimal("0.7")),
            ("GRANT-LIMIT", "per_sme", 250000, 300001),
            ("GRANT-LIMIT", "per_partner", 250000, None),
            ("DURATION", "maximum", 8, 12),
            ("DURATION", "minimum", 4, 2),
            ("SECTIONS", "required", ["summary", "budget", "products"], ["summary"]),
        ],
    )
    def test_the_stricter_value_holds_and_a_looser_one_is_reported(self, code, name, stricter, looser):
        before = getattr(self.of(all_rules(), code), name)
        change = [{"code": code, "parameters": {name: stricter}}]
        wanted = tuple(stricter) if isinstance(stricter, list) else stricter
        assert getattr(self.of(tighten(all_rules(), change), code), name) == wanted
        assert check_overrides(all_rules(), change) == []
        loosen = [{"code": code, "parameters": {name: looser}}]
        assert getattr(self.of(tighten(all_rules(), loosen), code), name) == before
        expected = [] if looser == before else [f"[1].parameters.{name}"]
        assert places(check_overrides(all_rules(), loosen)) == expected

    def test_parameters_that_the_call_does_not_name_stay(self):
        limit = self.of(
            tighten(all_rules(), [{"code": "GRANT-LIMIT", "parameters": {"per_sme": 1}}]), "GRANT-LIMIT"
        )
        assert (limit.per_sme, limit.per_project) == (1, 1000000)

    def test_a_rule_that_the_kind_lacks_is_added(self):
        rules = build_rules([{"code": "LEAD-ONE"}])
        assert [rule.code for rule in tighten(rules, [{"code": "SME-LED"}])] == ["LEAD-ONE", "SME-LED"]

    def test_a_warning_may_come_to_block_and_not_the_other_way_round(self):
        warns = build_rules([{"code": "SME-LED", "parameters": {"blocks": False}}])
        assert tighten(warns, [{"code": "SME-LED", "parameters": {"blocks": True}}])[0].blocks
        assert tighten(all_rules(), [{"code": "SME-LED", "parameters": {"blocks": False}}])[1].blocks

    def test_overrides_that_nothing_can_keep_are_refused(self):
        with pytest.raises(RulesRefused):
            tighten(all_rules(), [{"code": "DURATION", "parameters": {"minimum": 10}}])

    def test_nothing_to_tighten_changes_nothing(self):
        assert tighten(all_rules(), RULES) == all_rules()
        assert check_overrides(all_rules(), RULES) == []
