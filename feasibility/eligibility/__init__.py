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
from .finding import Evidence, Finding, FindingText, Outcome, Remedy, RemedyText
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
from .texts import OUTCOMES, describe

__all__ = [
    "OUTCOMES",
    "RULE_SET_VERSION",
    "Budget",
    "CallFacts",
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
    "Region",
    "Remedy",
    "RemedyText",
    "Rule",
    "RulesRefused",
    "build_rules",
    "check_overrides",
    "check_parameters",
    "check_rules",
    "describe",
    "evaluate",
    "parameter_specs",
    "rule_class",
    "rule_codes",
    "tighten",
]
