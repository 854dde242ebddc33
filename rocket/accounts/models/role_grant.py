from __future__ import annotations

from django.db import models

from rocket.accounts.models.user import User
from rocket.accounts.roles import Role


class RoleGrant(models.Model):
    """A role in one programme, from the moment that somebody granted it to the moment that somebody revoked it.

    The programme is named by its code: accounts lie below programmes and know none.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="grants")
    role = models.CharField(max_length=20, choices=Role.choices)
    programme_code = models.SlugField(max_length=40)
    granted_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    granted_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "programme_code"],
                condition=models.Q(revoked_at=None),
                name="role_granted_once",
                violation_error_message="The person has this role already.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.role} in {self.programme_code}"
