from __future__ import annotations

from django.db import models


class NumberSequence(models.Model):
    """The last number given out in a series, such as the receipts of one year."""

    series = models.CharField(max_length=40, unique=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.series}: {self.last}"
