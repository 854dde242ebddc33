from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class SavedListQuerySet(models.QuerySet["SavedList"]):
    def on_page(self, page: str, user: Any) -> SavedListQuerySet:
        """The person's own choices on that page, and those that others share with everybody who can open it."""
        return self.filter(page=page).filter(Q(user=user) | Q(is_shared=True))


class SavedList(models.Model):
    """Filters and order of one list under a name. ``page`` is the list's address, which is checked on every visit."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_lists")
    page = models.CharField(max_length=200)
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(max_length=1000)
    is_shared = models.BooleanField(_("shared"), default=False)

    objects = SavedListQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "page", "name"],
                name="saved_list_once",
                violation_error_message=_("You have saved a choice under this name already."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"{self.page}?{self.query}"
