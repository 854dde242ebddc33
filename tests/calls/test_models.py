from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction
from django.utils import translation

from calls.enums import CallPhase, CallState
from calls.models import Call, Region
from tests.factories.calls import NOW, CallFactory, ProjectKindFactory, RegionFactory

pytestmark = pytest.mark.django_db
TICK = timedelta(microseconds=1)


def test_a_call_is_open_from_its_opening_inclusive_to_its_closing_exclusive():
    call = CallFactory()
    moments = (call.opens_at - TICK, call.opens_at, call.closes_at - TICK, call.closes_at)
    assert [call.is_open_at(moment) for moment in moments] == [False, True, True, False]
    assert [call.phase_at(moment) for moment in moments] == [
        CallPhase.PLANNED,
        CallPhase.OPEN,
        CallPhase.OPEN,
        CallPhase.CLOSED,
    ]
    for moment in moments:
        assert Call.objects.open_at(moment).exists() == call.is_open_at(moment)
        assert Call.objects.planned_at(moment).exists() == (moment < call.opens_at)
        assert Call.objects.closed_at(moment).exists() == (moment >= call.closes_at)


@pytest.mark.parametrize("state", [CallState.DRAFT, CallState.DECIDED, CallState.ARCHIVED])
def test_only_a_published_call_is_open(state):
    call = CallFactory(state=state)
    assert not call.is_open_at(NOW)
    assert not Call.objects.open_at(NOW).exists()


def test_drafts_are_seen_by_managers_and_auditors_of_their_programme_alone(
    manager, auditor, manager_of_another, consultant, outsider
):
    draft, public = CallFactory(draft=True), CallFactory()
    for user in (manager, auditor):
        assert set(Call.objects.visible_to(user)) == {draft, public}
    for user in (manager_of_another, consultant, outsider, AnonymousUser()):
        assert set(Call.objects.visible_to(user)) == {public}


def test_the_lower_of_two_caps_holds():
    kind = ProjectKindFactory(grant_cap_sme=Decimal("300000.00"), grant_cap_project=None)
    call = CallFactory(kinds=[kind], grant_cap_sme=None, grant_cap_project=None)
    assert (call.grant_cap_sme_of(kind), call.grant_cap_project_of(kind)) == (Decimal("300000.00"), None)
    call.grant_cap_sme, call.grant_cap_project = Decimal("299999.99"), Decimal("500000.00")
    assert (call.grant_cap_sme_of(kind), call.grant_cap_project_of(kind)) == (
        Decimal("299999.99"),
        Decimal("500000.00"),
    )
    kind.grant_cap_project = Decimal("400000.00")
    assert call.grant_cap_project_of(kind) == Decimal("400000.00")


def test_a_pioneer_round_is_not_counted_as_a_call():
    CallFactory(is_pioneer_round=True)
    counted = CallFactory()
    assert list(Call.objects.rounds()) == [counted]


@pytest.mark.parametrize(
    "values", [{"closes_at": NOW - timedelta(days=30)}, {"opens_at": None}, {"closes_at": None}]
)
def test_the_database_refuses_a_public_call_without_a_span_of_time(values):
    call = CallFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        Call.objects.filter(pk=call.pk).update(**values)


def test_the_promise_holds_the_programmes_own_rate_and_cap(programme):
    assert programme.promise == "Pays 60\u00a0%, up to EUR\u00a0300,000. (en)"
    programme.grant_cap = Decimal("299999.50")
    assert programme.promise == "Pays 60\u00a0%, up to EUR\u00a0299,999.50. (en)"
    with translation.override("de"):
        assert programme.promise == "Pays 60\u00a0%, up to 299.999,50\u00a0EUR. (de)"


def test_a_region_is_known_by_each_of_its_codes_in_that_version_alone():
    others = {"nuts2016": "NL124", "nuts2024": "NL127"}
    region = RegionFactory(code="NL121", version=2013, name="Noord-Friesland", other_codes=others)
    twente = RegionFactory(other_codes={"nuts2016": "NL213"}, short="Two", row=5)
    assert region.keys == {("NL121", 2013), ("NL124", 2016), ("NL127", 2024)}
    assert (region.newest_key, twente.newest_key) == (("NL127", 2024), ("NL213", 2016))
    assert Region.objects.all().keys() == region.keys | twente.keys
    found = {
        (code, version): list(Region.objects.known_as(code, version))
        for code in ("NL121", "NL124", "NL127", "NL213")
        for version in (2013, 2016, 2021, 2024)
    }
    assert {key: regions for key, regions in found.items() if regions} == {
        **{key: [region] for key in region.keys},
        **{key: [twente] for key in twente.keys},
    }
