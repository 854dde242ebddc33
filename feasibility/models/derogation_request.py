"""A derogation that a consortium asks for."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from feasibility.enums import EDITABLE, DerogationState
from feasibility.models.proposal import Proposal

MAX_REASON = 2000


class DerogationRequestQuerySet(models.QuerySet["DerogationRequest"]):
    def waiting(self) -> DerogationRequestQuerySet:
        """Not answered yet, and of use: the proposal can still be submitted with it."""
        return self.filter(state=DerogationState.WAITING, proposal__state__in=EDITABLE)


class DerogationRequest(models.Model):
    """The lead partner asks that one rule need not hold, and says why.

    Beside the draft's number, its call and its lead partner, the reason is all that the desk sees of it.
    """

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="derogation_requests")
    rule_code = models.CharField(max_length=40)
    reason = models.TextField(_("reason"), max_length=MAX_REASON)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=12, choices=DerogationState.choices, default=DerogationState.WAITING)
    answer = models.TextField(_("reason of the answer"), max_length=MAX_REASON, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    answered_at = models.DateTimeField(null=True)

    objects = DerogationRequestQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["proposal", "rule_code"],
                condition=models.Q(state=DerogationState.WAITING),
                name="derogation_request_one_waiting",
            )
        ]

    def __str__(self) -> str:
        return f"{self.proposal.number} {self.rule_code}"
