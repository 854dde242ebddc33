"""The public list of funded projects, and the page of one."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import strip_tags

from consortia.enums import PartnerRole, PartnerState
from consortia.models import Partner
from feasibility.enums import ProposalState
from reporting.enums import Stage
from reporting.models import Product, Project
from reporting.selectors import programme_figures
from reporting.services import set_product_stage
from tests.factories import reporting as make

pytestmark = pytest.mark.django_db
URL = "/projects/"
LIST, ONE = 15, 7
"""Queries of the list and of the page of a project, whatever they show."""


@pytest.fixture(autouse=True)
def the_clock_stands(monkeypatch, settings):
    settings.HOME_PROGRAMME = ""
    monkeypatch.setattr("rocket.core.middleware.timezone.now", lambda: make.AS_OF)


def words(page):
    html = re.sub(r"</(p|li|td|th|h\d|dd|dt|a|b|abbr|span|option)>", " ", page.content.decode())
    return re.sub(r"\s+", " ", strip_tags(html))


def titles(page):
    return [project.title for project in page.context["page_obj"]]


def queries(client, url):
    with CaptureQueriesContext(connection) as asked:
        assert client.get(url).status_code == 200
    return len(asked)


# The list --------------------------------------------------------------------------------------------------------


def test_everybody_reads_what_is_funded(rocket, client):
    assert titles(client.get(URL)) == ["ColdBond", "SAIL PRO", "SuperSurf"]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("ket=PH", ["SAIL PRO"]),
        ("field=health", ["ColdBond", "SAIL PRO", "SuperSurf"]),
        ("field=energy", ["SAIL PRO"]),
        ("country=DE", ["SuperSurf"]),
        ("country=NL", ["ColdBond", "SAIL PRO"]),
        ("kind=feasibility_study", ["ColdBond"]),
        ("kind=innovation_project&country=NL", ["SAIL PRO"]),
        ("call=rocket-call-1", ["SuperSurf"]),
        ("ket=nonsense", ["ColdBond", "SAIL PRO", "SuperSurf"]),
        ("ket=MS&country=DE", []),
    ],
)
def test_the_list_is_narrowed(rocket, client, asked, expected):
    page = client.get(f"{URL}?{asked}")
    assert (titles(page), page.context["shown"], page.context["total"]) == (expected, len(expected), 3)
    assert ("No project fits this choice" in words(page)) == (not expected)


def test_only_what_some_project_has_can_be_chosen(rocket, client):
    form = client.get(URL).context["filter"].form
    choices = {
        name: [str(value) for value, _label in field.choices if value] for name, field in form.fields.items()
    }
    assert choices == {
        "call": ["rocket-call-0", "rocket-call-2", "rocket-call-1"],
        "kind": ["feasibility_study", "innovation_project"],
        "ket": ["MS", "NT", "PH"],
        "field": ["energy", "health"],
        "country": ["DE", "NL"],
    }


def test_the_programme_is_asked_for_where_several_fund_projects(rocket, client):
    other = make.programme("other")
    assert "programme" not in client.get(URL).context["filter"].form.fields
    make.project(make.call(other), "Elsewhere")
    assert titles(client.get(f"{URL}?programme=other")) == ["Elsewhere"]
    assert len(titles(client.get(f"{URL}?programme=rocket"))) == 3
    assert len(titles(client.get(URL))) == 4


@pytest.mark.parametrize(
    ("sort", "expected", "heads"),
    [
        ("title", ["ColdBond", "SAIL PRO", "SuperSurf"], {"title": "ascending"}),
        ("-title", ["SuperSurf", "SAIL PRO", "ColdBond"], {"title": "descending"}),
        ("budget", ["ColdBond", "SAIL PRO", "SuperSurf"], {"budget": "ascending"}),
        ("-budget", ["SuperSurf", "SAIL PRO", "ColdBond"], {"budget": "descending"}),
        ("decided", ["SuperSurf", "SAIL PRO", "ColdBond"], {"decided": "ascending"}),
        ("--budget", ["ColdBond", "SAIL PRO", "SuperSurf"], {"decided": "descending"}),
        ("password", ["ColdBond", "SAIL PRO", "SuperSurf"], {"decided": "descending"}),
    ],
)
def test_the_list_is_sorted(rocket, client, sort, expected, heads):
    page = client.get(URL, {"sort": sort})
    assert titles(page) == expected
    assert {name: link.sorted for name, link in page.context["sort"].items() if link.sorted} == heads


def test_heads_of_columns_keep_the_choice_and_turn_the_order_round(rocket, client):
    sort = client.get(URL, {"ket": "PH", "sort": "-budget", "page": "1"}).context["sort"]
    assert sort["budget"].url == "?ket=PH&sort=budget"
    assert sort["title"].url == "?ket=PH&sort=title"


def test_each_choice_can_be_taken_away_again(rocket, client):
    page = client.get(URL, {"ket": "PH", "country": "NL", "sort": "title", "page": "1"})
    assert [(pill.text, pill.url) for pill in page.context["pills"]] == [
        ("Technology: Photonics", f"{URL}?country=NL&sort=title"),
        ("Lead partner from: Netherlands", f"{URL}?ket=PH&sort=title"),
    ]
    assert page.context["clear_url"] == f"{URL}?sort=title"


def test_budgets_of_the_list_add_up_to_the_figure(rocket, client):
    page = client.get(URL)
    assert (
        sum(project.budget for project in page.context["page_obj"])
        == programme_figures(rocket, make.AS_OF).budget
    )


def test_a_page_holds_25_and_keeps_what_was_chosen(client):
    call = make.call(make.programme())
    for place in range(26):
        make.project(call, f"Number {place:02d}", at=make.DECIDED + timedelta(hours=place))
    first, second = client.get(URL), client.get(URL, {"page": "2", "ket": "NT"})
    assert (len(titles(first)), titles(second)) == (25, ["Number 00"])
    assert "?page=1&amp;ket=NT" in second.content.decode()


def test_a_portal_without_projects_says_so(db, client):
    page = client.get(URL)
    assert "No project is funded yet" in words(page)
    assert "<form" not in page.content.decode().partition('id="main"')[2]


def test_a_project_given_back_is_not_there(rocket, client):
    project = Project.objects.get(title="SuperSurf")
    project.proposal.state = ProposalState.WITHDRAWN
    project.proposal.save()
    assert client.get(project.get_absolute_url()).status_code == 404
    assert titles(client.get(URL)) == ["ColdBond", "SAIL PRO"]


@pytest.mark.parametrize("number", [1, 30])
def test_the_list_has_a_fixed_number_of_queries(client, number):
    call = make.call(make.programme())
    for _ in range(number):
        make.project(call)
    assert queries(client, URL) == LIST


# One project -----------------------------------------------------------------------------------------------------


@pytest.fixture
def surf(rocket):
    return Project.objects.get(title="SuperSurf")


def test_a_project_shows_what_a_visitor_wants(surf, client):
    proposal = surf.proposal
    proposal.starts_on, proposal.months = make.DECIDED.date().replace(day=1, month=5), 30
    proposal.save()
    shown = words(client.get(surf.get_absolute_url()))
    for text in (
        "SuperSurf",
        f"Innovation project · {surf.number}",
        "Lichtwerk Borken GmbH Lead partner · Small or medium-sized enterprise",
        "Koppelvlak Energie B.V. Project partner · Small or medium-sized enterprise",
        "Nanotechnology",
        "Health",
        "EUR 1,234,567.89",
        "Grant of the programme 740,740.73",
        "Partners and other sources 493,827.16",
        "1 May 2017 to 31 October 2019",
        "30 months",
        "The 3 products",
        "From Borken to Twente",
        "Call 1",
        "Programme rocket",
    ):
        assert text in shown


def test_products_come_by_how_far_they_are(surf, client):
    tested = surf.products.get(stage=Stage.IN_DEVELOPMENT)
    set_product_stage(product=tested, stage=Stage.STOPPED, by=make.person(manager="rocket"), now=make.AS_OF)
    page = client.get(surf.get_absolute_url())
    assert [product.stage_now for product in page.context["page"].products] == [
        Stage.ON_MARKET,
        Stage.PLANNED,
        Stage.STOPPED,
    ]
    assert words(page).count("expected 2019") == 1


def test_nothing_private_stands_on_the_page(surf, client):
    product = Product.objects.get(stage=Stage.ON_MARKET)
    page = client.get(surf.get_absolute_url()).content.decode()
    people = [surf.proposal.created_by, surf.decision.decided_by]
    for hidden in (
        surf.decision.reason,
        product.evidence,
        "Small enterprise",
        *(person.email for person in people),
        *(person.name for person in people),
    ):
        assert hidden not in page
    assert "@" not in strip_tags(page)


@pytest.mark.parametrize(
    ("role", "state"),
    [
        (PartnerRole.ASSOCIATED, PartnerState.CONFIRMED),
        (PartnerRole.PROJECT, PartnerState.INVITED),
        (PartnerRole.PROJECT, PartnerState.DECLINED),
        (PartnerRole.PROJECT, PartnerState.WITHDRAWN),
    ],
)
def test_who_is_no_confirmed_partner_is_not_named(surf, client, role, state):
    Partner.objects.create(
        consortium=surf.proposal.consortium,
        organisation=make.organisation("Unbeteiligt GmbH"),
        role=role,
        state=state,
        confirmed_at=make.START,
        added_at=make.START,
    )
    assert "Unbeteiligt GmbH" not in client.get(surf.get_absolute_url()).content.decode()


def test_the_map_draws_an_arc_to_each_region_across_the_border(client):
    partners = [
        make.organisation(region=make.MUENSTER),
        make.organisation(country="NL", region=make.TWENTE),
        make.organisation(country="NL", region=make.TWENTE),
        make.organisation(country="NL", region=make.ACHTERHOEK),
        make.organisation(region=make.BORKEN),
        make.organisation(country="BE", region=None),
    ]
    project = make.project(make.call(make.programme()), partners=partners)
    page = client.get(project.get_absolute_url())
    assert page.context["page"].arcs == [((4, 1), (2, 0)), ((4, 1), (2, 1))]
    assert page.context["map_in_words"] == "From Münster, Kreisfreie Stadt to Twente, Achterhoek"
    assert page.content.decode().count('class="tiles__arc"') == 2


def test_a_project_that_the_map_cannot_draw_has_none(client):
    project = make.project(make.call(make.programme()), partners=[make.organisation(region=None)])
    assert "tiles__map" not in client.get(project.get_absolute_url()).content.decode()


@pytest.mark.parametrize("number", [2, 20])
def test_the_page_of_a_project_has_a_fixed_number_of_queries(client, number):
    partners = [make.organisation(country="NL", region=make.TWENTE) for _ in range(number)]
    project = make.project(make.call(make.programme()), partners=partners, products=number)
    assert queries(client, reverse("project", args=[project.number])) == ONE
