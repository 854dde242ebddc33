"""Tables of states: every way from one state to the next, stated once.

Buttons, permissions, mails and the audit trail are read from the table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from rocket.core.errors import RocketError


class NotPossible(RocketError):
    """The table knows no such way from the present state, or a condition does not hold."""


@dataclass(frozen=True)
class Condition:
    """Something that must hold for a transition; ``reason`` is the sentence for when it does not."""

    name: str
    test: Callable[..., bool]
    reason: Any


@dataclass(frozen=True)
class Transition:
    """One row: ``verb`` leads from any of ``sources`` to ``target``.

    ``allowed`` names the action in the app's permission table; ``event`` is what mails and the audit trail call
    it; ``needs_reason`` asks the person for a sentence.
    """

    verb: str
    sources: tuple[str, ...]
    target: str
    label: Any
    event: str
    allowed: str = ""
    holds: tuple[Condition, ...] = field(default=())
    needs_reason: bool = False

    @property
    def action(self) -> str:
        return self.allowed or self.verb


class TransitionTable:
    """All transitions of one kind of object. Verbs are unique per source state."""

    def __init__(self, rows: Sequence[Transition]) -> None:
        self.rows = tuple(rows)
        seen: set[tuple[str, str]] = set()
        for row in self.rows:
            for source in row.sources:
                if (row.verb, source) in seen:
                    raise ValueError(f"{row.verb} from {source} is stated twice")
                seen.add((row.verb, source))

    def __iter__(self) -> Iterator[Transition]:
        return iter(self.rows)

    def from_state(self, state: str) -> tuple[Transition, ...]:
        return tuple(row for row in self.rows if state in row.sources)

    def find(self, verb: str, state: str, **facts: Any) -> Transition:
        """The row for ``verb`` from ``state``. Raises ``NotPossible`` with the reason."""
        for row in self.rows:
            if row.verb == verb and state in row.sources:
                for condition in row.holds:
                    if not condition.test(**facts):
                        raise NotPossible(condition.name, condition.reason)
                return row
        raise NotPossible(
            "wrong_state", _("This step is not possible in the present state."), verb=verb, state=state
        )
