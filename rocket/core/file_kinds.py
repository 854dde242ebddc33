"""What a file is, told by its bytes: never by its name, and without running anything in it."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO

from django.utils.translation import gettext_lazy as _

from rocket.core.errors import RocketError

BLOCK = 64 * 1024
MEGABYTE = 1024 * 1024
MOST_ENTRIES = 5000
"""An office file of hundreds of pages or sheets has some hundred parts."""
MOST_UNPACKED = 200 * MEGABYTE
"""Bytes to which an office file may unpack in all."""
MOST_RATIO = 100
"""How many times larger it may be unpacked; sheets of figures reach some thirty."""
RATIO_COUNTS_FROM = 10 * MEGABYTE
"""Unpacked bytes below which the ratio says nothing: a page of spaces is small and harmless."""
TRAILER_AT_MOST = 4096
"""Bytes between the beginning of a PDF trailer and the name that says that it is encrypted."""


class WrongContent(RocketError):
    """The bytes are not what the name says, or are what no annex may be. ``code`` is content, encrypted, bomb or
    macros."""


@dataclass(frozen=True)
class FileKind:
    """One kind of file that may be handed in: what it is called, sent as, and how its bytes are known."""

    extension: str
    label: str
    content_type: str
    check: Callable[[IO[bytes]], None]
    extensions: tuple[str, ...] = ()
    """Every ending of a name that says this kind."""


def _content() -> WrongContent:
    return WrongContent("content", _("The file is not what its name says."))


def _encrypted() -> WrongContent:
    return WrongContent(
        "encrypted", _("The file is protected by a password, so nobody could read it. Save it without one.")
    )


def _bomb() -> WrongContent:
    return WrongContent(
        "bomb",
        _("The file unpacks to far more than an annex needs. Save it again from the program it comes from."),
    )


def _start(file: IO[bytes], length: int) -> bytes:
    file.seek(0)
    return file.read(length)


def _check_pdf(file: IO[bytes]) -> None:
    """A PDF by its first bytes, and one that needs no password (ISO 32000-1, 7.5.5 and 7.6.1: Encrypt stands in the
    trailer or in the dictionary of a cross-reference stream, and both are plain bytes)."""
    if _start(file, 5) != b"%PDF-":
        raise _content()
    file.seek(0)
    kept = b""
    while block := file.read(BLOCK):
        window = kept + block
        for found in re.finditer(rb"/Encrypt\s*(?:\d+\s+\d+\s+R|<<)", window):
            before = window[max(0, found.start() - TRAILER_AT_MOST) : found.start()]
            after = window[found.end() : found.end() + TRAILER_AT_MOST]
            trailer, begun = before.rfind(b"trailer"), before.rfind(b" obj")
            if trailer > before.rfind(b"startxref"):
                raise _encrypted()
            if begun > before.rfind(b"endobj"):
                dictionary = before[begun:] + after.partition(b"stream")[0]
                if re.search(rb"/Type\s*/XRef", dictionary):
                    raise _encrypted()
        kept = window[-2 * TRAILER_AT_MOST :]


def _check_start(start: bytes) -> Callable[[IO[bytes]], None]:
    def check(file: IO[bytes]) -> None:
        if _start(file, len(start)) != start:
            raise _content()

    return check


def _check_png(file: IO[bytes]) -> None:
    start = _start(file, 16)
    if start[:8] != b"\x89PNG\r\n\x1a\n" or start[12:16] != b"IHDR":
        raise _content()


OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""A compound file: an office file of before 2007, or one of today behind a password."""


_BROKEN = (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, NotImplementedError, EOFError, ValueError)


def _check_office(part: str) -> Callable[[IO[bytes]], None]:
    """An Office Open XML file whose main part is ``part`` (ISO/IEC 29500-2), without password and macros."""

    def check(file: IO[bytes]) -> None:
        start = _start(file, len(OLD_OFFICE))
        if start == OLD_OFFICE:
            file.seek(0)
            package = "EncryptedPackage".encode("utf-16-le")
            kept = b""
            while block := file.read(BLOCK):
                if package in kept + block:
                    raise _encrypted()
                kept = block[-len(package) :]
            raise _content()
        if start[:4] != b"PK\x03\x04":
            raise _content()
        file.seek(0)
        try:
            _check_package(file, part)
        except _BROKEN as broken:
            raise _content() from broken

    return check


def _check_package(file: IO[bytes], part: str) -> None:
    with zipfile.ZipFile(file) as package:
        entries = package.infolist()
        packed = max(1, file.seek(0, 2))
        if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > MOST_UNPACKED:
            raise _bomb()
        if any(entry.flag_bits & 1 for entry in entries):
            raise _encrypted()
        names = {entry.filename for entry in entries}
        if "[Content_Types].xml" not in names or part not in names:
            raise _content()
        if any(name.endswith("vbaProject.bin") for name in names):
            raise WrongContent("macros", _("The file holds macros. Save it without them."))
        # What an entry says of its size may be a lie: it is unpacked, counted and thrown away.
        unpacked = 0
        for entry in entries:
            with package.open(entry) as stream:
                while block := stream.read(BLOCK):
                    unpacked += len(block)
                    if unpacked > MOST_UNPACKED or (
                        unpacked > RATIO_COUNTS_FROM and unpacked > MOST_RATIO * packed
                    ):
                        raise _bomb()


_OFFICE = "application/vnd.openxmlformats-officedocument"
KINDS: dict[str, FileKind] = {
    kind.extension: kind
    for kind in (
        FileKind("pdf", "PDF", "application/pdf", _check_pdf, ("pdf",)),
        FileKind(
            "xlsx",
            "Excel (XLSX)",
            f"{_OFFICE}.spreadsheetml.sheet",
            _check_office("xl/workbook.xml"),
            ("xlsx",),
        ),
        FileKind(
            "docx",
            "Word (DOCX)",
            f"{_OFFICE}.wordprocessingml.document",
            _check_office("word/document.xml"),
            ("docx",),
        ),
        FileKind("jpg", "JPEG", "image/jpeg", _check_start(b"\xff\xd8\xff"), ("jpg", "jpeg")),
        FileKind("png", "PNG", "image/png", _check_png, ("png",)),
    )
}
"""Every kind that a programme's file may allow, by the word that it uses for it."""
