from feasibility.models.advice import Advice, AdviceReply
from feasibility.models.decision import Decision, Derogation
from feasibility.models.declarations import PartnerDeclaration
from feasibility.models.derogation_request import DerogationRequest
from feasibility.models.plan import Annex, BudgetLine, ExpectedProduct, FundingLine, PartnerBudget, Section
from feasibility.models.proposal import Proposal
from feasibility.models.submission import Submission
from feasibility.models.work_plan import Deliverable, WorkPackage

__all__ = [
    "Advice",
    "AdviceReply",
    "Annex",
    "BudgetLine",
    "Decision",
    "Deliverable",
    "Derogation",
    "DerogationRequest",
    "ExpectedProduct",
    "FundingLine",
    "PartnerBudget",
    "PartnerDeclaration",
    "Proposal",
    "Section",
    "Submission",
    "WorkPackage",
]
