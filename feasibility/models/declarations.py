"""What partners declare before a proposal is submitted."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from consortia.models import Partner
from feasibility.models.proposal import Proposal
from rocket.core.text import LocalisedField


class PartnerDeclaration(models.Model):
    """One declaration of one partner, with the words that were declared. One that is taken back stays as history."""

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="declarations")
    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="declarations")
    code = models.CharField(max_length=40)
    text = LocalisedField()
    declared_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    declared_at = models.DateTimeField()
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["declared_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "code"],
                condition=models.Q(withdrawn_at=None),
                name="declaration_one_in_force",
            )
        ]

    def __str__(self) -> str:
        return f"{self.proposal.number} {self.partner} {self.code}"
