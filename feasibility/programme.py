"""What this app owns of a programme file: the eligibility rules of its kinds, and the aid bases that arithmetic knows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from calls import registry
from calls.models import Call, Programme, ProjectKind
from feasibility.annex_limits import LETTERS
from feasibility.cofinancing import AidBasis
from feasibility.eligibility import build_rules, check_parameters, describe_rule
from feasibility.models import Annex, PartnerDeclaration
from feasibility.selectors import rules_for


def rule_mistakes(code: str, parameters: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Every mistake in one rule of the file, with its place below the rule."""
    return [(error.place, error.message) for error in check_parameters(code, parameters)]


def rule_texts(kind: ProjectKind, call: Call) -> Iterable[registry.RuleText]:
    """The rules that a proposal of ``kind`` meets in ``call``, in words; no query."""
    for rule in rules_for(kind, call) if call is not None else build_rules(kind.rules):
        text = describe_rule(rule)
        yield registry.RuleText(
            code=rule.code,
            title=text.title,
            text=" ".join([text.requirement, *text.details]),
            source=text.source,
            blocks=rule.blocks,
        )


def annex_uses(programme: Programme, code: str) -> list[registry.Use]:
    """Files handed in under an annex code, given as ``kind/annex``."""
    kind, _sep, annex = code.partition("/")
    handed_in = Annex.objects.filter(
        code=annex, proposal__kind__code=kind, proposal__call__programme=programme, removed_at=None
    )
    return [registry.Use("annexes", handed_in.count())]


def declaration_uses(programme: Programme, code: str) -> list[registry.Use]:
    """Declarations that stand under a code, given as ``kind/declaration``."""
    kind, _sep, declaration = code.partition("/")
    made = PartnerDeclaration.objects.filter(
        code=declaration, proposal__kind__code=kind, proposal__call__programme=programme, withdrawn_at=None
    )
    return [registry.Use("declarations", made.count())]


def register() -> None:
    registry.register_rule_check(rule_mistakes)
    registry.register_rule_describer(rule_texts)
    registry.register_known_codes("aid_bases", {basis.value for basis in AidBasis})
    registry.register_known_codes("annex_templates", set(LETTERS))
    registry.register_uses("kinds.annexes", annex_uses)
    registry.register_uses("kinds.declarations", declaration_uses)
