import re
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils.html import strip_tags

from calls import registry
from calls.enums import CallState
from calls.outcome import Funded
from calls.services import amend_call
from tests.factories.calls import NOW, CallFactory, ProgrammeFactory, in_three

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def the_clock_stands(settings):
    """Every page is asked for at ``NOW``, on a portal that names no home programme."""
    settings.HOME_PROGRAMME = ""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.mark.parametrize("language", ["en", "de", "nl"])
def test_pages_speak_the_readers_language(client, programme, language):
    call = CallFactory(programme=programme, title=in_three("A call"))
    for url in ("/calls/", call.get_absolute_url()):
        page = client.get(url, headers={"accept-language": language})
        assert f"A call ({language})" in page.content.decode()
        assert f'<html lang="{language}"' in page.content.decode()


def test_the_list_parts_open_planned_and_closed(client, programme):
    CallFactory(programme=programme, slug="now")
    CallFactory(programme=programme, slug="later", planned=True)
    CallFactory(programme=programme, slug="past", closed=True)
    CallFactory(programme=programme, slug="over", decided=True)
    CallFactory(programme=programme, slug="early", state=CallState.DECIDED)
    CallFactory(programme=programme, slug="hidden", draft=True)
    calls = client.get("/calls/").context["calls"]
    assert {name: [call.slug for call in getattr(calls, name)] for name in ("open", "planned", "closed")} == {
        "open": ["now"],
        "planned": ["later"],
        "closed": ["early", "over", "past"],
    }


def test_open_calls_come_by_deadline(client, programme):
    for slug, days in (("third", 30), ("first", 1), ("second", 7)):
        CallFactory(programme=programme, slug=slug, closes_at=NOW + timedelta(days=days))
    assert [call.slug for call in client.get("/calls/").context["calls"].open] == ["first", "second", "third"]


