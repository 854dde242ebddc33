"""Questions about a call: asked by whoever is signed in, answered by the desk, published without a name."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from calls.enums import CallPhase, CallState
from calls.models import Call, CallQuestion
from calls.models.question import MAX_ANSWER, MAX_QUESTION
from rocket.accounts.models import User
from rocket.core import audit
from rocket.core.errors import Refused, RocketError, Stale
from rocket.core.outbox import enqueue_mail
from rocket.core.permissions import demand
from rocket.core.text import LANGUAGES, without_controls

MOST_OPEN = 10
"""Questions of one person about one call that wait for an answer."""


def takes_questions(call: Call, now: datetime) -> bool:
    """Published, and not closed yet at that moment."""
    return call.state == CallState.PUBLISHED and call.phase_at(now) is not CallPhase.CLOSED


@transaction.atomic
def ask(*, call: Call, text: str, language: str, by: User, now: datetime) -> CallQuestion:
    """A new question. Raises ``Refused`` once the call has closed, and for a person who has ten waiting already."""
    demand(by, "ask", call)
    if not takes_questions(call, now):
        raise Refused("call_closed", _("The call has closed; it takes no more questions."))
    text = without_controls(text).strip()
    if not text or len(text) > MAX_QUESTION:
        raise RocketError("question_length", _("Enter a question of at most 1,000 characters."))
    if CallQuestion.objects.waiting().filter(call=call, asked_by=by).count() >= MOST_OPEN:
        raise Refused(
            "too_many_questions", _("Ten of your questions wait for an answer. Wait for one of them.")
        )
    return CallQuestion.objects.create(
        call=call,
        text=text,
        language=language if language in LANGUAGES else "en",
        asked_by=by,
        asked_at=now,
    )


@transaction.atomic
def answer(*, question: CallQuestion, text: str, is_public: bool, by: User, now: datetime) -> CallQuestion:
    """Answer once, by mail to the asker and, if ``is_public``, on the call's page.

    Raises ``Refused`` without the right to, and ``Stale`` where somebody has answered already.
    """
    demand(by, "answer", question)
    text = without_controls(text).strip()
    if not text or len(text) > MAX_ANSWER:
        raise RocketError("answer_length", _("Enter an answer of at most 4,000 characters."))
    values = {"answer": text, "is_public": is_public, "answered_by": by, "answered_at": now}
    if not CallQuestion.objects.filter(pk=question.pk, answered_at=None).update(**values):
        raise Stale(_("Somebody has answered this question already. Read their answer."))
    question.refresh_from_db()
    audit.record(
        subject=question,
        verb="question_answered",
        by=by,
        now=now,
        after={"answer": text, "is_public": is_public},
    )
    enqueue_mail(
        template="calls/mail/answered",
        to=[question.asked_by.email],
        language=question.language,
        context={
            "title": question.call.title.in_language(question.language),
            "question": question.text,
            "answer": question.answer,
            "is_public": is_public,
            "url": settings.SITE_URL + reverse("call", args=[question.call.slug]),
        },
        now=now,
        desk_sees_subject=True,
    )
    return question
