"""What came of a call that takes no more proposals, or what is still to come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Funded:
    """How many projects came of a call, and where they are listed."""

    projects: int
    url: str


@dataclass(frozen=True)
class Outcome:
    is_decided: bool
    funded: Funded | None
    """Projects that are funded already, also while others still wait for their decision."""
    expected_on: date | None
    """By when the other decisions are expected; None where nobody said so and where that day has passed."""
