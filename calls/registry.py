"""What calls asks of the apps above it. They fill this in ``AppConfig.ready()``.

from calls import registry

registry.register_rule_check(check_parameters)      # feasibility: are these rules and parameters known?
registry.register_rule_describer(describe)          # feasibility: the rules in words
registry.register_known_codes("aid_bases", {…})     # feasibility: only these mean something to the arithmetic
registry.register_uses("regions", uses)             # consortia: which organisations lie in a region?
registry.register_uses("kinds.annexes", uses)       # feasibility: who refers to a code without a foreign key?
registry.register_funded(funded)                    # reporting: which projects came of these calls?
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from calls.outcome import Funded

if TYPE_CHECKING:
    from calls.models import Call, Programme, ProjectKind

RuleCheck = Callable[[str, Mapping[str, Any]], Iterable[tuple[str, str]]]
"""``check(code, parameters)`` gives a pair (place below the rule, what is wanted) for each mistake, e.g.
``("code", 'no rule has the code "SME-LEAD"')`` or ``("parameters.minimum", "a whole number, at least 1")``.
Parameters come as JSON: decimals as texts. A programme file and a call's tightened rules are both held against it."""


@dataclass(frozen=True)
class RuleText:
    """One eligibility rule in words, in the active language."""

    code: str
    title: str
    text: str
    source: str
    blocks: bool = True


RuleDescriber = Callable[["ProjectKind", "Call"], Iterable[RuleText]]
"""``describe(kind, call)`` gives the rules that a proposal of this kind meets in this call. Makes no queries."""


@dataclass(frozen=True)
class Use:
    """``count`` rows of ``what`` (a plural in words) refer to something."""

    what: str
    count: int


Uses = Callable[["Programme", str], Iterable[Use]]
"""``uses(programme, code)`` counts the rows that name the code without a foreign key."""


FundedSource = Callable[[Collection["Call"]], Mapping[int, Funded]]
"""``funded(calls)`` gives what came of each call by its primary key, in one query. Calls of which nothing came are
left out."""

_rule_checks: list[RuleCheck] = []
_rule_describers: list[RuleDescriber] = []
_known_codes: dict[str, frozenset[str]] = {}
_uses: dict[str, list[Uses]] = {}
_funded: list[FundedSource] = []


def register_rule_check(check: RuleCheck) -> None:
    """Hold every rule of every kind in a programme file against ``check``."""
    if check not in _rule_checks:
        _rule_checks.append(check)


def rule_mistakes(code: str, parameters: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What the registered checks say against the rule; nothing where none is registered."""
    return [mistake for check in _rule_checks for mistake in check(code, parameters)]


def register_rule_describer(describe: RuleDescriber) -> None:
    """Show the rules that ``describe`` gives on the pages of calls."""
    if describe not in _rule_describers:
        _rule_describers.append(describe)


def rule_texts(kind: "ProjectKind", call: "Call") -> list[RuleText]:
    """The rules of the kind in this call, in words and in the order of the programme file."""
    return [text for describe in _rule_describers for text in describe(kind, call)]


def register_known_codes(section: str, codes: Collection[str]) -> None:
    """Only ``codes`` may be declared in that section of a programme file: code elsewhere gives them meaning."""
    _known_codes[section] = frozenset(codes)


def known_codes(section: str) -> frozenset[str] | None:
    """The codes that may stand in the section, or None where any may."""
    return _known_codes.get(section)


def register_uses(section: str, uses: Uses) -> None:
    """Ask ``uses`` before a code of the section is taken out of a programme.

    ``section`` is the section's name. A region is asked for by every code that no region of the file has any more,
    each with its version, as ``DEA34/2013``. Three lists within kinds have names
    of their own: ``kinds.annexes``, ``kinds.declarations`` and ``kinds.aid_bases``, with codes as ``feasibility_study/budget_plan``. Rows
    with a foreign key to a part need no registration: they are found through Django's relations.
    """
    registered = _uses.setdefault(section, [])
    if uses not in registered:
        registered.append(uses)


def uses_of(section: str, programme: "Programme", code: str) -> list[Use]:
    """Registered uses of the code that are not zero."""
    return [use for source in _uses.get(section, []) for use in source(programme, code) if use.count]


def register_funded(source: FundedSource) -> None:
    """Show on the pages of calls which projects came of them."""
    _funded[:] = [source]


def funded_of(calls: Collection["Call"]) -> Mapping[int, Funded]:
    """What came of each call; nothing where no app tells."""
    return _funded[0](calls) if _funded else {}
