"""Choices of projects and products."""

from __future__ import annotations

from django.db import models
from django.utils.translation import pgettext_lazy


class ProjectState(models.TextChoices):
    """Where a funded project stands between the decision and its last payment."""

    CONTRACTING = "contracting", pgettext_lazy("project", "Grant agreement in preparation")
    RUNNING = "running", pgettext_lazy("project", "Running")
    CLOSING = "closing", pgettext_lazy("project", "Closing")
    CLOSED = "closed", pgettext_lazy("project", "Closed")
    TERMINATED = "terminated", pgettext_lazy("project", "Terminated")

    @property
    def kind(self) -> str:
        """Which status tag shows it."""
        return _TAGS[self]


_TAGS = {
    ProjectState.CONTRACTING: "planned",
    ProjectState.RUNNING: "running",
    ProjectState.CLOSING: "in_progress",
    ProjectState.CLOSED: "completed",
    ProjectState.TERMINATED: "withdrawn",
}


class Stage(models.TextChoices):
    """How far a product is on its way to the market."""

    PLANNED = "planned", pgettext_lazy("product", "Promised")
    IN_DEVELOPMENT = "in_development", pgettext_lazy("product", "Being tested")
    ON_MARKET = "on_market", pgettext_lazy("product", "On the market")
    STOPPED = "stopped", pgettext_lazy("product", "Stopped")

    @property
    def counts(self) -> bool:
        """A stopped product no longer counts towards the target."""
        return self is not Stage.STOPPED

    @property
    def kind(self) -> str:
        """Which status tag shows it."""
        return _STAGE_TAGS[self]


_STAGE_TAGS = {
    Stage.PLANNED: "planned",
    Stage.IN_DEVELOPMENT: "in_progress",
    Stage.ON_MARKET: "completed",
    Stage.STOPPED: "withdrawn",
}


class ReportFormat(models.TextChoices):
    """Every format holds the same figures."""

    PDF = "pdf", "PDF"
    XLSX = "xlsx", "Excel (XLSX)"
    CSV = "csv", "CSV"
    JSON = "json", "JSON"

    @property
    def content_type(self) -> str:
        return _CONTENT_TYPES[self]

    @property
    def is_quick(self) -> bool:
        """Made while the person waits."""
        return self is not ReportFormat.PDF


_CONTENT_TYPES = {
    ReportFormat.PDF: "application/pdf",
    ReportFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ReportFormat.CSV: "text/csv; charset=utf-8",
    ReportFormat.JSON: "application/json",
}


class ReportState(models.TextChoices):
    """Where a report stands that somebody asked for."""

    WAITING = "waiting", pgettext_lazy("report", "Waiting")
    RUNNING = "running", pgettext_lazy("report", "Being made")
    DONE = "done", pgettext_lazy("report", "Ready")
    FAILED = "failed", pgettext_lazy("report", "Failed")
    CANCELLED = "cancelled", pgettext_lazy("report", "Cancelled")

    @property
    def is_done(self) -> bool:
        return self is ReportState.DONE

    @property
    def kind(self) -> str:
        """Which status tag shows it."""
        return _REPORT_TAGS[self]


_REPORT_TAGS = {
    ReportState.WAITING: "planned",
    ReportState.RUNNING: "in_progress",
    ReportState.DONE: "completed",
    ReportState.FAILED: "failed",
    ReportState.CANCELLED: "withdrawn",
}
