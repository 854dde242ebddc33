"""Moments as an iCalendar file, which every calendar program reads. Source: RFC 5545.

calendar_file("Calls", [Event(uid="call-1-closes@portal.example", at=closes_at, summary="The call closes", …)])
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

MEDIA_TYPE = "text/calendar; charset=utf-8"
LONGEST_LINE = 75
"""Octets of a line without its end (RFC 5545, 3.1)."""


@dataclass(frozen=True, kw_only=True)
class Event:
    """One moment. ``at`` and ``changed_at`` are aware; ``sequence`` grows with every change of the event."""

    uid: str
    at: datetime
    changed_at: datetime
    summary: str
    description: str = ""
    url: str = ""
    sequence: int = 0


def calendar_file(name: str, events: Iterable[Event]) -> bytes:
    """The file with all events, times in UTC, lines folded and ended with CRLF."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//ROCKET//Portal//EN", "CALSCALE:GREGORIAN"]
    lines.append(f"X-WR-CALNAME:{escaped(name)}")
    for event in events:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{escaped(event.uid)}",
            f"DTSTAMP:{_moment(event.changed_at)}",
            f"SEQUENCE:{event.sequence}",
            f"DTSTART:{_moment(event.at)}",
            f"SUMMARY:{escaped(event.summary)}",
        ]
        if event.description:
            lines.append(f"DESCRIPTION:{escaped(event.description)}")
        if event.url:
            lines.append(f"URL:{event.url}")
        lines += ["TRANSP:TRANSPARENT", "END:VEVENT"]
    lines.append("END:VCALENDAR")
    return b"".join(folded(line) for line in lines)


def escaped(text: str) -> str:
    """A TEXT value (RFC 5545, 3.3.11): backslash, semicolon, comma and line ends are escaped, other controls go."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = "".join(c for c in text if c in "\n\t" or (c >= " " and c != "\x7f"))
    for plain, written in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        text = text.replace(plain, written)
    return text


def folded(line: str) -> bytes:
    """The line in UTF-8 with its end; a longer one goes on after a space, and no character is cut in two."""
    parts, part = [], b""
    for character in line:
        octets = character.encode()
        if len(part) + len(octets) > LONGEST_LINE:
            parts.append(part)
            part = b" "
        part += octets
    return b"\r\n".join([*parts, part]) + b"\r\n"


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
