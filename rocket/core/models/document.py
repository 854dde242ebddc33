from __future__ import annotations

import os
import uuid
from pathlib import Path
from typing import Any

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

    def _save(self, name: str, content: Any) -> str:
        """Whole or not at all: written beside, brought to the disk, then given its name. Raises ``OSError``."""
        path = Path(self.path(name))
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f".{uuid.uuid4().hex}.part")
        try:
            with beside.open("xb") as file:
                for chunk in content.chunks():
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
            beside.rename(path)
        finally:
            beside.unlink(missing_ok=True)
        return name.replace("\\", "/")


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
