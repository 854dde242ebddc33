from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from calls.enums import CallState
from calls.models import Call
from tests.factories.calls import NOW, CallFactory, ProgrammeFactory

pytestmark = pytest.mark.django_db

LIST = "/desk/rocket/calls/"
NEW = "/desk/rocket/calls/new/"


@pytest.fixture(autouse=True)
def the_clock_stands():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def desk(client, programme, manager):
    client.force_login(manager)
    return client


def answers(programme, **values):
    """What the form sends for a complete call."""
    texts = {
        f"{name}_{code}": f"{name.title()} {code}"
        for name in ("title", "summary", "text")
        for code in ("en", "de", "nl")
    }
    times = {
        "opens_on": "2017-11-02",
        "opens_time": "09:00",
        "closes_on": "2017-12-15",
        "closes_time": "17:00",
    }
    choices = {
        "kinds": [kind.pk for kind in programme.kinds.all()],
        "kets": [ket.pk for ket in programme.kets.all()],
        "fields_of_application": [field.pk for field in programme.application_fields.all()],
    }
    return {**texts, **times, **choices, "budget": "1.000.000,00", **values}


def errors_of(page):
    return {name: list(messages) for name, messages in page.context["form"].errors.items()}


def test_strangers_find_no_desk(client, programme, manager_of_another, consultant, outsider):
    call = CallFactory(programme=programme)
    urls = [
        LIST,
        NEW,
        reverse("desk_call", args=["rocket", call.slug]),
        reverse("desk_call_edit", args=["rocket", call.slug]),
    ]
    for url in urls:
        assert client.get(url).status_code == 302
    for user in (manager_of_another, consultant, outsider):
        client.force_login(user)
        assert [client.get(url).status_code for url in urls] == [404, 404, 404, 404]
        assert client.post(reverse("desk_call_step", args=["rocket", call.slug, "decide"])).status_code == 404


def test_an_auditor_reads_and_changes_nothing(client, programme, auditor):
    draft = CallFactory(programme=programme, draft=True)
    client.force_login(auditor)
    assert client.get(LIST).status_code == 200
    assert client.get(reverse("desk_call", args=["rocket", draft.slug])).status_code == 200
    assert client.get(NEW).status_code == 403
    assert client.get(reverse("desk_call_edit", args=["rocket", draft.slug])).status_code == 403
    assert client.post(reverse("desk_call_step", args=["rocket", draft.slug, "publish"])).status_code == 403
    draft.refresh_from_db()
    assert draft.state == CallState.DRAFT


def test_a_manager_creates_previews_and_publishes_a_call(desk, programme):
    page = desk.post(NEW, answers(programme), follow=True)
    call = Call.objects.get()
    assert page.redirect_chain == [(f"/desk/rocket/calls/{call.slug}/", 302)]
    assert (call.slug, call.state, call.budget) == ("title-en", CallState.DRAFT, Decimal("1000000.00"))
    assert call.closes_at.isoformat() == "2017-12-15T16:00:00+00:00"
    assert desk.get(call.get_absolute_url()).status_code == 200
    page = desk.post(
        reverse("desk_call_step", args=["rocket", call.slug, "publish"]),
        {"version": call.version},
        follow=True,
    )
    assert "The call is published." in page.content.decode()
    desk.logout()
    assert "Title en" in desk.get("/calls/").content.decode()


def test_what_was_typed_stays_when_something_is_wrong(desk, programme):
    page = desk.post(
        NEW, answers(programme, closes_on="2017-11-01", budget="a lot", grant_cap_sme="300.000,01")
    )
    assert page.status_code == 422
    assert 'value="a lot"' in page.content.decode()
    assert list(errors_of(page)) == ["budget"]
    page = desk.post(NEW, answers(programme, closes_on="2017-11-01", grant_cap_sme="300.000,01"))
    assert errors_of(page) == {
        "closes_on": ["The call closes before it opens."],
        "grant_cap_sme": ["A call may only lower the programme's limit of EUR\u00a0300,000.00."],
    }
    assert Call.objects.count() == 0


def test_a_time_that_summer_time_leaves_out_is_an_error_at_its_field(desk, programme):
    page = desk.post(NEW, answers(programme, closes_on="2018-03-25", closes_time="02:30"))
    assert errors_of(page) == {
        "closes_time": [
            "There is no 02:30 on 2018-03-25 in Europe/Amsterdam: summer time begins. "
            "Choose an earlier or later time."
        ]
    }


def test_day_and_time_go_together(desk, programme):
    page = desk.post(NEW, answers(programme, closes_time=""))
    assert errors_of(page) == {"closes_time": ["Enter day and time together."]}


def test_a_draft_may_leave_everything_open_but_its_title(desk, programme):
    desk.post(NEW, {"title_en": "Only a title", "opens_time": "09:00", "closes_time": "17:00"})
    call = Call.objects.get()
    assert (str(call), call.opens_at, call.closes_at) == ("Only a title", None, None)


