from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse

from feasibility.models.proposal import Proposal


class Submission(models.Model):
    """What was submitted, as it stood at that moment. Never changed; a later one takes its place."""

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="submissions")
    version = models.PositiveIntegerField()
    receipt_number = models.CharField(max_length=20, unique=True)
    received_at = models.DateTimeField()
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    content = models.TextField()
    """Canonical JSON of the whole proposal: the text over which ``sha256`` is taken."""
    sha256 = models.CharField(max_length=64)
    findings = models.JSONField()
    rule_set_version = models.CharField(max_length=20)

    class Meta:
        ordering = ["-received_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["proposal", "version"], name="submission_once_per_version")
        ]

    def __str__(self) -> str:
        return self.receipt_number

    def get_absolute_url(self) -> str:
        return reverse("receipt", args=[self.proposal.number, self.receipt_number])
