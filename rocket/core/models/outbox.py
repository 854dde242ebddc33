from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

UNCERTAIN_AFTER = timedelta(minutes=10)
"""A hand-over that began this long ago and never reported back: nobody knows whether the mail left."""


LATE_AFTER = timedelta(hours=1)
"""A mail that still waits this long: the mail server refuses it, or nobody carries it there."""
MAX_SUBJECT = 300


class OutboxState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    HANDING_OVER = "handing_over", _("being handed over")
    DELIVERED = "delivered", _("handed over")
    FAILED = "failed", _("refused by the mail server")


class OutboxQuerySet(models.QuerySet["OutboxMessage"]):
    def due(self, now: datetime) -> OutboxQuerySet:
        return self.filter(state=OutboxState.WAITING, next_try_at__lte=now)

    def uncertain(self, now: datetime) -> OutboxQuerySet:
        return self.filter(state=OutboxState.HANDING_OVER, handover_began_at__lt=now - UNCERTAIN_AFTER)

    def undelivered(self, now: datetime) -> OutboxQuerySet:
        """What somebody should look at: of unknown outcome, refused for good, or waiting for too long."""
        long_ago = now - LATE_AFTER
        late = models.Q(state=OutboxState.WAITING, created_at__lt=long_ago) & (
            models.Q(attempts__gt=0) | models.Q(next_try_at__lt=long_ago)
        )
        return self.filter(late | models.Q(pk__in=self.model.objects.unclear(now).values("pk")))

    def unclear(self, now: datetime) -> OutboxQuerySet:
        """Of unknown outcome or refused for good: nothing happens to them any more unless somebody decides it."""
        return self.filter(
            models.Q(state=OutboxState.FAILED)
            | models.Q(pk__in=self.model.objects.uncertain(now).values("pk"))
        )


class OutboxMessage(models.Model):
    """A mail, written in the transaction that caused it and handed over after the commit.

    A recorded hand-over is never repeated. One whose outcome nobody knows is not repeated either: the desk sees it.
    """

    message_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    to = models.EmailField()
    subject = models.CharField(max_length=MAX_SUBJECT)
    text = models.TextField()
    html = models.TextField(blank=True)
    language = models.CharField(max_length=2)
    desk_sees_subject = models.BooleanField(default=False)
    """Closed by default: subjects tell of drafts and of advice, which are nobody's on the desk."""
    state = models.CharField(max_length=20, choices=OutboxState.choices, default=OutboxState.WAITING)
    created_at = models.DateTimeField()
    next_try_at = models.DateTimeField()
    handover_began_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.TextField(blank=True)

    objects = OutboxQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["state", "next_try_at"], name="outbox_due")]

    def __str__(self) -> str:
        return f"{self.subject} ({self.to})"
