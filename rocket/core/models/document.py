from __future__ import annotations

import os

from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.db import models


class DocumentStorage(FileSystemStorage):
    """``DOCUMENTS_DIR``, outside every folder that the web server serves: its files have no address."""

    base_url = None  # type: ignore[assignment]

    @property
    def base_location(self) -> str:
        return str(settings.DOCUMENTS_DIR)

    @property
    def location(self) -> str:
        return os.path.abspath(self.base_location)


def documents() -> FileSystemStorage:
    return DocumentStorage()


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
