"""Questions about a call and their answers."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from calls.models import CallQuestion
from calls.services import questions
from rocket.core.desk import waiting_for
from rocket.core.errors import Refused, Stale
from rocket.core.models import OutboxMessage
from tests.factories.calls import NOW, CallFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def call(programme):
    return CallFactory(programme=programme)


def asked(call, by, text="May two firms share a laboratory?", language="de", now=NOW):
    return questions.ask(call=call, text=text, language=language, by=by, now=now)


@pytest.mark.parametrize(("seconds", "is_taken"), [(-1, True), (0, False), (1, False)])
def test_questions_are_taken_until_the_closing_second(call, outsider, seconds, is_taken):
    now = call.closes_at + timedelta(seconds=seconds)
    if is_taken:
        asked(call, outsider, now=now)
    else:
        with pytest.raises(Refused):
            asked(call, outsider, now=now)
    assert CallQuestion.objects.count() == int(is_taken)


def test_a_draft_takes_none(programme, manager):
    with pytest.raises(Refused):
        asked(CallFactory(programme=programme, draft=True), manager)


def test_ten_questions_of_one_person_wait_at_most(call, outsider, consultant):
    for _number in range(10):
        asked(call, outsider)
    with pytest.raises(Refused):
        asked(call, outsider)
    asked(call, consultant)


def test_the_answer_goes_to_the_asker_in_the_language_of_the_question(call, outsider, manager):
    question = asked(call, outsider, language="nl", text="Mag dit? <b>")
    questions.answer(question=question, text="Ja.", is_public=True, by=manager, now=NOW)
    mail = OutboxMessage.objects.get()
    assert (mail.to, mail.language) == (outsider.email, "nl")
    assert ("Mag dit? <b>" in mail.text, "Ja." in mail.text, call.get_absolute_url() in mail.text) == (
        True,
    ) * 3
    assert "Mag dit? &lt;b&gt;" in mail.html
    assert manager.name not in mail.text


def test_a_question_is_answered_once(call, outsider, manager):
    question = asked(call, outsider)
    same = CallQuestion.objects.get()
    questions.answer(question=question, text="Yes.", is_public=True, by=manager, now=NOW)
    with pytest.raises(Stale):
        questions.answer(question=same, text="No.", is_public=True, by=manager, now=NOW)
    assert (CallQuestion.objects.get().answer, OutboxMessage.objects.count()) == ("Yes.", 1)


def test_only_managers_of_the_programme_answer(call, outsider, auditor, manager_of_another):
    question = asked(call, outsider)
    for user in (outsider, auditor, manager_of_another):
        with pytest.raises(Refused):
            questions.answer(question=question, text="Yes.", is_public=True, by=user, now=NOW)


def test_waiting_questions_are_what_waits_for_the_manager(call, outsider, manager, auditor):
    asked(call, outsider)
    asked(call, outsider)
    waiting = [(str(one.title), one.url) for one in waiting_for(manager)]
    assert ("Answer 2 questions about calls", "/desk/rocket/questions/") in waiting
    assert [one.url for one in waiting_for(auditor) if "questions" in one.url] == []


# Pages ----------------------------------------------------------------------------------------------------


@pytest.fixture
def at_now():
    with time_machine.travel(NOW, tick=False):
        yield


def test_from_the_question_to_the_answer_on_the_calls_page(call, client, outsider, manager, at_now):
    page = call.get_absolute_url()
    ask_url = reverse("ask_call", args=[call.slug])
    assert f'href="{ask_url}"' in client.get(page).content.decode()
    assert client.get(ask_url)["Location"].startswith("/account/login/")

    outsider.language = "de"  # a question is kept in the language of the account that asks it
    outsider.save(update_fields=["language"])
    client.force_login(outsider)
    answer = client.post(ask_url, {"text": "Darf das sein?\x00"})
    assert answer["Location"] == page
    question = CallQuestion.objects.get()
    assert (question.text, question.language, question.asked_by) == ("Darf das sein?", "de", outsider)
    assert "Darf das sein?" not in client.get(page).content.decode()

    client.force_login(manager)
    desk = client.get("/desk/rocket/questions/").content.decode()
    assert ("Darf das sein?" in desk, outsider.name in desk, outsider.email in desk) == (True, False, False)
    url = reverse("answer_question", args=["rocket", question.pk])
    assert client.post(url, {"text": " ", "is_public": "on"}).status_code == 422
    assert client.post(url, {"text": "Ja, <i>gern</i>.", "is_public": "on"}).status_code == 302

    client.logout()
    text = client.get(page).content.decode()
    assert '<article class="stack-small prose" lang="de"><h3>Darf das sein?</h3>' in text
    assert "Ja, &lt;i&gt;gern&lt;/i&gt;." in text
    assert (outsider.name in text, manager.name in text) == (False, False)


def test_an_answer_by_mail_only_is_not_published(call, client, outsider, manager, at_now):
    question = asked(call, outsider)
    client.force_login(manager)
    client.post(reverse("answer_question", args=["rocket", question.pk]), {"text": "For you alone."})
    assert "For you alone." not in client.get(call.get_absolute_url()).content.decode()
    assert "For you alone." in OutboxMessage.objects.get().text


def test_a_closed_call_says_that_it_takes_no_questions(programme, client, outsider, at_now):
    call = CallFactory(programme=programme, closed=True)
    client.force_login(outsider)
    page = client.post(reverse("ask_call", args=[call.slug]), {"text": "Too late?"})
    assert (page.status_code, CallQuestion.objects.count()) == (403, 0)
    assert "it takes no more questions" in page.content.decode()


def test_a_question_of_a_thousand_characters_is_the_longest(call, client, outsider, at_now):
    client.force_login(outsider)
    url = reverse("ask_call", args=[call.slug])
    assert client.post(url, {"text": "x" * 200_000}).status_code == 422
    assert client.post(url, {"text": "x" * 1000}).status_code == 302
    assert CallQuestion.objects.count() == 1


def test_thirty_questions_cost_the_queries_of_one(call, client, outsider, manager, consultant, at_now):
    def count(url):
        client.get(url)
        with CaptureQueriesContext(connection) as found:
            client.get(url)
        return len(found)

    def fill(number):
        for _number in range(number):
            CallQuestion.objects.create(
                call=call,
                text="?",
                language="en",
                asked_by=outsider,
                asked_at=NOW,
                answer="!",
                answered_at=NOW,
            )
            CallQuestion.objects.create(call=call, text="?", language="en", asked_by=consultant, asked_at=NOW)

    client.force_login(manager)
    fill(1)
    urls = (call.get_absolute_url(), "/desk/rocket/questions/", reverse("my_work"))
    one = [count(url) for url in urls]
    fill(29)
    assert [count(url) for url in urls] == one
