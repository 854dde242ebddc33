"""Filters, calendar, feed, and what changed in a published call."""

from datetime import timedelta
from xml.etree import ElementTree

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from calls.enums import CallState
from calls.services import amend_call
from tests.factories.calls import NOW, CallFactory, in_three

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(autouse=True)
def the_clock_stands(settings):
    settings.HOME_PROGRAMME = ""
    settings.SITE_URL = "https://portal.example"
    with time_machine.travel(NOW, tick=False):
        yield


def slugs(page):
    calls = page.context["calls"]
    return [call.slug for group in (calls.open, calls.planned, calls.closed) for call in group]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("", ["now", "later", "early", "past"]),
        ("state=open", ["now"]),
        ("state=planned", ["later"]),
        ("state=closed", ["early", "past"]),
        ("ket=PH", ["now"]),
        ("ket=PH&state=closed", []),
        ("state=nonsense", ["now", "later", "early", "past"]),
    ],
)
def test_the_list_is_narrowed(client, programme, asked, expected):
    CallFactory(programme=programme, slug="now", kets=programme.kets.filter(code="PH"))
    CallFactory(programme=programme, slug="later", planned=True, kets=programme.kets.filter(code="NT"))
    CallFactory(programme=programme, slug="past", closed=True, kets=programme.kets.filter(code="NT"))
    CallFactory(
        programme=programme, slug="early", state=CallState.DECIDED, kets=programme.kets.filter(code="NT")
    )
    CallFactory(programme=programme, slug="hidden", draft=True, kets=programme.kets.all())
    page = client.get(f"/calls/?{asked}")
    assert (slugs(page), page.context["total"]) == (expected, 4)
    if asked == "ket=PH&state=closed":
        assert "No call fits this choice" in page.content.decode()


def test_kind_and_field_narrow_too(client, programme):
    kind, field = programme.kinds.first(), programme.application_fields.first()
    CallFactory(programme=programme, slug="a", kinds=[kind], fields=[])
    CallFactory(programme=programme, slug="b", kinds=[], fields=[field])
    assert slugs(client.get(f"/calls/?kind={kind.code}")) == ["a"]
    assert slugs(client.get(f"/calls/?field={field.code}")) == ["b"]


def test_the_calendar_holds_opening_and_closing_of_open_and_planned_calls(client, programme):
    now = CallFactory(programme=programme, slug="now", title=in_three("Now; or never"))
    later = CallFactory(programme=programme, slug="later", planned=True)
    CallFactory(programme=programme, slug="past", closed=True)
    answer = client.get("/calls/calendar.ics")
    lines = answer.content.decode().split("\r\n")
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert [line for line in lines if line.startswith("UID")] == [
        f"UID:call-{call.pk}-{which}@portal.example" for call in (now, later) for which in ("opens", "closes")
    ]
    assert f"DTSTART:{now.closes_at:%Y%m%dT%H%M%SZ}" in lines
    assert r"SUMMARY:Closes: Now\; or never (en)" in lines
    assert "URL:https://portal.example/calls/now/" in lines


def test_one_calls_calendar_holds_that_call(client, programme):
    call = CallFactory(programme=programme, slug="now")
    CallFactory(programme=programme, slug="later", planned=True)
    text = client.get("/calls/now/calendar.ics").content.decode()
    assert text.count("BEGIN:VEVENT") == 2
    assert f"call-{call.pk}-opens@" in text


@pytest.mark.parametrize("url", ["/calls/calendar.ics", "/calls/feed.atom", "/calls/?state=open&ket=PH"])
def test_thirty_calls_cost_the_queries_of_one(client, programme, url):
    CallFactory(programme=programme, kets=programme.kets.all())
    client.get(url)
    with CaptureQueriesContext(connection) as one:
        client.get(url)
    for _number in range(29):
        CallFactory(programme=programme, kets=programme.kets.all())
    with CaptureQueriesContext(connection) as thirty:
        client.get(url)
    assert len(thirty) == len(one)


def amended(call, manager, at, **changes):
    values = {
        "title": call.title, "summary": call.summary, "text": call.text, "closes_at": call.closes_at, **changes
    }  # fmt: skip
    return amend_call(call=call, by=manager, now=at, seen_version=call.version, **values)


def test_the_feed_has_the_last_change_on_top(client, programme, manager):
    first = CallFactory(programme=programme, slug="first", published_at=NOW - timedelta(days=9))
    CallFactory(programme=programme, slug="second", published_at=NOW - timedelta(days=5))
    CallFactory(programme=programme, slug="hidden", draft=True)
    amended(first, manager, NOW - timedelta(hours=1), title=in_three("Better"))
    feed = ElementTree.fromstring(client.get("/calls/feed.atom").content)
    entries = [
        (entry.findtext(f"{ATOM}title"), entry.findtext(f"{ATOM}updated"))
        for entry in feed.iter(f"{ATOM}entry")
    ]
    assert entries == [
        ("Better (en)", "2017-11-01T11:00:00+00:00"),
        (str(programme.calls.get(slug="second")), "2017-10-27T12:00:00+00:00"),
    ]


def test_a_calls_page_tells_what_changed_and_when(client, programme, manager):
    call = CallFactory(programme=programme, title=in_three("Old"))
    old = call.closes_at
    amended(call, manager, NOW, title=in_three("New"), closes_at=old + timedelta(days=7))
    amended(call, manager, NOW + timedelta(minutes=1), text=in_three("Other words"))
    text = " ".join(client.get(call.get_absolute_url()).content.decode().split())
    assert (
        "The deadline moved from 15 December 2017, 13:00 (Europe/Amsterdam) to "
        "22 December 2017, 13:00 (Europe/Amsterdam)."
    ) in text
    assert "The title was “Old (en)” and is “New (en)”." in text
    assert text.index("The text of the call was reworded.") < text.index("The deadline moved")
    assert "The summary was reworded." not in text
    assert manager.name not in text
