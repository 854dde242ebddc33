"""The lead of a consortium, offered to another of its partners."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from consortia.enums import LeadOfferState

from .consortia import Consortium, Partner
from .organisations import Organisation


class LeadOfferQuerySet(models.QuerySet["LeadOffer"]):
    def waiting(self) -> LeadOfferQuerySet:
        return self.filter(state=LeadOfferState.WAITING)

    def visible_to(self, user: Any) -> LeadOfferQuerySet:
        """Offers within the user's consortia."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(consortium__in=Consortium.objects.of_member(user).values("pk"))


class LeadOffer(models.Model):
    """The lead partner asks another partner to lead in its place. Nothing changes until that one accepts."""

    consortium = models.ForeignKey(Consortium, models.CASCADE, related_name="lead_offers")
    partner = models.ForeignKey(Partner, models.CASCADE, related_name="lead_offers")
    """Who is asked."""
    state = models.CharField(
        _("state"), max_length=12, choices=LeadOfferState.choices, default=LeadOfferState.WAITING
    )
    offered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    offered_at = models.DateTimeField(_("offered at"))
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    objects = LeadOfferQuerySet.as_manager()

    class Meta:
        verbose_name = _("offer of the lead")
        verbose_name_plural = _("offers of the lead")
        ordering = ["-offered_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["consortium"],
                condition=models.Q(state=LeadOfferState.WAITING),
                name="lead_offer_one_waiting",
                violation_error_message=_("The lead is offered to a partner already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.partner} · {self.get_state_display()}"

    @property
    def organisation(self) -> Organisation:
        """The organisation that is asked."""
        return self.partner.organisation
