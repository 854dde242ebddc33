"""What does not work: kept, and mailed to the operator."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from rocket.core.errors import Refused
from rocket.core.models import Feedback
from rocket.core.outbox import enqueue_mail

MOST_AN_HOUR = 60
"""More than this is no person: the form is open to everybody."""


@transaction.atomic
def give_feedback(*, text: str, page: str, email: str, language: str, now: datetime) -> Feedback:
    """Keep it and mail it to the operator. Raises ``Refused`` where sixty came within the hour."""
    if Feedback.objects.filter(given_at__gt=now - timedelta(hours=1)).count() >= MOST_AN_HOUR:
        message = _("Too many messages came within the hour. Write to %(email)s.")
        raise Refused("too_much_feedback", message % {"email": settings.OPERATOR_EMAIL})
    found = Feedback.objects.create(text=text, page=page, email=email, language=language, given_at=now)
    if settings.OPERATOR_EMAIL:
        enqueue_mail(
            template="core/mail/feedback",
            to=[settings.OPERATOR_EMAIL],
            language=settings.LANGUAGE_CODE,
            context={"text": text, "page": page, "email": email},
            now=now,
            desk_sees_subject=True,
        )
    return found
