"""From the programme file's words to rules: codes and parameters are checked, calls may only tighten."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields, replace
from difflib import get_close_matches
from typing import Any

from django.utils.translation import gettext_lazy as _

from rocket.core.errors import RocketError

# Each module enters its rules when it is imported.
from . import aid, area, call, consortium, declarations, money, plan, work_plan
from .rule import RULES, ParameterSpec, Rule, spec_of

__all__ = [
    "ParameterError",
    "RulesRefused",
    "build_rules",
    "check_overrides",
    "check_parameters",
    "check_rules",
    "parameter_specs",
    "rule_class",
    "rule_codes",
    "tighten",
]

MODULES = (consortium, declarations, area, call, money, aid, plan, work_plan)


@dataclass(frozen=True)
class ParameterError:
    """What is wrong with a rule in a file. ``place`` is the path below the rule, or below the list of rules:
    ``[3].parameters.minimum`` is a parameter of the third rule."""

    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" if self.place else self.message


class RulesRefused(ValueError):
    """No rules were built; ``errors`` holds everything that is wrong."""

    def __init__(self, errors: Iterable[ParameterError]) -> None:
        self.errors = tuple(errors)
        super().__init__("\n".join(map(str, self.errors)))


def rule_codes() -> tuple[str, ...]:
    """The codes of all rules."""
    return tuple(RULES)


def rule_class(code: str) -> type[Rule]:
    """The rule of that code. Raises ``RocketError`` (``unknown_rule``) where there is none."""
    try:
        return RULES[code]
    except KeyError:
        raise RocketError("unknown_rule", _("There is no rule with this code.")) from None


def parameter_specs(code: str) -> dict[str, ParameterSpec]:
    """The parameters of a rule, with unit, bounds and which way is stricter."""
    return {one.name: spec_of(one) for one in fields(rule_class(code))}


def check_parameters(code: str, given: Any) -> list[ParameterError]:
    """Everything that is wrong with a rule's code and parameters; places are relative to the rule."""
    return _read(code, given)[1]


def check_rules(listed: Any) -> list[ParameterError]:
    """The same for a whole list of {"code", "parameters"}; a rule may stand in it once."""
    return _build(listed)[1]


def build_rules(listed: Sequence[Mapping[str, Any]]) -> tuple[Rule, ...]:
    """The rules of a list of {"code": …, "parameters": {…}}, in its order. Raises ``RulesRefused``."""
    rules, errors = _build(listed)
    if errors:
        raise RulesRefused(errors)
    return tuple(rules)


def tighten(rules: Iterable[Rule], overrides: Sequence[Mapping[str, Any]]) -> tuple[Rule, ...]:
    """The rules with a call's overrides, in the form of ``build_rules``.

    Of each parameter the stricter value holds, so a call can never loosen a rule; parameters that it does not name
    stay. A rule that the kind of project lacks is added at the end. Raises ``RulesRefused`` where the overrides are
    wrong, or leave a rule that nothing can pass.
    """
    tightened, errors, _looser = _tighten(rules, overrides)
    if errors:
        raise RulesRefused(errors)
    return tightened


def check_overrides(rules: Iterable[Rule], overrides: Any) -> list[ParameterError]:
    """What is wrong with a call's overrides, values that would loosen a rule included."""
    _tightened, errors, looser = _tighten(rules, overrides)
    return [*errors, *looser]


def _tighten(
    rules: Iterable[Rule], overrides: Any
) -> tuple[tuple[Rule, ...], list[ParameterError], list[ParameterError]]:
    held = {rule.code: rule for rule in rules}
    errors = _check_list(overrides)
    looser: list[ParameterError] = []
    for number, entry in enumerate(overrides if not errors else (), 1):
        code, place = entry["code"], f"[{number}]"
        given = entry.get("parameters", {})
        present = held.get(code)
        values, wrong = _read(code, given, partial=present is not None)
        if not wrong and present is not None:
            stricter = {}
            for name, value in values.items():
                spec, old = parameter_specs(code)[name], getattr(present, name)
                stricter[name] = spec.stricter_of(old, value)
                if spec.stricter_of(value, old) != value:
                    looser.append(
                        ParameterError(f"{place}.parameters.{name}", f"a call may only tighten {_shown(old)}")
                    )
            try:
                held[code] = replace(present, **stricter)
            except ValueError as error:
                wrong = [ParameterError("parameters", str(error))]
        elif not wrong:
            held[code] = RULES[code](**values)
        errors += [ParameterError(f"{place}.{one.place}", one.message) for one in wrong]
    return tuple(held.values()), errors, looser


def _shown(value: Any) -> str:
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def _check_list(listed: Any) -> list[ParameterError]:
    if not isinstance(listed, list | tuple):
        return [ParameterError("", "a list of rules")]
    errors, seen = [], set()
    for number, entry in enumerate(listed, 1):
        place = f"[{number}]"
        if not isinstance(entry, Mapping):
            errors.append(ParameterError(place, "a table with code and parameters"))
            continue
        errors += [
            ParameterError(f"{place}.{key}", "no such key")
            for key in entry
            if key not in {"code", "parameters"}
        ]
        code = entry.get("code")
        if not isinstance(code, str) or not code:
            errors.append(ParameterError(f"{place}.code", "missing: the code of a rule"))
        elif code in seen:
            errors.append(ParameterError(f"{place}.code", f'the rule "{code}" stands here twice'))
        else:
            seen.add(code)
    return errors


def _build(listed: Any) -> tuple[list[Rule], list[ParameterError]]:
    errors = _check_list(listed)
    rules = []
    for number, entry in enumerate(listed if isinstance(listed, list | tuple) else (), 1):
        if not isinstance(entry, Mapping) or not isinstance(entry.get("code"), str) or not entry["code"]:
            continue
        values, wrong = _read(entry["code"], entry.get("parameters", {}))
        errors += [ParameterError(f"[{number}].{one.place}", one.message) for one in wrong]
        if not wrong:
            rules.append(RULES[entry["code"]](**values))
    return rules, errors


def _read(code: str, given: Any, *, partial: bool = False) -> tuple[dict[str, Any], list[ParameterError]]:
    """Parameters in the types that the rule takes, and what is wrong with them."""
    if code not in RULES:
        return {}, [ParameterError("code", f'no such rule "{code}"{_nearest(code, RULES)}')]
    if not isinstance(given, Mapping):
        return {}, [ParameterError("parameters", "a table")]
    known = {one.name: one for one in fields(RULES[code])}
    values: dict[str, Any] = {}
    errors = []
    for name, raw in given.items():
        if name not in known:
            errors.append(ParameterError(f"parameters.{name}", f"no such parameter{_nearest(name, known)}"))
            continue
        try:
            values[name] = spec_of(known[name]).read(raw)
        except ValueError as error:
            errors.append(ParameterError(f"parameters.{name}", str(error)))
    for name, one in known.items():
        if not partial and name not in given and one.default is MISSING:
            errors.append(ParameterError(f"parameters.{name}", f"missing: {spec_of(one).wanted}"))
    if not errors and not partial:
        try:
            RULES[code](**values)
        except ValueError as error:
            errors.append(ParameterError("parameters", str(error)))
    return values, errors


def _nearest(given: str, known: Iterable[str]) -> str:
    near = get_close_matches(str(given).upper(), {word.upper(): word for word in known}, n=1, cutoff=0.6)
    by_upper = {word.upper(): word for word in known}
    return f'. Did you mean "{by_upper[near[0]]}"?' if near else ""
