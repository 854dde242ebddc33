"""The consortium of one proposal, its partners, and their invitations."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from consortia.enums import PartnerRole, PartnerState

from .letters import Letter, LetterQuerySet
from .organisations import Membership, Organisation

REMIND_AFTER = timedelta(days=1)
"""A partner is reminded at most once within this time."""


class ConsortiumQuerySet(models.QuerySet["Consortium"]):
    def of_member(self, user: Any) -> ConsortiumQuerySet:
        """Consortia in which an organisation of the user is a confirmed partner."""
        own = Membership.objects.filter(user=user).values("organisation_id")
        confirmed = Partner.objects.filter(organisation__in=own, state=PartnerState.CONFIRMED)
        return self.filter(pk__in=confirmed.values("consortium_id"))

    def visible_to(self, user: Any) -> ConsortiumQuerySet:
        """Consortia of the user's organisations. Who else sees a proposal sees its consortium with it."""
        if not user.is_authenticated:
            return self.none()
        return self.of_member(user)


class Consortium(models.Model):
    """Those who make one proposal together. A copied proposal gets a new one and asks its partners again."""

    created_at = models.DateTimeField(_("created at"))
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = ConsortiumQuerySet.as_manager()

    class Meta:
        verbose_name = _("consortium")
        verbose_name_plural = _("consortia")
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"

    @property
    def lead_partner(self) -> Partner:
        """The lead partner; uses prefetched partners. Raises Partner.DoesNotExist where none is named."""
        for partner in self.partners.all():
            if partner.is_lead:
                return partner
        raise Partner.DoesNotExist


class PartnerQuerySet(models.QuerySet["Partner"]):
    def taking_part(self) -> PartnerQuerySet:
        """Confirmed partners, and invited ones who may still become partners."""
        return self.filter(state__in=[PartnerState.INVITED, PartnerState.CONFIRMED])

    def confirmed(self) -> PartnerQuerySet:
        return self.filter(state=PartnerState.CONFIRMED)

    def visible_to(self, user: Any) -> PartnerQuerySet:
        """Partners of the user's consortia, and the user's own organisations where they are invited."""
        if not user.is_authenticated:
            return self.none()
        own = Membership.objects.filter(user=user).values("organisation_id")
        consortia = Consortium.objects.of_member(user).values("pk")
        return self.filter(models.Q(consortium__in=consortia) | models.Q(organisation__in=own))


class Partner(models.Model):
    """An organisation's part in a consortium."""

    consortium = models.ForeignKey(Consortium, models.CASCADE, related_name="partners")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="partnerships")
    role = models.CharField(_("role"), max_length=12, choices=PartnerRole.choices)
    state = models.CharField(
        _("state"), max_length=12, choices=PartnerState.choices, default=PartnerState.INVITED
    )
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    contribution = models.TextField(_("contribution to the work"), blank=True)
    chosen_country = models.CharField(_("country that counts for its linked group"), max_length=2, blank=True)
    """For partners linked to each other: the country in which the group counts once; empty: not chosen."""
    added_at = models.DateTimeField(_("added at"))
    reminded_at = models.DateTimeField(_("reminded at"), null=True, blank=True)
    """When its people were last told by mail what the proposal still lacks of them."""

    objects = PartnerQuerySet.as_manager()

    class Meta:
        verbose_name = _("partner")
        verbose_name_plural = _("partners")
        ordering = [
            models.Case(models.When(role=PartnerRole.LEAD, then=0), default=1),
            "added_at",
            "pk",
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["consortium", "organisation"],
                name="partner_once",
                violation_error_message=_("This organisation is a partner of the consortium already."),
            ),
            models.UniqueConstraint(
                fields=["consortium"],
                condition=models.Q(role=PartnerRole.LEAD),
                name="partner_one_lead",
                violation_error_message=_("A consortium has exactly one lead partner."),
            ),
            models.CheckConstraint(
                condition=~models.Q(state=PartnerState.CONFIRMED) | models.Q(confirmed_at__isnull=False),
                name="partner_confirmed_when",
                violation_error_message=_("A confirmed partner has a moment of confirmation."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} · {self.get_role_display()}"

    @property
    def is_lead(self) -> bool:
        return self.role == PartnerRole.LEAD

    @property
    def remind_again_at(self) -> datetime | None:
        """From when its people may be reminded again; None where they never were."""
        return self.reminded_at + REMIND_AFTER if self.reminded_at else None

    @property
    def is_confirmed(self) -> bool:
        return self.state == PartnerState.CONFIRMED


class InvitationQuerySet(LetterQuerySet["Invitation"]):
    def visible_to(self, user: Any) -> InvitationQuerySet:
        """Invitations that the user's consortia sent. Whoever holds the token finds one by its token."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(partner__consortium__in=Consortium.objects.of_member(user).values("pk"))


class Invitation(Letter):
    """A letter to one e-mail address, asking it to confirm a partner."""

    partner = models.ForeignKey(Partner, models.CASCADE, related_name="invitations")

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["-sent_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["partner"],
                condition=models.Q(accepted_at=None, declined_at=None, replaced_at=None),
                name="invitation_one_pending",
                violation_error_message=_("An earlier invitation of this partner is still pending."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} · {self.partner}"
