"""A programme report that somebody asked for, from the request to the file."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from calls.models import Programme
from reporting.enums import ReportFormat, ReportState
from rocket.accounts.roles import Role
from rocket.core.models import Document

GIVEN_UP_AFTER = timedelta(minutes=3)
"""A maker that has given no sign of life for so long is taken for dead: a sign comes with every page that is laid out."""


class ReportQuerySet(models.QuerySet["Report"]):
    def visible_to(self, user: Any) -> ReportQuerySet:
        """Reports of the programmes of which the person is manager or auditor."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(programme__code__in=user.programmes_as(Role.MANAGER, Role.AUDITOR))

    def abandoned(self, now: datetime) -> ReportQuerySet:
        """Asked for or begun, and nobody is at work on them."""
        return self.filter(
            models.Q(state=ReportState.WAITING) | models.Q(state=ReportState.RUNNING),
            alive_at__lte=now - GIVEN_UP_AFTER,
        )


class Report(models.Model):
    """One report in one format and language. Its figures are kept as they were, beside the file."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="reports")
    format = models.CharField(_("format"), max_length=4, choices=ReportFormat.choices)
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES)
    as_of = models.DateTimeField(_("as at"))
    state = models.CharField(max_length=9, choices=ReportState.choices, default=ReportState.WAITING)
    progress = models.PositiveSmallIntegerField(default=0)
    """Per cent; grows, never falls within one attempt."""
    attempt = models.PositiveSmallIntegerField(default=0)
    """Counts the makers: what an earlier one writes after a later one began is not taken."""
    alive_at = models.DateTimeField()
    problem = models.TextField(blank=True)
    figures = models.TextField(blank=True)
    """JSON of the programme figures; the text over which ``sha256`` is taken."""
    sha256 = models.CharField(max_length=64, blank=True)
    document = models.OneToOneField(Document, null=True, on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        ordering = ["-asked_at", "-pk"]
        indexes = [models.Index(fields=["programme", "-asked_at"], name="report_by_programme")]

    def __str__(self) -> str:
        return f"{self.programme.code} {self.as_of:%Y-%m-%d} {self.format} {self.language}"

    def get_absolute_url(self) -> str:
        return reverse("report", args=[self.programme.code, self.pk])

    @property
    def state_now(self) -> ReportState:
        return ReportState(self.state)

    @property
    def is_open(self) -> bool:
        """Waiting or being made."""
        return self.state in (ReportState.WAITING, ReportState.RUNNING)
