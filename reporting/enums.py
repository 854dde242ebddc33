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
