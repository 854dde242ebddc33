"""Rows that are known already, put where Django looks before it asks the database."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models


def put_at_hand(instance: models.Model, name: str, rows: Iterable[Any]) -> None:
    """From now on ``instance.<name>.all()`` gives ``rows`` without a query, as after ``prefetch_related``.

    ``name`` is a relation to many rows. Filters and orders still ask the database, and a change of the relation
    through the instance drops the rows again.
    """
    queryset = getattr(instance, name).get_queryset()
    queryset._result_cache = list(rows)
    queryset._prefetch_done = True
    held = getattr(instance, "_prefetched_objects_cache", None)
    instance._prefetched_objects_cache = {**(held or {}), name: queryset}  # type: ignore[attr-defined]
