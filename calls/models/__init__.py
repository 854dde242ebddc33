from calls.models.call import Call, CallQuerySet
from calls.models.programme import (
    AidBasis,
    ApplicationField,
    AssessmentCriterion,
    ClusterOrganisation,
    CostCategory,
    Country,
    Funder,
    Indicator,
    Ket,
    Programme,
    ProjectKind,
    Region,
)
from calls.models.question import CallQuestion

__all__ = [
    "AidBasis",
    "ApplicationField",
    "AssessmentCriterion",
    "Call",
    "CallQuerySet",
    "CallQuestion",
    "ClusterOrganisation",
    "CostCategory",
    "Country",
    "Funder",
    "Indicator",
    "Ket",
    "Programme",
    "ProjectKind",
    "Region",
]
