"""The second programme shows every state that a proposal, a project, a product, a call can be in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import override_settings

from feasibility.enums import DerogationState, ProposalState
from reporting.enums import ProjectState, Stage

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def following(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Any]:
    """The second programme, filled once for all tests of this file; of the first one only its organisations."""
    from calls.models import Programme
    from calls.services import load_programme
    from rocket.demo.build import Builder
    from rocket.demo.history import History
    from rocket.demo.people import make_people

    documents = tmp_path_factory.mktemp("documents")
    with django_db_blocker.unblock(), override_settings(DOCUMENTS_DIR=documents), transaction.atomic():
        for name in ("rocket.toml", "rocket-next.toml"):
            load_programme(path=Path(settings.BASE_DIR) / "programmes" / name, by=None, now=NOW)
        people = make_people(programmes=("rocket", "rocket-next"), now=NOW)
        Builder(people, NOW).run(History(people))
        yield Programme.objects.get(code="rocket-next")
        transaction.set_rollback(True)


def test_every_state_of_a_proposal_occurs(following: Any) -> None:
    from feasibility.models import Proposal

    shown = set(Proposal.objects.filter(call__programme=following).values_list("state", flat=True))
    assert shown == set(ProposalState)


def test_every_state_of_a_project_and_every_stage_of_a_product_occurs(following: Any) -> None:
    from reporting.models import Product, Project

    projects = Project.objects.of(following)
    assert set(projects.values_list("state", flat=True)) == set(ProjectState)
    assert set(Product.objects.filter(project__in=projects).values_list("stage", flat=True)) == set(Stage)


def test_a_withdrawn_draft_is_no_withdrawn_submission(following: Any) -> None:
    from feasibility.models import Proposal

    gone = Proposal.objects.filter(call__programme=following, state=ProposalState.WITHDRAWN)
    assert {proposal.submissions.exists() for proposal in gone} == {True, False}


def test_derogations_wait_and_are_answered(following: Any) -> None:
    from feasibility.models import DerogationRequest

    states = set(DerogationRequest.objects.values_list("state", flat=True))
    assert states == {DerogationState.WAITING, DerogationState.GRANTED, DerogationState.REFUSED}


def test_calls_are_open_to_come_over_decided_and_in_preparation(following: Any) -> None:
    from calls.enums import CallPhase, CallState
    from calls.models import Call

    calls = Call.objects.filter(programme=following)
    assert {call.phase_at(NOW) for call in calls} == {CallPhase.PLANNED, CallPhase.OPEN, CallPhase.CLOSED}
    assert set(calls.values_list("state", flat=True)) == set(CallState) - {CallState.ARCHIVED}


def test_nothing_lies_in_the_future_and_every_submission_met_its_deadline(following: Any) -> None:
    from feasibility.models import Proposal, Submission
    from rocket.core.models import AuditEntry

    assert not AuditEntry.objects.filter(at__gt=NOW).exists()
    assert not Proposal.objects.filter(changed_at__gt=NOW).exists()
    for submission in Submission.objects.select_related("proposal__call"):
        call = submission.proposal.call
        assert call.opens_at <= submission.received_at < call.closes_at, submission.proposal.title


def test_somebody_is_advised_and_waits_for_an_answer(following: Any) -> None:
    from feasibility.enums import AdviceSide
    from feasibility.models import Advice

    of_next = Advice.objects.filter(proposal__call__programme=following)
    assert of_next.waiting_for(AdviceSide.CONSORTIUM).exists()
    assert of_next.waiting_for(AdviceSide.CONSULTANT).exists()


@pytest.mark.parametrize("language", ["en", "de", "nl"])
def test_the_programme_says_that_it_is_a_demonstration(following: Any, client: Any, language: str) -> None:
    from django.urls import reverse
    from django.utils import translation

    with translation.override(language):
        notice = str(following.notice)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    page = client.get(reverse("programme", args=[following.code])).content.decode()
    assert notice
    assert notice in page
