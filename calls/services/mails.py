"""What the desk decides about mails that did not get through."""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from calls.models import Programme
from rocket.accounts.models import User
from rocket.core import audit, outbox
from rocket.core.models import OutboxMessage
from rocket.core.permissions import demand


@transaction.atomic
def mail_arrived(*, message: OutboxMessage, programme: Programme, by: User, now: datetime) -> None:
    """Note that the mail reached its reader after all; it never leaves again.

    Raises ``Refused`` without the right to, and ``RocketError`` where the mail has moved on.
    """
    _decide(message, programme, "mail_arrived", outbox.settle, by, now)


@transaction.atomic
def send_mail_again(*, message: OutboxMessage, programme: Programme, by: User, now: datetime) -> None:
    """Let a mail of unknown outcome, or a refused one, leave once more; whoever decides it has read that it may arrive
    twice. Raises as ``mail_arrived``."""
    _decide(message, programme, "mail_sent_again", outbox.send_again, by, now)


def _decide(
    message: OutboxMessage,
    programme: Programme,
    verb: str,
    change: Callable[[OutboxMessage, datetime], None],
    by: User,
    now: datetime,
) -> None:
    demand(by, "settle_mails", programme)
    before = {"state": message.state, "attempts": message.attempts, "error": message.last_error}
    change(message, now)
    message.refresh_from_db()
    audit.record(subject=message, verb=verb, by=by, now=now, before=before, after={"state": message.state})