def test_one_call_and_three_cost_the_same_queries(client, programme, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    CallFactory(programme=programme, closed=True)
    with CaptureQueriesContext(connection) as one:
        client.get("/calls/")
    CallFactory(programme=programme, kinds=programme.kinds.all(), kets=programme.kets.all())
    CallFactory(programme=programme, planned=True)
    CallFactory(programme=ProgrammeFactory(code="another"), closed=True)
    with django_assert_num_queries(len(one)):
        client.get("/calls/")


def test_a_calls_page_gives_times_with_zone_money_and_technologies(client, programme):
    call = CallFactory(programme=programme, kets=programme.kets.all())
    text = client.get(call.get_absolute_url()).content.decode()
    assert "15 December 2017, 13:00 (Europe/Amsterdam)" in text
    assert "One SME gets at most EUR\u00a0300,000." in text
    assert "The programme pays 60\u00a0% of the eligible cost." in text
    assert "PH (en)" in text


def test_a_calls_page_states_its_rules_in_the_words_of_whoever_owns_them(client, programme, monkeypatch):
    def describe(kind, call):
        for rule in kind.rules:
            yield registry.RuleText(rule["code"], "An SME leads", f"Held in {call.slug}.", "Programme manual")

    monkeypatch.setattr(registry, "_rule_describers", [describe])
    call = CallFactory(programme=programme)
    text = client.get(call.get_absolute_url()).content.decode()
    for words in ("An SME leads", f"Held in {call.slug}.", "SME-LED · Programme manual"):
        assert words in text


@pytest.mark.parametrize(
    ("values", "is_shown"), [({}, True), ({"planned": True}, False), ({"closed": True}, False)]
)
def test_a_proposal_is_started_in_an_open_call_alone(client, programme, values, is_shown):
    call = CallFactory(programme=programme, **values)
    link = f'href="{reverse("start_proposal", args=[call.slug])}"'
    assert (link in client.get(call.get_absolute_url()).content.decode()) == is_shown


# What comes next --------------------------------------------------------------------------------------------------


def text_of(client, url):
    html = client.get(url).content.decode()
    return html, re.sub(r"\s+", " ", strip_tags(html.replace("<", " <"))).replace(" .", ".")


def test_a_planned_call_says_when_it_opens_and_offers_its_calendar_file(client, programme):
    call = CallFactory(programme=programme, slug="later", planned=True)
    calendar = f'href="{reverse("call_calendar", args=["later"])}"'
    for url in ("/calls/", call.get_absolute_url()):
        html, text = text_of(client, url)
        assert "Opens in 10 days" in text
        assert "Opens Saturday 11 November 2017, 13:00 (Europe/Amsterdam)" in text
        assert "Closes Monday 11 December 2017" in text
        assert calendar in html
    assert "Start a proposal" not in text


@pytest.mark.parametrize(
    ("days", "said", "unsaid"),
    [
        (30, "Decision expected by 1 December 2017", "The proposals are being checked"),
        (0, "Decision expected by 1 November 2017", "The proposals are being checked"),
        (-1, "The proposals are being checked and decided on.", "expected by"),
        (None, "The proposals are being checked and decided on.", "expected by"),
    ],
)
def test_a_closed_call_says_when_it_is_decided_or_what_happens(client, programme, days, said, unsaid):
    expected = None if days is None else NOW.date() + timedelta(days=days)
    call = CallFactory(programme=programme, closed=True, decision_expected_on=expected)
    _html, listed = text_of(client, "/calls/")
    assert (said in listed, unsaid in listed) == (True, False)
    html, text = text_of(client, call.get_absolute_url())
    assert "What happens now" in text
    assert "Every partner gets the decision by mail, with its reason." in text
    assert ("The decision is expected by" in text) == (days is not None and days >= 0)
    assert reverse("call_calendar", args=[call.slug]) not in html


def test_a_decided_call_without_a_project_says_so(client, programme):
    call = CallFactory(programme=programme, decided=True)
    assert "No project of this call is funded." in text_of(client, "/calls/")[1]
    text = text_of(client, call.get_absolute_url())[1]
    assert "Every proposal of the call has its decision. No project of this call is funded." in text
    assert "What happens now" not in text


@pytest.mark.parametrize("decided", [True, False])
def test_a_call_leads_to_what_came_of_it(client, programme, monkeypatch, decided):
    call = CallFactory(programme=programme, closed=True, state="decided" if decided else "published")
    CallFactory(programme=programme, planned=True)
    asked = []

    def funded(calls):
        asked.append([one.pk for one in calls])
        return {call.pk: Funded(3, "/projects/?call=x&y")}

    monkeypatch.setattr(registry, "_funded", [funded])
    for url, words in (
        ("/calls/", "3 funded projects"),
        (call.get_absolute_url(), "See the 3 funded projects"),
    ):
        html, text = text_of(client, url)
        assert 'href="/projects/?call=x&amp;y"' in html
        assert words in text
        assert "No project of this call" not in text
    assert asked == [[call.pk], [call.pk]]


def test_a_day_of_decision_stands_among_the_changes(client, programme, manager):
    call = CallFactory(programme=programme, closed=True)
    texts = {"title": call.title, "summary": call.summary, "text": call.text, "closes_at": call.closes_at}
    for version, day in ((1, NOW.date() + timedelta(days=9)), (2, None)):
        amend_call(call=call, **texts, decision_expected_on=day, by=manager, now=NOW, seen_version=version)
    text = text_of(client, call.get_absolute_url())[1]
    assert "The decision is now expected by 10 November 2017." in text
    assert "The day of the decision is open again." in text


def test_choices_have_pills_and_the_programme_is_asked_for_where_there_are_several(client, programme):
    CallFactory(programme=programme, slug="here", kets=programme.kets.filter(code="PH"))
    page = client.get("/calls/?ket=PH&state=open")
    assert [(pill.text, pill.url) for pill in page.context["pills"]] == [
        ("State: Open", "/calls/?ket=PH"),
        ("Technology: PH (en)", "/calls/?state=open"),
    ]
    assert page.context["clear_url"] == "/calls/"
    assert "programme" not in page.context["filter"].form.fields
    CallFactory(programme=ProgrammeFactory(code="another"), slug="there")
    page = client.get("/calls/?programme=another")
    assert [call.slug for call in page.context["calls"].open] == ["there"]


def test_a_calls_page_escapes_what_a_manager_wrote(client, programme):
    call = CallFactory(programme=programme, text=in_three("<script>alert(1)</script>"))
    text = client.get(call.get_absolute_url()).content.decode()
    assert "<script>alert(1)</script>" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text


def test_a_draft_is_seen_by_its_desk_alone(client, programme, manager, auditor, manager_of_another, outsider):
    url = CallFactory(programme=programme, draft=True).get_absolute_url()
    assert client.get(url).status_code == 404
    for user, status in ((manager, 200), (auditor, 200), (manager_of_another, 404), (outsider, 404)):
        client.force_login(user)
        assert client.get(url).status_code == status
    client.force_login(manager)
    assert "Draft: only the programme desk sees this page." in client.get(url).content.decode()


def test_a_draft_without_anything_has_a_page_too(client, programme, manager):
    call = CallFactory(
        programme=programme,
        draft=True,
        opens_at=None,
        closes_at=None,
        budget=None,
        kinds=[],
        kets=[],
        fields=[],
    )
    client.force_login(manager)
    assert client.get(call.get_absolute_url()).status_code == 200


def test_the_programmes_colours_come_as_a_style_sheet(client, programme):
    programme.identity = {"colours": {"brand": {"light": "#0A4A5A", "dark": "#7FD3E0"}}}
    programme.save()
    page = client.get("/programmes/rocket.css")
    assert page["Content-Type"] == "text/css; charset=utf-8"
    assert page.content.decode() == "@layer tokens { :root { --brand: light-dark(#0A4A5A, #7FD3E0); } }\n"
    assert client.get("/programmes/none.css").status_code == 404
