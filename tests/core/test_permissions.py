"""Hidden things are not found; visible ones that are not allowed say why."""

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404

from rocket.core import permissions
from rocket.core.errors import Refused
from rocket.core.models import NumberSequence, OutboxMessage
from rocket.core.predicates import ActionTable, Denied, anyone, predicate

pytestmark = pytest.mark.django_db


@predicate("Only the owner renames it.")
def is_owner(user, obj):
    return user == "owner"


@pytest.fixture
def series(monkeypatch):
    """Any model would do: strangers see no row of this one, readers see it, owners rename it."""
    monkeypatch.setattr(permissions, "_tables", {})
    permissions.register(
        NumberSequence, ActionTable({"view": anyone, "rename": is_owner, "create": is_owner})
    )
    monkeypatch.setattr(
        type(NumberSequence._default_manager),
        "visible_to",
        lambda self, user: self.none() if user == "stranger" else self.all(),
        raising=False,
    )
    return NumberSequence.objects.create(series="P-2026")


def asked_by(user):
    return type("Request", (), {"user": user})()


def test_a_visible_object_that_may_be_changed_is_given(series):
    assert permissions.find(asked_by("owner"), NumberSequence, to="rename", series="P-2026") == series


def test_a_visible_object_that_may_not_be_changed_is_refused_with_the_reason(series):
    with pytest.raises(PermissionDenied, match=r"^Only the owner renames it\.$"):
        permissions.find(asked_by("reader"), NumberSequence, to="rename", series="P-2026")


@pytest.mark.parametrize("lookup", ["P-2026", "P-1999"])
def test_a_hidden_object_and_one_that_does_not_exist_look_alike(series, lookup):
    with pytest.raises(Http404) as absent:
        permissions.find(asked_by("stranger"), NumberSequence, to="view", series=lookup)
    assert str(absent.value) == ""


def test_a_hidden_object_stays_hidden_even_where_the_action_is_refused(series):
    with pytest.raises(Http404):
        permissions.find(asked_by("stranger"), NumberSequence, to="rename", series="P-2026")


def test_a_given_queryset_is_the_whole_of_what_is_looked_through(series):
    with pytest.raises(Http404):
        permissions.find(
            asked_by("owner"), NumberSequence, to="view", queryset=NumberSequence.objects.none(), pk=series.pk
        )


def test_an_action_or_model_without_a_row_in_a_table_is_closed(series):
    assert permissions.may("owner", "burn", series) == Denied("Nobody may do this.")
    assert permissions.may("owner", "view", OutboxMessage()) == Denied("Nobody may do this.")
    with pytest.raises(PermissionDenied):
        permissions.find(asked_by("owner"), NumberSequence, to="burn", series="P-2026")


def test_a_service_that_demands_refuses_with_the_same_reason(series):
    permissions.demand("owner", "rename", series)
    permissions.demand("owner", "create", NumberSequence)
    with pytest.raises(Refused) as refused:
        permissions.demand("reader", "rename", series)
    assert (refused.value.code, str(refused.value)) == ("not_allowed", "Only the owner renames it.")


def test_the_rows_that_a_person_sees(series):
    assert list(permissions.visible("reader", NumberSequence)) == [series]
    assert list(permissions.visible("stranger", NumberSequence)) == []
