"""Files that people hand in: checked by content, kept outside the web root, sent as downloads."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse
from django.template.defaultfilters import filesizeformat
from django.utils.text import get_valid_filename
from django.utils.translation import gettext_lazy as _

from rocket.core.errors import RocketError
from rocket.core.models import Document
from rocket.core.text import without_controls

KINDS: dict[str, tuple[str, bytes]] = {"pdf": ("application/pdf", b"%PDF-")}
"""Extension: content type, and the bytes that such a file starts with."""


class DocumentRefused(RocketError):
    """The file is too large, empty, or not what its name says."""


def store_document(
    *, file: UploadedFile[Any], by: Any, now: datetime, kinds: tuple[str, ...] = ("pdf",)
) -> Document:
    """Keep ``file`` under a name of our own. Raises ``DocumentRefused`` with a sentence that says how to mend it."""
    # A path may come along from any system, and a name with control characters could not be kept.
    name = " ".join(without_controls(re.split(r"[/\\]", file.name or "")[-1]).split())[-200:]
    if not file.size:
        raise DocumentRefused("empty", _("The file is empty. Choose another one."))
    if file.size > settings.DOCUMENT_MAX_BYTES:
        limit = filesizeformat(settings.DOCUMENT_MAX_BYTES)
        raise DocumentRefused(
            "too_large", _("The file is larger than %(limit)s. Make it smaller.") % {"limit": limit}
        )
    extension = name.rpartition(".")[2].lower()
    if extension not in kinds:
        raise DocumentRefused("kind", _("Only PDF files are taken here. Save the file as PDF."))
    content_type, start = KINDS[extension]
    file.seek(0)
    if file.read(len(start)) != start:
        raise DocumentRefused(
            "content", _("“%(name)s” is not a PDF file, though its name says so.") % {"name": name}
        )
    digest = hashlib.sha256()
    file.seek(0)
    for chunk in file.chunks():
        digest.update(chunk)
    document = Document(
        name=name,
        content_type=content_type,
        size=file.size,
        sha256=digest.hexdigest(),
        stored_by=by,
        stored_at=now,
    )
    file.seek(0)
    document.file.save(f"{digest.hexdigest()[:32]}.{extension}", file, save=False)
    document.save()
    return document


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
