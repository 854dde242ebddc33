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
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from rocket.core.background import ask_broker
from rocket.core.context import portal_name
from rocket.core.errors import RocketError
from rocket.core.models.outbox import MAX_SUBJECT, OutboxMessage, OutboxState

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


def write_mail(
    *,
    template: str,
    to: str,
    language: str,
    context: Mapping[str, Any],
    now: datetime,
    desk_sees_subject: bool = False,
) -> OutboxMessage:
    """One mail from ``template`` (``.subject.txt``, ``.txt``, ``.html``) in ``language``, for ``enqueue`` to take.

    Where the mail does not get through, the desk reads its subject only with ``desk_sees_subject``: not that of a
    mail about a draft, nor of advice.
    """
    with translation.override(language):
        values = {**context, "site_url": settings.SITE_URL, "language": language}
        values.setdefault("programme_name", SimpleLazyObject(portal_name))
        return OutboxMessage(
            to=to,
            subject=" ".join(render_to_string(f"{template}.subject.txt", values).split())[:MAX_SUBJECT],
            text=render_to_string(f"{template}.txt", values).strip() + "\n",
            html=render_to_string(f"{template}.html", values),
            language=language,
            desk_sees_subject=desk_sees_subject,
            created_at=now,
            next_try_at=now,
        )


def enqueue(messages: Iterable[OutboxMessage]) -> list[OutboxMessage]:
    """Put all mails of one event into the running transaction, in one query; the hand-over starts after its commit."""
    written = OutboxMessage.objects.bulk_create(messages)
    if written:
        transaction.on_commit(_wake, robust=True)
    return written


def enqueue_mail(
    *,
    template: str,
    to: Iterable[str],
    language: str,
    context: Mapping[str, Any],
    now: datetime,
    desk_sees_subject: bool = False,
) -> list[OutboxMessage]:
    """The same mail to each address once, as ``write_mail`` makes it."""
    return enqueue(
        write_mail(
            template=template,
            to=address,
            language=language,
            context=context,
            now=now,
            desk_sees_subject=desk_sees_subject,
        )
        for address in dict.fromkeys(to)
    )


def enqueue_rendered(
    *,
    to: Iterable[str],
    subject: str,
    text: str,
    html: str,
    language: str,
    now: datetime,
    desk_sees_subject: bool = False,
) -> list[OutboxMessage]:
    """Mails whose words are made already (allauth makes its own), to each address once."""
    return enqueue(
        OutboxMessage(
            to=address,
            subject=subject[:MAX_SUBJECT],
            text=text,
            html=html,
            language=language,
            desk_sees_subject=desk_sees_subject,
            created_at=now,
            next_try_at=now,
        )
        for address in dict.fromkeys(to)
    )


def _wake() -> None:
    """Start the delivery now; where the broker is away the sweep of the next minute does it.

    The broker is asked first: Celery's own connection would try for seconds, and a submission must not wait for it.
    """
    from rocket.core.sweep import sweep
    from rocket.core.tasks import deliver_outbox

    if sweep.is_running:  # an embedded portal: nobody waits for the mail server
        sweep.wake()
        return
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
    due = OutboxMessage.objects.due(now or timezone.now()).order_by("pk")
    for pk in due.values_list("pk", flat=True)[:limit]:
        # Of each mail its own: a slow server must not make the last ones look lost.
        moment = now or timezone.now()
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
    # Somebody at the desk may have settled a mail that took too long: what comes of this try then changes nothing.
    claimed = row.filter(state=OutboxState.HANDING_OVER, handover_began_at=message.handover_began_at)
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
            claimed.update(attempts=attempt, last_error=what)
            return 0
        gives_up = attempt > len(RETRY_AFTER)
        claimed.update(
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


def settle(message: OutboxMessage, now: datetime) -> None:
    """Count an undelivered mail as delivered: somebody knows that it arrived. It is never sent again.

    Raises ``RocketError`` where it has got through in the meantime, or is just being handed over.
    """
    undelivered = OutboxMessage.objects.undelivered(now).filter(pk=message.pk)
    if not undelivered.update(state=OutboxState.DELIVERED, delivered_at=now):
        raise _moved_on()


def send_again(message: OutboxMessage, now: datetime) -> None:
    """Put a mail of unknown outcome, or one that was refused for good, into the queue once more, with all its tries.

    It may arrive twice: only somebody who knows that decides it. Raises ``RocketError`` for every other mail; one whose
    hand-over is recorded never leaves again.
    """
    unclear = OutboxMessage.objects.unclear(now).filter(pk=message.pk)
    if not unclear.update(state=OutboxState.WAITING, next_try_at=now, attempts=0, handover_began_at=None):
        raise _moved_on()
    transaction.on_commit(_wake, robust=True)


def _moved_on() -> RocketError:
    return RocketError("moved_on", _("This mail has moved on in the meantime. Look at the list again."))
