"""A client of clamd: one command, INSTREAM, over TCP or a Unix socket. Source: the manual page clamd(8)."""

from __future__ import annotations

import socket
import struct
from typing import IO

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from rocket.core.errors import RocketError

TIMEOUT = 30
"""Seconds to wait for the scanner at each step."""
BLOCK = 64 * 1024


class ScanFailed(RocketError):
    """``code`` is infected, or scanner where nobody could tell: such a file is not taken."""


def is_on() -> bool:
    """Whether this portal has its files scanned."""
    return bool(settings.CLAMD_ADDRESS)


def _connect(address: str) -> socket.socket:
    if address.startswith("unix:"):
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(TIMEOUT)
        connection.connect(address.removeprefix("unix:"))
        return connection
    host, _sep, port = address.rpartition(":")
    return socket.create_connection((host.strip("[]"), int(port)), timeout=TIMEOUT)


def _ask(file: IO[bytes]) -> str:
    with _connect(settings.CLAMD_ADDRESS) as connection:
        connection.sendall(b"zINSTREAM\0")
        file.seek(0)
        while block := file.read(BLOCK):
            connection.sendall(struct.pack("!I", len(block)) + block)
        connection.sendall(struct.pack("!I", 0))
        answer = b""
        while not answer.endswith(b"\0") and (block := connection.recv(4096)):
            answer += block
    return answer.rstrip(b"\0").decode(errors="replace")


def scan(file: IO[bytes]) -> None:
    """Does nothing where the scanner is off or finds nothing. Raises ``ScanFailed``."""
    if not is_on():
        return
    try:
        answer = _ask(file)
    except OSError as away:
        raise _unknown() from away
    if answer.endswith(" FOUND"):
        name = answer.removesuffix(" FOUND").rpartition(": ")[2]
        raise ScanFailed(
            "infected",
            _("The scanner found “%(virus)s” in the file. It is not stored. Check your computer.")
            % {"virus": name},
        )
    if answer != "stream: OK":
        raise _unknown()


def _unknown() -> ScanFailed:
    return ScanFailed(
        "scanner",
        _(
            "The file can't be checked for viruses at the moment, so it is not stored. Try again in some minutes."
        ),
    )
