from __future__ import annotations

from django.conf import settings
from django.db import models

from rocket.core import storage


def documents() -> storage.Storage:
    """Named by migrations."""
    return storage.documents()


class Document(models.Model):
    """A file that somebody handed in. Its bytes never change; another version is another document."""

    file = models.FileField(storage=documents, upload_to="%Y/%m/", max_length=200)
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    stored_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    stored_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
