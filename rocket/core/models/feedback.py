from __future__ import annotations

from django.db import models


class Feedback(models.Model):
    """What somebody says does not work: in their words, about which page, and where to answer if they want one."""

    MAX_TEXT = 3000

    text = models.TextField(max_length=MAX_TEXT)
    page = models.CharField(max_length=300, blank=True)
    email = models.EmailField(blank=True)
    language = models.CharField(max_length=2)
    given_at = models.DateTimeField()

    class Meta:
        ordering = ["-given_at", "-pk"]
        indexes = [models.Index(fields=["-given_at"], name="feedback_latest")]

    def __str__(self) -> str:
        return self.text[:60]
