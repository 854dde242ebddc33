from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from rocket.core.models import OutboxMessage
from rocket.core.models.outbox import OutboxState
from rocket.core.outbox import LATE_AFTER


class Command(BaseCommand):
    help = (
        "List the mails about which somebody must find out: handed over without an answer (it may have arrived; the "
        "portal never sends it a second time), refused by the mail server, or waiting for longer than an hour. "
        "Ends with status 1 where there is one."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        mails = OutboxMessage.objects
        groups = {
            "outcome unknown": mails.uncertain(now),
            "refused": mails.filter(state=OutboxState.FAILED),
            "waiting": mails.due(now).filter(created_at__lt=now - LATE_AFTER),
        }
        found = 0
        for word, rows in groups.items():
            for mail in rows.order_by("pk"):
                found += 1
                since = timezone.localtime(mail.handover_began_at or mail.created_at)
                reason = f"  ({mail.last_error})" if mail.last_error else ""
                self.stdout.write(
                    f"{word}  {since:%Y-%m-%d %H:%M}  {mail.to}  {mail.subject}  <{mail.message_id}>{reason}"
                )
        if found:
            sys.exit(1)
        self.stdout.write("Every mail has been handed over.")
