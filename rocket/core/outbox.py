"""Mail that follows a commit: written with the change, handed over after it, never twice."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from email.utils import parseaddr
from smtplib import SMTPNotSupportedError, SMTPRecipientsRefused, SMTPResponseException
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation

from rocket.core.background import ask_broker
from rocket.core.context import portal_name
from rocket.core.models.outbox import OutboxMessage, OutboxState

logger = logging.getLogger(__name__)

RETRY_AFTER = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=3),
    timedelta(hours=12),
)
REFUSED = (SMTPResponseException, SMTPRecipientsRefused, SMTPNotSupportedError)
"""The server answered, and the answer was no."""


def enqueue_mail(
    *, template: str, to: Iterable[str], language: str, context: Mapping[str, Any], now: datetime
) -> list[OutboxMessage]:
    """Write one mail for each address from ``template`` (``.subject.txt``, ``.txt``, ``.html``) in ``language``.

    The row is part of the running transaction; the hand-over starts after its commit.
    """
    with translation.override(language):
        values = {
            "programme_name": portal_name(),
            **context,
            "site_url": settings.SITE_URL,
            "language": language,
        }
        subject = " ".join(render_to_string(f"{template}.subject.txt", values).split())
        text = render_to_string(f"{template}.txt", values).strip() + "\n"
        html = render_to_string(f"{template}.html", values)
    return enqueue_rendered(to=to, subject=subject, text=text, html=html, language=language, now=now)


def enqueue_rendered(
    *, to: Iterable[str], subject: str, text: str, html: str, language: str, now: datetime
) -> list[OutboxMessage]:
    """Write mails whose words are made already (allauth makes its own)."""
    messages = [
        OutboxMessage.objects.create(
            to=address,
            subject=subject[:300],
            text=text,
            html=html,
            language=language,
            created_at=now,
            next_try_at=now,
        )
        for address in dict.fromkeys(to)
    ]
    transaction.on_commit(_wake, robust=True)
    return messages


def _wake() -> None:
    """Start the delivery now; where the broker is away the sweep of the next minute does it."""
    from rocket.core.tasks import deliver_outbox

    try:
        ask_broker()
        deliver_outbox.delay()
    except Exception as error:  # a broker that is away raises many kinds; the change is committed and stands
        logger.warning("The outbox waits for its sweep: %s", type(error).__name__)


def deliver_due(now: datetime | None = None, limit: int = 100) -> int:
    """Hand over what is due; returns how many mails went out.

    Each row is claimed by a conditional update, so that two workers never take the same one. The claim is
    committed before the mail leaves: a worker that dies in between leaves a row of unknown outcome, not a second mail.
    """
    sent = 0
    moment = now or timezone.now()
    for pk in OutboxMessage.objects.due(moment).order_by("pk").values_list("pk", flat=True)[:limit]:
        claimed = OutboxMessage.objects.filter(pk=pk, state=OutboxState.WAITING).update(
            state=OutboxState.HANDING_OVER, handover_began_at=moment
        )
        if claimed:
            sent += _hand_over(OutboxMessage.objects.get(pk=pk), moment)
    return sent


def _hand_over(message: OutboxMessage, now: datetime) -> int:
    """Send one claimed mail; 1 when the server took it.

    Tried again is only what surely did not leave: no connection, or the server's own refusal. Where the connection
    broke while the mail was on its way nobody knows, so the row stays as one of unknown outcome.
    """
    mail = EmailMultiAlternatives(
        message.subject,
        message.text,
        settings.DEFAULT_FROM_EMAIL,
        [message.to],
        headers={
            "Message-ID": f"<{message.message_id}@{parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition('@')[2]}>"
        },
    )
    if message.html:
        mail.attach_alternative(message.html, "text/html")
    row = OutboxMessage.objects.filter(pk=message.pk)
    server = mail.connection = get_connection()
    is_on_its_way = False
    try:
        mail.message()  # an address that makes no header fails here, before anything leaves
        server.open()
        is_on_its_way = True
        mail.send()
    except Exception as error:  # what a mail breaks must not hold up the mails behind it
        attempt = message.attempts + 1
        what = f"{type(error).__name__}: {error}"[:500]
        if is_on_its_way and not isinstance(error, REFUSED):
            logger.exception("The outcome of mail %s is not known", message.message_id)
            row.update(attempts=attempt, last_error=what)
            return 0
        gives_up = attempt > len(RETRY_AFTER)
        row.update(
            state=OutboxState.FAILED if gives_up else OutboxState.WAITING,
            attempts=attempt,
            last_error=what,
            next_try_at=now if gives_up else now + RETRY_AFTER[attempt - 1],
        )
        return 0
    finally:
        with suppress(Exception):  # a farewell that fails says nothing about the mail
            server.close()
    row.update(
        state=OutboxState.DELIVERED, delivered_at=timezone.now(), attempts=message.attempts + 1, last_error=""
    )
    return 1
