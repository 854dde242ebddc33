"""How people come to a role of the programme: by a letter to their address, which they answer themselves."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from calls.models import ClusterOrganisation, Programme
from consortia.models.letters import Letter, LetterQuerySet
from rocket.accounts.roles import Role


class StaffInvitationQuerySet(LetterQuerySet["StaffInvitation"]):
    def visible_to(self, user: Any) -> StaffInvitationQuerySet:
        """Those of the programmes that the person manages or audits. Whoever holds the token finds one by it."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(programme__code__in=user.programmes_as(Role.MANAGER, Role.AUDITOR))


class StaffInvitation(Letter):
    """A letter that offers a role in a programme; to a consultant, for one cluster organisation."""

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="staff_invitations")
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    cluster = models.ForeignKey(ClusterOrganisation, models.CASCADE, null=True, blank=True, related_name="+")

    objects = StaffInvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation to a role")
        verbose_name_plural = _("invitations to roles")
        ordering = ["-sent_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "role", "email"],
                condition=models.Q(accepted_at=None, declined_at=None, replaced_at=None),
                name="staff_invitation_one_pending",
                violation_error_message=_("An earlier invitation to this address is still pending."),
            ),
            models.CheckConstraint(
                condition=models.Q(cluster=None) | models.Q(role=Role.CONSULTANT),
                name="staff_invitation_cluster_of_consultant",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} · {self.role}"
