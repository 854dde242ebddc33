from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from calls import registry
from calls.enums import CallState
from tests.factories.calls import NOW, CallFactory, ProgrammeFactory, in_three

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def the_clock_stands(settings):
    """Every page is asked for at ``NOW``, on a portal that names no home programme."""
    settings.HOME_PROGRAMME = ""
    with time_machine.travel(NOW, tick=False):
        yield


def test_home_shows_what_the_programme_pays_and_its_open_calls(client, programme):
    CallFactory(programme=programme, title=in_three("Open one"))
    CallFactory(programme=programme, title=in_three("Planned one"), planned=True)
    CallFactory(programme=programme, title=in_three("A draft"), draft=True)
    page = client.get("/")
    text = page.content.decode()
    assert page.status_code == 200
    assert "Pays 60\u00a0%, up to EUR\u00a0300,000. (en)" in text
    assert ("Open one" in text, "Planned one" in text, "A draft" in text) == (True, False, False)
    assert "Twente" in text
    assert "Novel-T" in text


def test_home_of_a_portal_without_a_programme_names_the_way_out(client):
    page = client.get("/")
    assert page.status_code == 200
    assert "manage.py load_programme programmes/rocket.toml" in page.content.decode()


def test_home_is_that_of_the_programme_that_the_settings_name(client, programme, settings):
    ProgrammeFactory(code="another", whole=True, heading=in_three("The other home"))
    assert "The other home" not in client.get("/").content.decode()
    settings.HOME_PROGRAMME = "another"
    assert "The other home" in client.get("/").content.decode()
    settings.HOME_PROGRAMME = "not-loaded"
    assert "The other home" not in client.get("/").content.decode()


def test_home_says_that_no_call_is_open(client, programme):
    assert "No call is open now" in client.get("/").content.decode()


def test_home_warns_that_a_programme_is_a_demonstration(client):
    ProgrammeFactory(whole=True, notice=in_three("Only a demonstration."))
    assert "Only a demonstration. (en)" in client.get("/").content.decode()


@pytest.mark.parametrize("language", ["en", "de", "nl"])
def test_pages_speak_the_readers_language(client, programme, language):
    call = CallFactory(programme=programme, title=in_three("A call"))
    for url in ("/", "/calls/", call.get_absolute_url()):
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


@pytest.mark.parametrize("url", ["/", "/calls/"])
def test_one_call_and_three_cost_the_same_queries(client, programme, django_assert_num_queries, url):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    CallFactory(programme=programme, kinds=programme.kinds.all(), kets=programme.kets.all())
    with CaptureQueriesContext(connection) as one:
        client.get(url)
    CallFactory(programme=programme, kinds=programme.kinds.all(), kets=programme.kets.all())
    CallFactory(programme=programme, planned=True)
    CallFactory(programme=ProgrammeFactory(code="another"), closed=True)
    with django_assert_num_queries(len(one)):
        client.get(url)


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
