"""What a rule found: a code, an answer, and the facts that decided. Sentences are made of it when it is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from .values import Value, values_from_json, values_to_json


class Outcome(StrEnum):
    """The answer of a rule. Unknown on a blocking rule blocks as failed does."""

    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "unknown"


def _frozen(values: Mapping[str, Value]) -> Mapping[str, Value]:
    return MappingProxyType({name: values[name] for name in sorted(values)})


@dataclass(frozen=True)
class Remedy:
    """What mends a finding: a code that the page turns into a link, and what the link needs to know."""

    code: str
    parameters: Mapping[str, Value] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "parameters", _frozen(self.parameters))

    def to_json(self) -> dict[str, Any]:
        return {"code": self.code, "parameters": values_to_json(self.parameters)}

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> Remedy:
        return cls(plain["code"], values_from_json(plain["parameters"]))


@dataclass(frozen=True)
class Evidence:
    """One fact that decided: which ``subject`` (partner, group, product, section, annex, category, source, ket,
    field, call, project), its ``key`` and name, what is ``fact`` about it, and the figures."""

    subject: str
    key: str
    fact: str
    values: Mapping[str, Value] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", _frozen(self.values))

    def to_json(self) -> dict[str, Any]:
        return {
            "subject": self.subject,
            "key": self.key,
            "fact": self.fact,
            "values": values_to_json(self.values),
        }

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> Evidence:
        return cls(plain["subject"], plain["key"], plain["fact"], values_from_json(plain["values"]))


@dataclass(frozen=True)
class Finding:
    """What one rule found in one dossier.

    ``reason`` tells apart the sentences of one outcome. ``derogation`` is the recorded reason where the rule passes
    only because of one; the evidence then still names what would not have passed.
    """

    code: str
    outcome: Outcome
    blocks: bool = True
    reason: str = ""
    parameters: Mapping[str, Value] = field(default_factory=dict, hash=False)
    evidence: tuple[Evidence, ...] = ()
    remedies: tuple[Remedy, ...] = ()
    derogation: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "parameters", _frozen(self.parameters))

    @property
    def remedy(self) -> Remedy | None:
        """The first thing to do about it."""
        return self.remedies[0] if self.remedies else None

    @property
    def is_blocking(self) -> bool:
        """Whether this finding alone keeps the proposal from being submitted."""
        return self.blocks and self.outcome is not Outcome.PASSED

    def to_json(self) -> dict[str, Any]:
        """Plain JSON with stable keys, fit for the canonical form of a submission."""
        return {
            "code": self.code,
            "outcome": self.outcome.value,
            "blocks": self.blocks,
            "reason": self.reason,
            "parameters": values_to_json(self.parameters),
            "evidence": [one.to_json() for one in self.evidence],
            "remedies": [one.to_json() for one in self.remedies],
            "derogation": self.derogation,
        }

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> Finding:
        """The finding that ``to_json`` wrote, also where its rule is no longer known."""
        return cls(
            code=plain["code"],
            outcome=Outcome(plain["outcome"]),
            blocks=plain["blocks"],
            reason=plain["reason"],
            parameters=values_from_json(plain["parameters"]),
            evidence=tuple(Evidence.from_json(one) for one in plain["evidence"]),
            remedies=tuple(Remedy.from_json(one) for one in plain["remedies"]),
            derogation=plain["derogation"],
        )


@dataclass(frozen=True)
class RuleText:
    """A rule in the reader's language, before anybody applies: what it asks, with its parameters."""

    title: str
    requirement: str
    details: tuple[str, ...]
    source: str


@dataclass(frozen=True)
class RemedyText:
    """A remedy in words, with the code and parameters that the page makes its link of."""

    code: str
    parameters: Mapping[str, Value]
    text: str


@dataclass(frozen=True)
class FindingText:
    """A finding in the reader's language."""

    title: str
    message: str
    remedy: str
    source: str
    evidence: tuple[str, ...] = ()
    remedies: tuple[RemedyText, ...] = ()
