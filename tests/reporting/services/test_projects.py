from decimal import Decimal

import pytest

from feasibility.enums import Outcome, ProposalState
from feasibility.models import Decision
from reporting.enums import ProjectState, Stage
from reporting.models import Project
from reporting.services import award, move_project, open_project
from rocket.core.audit import chain_is_whole
from rocket.core.errors import Refused, RocketError
from rocket.core.models import AuditEntry
from rocket.core.states import NotPossible
from tests.factories import reporting as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(db):
    return make.person(manager="rocket")


@pytest.fixture
def proposal(db):
    return make.proposal(make.call(make.programme()), "SuperSurf", products=2)


def events_of(subject):
    return list(AuditEntry.objects.about(subject).order_by("sequence").values_list("verb", flat=True))


def test_an_approval_opens_the_project_with_what_was_promised(proposal, manager):
    decision, project = award(
        proposal=proposal, outcome=Outcome.APPROVED, reason="First rank.", by=manager, now=make.DECIDED
    )
    assert proposal.state == ProposalState.APPROVED
    assert (project.decision, project.proposal, project.title, project.number, project.state) == (
        decision,
        proposal,
        "SuperSurf",
        "PR-2017-0001",
        ProjectState.CONTRACTING,
    )
    assert [(p.name, p.stage, p.staged_at) for p in project.products.all()] == [
        ("SuperSurf product 1", Stage.PLANNED, make.DECIDED),
        ("SuperSurf product 2", Stage.PLANNED, make.DECIDED),
    ]
    assert [step.stage for p in project.products.all() for step in p.stages.all()] == [Stage.PLANNED] * 2
    assert events_of(project) == ["project_opened"]
    assert events_of(proposal) == ["approved"]
    assert chain_is_whole(project)


def test_a_rejection_opens_nothing(proposal, manager):
    decision, project = award(
        proposal=proposal, outcome=Outcome.REJECTED, reason="No market.", by=manager, now=make.DECIDED
    )
    assert (decision.outcome, project, Project.objects.count()) == (Outcome.REJECTED, None, 0)


def test_a_failed_opening_leaves_no_decision(proposal, manager, monkeypatch):
    def fails(*args):
        raise RuntimeError

    monkeypatch.setattr("reporting.services.projects.next_number", fails)
    with pytest.raises(RuntimeError):
        award(proposal=proposal, outcome=Outcome.APPROVED, reason="Yes.", by=manager, now=make.DECIDED)
    proposal.refresh_from_db()
    assert (proposal.state, Decision.objects.count()) == (ProposalState.DECISION_PENDING, 0)


def test_conditions_are_needed_for_an_approval_with_conditions(proposal, manager):
    with pytest.raises(NotPossible):
        award(
            proposal=proposal,
            outcome=Outcome.APPROVED_WITH_CONDITIONS,
            reason="Yes.",
            by=manager,
            now=make.DECIDED,
        )
    assert Project.objects.count() == 0


def test_opening_twice_gives_the_same_project(proposal, manager):
    decision = make.decision(proposal)
    first = open_project(decision=decision, by=manager, now=make.DECIDED)
    assert open_project(decision=decision, by=manager, now=make.AS_OF) == first
    assert events_of(first) == ["project_opened"]


@pytest.mark.parametrize("outcome", [Outcome.RESERVE, Outcome.REJECTED])
def test_only_an_approval_becomes_a_project(proposal, manager, outcome):
    with pytest.raises(RocketError) as refused:
        open_project(decision=make.decision(proposal, outcome), by=manager, now=make.DECIDED)
    assert refused.value.code == "not_approved"


@pytest.mark.parametrize("roles", [{}, {"auditor": "rocket"}, {"manager": "other"}])
def test_nobody_but_the_programmes_manager_awards(proposal, roles):
    with pytest.raises(Refused):
        award(
            proposal=proposal,
            outcome=Outcome.APPROVED,
            reason="Yes.",
            by=make.person(**roles),
            now=make.DECIDED,
        )
    assert Project.objects.count() == 0


def test_the_project_runs_closes_and_is_closed(manager):
    project = make.project(make.call(make.programme()))
    for verb in ("start", "begin_closing", "close"):
        move_project(project=project, verb=verb, by=manager, now=make.AS_OF)
    assert project.state == ProjectState.CLOSED
    assert events_of(project)[1:] == ["project_started", "project_closing", "project_closed"]
    with pytest.raises(NotPossible):
        move_project(project=project, verb="terminate", by=manager, now=make.AS_OF, reason="Late.")


def test_a_termination_needs_its_reason(manager):
    project = make.project(make.call(make.programme()))
    with pytest.raises(RocketError) as missing:
        move_project(project=project, verb="terminate", by=manager, now=make.AS_OF, reason=" ")
    assert (missing.value.code, project.state) == ("reason_missing", ProjectState.CONTRACTING)


def test_a_stranger_moves_no_project():
    project = make.project(make.call(make.programme()))
    with pytest.raises(Refused):
        move_project(project=project, verb="start", by=make.person(), now=make.AS_OF)


def test_money_of_the_proposal_stays_where_it_is(proposal, manager):
    award(proposal=proposal, outcome=Outcome.APPROVED, reason="Yes.", by=manager, now=make.DECIDED)
    assert sum(line.amount for line in proposal.budget_lines.all()) == Decimal("100000.00")
