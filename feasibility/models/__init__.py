from feasibility.models.decision import Advice, Decision, Derogation
from feasibility.models.derogation_request import DerogationRequest
from feasibility.models.plan import Annex, BudgetLine, ExpectedProduct, FundingLine, PartnerBudget, Section
from feasibility.models.proposal import Proposal
from feasibility.models.submission import Submission

__all__ = [
    "Advice",
    "Annex",
    "BudgetLine",
    "Decision",
    "Derogation",
    "DerogationRequest",
    "ExpectedProduct",
    "FundingLine",
    "PartnerBudget",
    "Proposal",
    "Section",
    "Submission",
]
