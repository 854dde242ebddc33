from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from calls.enums import CallState
from calls.models import Call
from calls.services import (
    CallContent,
    CallRefused,
    NotComplete,
    amend_call,
    archive_call,
    create_call,
    decide_call,
    edit_call,
    publish_call,
)
from rocket.core.audit import chain_is_whole
from rocket.core.errors import Refused, Stale
from rocket.core.models import AuditEntry
from rocket.core.states import NotPossible
from rocket.core.text import LocalisedText
from tests.factories.calls import NOW, CallFactory, KetFactory, ProgrammeFactory, in_three

pytestmark = pytest.mark.django_db


@pytest.fixture
def content(programme):
    return CallContent(
        title=in_three("Feasibility studies"),
        summary=in_three("Find out."),
        text=in_three("All about it."),
        opens_at=NOW + timedelta(days=1),
        closes_at=NOW + timedelta(days=31),
        budget=Decimal("500000.00"),
        kinds=list(programme.kinds.all()[:1]),
        kets=list(programme.kets.all()),
        fields=list(programme.application_fields.all()),
    )


@pytest.fixture
def draft(programme, manager, content):
    return create_call(programme=programme, content=content, by=manager, now=NOW)


def verbs(call):
    return [entry.verb for entry in AuditEntry.objects.about(call).order_by("sequence")]


def gaps_of(error):
    return [(gap.field, gap.message) for gap in error.value.gaps]


def test_a_new_call_is_a_draft_with_an_address_of_its_title(draft):
    call = Call.objects.get()
    assert (call.state, call.slug, call.version) == (CallState.DRAFT, "feasibility-studies-en", 1)
    assert [ket.code for ket in call.kets.all()] == ["NT", "MS", "ME", "IM", "PH"]
    assert verbs(call) == ["call_created"]
    assert AuditEntry.objects.about(call).get().after["budget"] == "500000.00"


def test_a_second_call_of_that_title_gets_an_address_of_its_own(programme, manager, content, draft):
    second = create_call(programme=programme, content=content, by=manager, now=NOW)
    assert second.slug == "feasibility-studies-en-2"


def test_people_without_a_part_in_running_the_programme_create_nothing(
    programme, content, auditor, manager_of_another, consultant, outsider
):
    for user in (auditor, manager_of_another, consultant, outsider):
        with pytest.raises(Refused):
            create_call(programme=programme, content=content, by=user, now=NOW)
    assert Call.objects.count() == 0


def test_every_mistake_of_a_draft_is_named_with_its_field(programme, manager, content):
    wrong = replace(
        content,
        title=LocalisedText(),
        slug="new",
        opens_at=datetime(2016, 3, 31, 12, tzinfo=UTC),
        closes_at=datetime(2016, 3, 30, 12, tzinfo=UTC),
        grant_cap_sme=Decimal("300000.01"),
        grant_cap_project=Decimal("500000.01"),
        kets=[KetFactory(programme=ProgrammeFactory(code="another"))],
    )
    with pytest.raises(CallRefused) as refused:
        create_call(programme=programme, content=wrong, by=manager, now=NOW)
    assert gaps_of(refused) == [
        ("title_en", "Enter a title in at least one language."),
        ("slug", "The portal needs this address itself."),
        ("closes_on", "The call closes before it opens."),
        ("opens_on", "This is before the programme starts."),
        ("closes_on", "This is before the programme starts."),
        ("grant_cap_sme", "A call may only lower the programme's limit of EUR\u00a0300,000.00."),
        ("grant_cap_project", "This is more than the budget of the call, EUR\u00a0500,000.00."),
        ("kets", "Choose what this programme has."),
    ]


def test_the_programmes_last_day_belongs_to_it(programme, manager, content):
    late = replace(content, closes_at=datetime(2020, 3, 31, 21, 59, tzinfo=UTC))
    assert create_call(programme=programme, content=late, by=manager, now=NOW).pk
    too_late = replace(content, closes_at=datetime(2020, 3, 31, 22, 0, tzinfo=UTC))
    with pytest.raises(CallRefused) as refused:
        create_call(programme=programme, content=too_late, by=manager, now=NOW)
    assert gaps_of(refused) == [("closes_on", "This is after the programme ends.")]


def test_a_cap_equal_to_the_programmes_is_allowed(programme, manager, content):
    assert create_call(
        programme=programme, content=replace(content, grant_cap_sme=Decimal("300000.00")), by=manager, now=NOW
    ).pk


def test_editing_writes_what_changed_and_counts_the_version(draft, content, manager):
    edit_call(
        call=draft,
        content=replace(content, budget=Decimal("600000.00"), kets=content.kets[:2]),
        by=manager,
        now=NOW,
        seen_version=1,
    )
    draft.refresh_from_db()
    entry = AuditEntry.objects.about(draft).order_by("-sequence").first()
    assert (draft.version, draft.budget) == (2, Decimal("600000.00"))
    assert (entry.verb, entry.before) == (
        "call_edited",
        {"budget": "500000.00", "kets": ["IM", "ME", "MS", "NT", "PH"]},
    )
    assert entry.after == {"budget": "600000.00", "kets": ["MS", "NT"]}
    assert chain_is_whole(draft)


def test_the_second_of_two_editors_is_told_and_overwrites_nothing(draft, content, manager):
    second = Call.objects.get(pk=draft.pk)
    edit_call(
        call=draft, content=replace(content, budget=Decimal("1.00")), by=manager, now=NOW, seen_version=1
    )
    with pytest.raises(Stale):
        edit_call(
            call=second,
            content=replace(content, budget=Decimal("2.00"), kets=[]),
            by=manager,
            now=NOW,
            seen_version=1,
        )
    call = Call.objects.get()
    assert (call.budget, call.kets.count()) == (Decimal("1.00"), 5)
    assert verbs(call) == ["call_created", "call_edited"]


