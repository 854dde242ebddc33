"""The shape of a rule: one small frozen object that answers for one dossier."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import Field, dataclass, field, fields, replace
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.translation import gettext_lazy as _

from .dossier import Dossier, PartnerFacts
from .finding import Evidence, Finding, Outcome, Remedy
from .values import Euro, Rate, Value

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Text = str | _StrPromise


class Unit(StrEnum):
    """What a parameter is measured in."""

    COUNT = "count"
    MONTHS = "months"
    TRL = "trl"
    EUR = "eur"
    RATE = "rate"
    CODES = "codes"
    YES_NO = "yes_no"

    def kept(self, given: Any) -> Value:
        """A parameter as findings keep it."""
        if given is not None and self is Unit.EUR:
            return Euro(given)
        if given is not None and self is Unit.RATE:
            return Rate(given)
        plain: Value = given
        return plain


class Stricter(StrEnum):
    """Which way a parameter may be moved by a call: the rule then lets less pass."""

    HIGHER = "higher"
    LOWER = "lower"
    MORE = "more"
    YES = "yes"


@dataclass(frozen=True)
class ParameterSpec:
    """What a value of a parameter must be, and which way is stricter."""

    unit: Unit
    stricter: Stricter
    least: Decimal | None = None
    most: Decimal | None = None
    optional: bool = False
    """Whether the limit may be left out: None sets no limit."""

    @property
    def wanted(self) -> str:
        """The values that are taken, in words for the one who writes the programme file."""
        words = {
            Unit.COUNT: "a whole number",
            Unit.MONTHS: "a whole number of months",
            Unit.TRL: "a technology readiness level from 1 to 9",
            Unit.EUR: "an amount in EUR with at most two decimals",
            Unit.RATE: "a rate from 0 to 1, e.g. 0.60",
            Unit.CODES: "a list of different codes",
            Unit.YES_NO: "true or false",
        }[self.unit]
        if self.unit in {Unit.TRL, Unit.RATE} or self.least is None:
            return words
        return f"{words}, at least {self.least}"

    def read(self, given: Any) -> Any:
        """The value in the type that the rule takes. Raises ``ValueError`` with what is wanted.

        Numbers may come as TOML and JSON give them: whole, Decimal or text. A float stands for the shortest
        decimal that it prints as.
        """
        wrong = ValueError(self.wanted)
        if given is None and self.optional:
            return None
        if self.unit is Unit.YES_NO:
            if not isinstance(given, bool):
                raise wrong
            return given
        if self.unit is Unit.CODES:
            if not isinstance(given, list | tuple) or not all(
                isinstance(c, str) and c.strip() for c in given
            ):
                raise wrong
            if len(set(given)) != len(given):
                raise wrong
            return tuple(given)
        if isinstance(given, bool) or not isinstance(given, int | str | Decimal | float):
            raise wrong
        try:
            number = Decimal(str(given))
        except ArithmeticError as error:
            raise wrong from error
        if not number.is_finite():
            raise wrong
        if (self.least is not None and number < self.least) or (self.most is not None and number > self.most):
            raise wrong
        if self.unit is Unit.RATE:
            return number
        if self.unit is Unit.EUR:
            if number != round(number, 2):
                raise wrong
            return round(number, 2)
        if number != int(number) or isinstance(given, str | float):
            raise wrong
        return int(number)

    def stricter_of(self, one: Any, other: Any) -> Any:
        """The one of two values that lets less pass; None, no limit, is the mildest."""
        if self.stricter is Stricter.MORE:
            return (*one, *(code for code in other if code not in one))
        if one is None or other is None:
            return other if one is None else one
        if self.stricter is Stricter.YES:
            return one or other
        return max(one, other) if self.stricter is Stricter.HIGHER else min(one, other)


SPEC = "rocket.parameter"

_BOUNDS: Mapping[Unit, tuple[int | None, int | None]] = {
    Unit.COUNT: (0, None),
    Unit.MONTHS: (0, None),
    Unit.TRL: (1, 9),
    Unit.EUR: (0, None),
    Unit.RATE: (0, 1),
    Unit.CODES: (None, None),
    Unit.YES_NO: (None, None),
}


def parameter(
    unit: Unit, stricter: Stricter, *, default: Any = ..., least: int | None = None, optional: bool = False
) -> Any:
    """A field of a rule that the programme file may set. Without ``default`` it must."""
    lowest, highest = _BOUNDS[unit]
    lowest = lowest if least is None else least
    spec = ParameterSpec(
        unit,
        stricter,
        None if lowest is None else Decimal(lowest),
        None if highest is None else Decimal(highest),
        optional or default is None,
    )
    if default is ...:
        return field(metadata={SPEC: spec})
    return field(default=default, metadata={SPEC: spec})


def spec_of(of: Field[Any]) -> ParameterSpec:
    spec: ParameterSpec = of.metadata[SPEC]
    return spec


@dataclass(frozen=True, kw_only=True)
class Rule(ABC):
    """One condition of eligibility.

    ``judge`` answers from the dossier alone. ``check`` is what everybody calls: it also honours a recorded
    derogation where the rule is ``derogable``. ``messages`` holds one sentence for each ``reason`` that ``judge``
    gives, ``requirement`` is the rule in words for
    those who have not applied yet; both take the rule's own parameters. A sentence must stay for as long as findings with that reason are kept.
    """

    code: ClassVar[str]
    title: ClassVar[Text]
    requirement: ClassVar[Text]
    source: ClassVar[Text]
    messages: ClassVar[Mapping[str, Text]]
    derogable: ClassVar[bool] = False

    blocks: bool = parameter(Unit.YES_NO, Stricter.YES, default=True)
    """A rule that does not block warns."""

    def __init_subclass__(cls) -> None:
        if "code" in vars(cls):
            RULES[cls.code] = cls

    @abstractmethod
    def judge(self, dossier: Dossier) -> Finding:
        """Passed, failed or not yet known, with evidence and remedies."""

    def check(self, dossier: Dossier) -> Finding:
        """The finding for that dossier. A derogation makes a rule that allows one pass, and is named."""
        finding = self.judge(dossier)
        reason = dossier.derogation(self.code) if self.derogable else None
        if reason is None or finding.outcome is Outcome.PASSED:
            return finding
        return replace(finding, outcome=Outcome.PASSED, reason=DEROGATED, remedies=(), derogation=reason)

    def parameters(self) -> dict[str, Any]:
        """What the rule was built with, by parameter."""
        return {one.name: getattr(self, one.name) for one in fields(self)}

    def _finding(
        self,
        outcome: Outcome,
        reason: str,
        evidence: Iterable[Evidence],
        remedies: Iterable[Remedy],
        values: Mapping[str, Value],
    ) -> Finding:
        own = {one.name: spec_of(one).unit.kept(getattr(self, one.name)) for one in fields(self)}
        del own["blocks"]
        return Finding(
            code=self.code,
            outcome=outcome,
            blocks=self.blocks,
            reason=reason,
            parameters={**own, **values},
            evidence=tuple(evidence),
            remedies=tuple(dict.fromkeys(remedies)) if outcome is not Outcome.PASSED else (),
        )

    def passed(self, reason: str = "passed", evidence: Iterable[Evidence] = (), **values: Value) -> Finding:
        return self._finding(Outcome.PASSED, reason, evidence, (), values)

    def failed(
        self,
        reason: str = "failed",
        evidence: Iterable[Evidence] = (),
        remedies: Iterable[Remedy] = (),
        **values: Value,
    ) -> Finding:
        return self._finding(Outcome.FAILED, reason, evidence, remedies, values)

    def unknown(
        self,
        reason: str = "unknown",
        evidence: Iterable[Evidence] = (),
        remedies: Iterable[Remedy] = (),
        **values: Value,
    ) -> Finding:
        return self._finding(Outcome.UNKNOWN, reason, evidence, remedies, values)


DEROGATED = "derogated"
"""The reason of a finding that passes only because of a derogation."""

DEROGATED_MESSAGE = _("A derogation was granted: %(derogation)s")

RULES: dict[str, type[Rule]] = {}
"""Every rule by its code; a subclass enters itself."""


def of_partner(partner: PartnerFacts, fact: str, **values: Value) -> Evidence:
    """A fact about one partner."""
    return Evidence("partner", partner.key, fact, {"partner": partner.name, **values})


def for_partner(code: str, partner: PartnerFacts, **values: Value) -> Remedy:
    """Something to do about one partner: the link needs its key, the sentence its name."""
    return Remedy(code, {"key": partner.key, "partner": partner.name, **values})


def names_of(partners: Iterable[PartnerFacts]) -> tuple[str, ...]:
    return tuple(partner.name for partner in partners)
