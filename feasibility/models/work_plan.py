"""The work plan: work packages in their order, each with its deliverables."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from consortia.models import Partner
from feasibility.models.proposal import Proposal

MAX_AIM = 2000
MAX_PROOF = 600
MAX_PACKAGES = 30
MAX_DELIVERABLES = 20
MONTH = [MinValueValidator(1), MaxValueValidator(120)]
"""Months are counted from the first one of the project, which is 1."""


class WorkPackage(models.Model):
    """One part of the work. What is still open stays empty: the rule on the work plan says what is lacking."""

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="work_packages")
    position = models.PositiveSmallIntegerField()
    """Its place; the number that people see is counted from it."""
    saved_in = models.PositiveIntegerField(default=0)
    """The version of the section in which it was last saved: whoever saw that one overwrites nothing unseen."""
    title = models.CharField(_("title"), max_length=120, blank=True)
    aim = models.TextField(_("what is done, and to what end"), max_length=MAX_AIM, blank=True)
    lead = models.ForeignKey(
        Partner,
        verbose_name=_("leading partner"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    partners = models.ManyToManyField(
        Partner, verbose_name=_("partners that take part"), blank=True, related_name="+"
    )
    """Those beside the leading one."""
    first_month = models.PositiveSmallIntegerField(_("first month"), null=True, blank=True, validators=MONTH)
    last_month = models.PositiveSmallIntegerField(_("last month"), null=True, blank=True, validators=MONTH)

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.title


class Deliverable(models.Model):
    """What a work package brings about, and how one sees that it is there."""

    package = models.ForeignKey(WorkPackage, on_delete=models.CASCADE, related_name="deliverables")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(_("deliverable"), max_length=120, blank=True)
    proof = models.TextField(_("what it is, and how it is proven"), max_length=MAX_PROOF, blank=True)
    due_month = models.PositiveSmallIntegerField(_("due in month"), null=True, blank=True, validators=MONTH)

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.title
