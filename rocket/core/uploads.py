"""Uploads that end in a page, however much somebody sends."""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, TemporaryFileUploadHandler

log = logging.getLogger(__name__)

SLACK = 1024
"""Bytes above the limit that are still handed on: the check of the file itself then says what is wrong."""


class OversizedFile(UploadedFile):  # type: ignore[type-arg]
    """Stands for a file that was larger than any the portal takes: its size is true, its bytes were thrown away."""


class BoundedUploadHandler(FileUploadHandler):
    """Reads a file to its end, so that the browser gets its answer, but keeps no more than the portal's limit.

    It stands before the handlers that keep files.
    """

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._read = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        self._read += len(raw_data)
        return raw_data if self._read <= settings.DOCUMENT_MAX_BYTES + SLACK else None

    def file_complete(self, file_size: int) -> UploadedFile | None:  # type: ignore[type-arg]
        if file_size <= settings.DOCUMENT_MAX_BYTES + SLACK:
            return None
        return OversizedFile(None, self.file_name, self.content_type, file_size, self.charset)


class UnkeptFile(UploadedFile):  # type: ignore[type-arg]
    """Stands for a file that could not be kept while it came in: the disk was full or failed."""


class CarefulUploadHandler(TemporaryFileUploadHandler):
    """Django's handler for large files, but a disk that fails ends in a page that says so, not in a broken one."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        self._has_failed = False
        try:
            super().new_file(*args, **kwargs)
        except OSError:
            FileUploadHandler.new_file(self, *args, **kwargs)
            self._give_up()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if self._has_failed:
            return
        try:
            super().receive_data_chunk(raw_data, start)
        except OSError:
            self._give_up()

    def file_complete(self, file_size: int) -> UploadedFile | None:  # type: ignore[type-arg]
        if not self._has_failed:
            return super().file_complete(file_size)
        return UnkeptFile(None, self.file_name, self.content_type, file_size, self.charset)

    def _give_up(self) -> None:
        log.exception("A file could not be kept while it came in")
        self._has_failed = True
        if hasattr(self, "file"):
            with suppress(OSError):
                self.file.close()
            del self.file  # an upload that is interrupted later has nothing to remove