def test_publishing_refuses_an_empty_call_with_every_reason(programme, manager):
    call = create_call(
        programme=programme, content=CallContent(title=LocalisedText({"en": "A call"})), by=manager, now=NOW
    )
    with pytest.raises(NotComplete) as refused:
        publish_call(call=call, by=manager, now=NOW, seen_version=1)
    assert [gap.field for gap in refused.value.gaps] == [
        "title_de", "title_nl", "summary_en", "summary_de", "summary_nl", "text_en", "text_de", "text_nl",
        "opens_on", "closes_on", "kinds", "budget", "kets", "fields",
    ]  # fmt: skip
    call.refresh_from_db()
    assert (call.state, verbs(call)) == (CallState.DRAFT, ["call_created"])


def test_a_call_that_would_be_closed_already_is_not_published(draft, manager):
    with pytest.raises(NotComplete) as refused:
        publish_call(call=draft, by=manager, now=draft.closes_at, seen_version=1)
    assert gaps_of(refused) == [("closes_on", "The closing time has passed.")]


def test_a_complete_call_is_published(draft, manager):
    publish_call(call=draft, by=manager, now=NOW, seen_version=1)
    call = Call.objects.get()
    assert (call.state, call.published_at, call.version) == (CallState.PUBLISHED, NOW, 2)
    assert verbs(call) == ["call_created", "call_published"]


def test_publishing_twice_publishes_once(draft, manager):
    publish_call(call=draft, by=manager, now=NOW, seen_version=1)
    with pytest.raises(NotPossible):
        publish_call(call=draft, by=manager, now=NOW, seen_version=2)
    assert verbs(draft) == ["call_created", "call_published"]


def test_a_published_call_is_edited_no_more(manager, content):
    with pytest.raises(Refused):
        edit_call(call=CallFactory(), content=content, by=manager, now=NOW, seen_version=1)


def amend(call, manager, *, now=NOW, **values):
    texts = {"title": call.title, "summary": call.summary, "text": call.text, "closes_at": call.closes_at}
    return amend_call(call=call, **(texts | values), by=manager, now=now, seen_version=call.version)


def test_a_published_deadline_may_become_later_and_never_earlier(manager):
    call = CallFactory()
    later = call.closes_at + timedelta(days=1)
    amend(call, manager, closes_at=later)
    with pytest.raises(CallRefused) as refused:
        amend(call, manager, closes_at=later - timedelta(minutes=1))
    assert gaps_of(refused) == [("closes_on", "A deadline that is published may only become later.")]
    call.refresh_from_db()
    assert (call.closes_at, verbs(call)) == (later, ["call_amended"])


def test_the_day_of_the_decision_is_said_later_and_taken_back(manager):
    call = CallFactory(closed=True)
    amend(call, manager, decision_expected_on=NOW.date() + timedelta(days=30))
    call.refresh_from_db()
    assert call.decision_expected_on == NOW.date() + timedelta(days=30)
    entry = AuditEntry.objects.about(call).get()
    assert (entry.verb, list(entry.after)) == ("call_amended", ["decision_expected_on"])
    amend(call, manager)
    call.refresh_from_db()
    assert call.decision_expected_on is None


def test_a_decision_comes_after_the_day_on_which_the_call_closes(programme, manager, content):
    for day, wrong in (
        (content.closes_at.date(), True),
        (content.closes_at.date() + timedelta(days=1), False),
    ):
        dated = replace(content, decision_expected_on=day)
        if wrong:
            with pytest.raises(CallRefused) as refused:
                create_call(programme=programme, content=dated, by=manager, now=NOW)
            message = "The decision comes after the day on which the call closes."
            assert gaps_of(refused) == [("decision_expected_on", message)]
        else:
            assert (
                create_call(programme=programme, content=dated, by=manager, now=NOW).decision_expected_on
                == day
            )
    call = CallFactory()
    with pytest.raises(CallRefused):
        amend(call, manager, decision_expected_on=call.closes_at.date())


def test_a_deadline_that_has_passed_stays(manager):
    call = CallFactory(closed=True)
    with pytest.raises(CallRefused) as refused:
        amend(call, manager, closes_at=NOW + timedelta(days=5))
    assert gaps_of(refused) == [("closes_on", "The deadline has passed and stays.")]


def test_the_texts_of_a_published_call_stay_complete(manager):
    call = CallFactory()
    with pytest.raises(CallRefused) as refused:
        amend(call, manager, text=LocalisedText({"en": "Only English"}))
    assert gaps_of(refused) == [
        ("text_de", "The text in German is missing."),
        ("text_nl", "The text in Dutch is missing."),
    ]


def test_a_call_is_decided_once_it_has_closed_and_then_archived(manager):
    call = CallFactory()
    with pytest.raises(NotPossible):
        decide_call(call=call, by=manager, now=call.closes_at - timedelta(seconds=1), seen_version=1)
    decide_call(call=call, by=manager, now=call.closes_at, seen_version=1)
    archive_call(call=call, by=manager, now=call.closes_at, seen_version=2)
    call.refresh_from_db()
    assert (call.state, verbs(call)) == (CallState.ARCHIVED, ["call_decided", "call_archived"])


def test_nobody_else_takes_a_call_further(draft, auditor, manager_of_another, consultant, outsider):
    for user in (auditor, manager_of_another, consultant, outsider):
        with pytest.raises(Refused):
            publish_call(call=draft, by=user, now=NOW, seen_version=1)
    draft.refresh_from_db()
    assert draft.state == CallState.DRAFT
