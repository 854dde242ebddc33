"""What the programme decides on a proposal: derogations, decisions."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from feasibility.enums import Outcome
from feasibility.models.proposal import Proposal
from feasibility.models.submission import Submission


class Derogation(models.Model):
    """A named manager let one rule pass on a draft, for a reason."""

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="derogations")
    rule_code = models.CharField(max_length=40)
    reason = models.TextField(max_length=2000)
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    granted_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["proposal", "rule_code"], name="derogation_once")]

    def __str__(self) -> str:
        return f"{self.proposal.number} {self.rule_code}"


class Decision(models.Model):
    """What the programme decided on a submission, by whom and why. A later one takes its place."""

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="decisions")
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="decisions")
    outcome = models.CharField(_("decision"), max_length=20, choices=Outcome.choices)
    reason = models.TextField(_("reason"), max_length=4000)
    conditions = models.TextField(_("conditions"), max_length=4000, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()

    class Meta:
        ordering = ["-decided_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.proposal.number}: {self.outcome}"
