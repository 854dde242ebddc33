"""A funded project: what an approved proposal becomes."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from calls.models import Programme
from consortia.enums import PartnerState
from feasibility.enums import FundingSource, ProposalState
from feasibility.models import BudgetLine, Decision, FundingLine, Proposal
from reporting.enums import ProjectState


def _total(lines: Any) -> Subquery:
    return Subquery(lines.order_by().values("proposal").annotate(total=Sum("amount")).values("total"))


class ProjectQuerySet(models.QuerySet["Project"]):
    def of(self, programme: Programme) -> ProjectQuerySet:
        return self.filter(proposal__call__programme=programme)

    def as_of(self, day: datetime) -> ProjectQuerySet:
        """Opened by that moment, and by then not given back: a consortium may withdraw before it accepts.

        Nothing follows a withdrawal, so the moment of the proposal's last change is the moment of it.
        """
        given_back = Q(proposal__state=ProposalState.WITHDRAWN, proposal__changed_at__lte=day)
        return self.filter(opened_at__lte=day).exclude(given_back)

    def with_state_at(self, day: datetime) -> ProjectQuerySet:
        """With ``state_then``: the state in which each stood at that moment."""
        steps = ProjectStep.objects.filter(project=OuterRef("pk"), at__lte=day).order_by("-at", "-pk")
        return self.annotate(
            state_then=Coalesce(Subquery(steps.values("state")[:1]), Value(ProjectState.CONTRACTING.value))
        )

    def funded(self) -> ProjectQuerySet:
        """Not given back."""
        return self.exclude(proposal__state=ProposalState.WITHDRAWN)

    def visible_to(self, user: Any) -> ProjectQuerySet:
        """What the programme funds is public (source: Regulation (EU) 2021/1060, Art. 49(3))."""
        return self.funded()

    def with_money(self) -> ProjectQuerySet:
        """With ``budget`` and ``grant``: total cost and grant of the confirmed partners in EUR, None where nothing
        stands. No query of its own."""
        confirmed = {"proposal": OuterRef("proposal"), "partner__state": PartnerState.CONFIRMED}
        costs = BudgetLine.objects.filter(**confirmed)
        grants = FundingLine.objects.filter(**confirmed, source=FundingSource.GRANT)
        return self.annotate(budget=_total(costs), grant=_total(grants))

    def with_parts(self) -> ProjectQuerySet:
        """With call, kind, technology, fields, partners and the programme's countries at hand: five queries, however
        many projects."""
        return self.select_related(
            "proposal__call__programme", "proposal__kind", "proposal__main_ket", "proposal__consortium"
        ).prefetch_related(
            "proposal__fields",
            "proposal__consortium__partners__organisation",
            "proposal__call__programme__countries",
        )


class Project(models.Model):
    """What the programme funds, from the decision to its end."""

    proposal = models.OneToOneField(Proposal, on_delete=models.PROTECT, related_name="project")
    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="project")
    number = models.CharField(_("number"), max_length=20, unique=True)
    title = models.CharField(_("title"), max_length=120)
    state = models.CharField(
        _("state"),
        max_length=12,
        choices=ProjectState.choices,
        default=ProjectState.CONTRACTING,
        editable=False,
    )
    opened_at = models.DateTimeField(_("opened"))
    changed_at = models.DateTimeField(_("changed"))

    state_then: str
    """Set by ``with_state_at`` alone."""
    budget: Decimal | None
    grant: Decimal | None
    """Set by ``with_money`` alone."""

    objects = ProjectQuerySet.as_manager()

    class Meta:
        verbose_name = _("project")
        verbose_name_plural = _("projects")
        ordering = ["number"]
        indexes = [models.Index(fields=["opened_at"], name="project_by_opening")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("project", args=[self.number])

    @property
    def programme(self) -> Programme:
        return self.proposal.call.programme

    @property
    def ends_on(self) -> date | None:
        """Its last day, by the first day and the duration that the proposal gives; None where one of them lacks."""
        first, months = self.proposal.starts_on, self.proposal.months
        if first is None or not months:
            return None
        years, month = divmod(first.month - 1 + months, 12)
        year, month = first.year + years, month + 1
        after = date(year, month, min(first.day, monthrange(year, month)[1]))
        return after - timedelta(days=1)

    @property
    def rate(self) -> Decimal | None:
        """Grant by total cost, exact, of a project that came ``with_money``; None without cost."""
        return (self.grant or Decimal(0)) / self.budget if self.budget else None

    @property
    def state_now(self) -> ProjectState:
        return ProjectState(self.state)


class ProjectStep(models.Model):
    """One step of a project, never changed: so the figures of a past day can be told again."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="steps")
    state = models.CharField(_("state"), max_length=12, choices=ProjectState.choices)
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("step of a project")
        verbose_name_plural = _("steps of projects")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.project}: {self.state}"
