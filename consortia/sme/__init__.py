"""Class of an enterprise from its figures and holdings (Recommendation 2003/361/EC, Annex).

``classify`` decides, ``enterprise_from_json`` and ``to_json`` read and write the form of ``docs/sme_class.md``,
``describe`` explains. No database, no clock, no settings; wording is made when shown.
"""

from consortia.json_form import JsonFormError, Mistake

from .classification import CEILINGS, MEDIUM, MICRO, SMALL, Ceiling, accounts_closed_on, classify, settled
from .forms import classification_to_json, enterprise_from_json, to_json
from .values import (
    SME_CLASSES,
    Contribution,
    Enterprise,
    EnterpriseGraph,
    Figures,
    Ground,
    HolderKind,
    Holding,
    Period,
    PeriodTotals,
    Reason,
    Relation,
    SmeClass,
    SmeClassification,
    Standing,
    Tie,
)
from .wording import CLASS_NAMES, Explanation, describe, describe_reason

__all__ = [
    "CEILINGS",
    "CLASS_NAMES",
    "MEDIUM",
    "MICRO",
    "SMALL",
    "SME_CLASSES",
    "Ceiling",
    "Contribution",
    "Enterprise",
    "EnterpriseGraph",
    "Explanation",
    "Figures",
    "Ground",
    "HolderKind",
    "Holding",
    "JsonFormError",
    "Mistake",
    "Period",
    "PeriodTotals",
    "Reason",
    "Relation",
    "SmeClass",
    "SmeClassification",
    "Standing",
    "Tie",
    "accounts_closed_on",
    "classification_to_json",
    "classify",
    "describe",
    "describe_reason",
    "enterprise_from_json",
    "settled",
    "to_json",
]
