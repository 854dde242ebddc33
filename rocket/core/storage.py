"""Where documents lie: a folder of this machine. The storage in a bucket stands in ``rocket.core.bucket``."""

from __future__ import annotations

import errno
import os
import shutil
import uuid
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import FileSystemStorage, Storage, storages
from django.utils.functional import LazyObject

ROOM_FOR = 3
"""A folder counts as full while it has room for fewer than this many of the largest files."""


class BucketAway(OSError):
    """The object storage refused or did not answer. What it says may name keys: only the kind is passed on."""


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

    def probe(self) -> None:
        """Write and remove a few bytes. Raises ``OSError`` where that fails or the disk is nearly full."""
        folder = Path(self.location)
        folder.mkdir(parents=True, exist_ok=True)
        beside = folder / f".{uuid.uuid4().hex}.probe"
        try:
            beside.write_bytes(b"probe")
        finally:
            beside.unlink(missing_ok=True)
        if shutil.disk_usage(folder).free < ROOM_FOR * settings.DOCUMENT_MAX_BYTES:
            raise OSError(errno.ENOSPC, "The folder for documents is nearly full")


class Documents(LazyObject):
    """The storage that ``STORAGES["documents"]`` names, looked up when it is first used."""

    def _setup(self) -> None:
        self._wrapped = storages["documents"]


def documents() -> Storage:
    return Documents()  # type: ignore[return-value]
