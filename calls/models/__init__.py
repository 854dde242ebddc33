from calls.models.call import Call
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

__all__ = [
    "AidBasis",
    "ApplicationField",
    "AssessmentCriterion",
    "Call",
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
