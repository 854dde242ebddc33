"""A table of states allows its own ways and no other."""

import pytest

from rocket.core.states import Condition, NotPossible, Transition, TransitionTable

is_complete = Condition("incomplete", lambda pages, **facts: pages >= 2, "Two pages are needed.")
has_name = Condition("unnamed", lambda name="", **facts: bool(name), "A name is needed.")


def row(verb, sources, target, **more):
    return Transition(verb, sources, target, label=verb.title(), event=f"{verb}ed", **more)


submit = row("submit", ("draft", "returned"), "submitted", holds=(is_complete, has_name))
back = row("return", ("submitted",), "returned", needs_reason=True, allowed="assess")
TABLE = TransitionTable([submit, back])


def refusal(verb, state, **facts):
    with pytest.raises(NotPossible) as refused:
        TABLE.find(verb, state, **facts)
    return refused.value.code, str(refused.value)


@pytest.mark.parametrize("state", ["draft", "returned"])
def test_a_verb_leads_on_from_each_of_its_sources(state):
    assert TABLE.find("submit", state, pages=2, name="x") is submit


@pytest.mark.parametrize(("verb", "state"), [("submit", "submitted"), ("return", "draft"), ("burn", "draft")])
def test_a_way_that_is_not_in_the_table_is_not_possible(verb, state):
    assert refusal(verb, state, pages=2, name="x") == (
        "wrong_state",
        "This step is not possible in the present state.",
    )


def test_the_first_condition_that_does_not_hold_gives_the_reason():
    assert refusal("submit", "draft", pages=1) == ("incomplete", "Two pages are needed.")
    assert refusal("submit", "draft", pages=2) == ("unnamed", "A name is needed.")


def test_what_leads_on_from_a_state():
    assert TABLE.from_state("draft") == (submit,)
    assert TABLE.from_state("submitted") == (back,)
    assert TABLE.from_state("decided") == ()
    assert list(TABLE) == [submit, back]


def test_the_permission_is_named_after_the_verb_unless_told_so():
    assert (submit.action, back.action) == ("submit", "assess")


def test_two_ways_for_one_verb_from_one_state_are_a_mistake_of_the_table():
    with pytest.raises(ValueError, match="submit from draft is stated twice"):
        TransitionTable([submit, row("submit", ("draft",), "elsewhere")])
