"""Projects and products on the desk, and figures of an earlier day."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from reporting.enums import ProjectState, Stage
from reporting.models import Product, Project
from tests.factories import reporting as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(rocket, client):
    client.force_login(make.person(manager="rocket"), backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def auditor(rocket, client):
    client.force_login(make.person(auditor="rocket"), backend="django.contrib.auth.backends.ModelBackend")
    return client


def page(client, name, *args, **query):
    return client.get(reverse(name, args=["rocket", *args]), query).content.decode()


def test_the_overview_shows_an_earlier_day(rocket, manager):
    now = page(manager, "desk")
    before = page(manager, "desk", as_of="2016-04-01")
    assert "1,373,333" in now.replace('<span class="money__cents">', "")
    assert "Nothing is funded yet" in before
    assert "Back to now" in before


def test_a_day_of_the_future_shows_an_error_and_the_figures_of_now(rocket, manager):
    shown = page(manager, "desk", as_of="2999-01-01")
    assert "Choose a day that has come" in shown
    assert "funded projects" in shown


def test_figures_files_follow_the_day(rocket, manager):
    answer = manager.get(reverse("figures_file", args=["rocket", "json"]), {"as_of": "2016-01-01"})
    assert answer.json()["projects"] == 0
    wrong = manager.get(reverse("figures_file", args=["rocket", "json"]), {"as_of": "2999-01-01"})
    assert wrong.status_code == 400


def test_projects_are_narrowed(rocket, manager):
    everything = page(manager, "desk_projects")
    running = page(manager, "desk_projects", state="running")
    assert "3 of 3 shown" in everything
    assert "No project fits this choice" in running


def test_a_project_starts_and_its_history_says_so(rocket, manager):
    project = Project.objects.of(rocket).first()
    shown = page(manager, "desk_project", project.number)
    assert "Grant agreement signed: the project runs" in shown
    manager.post(reverse("move_project", args=["rocket", project.number, "start"]))
    project.refresh_from_db()
    assert project.state == ProjectState.RUNNING
    assert "<strong>Running</strong>" in page(manager, "desk_project", project.number)


def test_terminating_asks_for_the_reason_and_keeps_it(rocket, manager):
    project = Project.objects.of(rocket).first()
    url = reverse("move_project", args=["rocket", project.number, "terminate"])
    assert manager.post(url, {"reason": " "}).status_code == 422
    manager.post(url, {"reason": "The lead partner is insolvent."})
    project.refresh_from_db()
    assert project.state == ProjectState.TERMINATED
    assert "The lead partner is insolvent." in page(manager, "desk_project", project.number)


def test_on_the_market_needs_first_sale_and_evidence(rocket, manager):
    product = Product.objects.filter(stage=Stage.PLANNED).first()
    url = reverse("product_stage", args=["rocket", product.pk])
    refused = manager.post(url, {"stage": "on_market", "evidence": "Invoice 7"})
    assert refused.status_code == 422
    assert "Give the date of the first sale and its evidence." in refused.content.decode()
    manager.post(url, {"stage": "on_market", "evidence": "Invoice 7", "first_sold_on": "2018-02-01"})
    product.refresh_from_db()
    assert product.stage == Stage.ON_MARKET


def test_a_stage_that_no_way_leads_to_is_not_offered(rocket, manager):
    product = Product.objects.filter(stage=Stage.ON_MARKET).first()
    url = reverse("product_stage", args=["rocket", product.pk])
    assert manager.post(url, {"stage": "planned"}).status_code == 422
    product.refresh_from_db()
    assert product.stage == Stage.ON_MARKET


def test_an_auditor_reads_and_finds_no_buttons(rocket, auditor):
    project = Project.objects.of(rocket).first()
    shown = page(auditor, "desk_project", project.number)
    assert project.title in shown
    assert "Next step" not in shown
    assert "Record a stage" not in shown


@pytest.mark.parametrize("name", ["desk_projects", "desk_products"])
def test_lists_do_not_grow_with_their_rows(rocket, manager, name, django_assert_num_queries):
    call = make.call(rocket, "call-8")
    make.project(call, products=2)
    with CaptureQueriesContext(connection) as with_one:
        assert page(manager, name)
    for _ in range(12):
        make.project(call, products=2)
    with django_assert_num_queries(len(with_one)):
        assert page(manager, name)


def test_somebody_with_two_programmes_finds_the_other_one(rocket, client):
    from rocket.accounts.models import RoleGrant
    from rocket.accounts.roles import Role

    make.programme("other")
    person = make.person(manager="rocket")
    RoleGrant.objects.create(
        user=person, role=Role.MANAGER, programme_code="other", granted_at=make.START, granted_by=person
    )
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    assert reverse("desk", args=["other"]) in page(client, "desk")
