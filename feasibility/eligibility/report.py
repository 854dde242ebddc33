"""All findings on one dossier, worst first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .dossier import Dossier
from .finding import Finding, Outcome
from .rule import Rule

RULE_SET_VERSION = "2"
"""Grows with every change of what a rule decides; kept with each submission."""

_ORDER = (Outcome.FAILED, Outcome.UNKNOWN, Outcome.PASSED)


@dataclass(frozen=True)
class EligibilityReport:
    """Findings: failed, then not yet known, then passed; within each, those that block first, then as the programme
    lists its rules."""

    findings: tuple[Finding, ...]
    rule_set_version: str = RULE_SET_VERSION

    def __post_init__(self) -> None:
        ordered = sorted(self.findings, key=lambda one: (_ORDER.index(one.outcome), not one.blocks))
        object.__setattr__(self, "findings", tuple(ordered))

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.findings)

    def __len__(self) -> int:
        return len(self.findings)

    @property
    def blocking(self) -> tuple[Finding, ...]:
        """What keeps the proposal from being submitted: failed or not yet known, on a rule that blocks."""
        return tuple(finding for finding in self.findings if finding.is_blocking)

    @property
    def is_eligible(self) -> bool:
        """Whether every blocking rule passed."""
        return not self.blocking

    def _of(self, outcome: Outcome) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.outcome is outcome)

    @property
    def failed(self) -> tuple[Finding, ...]:
        return self._of(Outcome.FAILED)

    @property
    def unknown(self) -> tuple[Finding, ...]:
        return self._of(Outcome.UNKNOWN)

    @property
    def passed(self) -> tuple[Finding, ...]:
        return self._of(Outcome.PASSED)

    @property
    def counts(self) -> dict[str, int]:
        """How many rules gave each answer, and how many of them block: passed, failed, unknown, blocking."""
        found = Counter(finding.outcome.value for finding in self.findings)
        return {
            **{outcome.value: found[outcome.value] for outcome in Outcome},
            "blocking": len(self.blocking),
        }

    def finding(self, code: str) -> Finding | None:
        """What the rule of that code found; None where it was not asked."""
        return next((finding for finding in self.findings if finding.code == code), None)

    def to_json(self) -> dict[str, Any]:
        """Plain JSON that ``from_json`` reads again, now and after the rules have changed."""
        return {
            "rule_set_version": self.rule_set_version,
            "is_eligible": self.is_eligible,
            "findings": [finding.to_json() for finding in self.findings],
        }

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> EligibilityReport:
        """The report that ``to_json`` wrote. Raises ``KeyError`` or ``ValueError`` for anything else."""
        return cls(tuple(Finding.from_json(one) for one in plain["findings"]), plain["rule_set_version"])


def evaluate(rules: Iterable[Rule], dossier: Dossier) -> EligibilityReport:
    """What every rule finds in the dossier."""
    return EligibilityReport(tuple(rule.check(dossier) for rule in rules))
