"""The public page of a programme: what it pays, which calls are open, how it goes, whom it funds."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import strip_tags

from reporting.selectors import programme_figures
from rocket.core.text import LocalisedText
from tests.factories import reporting as make
from tests.factories.calls import ClusterOrganisationFactory, ProgrammeFactory, in_three

pytestmark = pytest.mark.django_db


@pytest.fixture
def arrival(monkeypatch, settings):
    """Sets the moment at which requests arrive; first the day of the figures."""
    settings.HOME_PROGRAMME = ""

    def arrive(at):
        monkeypatch.setattr("rocket.core.middleware.timezone.now", lambda: at)

    arrive(make.AS_OF)
    return arrive


def words(page):
    html = re.sub(r"</(p|li|td|th|h\d|dd|a|b|abbr)>", " ", page.content.decode())
    return re.sub(r"\s+", " ", strip_tags(html))


def queries(client, url="/"):
    with CaptureQueriesContext(connection) as asked:
        assert client.get(url).status_code == 200
    return len(asked)


def test_an_empty_portal_names_the_way_out(client, settings):
    settings.HOME_PROGRAMME = ""
    page = client.get("/")
    assert page.status_code == 200
    assert "manage.py load_programme programmes/rocket.toml" in page.content.decode()


def test_the_page_says_what_the_programme_pays_and_where_it_is(client, arrival):
    ProgrammeFactory(whole=True, notice=in_three("Only a demonstration."))
    shown = words(client.get("/"))
    for text in (
        "Pays 60 %, up to EUR 300,000. (en)",
        "Only a demonstration. (en)",
        "Twente",
        "Borken",
        "Novel-T",
        "Cluster NMWP.NRW",
        "Squares are the 2 regions of the programme.",
    ):
        assert text in shown


@pytest.mark.parametrize("language", ["en", "de", "nl"])
def test_the_page_speaks_the_readers_language(client, arrival, language):
    ProgrammeFactory(whole=True)
    page = client.get("/", headers={"accept-language": language}).content.decode()
    assert f"Build it with someone on the other side. ({language})" in page
    assert f'<html lang="{language}"' in page


def test_the_home_page_is_that_of_the_programme_that_the_settings_name(client, arrival, settings):
    ProgrammeFactory(whole=True)
    ProgrammeFactory(code="another", whole=True, heading=in_three("The other home"))
    assert "The other home" not in client.get("/").content.decode()
    settings.HOME_PROGRAMME = "another"
    assert "The other home" in client.get("/").content.decode()
    settings.HOME_PROGRAMME = "not-loaded"
    assert "The other home" not in client.get("/").content.decode()


# Figures -------------------------------------------------------------------------------------------------------


def test_the_figures_are_those_of_the_report(rocket, client, arrival):
    figures = programme_figures(rocket, make.AS_OF)
    page = client.get("/")
    shown = words(page)
    assert page.context["figures"] == figures
    for text in (
        "3 funded projects Innovation project 2 · Feasibility study 1",
        "5 organisations in projects Netherlands 2 · Germany 3",
        "1,373,333.33 EUR overall budget",
        "60 % funding rate",
        "5 products are expected, the target is 40. 1 is on the market.",
        "1 launched 1 being tested 3 promised 35 still open",
        "As at 31 October 2017, 18:00 (Europe/Amsterdam), counted anew every minute",
    ):
        assert text in shown
    assert (figures.projects, figures.organisations, str(figures.budget)) == (3, 5, "1373333.33")


def test_products_above_the_target_are_named(client, arrival):
    make.project(make.call(make.programme(product_target=2)), products=5)
    shown = words(client.get("/"))
    assert "5 products are expected, the target is 2." in shown
    assert "3 above" in shown
    assert "still open" not in shown


def test_a_programme_that_funds_nothing_yet_tells_what_it_pays_and_shows_no_zero(client, arrival):
    programme = make.programme()
    make.proposal(make.call(programme))
    page = client.get("/")
    shown = words(page)
    assert "What the programme pays" in shown
    assert "Projects, organisations and products stand here with the first approved proposal." in shown
    for text in ("Where the programme stands", "Funded projects across", "pipeline", "0 funded", "0.00"):
        assert text not in shown
    assert "pipeline" not in page.content.decode()
    assert not re.search(r">\s*0\s*<", page.content.decode().partition('id="main"')[2])


def test_a_decision_is_counted_when_the_next_minute_begins(client, arrival):
    programme = make.programme()
    call = make.call(programme)
    make.project(call)
    minute = make.AS_OF.replace(minute=5, second=0)
    arrival(minute + timedelta(seconds=10))
    assert client.get("/").context["figures"].projects == 1
    make.project(call, at=minute + timedelta(seconds=20))
    arrival(minute + timedelta(seconds=59))
    within = client.get("/")
    assert (within.context["figures"].projects, within.context["figures"].as_of) == (1, minute)
    arrival(minute + timedelta(seconds=60))
    after = client.get("/")
    assert after.context["figures"].projects == 2
    assert after.context["figures"] == programme_figures(programme, minute + timedelta(minutes=1))


def test_figures_of_one_programme_are_not_shown_for_another(rocket, client, arrival):
    make.programme("other")
    assert client.get("/").context["figures"].projects == 3
    assert client.get(reverse("programme", args=["other"])).context["figures"].is_empty


def test_the_page_is_there_without_redis(rocket, client, arrival, settings):
    away = {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": "redis://127.0.0.1:1/0",
    }
    with override_settings(CACHES={**settings.CACHES, "default": away}):
        assert "3 funded projects" in words(client.get("/"))


FIRST, AGAIN = 17, 4
"""Queries of the first reader of a minute, and of everybody after: the figures are what differs."""


@pytest.mark.parametrize("number", [1, 30])
def test_the_page_asks_the_same_however_much_is_funded(client, arrival, number):
    programme = make.programme(loaded_at=make.START, source_sha256="1")
    ClusterOrganisationFactory(programme=programme, country=programme.countries.get(code="NL"))
    call = make.call(programme)
    for place in range(number):
        abroad = make.organisation(country="BE", region=None)
        partners = [make.organisation(), make.organisation(country="NL", region=make.TWENTE), abroad]
        make.project(call, partners=partners if place % 2 else partners[::-1], products=2)
        make.call(programme, opens_at=make.AS_OF, closes_at=make.AS_OF + timedelta(days=1 + place))
    queries(client)  # from now on the process knows the parts of programme and calls
    arrival(make.AS_OF + timedelta(minutes=1))
    assert (queries(client), queries(client)) == (FIRST, AGAIN)


# The map, and its table ------------------------------------------------------------------------------------------


def test_each_arc_of_the_map_has_its_row_in_the_table(rocket, client, arrival):
    page = client.get("/")
    html = page.content.decode()
    assert html.count('class="tiles__arc"') == 3
    assert [
        (way.project.title, way.start_country.code, way.start.name, way.end_country.code, way.end.name)
        for way in page.context["ways"]
    ] == [
        ("SuperSurf", "DE", "Borken", "NL", "Twente"),
        ("SAIL PRO", "NL", "Twente", "DE", "Münster, Kreisfreie Stadt"),
        ("ColdBond", "NL", "Achterhoek", "DE", "Borken"),
    ]
    assert "The 3 arcs are funded projects, each from its lead partner’s region" in words(page)
    table = html.partition("Read it as a table")[2].partition("</table>")[0]
    assert table.count("<tr>") == 4


def test_a_project_that_the_map_cannot_draw_has_neither_arc_nor_row(client, arrival):
    make.project(make.call(make.programme()), partners=[make.organisation(region=None)])
    page = client.get("/")
    assert (page.context["ways"], len(page.context["latest"])) == ([], 1)
    assert "tiles__arc" not in page.content.decode()
    assert "Read it as a table" not in page.content.decode()
    assert "Read them as a list" in page.content.decode()


def test_the_projects_funded_last_are_named_and_lead_to_all(client, arrival):
    call = make.call(make.programme())
    made = [
        make.project(call, f"Number {place}", at=make.DECIDED + timedelta(days=place)) for place in range(7)
    ]
    page = client.get("/")
    assert [row.project.title for row in page.context["latest"]] == [
        f"Number {place}" for place in (6, 5, 4, 3, 2)
    ]
    html = page.content.decode()
    assert f'href="{made[6].get_absolute_url()}"' in html
    assert re.search(r'href="/projects/">All 7 projects</a>', html)


# Calls -----------------------------------------------------------------------------------------------------------


def test_open_calls_stand_on_the_page_and_drafts_never(client, arrival):
    programme = make.programme()
    later = {"opens_at": make.AS_OF + timedelta(days=2), "closes_at": make.AS_OF + timedelta(days=9)}
    make.call(programme, title=LocalisedText("A draft"), state="draft", **later)
    make.call(programme, title=LocalisedText("A planned one"), **later)
    planned = words(client.get("/"))
    assert "No call is open now" in planned
    assert "A planned one" in planned
    make.call(programme, title=LocalisedText("An open one"), closes_at=make.AS_OF + timedelta(days=1))
    shown = words(client.get("/"))
    assert ("An open one" in shown, "A planned one" in shown, "A draft" in shown) == (True, False, False)


# Several programmes ----------------------------------------------------------------------------------------------


def test_every_programme_has_its_page(rocket, client, arrival):
    make.programme("other", heading=in_three("Another heading"), name=in_three("The other programme"))
    home = client.get("/").content.decode()
    url = reverse("programme", args=["other"])
    assert f'href="{url}"' in home
    assert f'href="{reverse("projects")}?programme=rocket"' in home
    page = client.get(url).content.decode()
    assert "Another heading (en)" in page
    assert '<span class="brand__name">OTHER</span>' in page
    assert "The other programme (en) is co-funded by the European Union" in page


def test_the_home_programme_has_one_address(rocket, client, arrival):
    answer = client.get(reverse("programme", args=["rocket"]))
    assert (answer.status_code, answer.url) == (302, "/")
    assert client.get(reverse("programme", args=["none"])).status_code == 404


def test_one_programme_alone_names_no_other_and_narrows_nothing(rocket, client, arrival):
    html = client.get("/").content.decode()
    assert "on this portal" not in html
    assert "?programme=" not in html


# Footer ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_demo", [True, False])
def test_the_developers_page_is_offered_in_a_demonstration_and_never_in_the_footer(
    rocket, client, arrival, settings, is_demo
):
    settings.DEMO = is_demo
    page, _footer, footer = client.get("/").content.decode().partition('<footer class="foot">')
    gallery = f'href="{reverse("gallery")}"'
    assert (gallery in page, gallery in footer) == (is_demo, False)
