"""A letter to one e-mail address that asks for an answer: what invitations of partners and of colleagues share."""

from __future__ import annotations

from datetime import datetime
from typing import Self, TypeVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from consortia.enums import InvitationState

M = TypeVar("M", bound=models.Model)


class LetterQuerySet(models.QuerySet[M]):
    def unanswered(self) -> Self:
        """Letters that nothing has ended yet, also when their time is over."""
        return self.filter(accepted_at=None, declined_at=None, replaced_at=None)

    def open_at(self, now: datetime) -> Self:
        """Letters that can still be accepted."""
        return self.unanswered().filter(expires_at__gt=now)


class Letter(models.Model):
    """A letter with a token. Only the token's SHA-256 is kept."""

    email = models.EmailField(_("e-mail address"))
    language = models.CharField(_("language"), max_length=5)
    token_sha256 = models.CharField(max_length=64, unique=True, editable=False)
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    sent_at = models.DateTimeField(_("sent at"))
    expires_at = models.DateTimeField(_("expires at"))
    accepted_at = models.DateTimeField(_("accepted at"), null=True, blank=True)
    declined_at = models.DateTimeField(_("declined at"), null=True, blank=True)
    replaced_at = models.DateTimeField(_("replaced at"), null=True, blank=True)
    """When a newer letter, or whoever sent it, ended this one."""
    token: str = ""
    """Set by the service that sends it, for as long as this object lives; never stored."""

    class Meta:
        abstract = True

    def state_at(self, now: datetime) -> InvitationState:
        """What the invitation is at this moment; on its last instant it has expired."""
        if self.accepted_at is not None:
            return InvitationState.ACCEPTED
        if self.declined_at is not None:
            return InvitationState.DECLINED
        if self.replaced_at is not None:
            return InvitationState.REPLACED
        return InvitationState.OPEN if now < self.expires_at else InvitationState.EXPIRED
