"""How a person comes to act for an organisation: invited by its owner, or by asking."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from consortia.enums import JoinState, MembershipRole

from .letters import Letter, LetterQuerySet
from .organisations import Membership, Organisation


def _owned_by(user: Any) -> Any:
    """Primary keys of the organisations that the user owns."""
    return Membership.objects.filter(user=user, role=MembershipRole.OWNER).values("organisation_id")


class ColleagueInvitationQuerySet(LetterQuerySet["ColleagueInvitation"]):
    def visible_to(self, user: Any) -> ColleagueInvitationQuerySet:
        """Those of the organisations that the user owns. Whoever holds the token finds one by its token."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(organisation__in=_owned_by(user))


class ColleagueInvitation(Letter):
    """A letter to one e-mail address, asking its reader to act for an organisation."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="colleague_invitations")

    objects = ColleagueInvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation of a colleague")
        verbose_name_plural = _("invitations of colleagues")
        ordering = ["-sent_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "email"],
                condition=models.Q(accepted_at=None, declined_at=None, replaced_at=None),
                name="colleague_invitation_one_pending",
                violation_error_message=_("An earlier invitation to this address is still pending."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} · {self.organisation}"


class JoinRequestQuerySet(models.QuerySet["JoinRequest"]):
    def waiting(self) -> JoinRequestQuerySet:
        return self.filter(state=JoinState.WAITING)

    def visible_to(self, user: Any) -> JoinRequestQuerySet:
        """Requests to join an organisation that the user owns."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(organisation__in=_owned_by(user))


class JoinRequest(models.Model):
    """A person asks to act for an organisation that has its own people."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="join_requests")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="join_requests")
    state = models.CharField(_("state"), max_length=10, choices=JoinState.choices, default=JoinState.WAITING)
    asked_at = models.DateTimeField(_("asked at"))
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = JoinRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request to join")
        verbose_name_plural = _("requests to join")
        ordering = ["asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "user"],
                condition=models.Q(state=JoinState.WAITING),
                name="join_request_one_waiting",
                violation_error_message=_("This person has asked already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.organisation}"
