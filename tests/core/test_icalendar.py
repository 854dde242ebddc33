from datetime import UTC, datetime, timedelta, timezone

from rocket.core.icalendar import Event, calendar_file, escaped, folded

AT = datetime(2026, 12, 15, 17, tzinfo=timezone(timedelta(hours=1)))


def test_a_calendar_has_its_lines_in_utc_and_with_line_ends_of_the_standard():
    event = Event(
        uid="call-1-closes@portal.example",
        at=AT,
        changed_at=datetime(2026, 11, 1, tzinfo=UTC),
        summary="Closes: one; two, three",
        description="First\nsecond",
        url="https://portal.example/calls/one/",
        sequence=3,
    )
    assert calendar_file("Calls", [event]).decode().split("\r\n") == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//ROCKET//Portal//EN",
        "CALSCALE:GREGORIAN",
        "X-WR-CALNAME:Calls",
        "BEGIN:VEVENT",
        "UID:call-1-closes@portal.example",
        "DTSTAMP:20261101T000000Z",
        "SEQUENCE:3",
        "DTSTART:20261215T160000Z",
        r"SUMMARY:Closes: one\; two\, three",
        r"DESCRIPTION:First\nsecond",
        "URL:https://portal.example/calls/one/",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]


def test_texts_are_escaped_and_bring_no_line_of_their_own():
    assert escaped("a\\b;c,d\r\nEND:VEVENT\rx\x00") == "a\\\\b\\;c\\,d\\nEND:VEVENT\\nx"


def test_long_lines_are_folded_at_75_octets_between_characters():
    line = "SUMMARY:" + "ü€😀" * 30
    lines = folded(line).split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert [part[:1] for part in lines[1:-1]] == [b" "] * (len(lines) - 2)
    assert lines[0].decode() + "".join(part.decode()[1:] for part in lines[1:]) == line
    assert folded("x" * 75) == b"x" * 75 + b"\r\n"
    assert folded("x" * 76) == b"x" * 75 + b"\r\n x\r\n"
