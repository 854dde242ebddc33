"""From the decision to the project, and the project's own states."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from feasibility import services as feasibility
from feasibility.enums import Outcome
from feasibility.models import Decision, Proposal
from reporting.enums import ProjectState, Stage
from reporting.models import Product, ProductStage, Project, ProjectStep
from reporting.transitions import PROJECT
from rocket.accounts.models import User
from rocket.core import audit
from rocket.core.errors import RocketError, Stale
from rocket.core.numbers import next_number
from rocket.core.permissions import demand
from rocket.core.text import without_controls


@transaction.atomic
def award(
    *, proposal: Proposal, outcome: Outcome, reason: str, by: User, now: datetime, conditions: str = ""
) -> tuple[Decision, Project | None]:
    """Decide on the proposal; an approval opens its project. Both happen, or neither.

    Raises what ``feasibility.services.decide`` raises: ``Refused``, ``NotPossible``, ``Stale``, ``RocketError``.
    """
    decision = feasibility.decide(
        proposal=proposal, outcome=outcome, reason=reason, conditions=conditions, by=by, now=now
    )
    if not Outcome(outcome).is_approval:
        return decision, None
    return decision, open_project(decision=decision, by=by, now=now)


@transaction.atomic
def open_project(*, decision: Decision, by: User, now: datetime) -> Project:
    """Make the project of an approving decision, with a product for each that the proposal promises.

    A second call for the same proposal gives the project that is there. Raises ``RocketError``
    ``not_approved`` for any other decision.
    """
    demand(by, "decide", decision.proposal)
    if not Outcome(decision.outcome).is_approval:
        raise RocketError("not_approved", _("Only an approved proposal becomes a project."))
    proposal = decision.proposal
    if existing := Project.objects.filter(proposal=proposal).first():
        return existing
    promised = list(proposal.products.select_related("owner"))
    project = Project.objects.create(
        proposal=proposal,
        decision=decision,
        number=next_number("PR", now),
        title=proposal.title,
        state=ProjectState.CONTRACTING,
        opened_at=now,
        changed_at=now,
    )
    ProjectStep.objects.create(project=project, state=project.state, at=now, by=by)
    products = [
        Product(
            project=project,
            expected_product=expected,
            name=expected.name,
            ket_id=expected.ket_id,
            owner_id=expected.owner.organisation_id,
            trl_start=expected.trl_start,
            trl_end=expected.trl_end,
            market_year=expected.market_year,
            stage=Stage.PLANNED,
            staged_at=now,
        )
        for expected in promised
    ]
    for product in products:
        product.save()
    ProductStage.objects.bulk_create(
        ProductStage(product=product, stage=Stage.PLANNED, staged_at=now, by=by) for product in products
    )
    audit.record(
        subject=project,
        verb="project_opened",
        by=by,
        now=now,
        after={
            "number": project.number,
            "proposal": proposal.number,
            "state": project.state,
            "products": [product.name for product in products],
        },
    )
    return project


@transaction.atomic
def move_project(*, project: Project, verb: str, by: User, now: datetime, reason: str = "") -> None:
    """Take the project along the row of the table for ``verb``.

    Raises ``Refused``, ``NotPossible``, ``RocketError`` ``reason_missing``, and ``Stale`` where somebody was faster.
    """
    row = PROJECT.find(verb, project.state, project=project, now=now)
    demand(by, row.action, project)
    reason = without_controls(reason).strip()
    if row.needs_reason and not reason:
        raise RocketError("reason_missing", _("Give the reason; the consortium reads it."))
    before = project.state
    if not Project.objects.filter(pk=project.pk, state=before).update(state=row.target, changed_at=now):
        raise Stale
    project.refresh_from_db(fields=["state", "changed_at"])
    ProjectStep.objects.create(project=project, state=project.state, at=now, by=by)
    audit.record(
        subject=project,
        verb=row.event,
        by=by,
        now=now,
        before={"state": before},
        after={"state": row.target, **({"reason": reason} if reason else {})},
    )
