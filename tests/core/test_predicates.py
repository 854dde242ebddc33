"""Predicates compose, and a refusal says why."""

import pytest

from rocket.core.predicates import ALLOWED, ActionTable, Denied, anyone, nobody, predicate


@predicate("Not the lead.")
def is_lead(user, obj):
    return user == "lead"


@predicate("Not a draft.")
def is_draft(user, obj):
    return obj == "draft"


def verdict(rule, user, obj):
    found = rule(user, obj)
    return True if found else found.reason


CASES = [("lead", "draft"), ("lead", "sent"), ("other", "draft"), ("other", "sent")]


@pytest.mark.parametrize(
    ("rule", "verdicts"),
    [
        (is_lead & is_draft, [True, "Not a draft.", "Not the lead.", "Not the lead."]),
        (is_draft & is_lead, [True, "Not a draft.", "Not the lead.", "Not a draft."]),
        (is_lead | is_draft, [True, True, True, "Not the lead."]),
        (is_draft | is_lead, [True, True, True, "Not a draft."]),
        ((is_lead & is_draft) | nobody, [True, "Not a draft.", "Not the lead.", "Not the lead."]),
        (nobody | anyone, [True] * 4),
    ],
)
def test_composition_allows_and_names_the_reason(rule, verdicts):
    assert [verdict(rule, *case) for case in CASES] == verdicts


def test_the_second_question_is_asked_only_where_the_first_leaves_it_open():
    @predicate("never")
    def explodes(user, obj):
        raise AssertionError("asked")

    assert not (is_lead & explodes)("other")
    assert (is_lead | explodes)("lead")


def test_names_say_how_a_rule_is_composed():
    assert repr((is_lead & is_draft) | nobody) == "<((is_lead & is_draft) | nobody)>"


def test_a_table_answers_per_action_and_closes_what_it_does_not_name():
    table = ActionTable({"edit": is_lead, "view": anyone})
    assert table.allows("lead", "edit") == ALLOWED
    assert table.allows("other", "edit") == Denied("Not the lead.")
    assert table.allows("other", "view")
    assert table.allows("lead", "delete") == Denied("Nobody may do this.")
    assert (list(table), len(table)) == (["edit", "view"], 2)


def test_a_table_does_not_change_with_what_it_was_made_of():
    actions = {"edit": is_lead}
    table = ActionTable(actions)
    actions["edit"] = anyone
    assert not table.allows("other", "edit")
