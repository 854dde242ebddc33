"""Files that people hand in: checked by content, kept outside the web root, sent as downloads."""

from __future__ import annotations

import hashlib
import logging
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse
from django.template.defaultfilters import filesizeformat
from django.utils.text import get_valid_filename
from django.utils.translation import gettext_lazy as _

from rocket.core import antivirus
from rocket.core.errors import RocketError
from rocket.core.file_kinds import KINDS, FileKind, WrongContent
from rocket.core.models import Document
from rocket.core.text import without_controls
from rocket.core.uploads import UnkeptFile

log = logging.getLogger(__name__)


class DocumentRefused(RocketError):
    """The file is too large, empty, not what its name says, infected, or could not be stored."""


@dataclass(frozen=True)
class CheckedFile:
    """A file that passed every check, not stored yet."""

    file: UploadedFile[Any]
    name: str
    kind: FileKind
    size: int
    sha256: str


def kinds_in_words(kinds: tuple[str, ...]) -> str:
    """``("pdf", "xlsx")`` → “PDF, Excel (XLSX)”."""
    return ", ".join(KINDS[kind].label for kind in kinds)


def check_file(
    file: UploadedFile[Any], *, kinds: tuple[str, ...] = ("pdf",), max_bytes: int | None = None
) -> CheckedFile:
    """Whether ``file`` may be stored. Raises ``DocumentRefused`` with a sentence that says how to mend it.

    ``max_bytes`` never loosens the portal's own limit. No database is asked, so that no transaction waits meanwhile.
    """
    # A path may come along from any system, and a name with control characters could not be kept.
    name = " ".join(without_controls(re.split(r"[/\\]", file.name or "")[-1]).split())[-200:]
    most = min(max_bytes or settings.DOCUMENT_MAX_BYTES, settings.DOCUMENT_MAX_BYTES)
    size = file.size or 0
    if not size:
        raise DocumentRefused("empty", _("The file is empty. Choose another one."))
    if size > most:
        raise DocumentRefused(
            "too_large",
            _("The file is larger than %(limit)s. Make it smaller.") % {"limit": filesizeformat(most)},
        )
    if isinstance(file, UnkeptFile):
        raise _not_stored()
    extension = name.rpartition(".")[2].lower() if "." in name else ""
    kind = next((KINDS[one] for one in kinds if extension in KINDS[one].extensions), None)
    if kind is None:
        raise DocumentRefused(
            "kind",
            _("Only PDF files are taken here. Save the file as PDF.")
            if kinds == ("pdf",)
            else _("Taken here: %(kinds)s. Save the file as one of these.")
            % {"kinds": kinds_in_words(kinds)},
        )
    try:
        kind.check(file)
        antivirus.scan(file)
    except WrongContent as wrong:
        if wrong.code == "content":
            raise DocumentRefused(
                "content",
                (
                    _("“%(name)s” is not a PDF file, though its name says so.")
                    if kind.extension == "pdf"
                    else _("“%(name)s” is not a file of the kind %(kind)s, though its name says so.")
                )
                % {"name": name, "kind": kind.label},
            ) from wrong
        raise DocumentRefused(wrong.code, str(wrong)) from wrong
    except antivirus.ScanFailed as failed:
        raise DocumentRefused(failed.code, str(failed)) from failed
    digest = hashlib.sha256()
    file.seek(0)
    for chunk in file.chunks():
        digest.update(chunk)
    return CheckedFile(file=file, name=name, kind=kind, size=size, sha256=digest.hexdigest())


@contextmanager
def stored(checked: CheckedFile, *, by: Any, now: datetime) -> Iterator[Document]:
    """The bytes on the disk, and a ``Document`` that the block has to save. If the block fails, the bytes go again.

    Raises ``DocumentRefused`` where the disk is full or does not answer; nothing is left half stored.
    """
    document = Document(
        name=checked.name,
        content_type=checked.kind.content_type,
        size=checked.size,
        sha256=checked.sha256,
        stored_by=by,
        stored_at=now,
    )
    checked.file.seek(0)
    with _on_disk(document, f"{uuid.uuid4().hex}.{checked.kind.extension}", checked.file):
        yield document


@contextmanager
def _on_disk(document: Document, name: str, content: Any) -> Iterator[None]:
    try:
        document.file.save(name, content, save=False)
    except OSError as error:
        log.exception("A file could not be stored")
        raise _not_stored() from error
    try:
        yield
    except BaseException:
        try:
            document.file.storage.delete(document.file.name or "")
        except OSError:  # what broke the block is what has to be told; a file without a row is nobody's
            log.exception("A file that belongs to no document could not be removed")
        raise


def _not_stored() -> DocumentRefused:
    return DocumentRefused(
        "storage",
        _("The portal could not store the file, and nothing has changed. Try again in some minutes."),
    )


def store_document(
    *,
    file: UploadedFile[Any],
    by: Any,
    now: datetime,
    kinds: tuple[str, ...] = ("pdf",),
    max_bytes: int | None = None,
) -> Document:
    """Keep ``file`` under a name of our own. Raises ``DocumentRefused`` with a sentence that says how to mend it."""
    with stored(check_file(file, kinds=kinds, max_bytes=max_bytes), by=by, now=now) as document:
        document.save()
    return document


@contextmanager
def kept(content: bytes, *, name: str, content_type: str, by: Any, now: datetime) -> Iterator[Document]:
    """Bytes that the portal made itself, on the disk, and a ``Document`` that the block has to save. If the block
    fails, the bytes go again. Raises ``DocumentRefused`` where they can't be stored."""
    document = Document(
        name=name,
        content_type=content_type,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        stored_by=by,
        stored_at=now,
    )
    extension = name.rpartition(".")[2]
    with _on_disk(document, f"{uuid.uuid4().hex}.{extension}", ContentFile(content)):
        yield document


def download(document: Document) -> FileResponse:
    """Always a download, never shown inside the portal's own origin."""
    response = FileResponse(
        document.file.open("rb"),
        as_attachment=True,
        filename=get_valid_filename(document.name),
        content_type=document.content_type,
    )
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    return response
