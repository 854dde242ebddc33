"""The frame of every change of a consortium: one at a time, and watched by the apps above."""

from __future__ import annotations

from datetime import datetime

from consortia.models import Consortium, Partner
from consortia.registry import ConsortiumChange, call_guards
from rocket.accounts.models import User


def begin(consortium: Consortium, verb: str, partner: Partner | None, by: User, now: datetime) -> None:
    """Raises what a guard raises: the consortium may not change like this now."""
    # The row lock keeps two changes of one consortium apart where the database has locks; constraints hold elsewhere.
    Consortium.objects.select_for_update().get(pk=consortium.pk)
    call_guards(consortium, by, now, ConsortiumChange(verb, partner))


def end(consortium: Consortium, verb: str, partner: Partner | None, by: User, now: datetime) -> None:
    call_guards(consortium, by, now, ConsortiumChange(verb, partner, is_done=True))
