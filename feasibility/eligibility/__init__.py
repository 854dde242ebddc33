"""The eligibility rules: pure objects over a frozen dossier."""

from .dossier import (
    Budget,
    CallFacts,
    CostCategoryFacts,
    Dossier,
    FiguresClass,
    Group,
    Known,
    PartnerFacts,
    ProductFacts,
    ProgrammeFacts,
    ProposalFacts,
    Region,
)
from .finding import Evidence, Finding, FindingText, Outcome, Remedy, RemedyText, RuleText
from .json_form import Case, case_from_json, dossier_from_json, dossier_to_json
from .readers import Reader, first_for
from .registry import (
    ParameterError,
    RulesRefused,
    build_rules,
    check_overrides,
    check_parameters,
    check_rules,
    parameter_specs,
    rule_class,
    rule_codes,
    tighten,
)
from .report import RULE_SET_VERSION, EligibilityReport, evaluate
from .rule import Rule
from .texts import OUTCOMES, describe, describe_rule

__all__ = [
    "OUTCOMES",
    "RULE_SET_VERSION",
    "Budget",
    "CallFacts",
    "Case",
    "CostCategoryFacts",
    "Dossier",
    "EligibilityReport",
    "Evidence",
    "FiguresClass",
    "Finding",
    "FindingText",
    "Group",
    "Known",
    "Outcome",
    "ParameterError",
    "PartnerFacts",
    "ProductFacts",
    "ProgrammeFacts",
    "ProposalFacts",
    "Reader",
    "Region",
    "Remedy",
    "RemedyText",
    "Rule",
    "RuleText",
    "RulesRefused",
    "build_rules",
    "case_from_json",
    "check_overrides",
    "check_parameters",
    "check_rules",
    "describe",
    "describe_rule",
    "dossier_from_json",
    "dossier_to_json",
    "evaluate",
    "first_for",
    "parameter_specs",
    "rule_class",
    "rule_codes",
    "tighten",
]
