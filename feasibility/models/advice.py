"""Advice on a section, and what the two sides say to it. The consortium and its consultants read it, nobody else."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from feasibility.enums import AdviceSide, AdviceStep, SectionName
from feasibility.models.proposal import Proposal
from rocket.accounts.roles import Role

MAX_ADVICE = 4000
MAX_NAME = 250
"""As long as the name of an organisation may be."""


class AdviceQuerySet(models.QuerySet["Advice"]):
    def open(self) -> AdviceQuerySet:
        """Not marked as done, or opened again."""
        return self.filter(done_at=None)

    def with_last_side(self) -> AdviceQuerySet:
        """With ``last_side``: who spoke last, ``consultant`` as long as nobody has answered."""
        latest = AdviceReply.objects.that_ask().filter(advice=models.OuterRef("pk")).order_by("-at", "-pk")
        side = models.Subquery(latest.values("side")[:1])
        return self.annotate(
            last_side=models.functions.Coalesce(side, models.Value(AdviceSide.CONSULTANT.value))
        )

    def waiting_for(self, side: AdviceSide) -> AdviceQuerySet:
        """Open threads in which the other side spoke last."""
        return self.open().with_last_side().exclude(last_side=side)  # type: ignore[misc]  # annotated

    def visible_to(self, user: Any) -> AdviceQuerySet:
        """That of own proposals and of those in care. The desk sees none, whatever state a proposal is in."""
        if not user.is_authenticated:
            return self.none()
        rows = models.Q(proposal__in=Proposal.objects.of_member(user).values("pk"))
        if user.has_role(Role.CONSULTANT):
            rows |= models.Q(proposal__in=Proposal.objects.in_care_of(user).values("pk"))
        return self.filter(rows)


class Advice(models.Model):
    """A consultant's advice on one section: the first words of a thread."""

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="advice")
    section = models.CharField(_("section"), max_length=20, choices=SectionName.choices)
    text = models.TextField(_("advice"), max_length=MAX_ADVICE)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    of = models.CharField(max_length=MAX_NAME, blank=True)
    """The cluster organisation for which the consultant wrote, by its name then."""
    at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    last_side: str
    """Set by ``with_last_side`` alone."""

    objects = AdviceQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name_plural = "advice"

    def __str__(self) -> str:
        return f"{self.proposal.number} {self.section}"

    @property
    def is_open(self) -> bool:
        return self.done_at is None


class AdviceReplyQuerySet(models.QuerySet["AdviceReply"]):
    def that_ask(self) -> AdviceReplyQuerySet:
        """Steps after which it is the other side's turn: words, and a consultant who finds it not done yet."""
        return self.filter(
            models.Q(step=AdviceStep.ANSWERED)
            | models.Q(step=AdviceStep.REOPENED, side=AdviceSide.CONSULTANT)
        )


class AdviceReply(models.Model):
    """One step in a thread: words of either side, or that it is done or open again."""

    advice = models.ForeignKey(Advice, on_delete=models.CASCADE, related_name="replies")
    step = models.CharField(max_length=10, choices=AdviceStep.choices)
    text = models.TextField(_("answer"), max_length=MAX_ADVICE, blank=True)
    side = models.CharField(max_length=10, choices=AdviceSide.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    of = models.CharField(max_length=MAX_NAME)
    """The organisation or cluster organisation for which the person spoke, by its name then."""
    at = models.DateTimeField()

    objects = AdviceReplyQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]
        verbose_name_plural = "advice replies"
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(step=AdviceStep.ANSWERED) | ~models.Q(text=""),
                name="advice_answer_has_words",
                violation_error_message=_("An answer has words."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.advice_id} {self.step}"
