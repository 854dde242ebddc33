import pytest
from django.contrib.auth.models import AnonymousUser

from calls.enums import CallState
from calls.models import Call, Programme
from rocket.core.permissions import may
from tests.factories.calls import CallFactory

pytestmark = pytest.mark.django_db

VERBS = ("view", "preview", "edit", "amend", "publish", "decide", "archive")


def allowed(user, call):
    return {verb for verb in VERBS if may(user, verb, call)}


@pytest.mark.parametrize(
    ("state", "verbs"),
    [
        (CallState.DRAFT, {"view", "preview", "edit", "publish", "decide", "archive"}),
        (CallState.PUBLISHED, {"view", "preview", "amend", "publish", "decide", "archive"}),
        (CallState.DECIDED, {"view", "preview", "publish", "decide", "archive"}),
    ],
)
def test_what_a_manager_may_do_follows_the_state(manager, state, verbs):
    assert allowed(manager, CallFactory(state=state)) == verbs


def test_everybody_else_reads_at_most(auditor, manager_of_another, consultant, outsider):
    draft, public = CallFactory(draft=True), CallFactory()
    assert (allowed(auditor, draft), allowed(auditor, public)) == ({"view", "preview"}, {"view", "preview"})
    for user in (manager_of_another, consultant, outsider, AnonymousUser()):
        assert (allowed(user, draft), allowed(user, public)) == (set(), {"view"})


def test_visible_rows_are_those_that_may_be_viewed(
    manager, auditor, manager_of_another, consultant, outsider
):
    calls = [CallFactory(state=state) for state in CallState]
    for user in (manager, auditor, manager_of_another, consultant, outsider, AnonymousUser()):
        assert set(Call.objects.visible_to(user)) == {call for call in calls if may(user, "view", call)}


def test_only_the_manager_of_the_programme_creates_calls(
    programme, manager, auditor, manager_of_another, outsider
):
    for user in (auditor, manager_of_another, outsider, AnonymousUser()):
        assert not may(user, "create_call", programme)
    assert may(manager, "create_call", programme)
    assert not may(manager, "create_call", Programme(code="another"))


def test_a_refusal_says_why(manager):
    assert str(may(manager, "edit", CallFactory()).reason) == (
        "This call is published: only its texts and a later deadline can be changed."
    )