def test_the_parts_of_another_programme_are_no_choice(desk, programme):
    ProgrammeFactory(code="another", whole=True)
    foreign = ProgrammeFactory(code="another").kets.first()
    page = desk.post(NEW, answers(programme, kets=[foreign.pk]))
    assert list(errors_of(page)) == ["kets"]


def test_an_incomplete_call_shows_every_reason_and_no_button(desk, programme):
    call = CallFactory(programme=programme, draft=True, budget=None, kinds=[], closes_at=None)
    url = reverse("desk_call", args=["rocket", call.slug])
    step = reverse("desk_call_step", args=["rocket", call.slug, "publish"])
    page = desk.get(url)
    assert [message for message, _url in page.context["gaps"]] == [
        "The day and time when the call closes are missing.",
        "No kind of project is chosen.",
        "The budget is missing.",
    ]
    assert f'action="{step}"' not in page.content.decode()
    assert desk.post(step, {"version": 1}).status_code == 422
    call.refresh_from_db()
    assert call.state == CallState.DRAFT


def test_every_reason_leads_to_a_field_of_the_form(desk, programme):
    call = CallFactory(
        programme=programme, draft=True, budget=None, kinds=[], kets=[], fields=[], opens_at=None, closes_at=None,
        title={"en": "x"}, summary={}, text={},
    )  # fmt: skip
    gaps = desk.get(reverse("desk_call", args=["rocket", call.slug])).context["gaps"]
    form = desk.get(reverse("desk_call_edit", args=["rocket", call.slug])).content.decode()
    assert len(gaps) == 14
    assert [url for _m, url in gaps if f'id="{url.split("#")[1]}"' not in form] == []


def test_a_stale_form_is_told_and_keeps_its_text(desk, programme):
    call = CallFactory(programme=programme, draft=True)
    url = reverse("desk_call_edit", args=["rocket", call.slug])
    mine = answers(programme, version=1, slug=call.slug, title_en="My title")
    Call.objects.filter(pk=call.pk).update(version=2)
    page = desk.post(url, mine)
    assert page.status_code == 422
    assert "Somebody changed this call in the meantime." in page.content.decode()
    assert 'value="My title"' in page.content.decode()


def test_a_published_call_offers_texts_and_deadline_only(desk, programme):
    call = CallFactory(programme=programme)
    url = reverse("desk_call_edit", args=["rocket", call.slug])
    page = desk.get(url)
    assert ("budget" in page.context["form"].fields, "closes_on" in page.context["form"].fields) == (
        False,
        True,
    )
    sent = answers(programme, version=1, closes_on="2017-12-20", closes_time="17:00", budget="1")
    desk.post(url, sent)
    call.refresh_from_db()
    assert (call.closes_at.isoformat(), call.budget) == ("2017-12-20T16:00:00+00:00", Decimal("1000000.00"))
    page = desk.post(url, answers(programme, version=2, closes_on="2017-12-19"))
    assert errors_of(page) == {"closes_on": ["A deadline that is published may only become later."]}


def test_an_open_call_is_not_decided_from_the_page(desk, programme):
    call = CallFactory(programme=programme)
    step = reverse("desk_call_step", args=["rocket", call.slug, "decide"])
    page = desk.post(step, {"version": 1}, follow=True)
    assert "It can be decided once it has closed." in page.content.decode()
    call.refresh_from_db()
    assert call.state == CallState.PUBLISHED


def test_a_step_that_no_table_knows_is_not_found(desk, programme):
    call = CallFactory(programme=programme)
    assert desk.post(reverse("desk_call_step", args=["rocket", call.slug, "delete"])).status_code == 404


def test_calls_of_another_programme_are_not_on_this_desk(desk, programme):
    foreign = CallFactory(programme=ProgrammeFactory(code="another"))
    assert desk.get(reverse("desk_call", args=["rocket", foreign.slug])).status_code == 404


def test_drafts_come_first(desk, programme):
    CallFactory(programme=programme, slug="older", published_at=NOW - timedelta(days=9))
    CallFactory(programme=programme, slug="newer", published_at=NOW - timedelta(days=1))
    CallFactory(programme=programme, slug="draft", draft=True)
    rows = desk.get(LIST).context["rows"]
    assert [(call.slug, str(state)) for call, state in rows] == [
        ("draft", "draft"),
        ("newer", "open"),
        ("older", "open"),
    ]


def test_one_call_and_three_cost_the_same_queries(desk, programme):
    CallFactory(programme=programme)
    with CaptureQueriesContext(connection) as one:
        desk.get(LIST)
    CallFactory(programme=programme, kinds=programme.kinds.all())
    CallFactory(programme=programme, draft=True)
    with CaptureQueriesContext(connection) as three:
        desk.get(LIST)
    assert len(three) == len(one)
