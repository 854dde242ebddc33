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

__all__ = [
    "Budget",
    "CallFacts",
    "CostCategoryFacts",
    "Dossier",
    "Evidence",
    "FiguresClass",
    "Finding",
    "FindingText",
    "Group",
    "Known",
    "Outcome",
    "PartnerFacts",
    "ProductFacts",
    "ProgrammeFacts",
    "ProposalFacts",
    "Region",
    "Remedy",
    "RemedyText",
]
