"""What people type into a proposal: in as text, out as clean values."""

from feasibility.forms.advice import AdviceForm
from feasibility.forms.annexes import AnnexForm
from feasibility.forms.base import LongText, SectionForm, TickForm, shown_value
from feasibility.forms.budget import BudgetForm
from feasibility.forms.copying import CopyForm
from feasibility.forms.countries import CountryForm
from feasibility.forms.derogations import AnswerDerogationForm, AskDerogationForm
from feasibility.forms.desk import DerogationForm, ReasonForm
from feasibility.forms.leads import OfferLeadForm
from feasibility.forms.products import ProductForm
from feasibility.forms.qualify import QualifyForm, shown_choice
from feasibility.forms.start import StartForm
from feasibility.forms.texts import SummaryForm, TechnologyForm

__all__ = [
    "AdviceForm",
    "AnnexForm",
    "AnswerDerogationForm",
    "AskDerogationForm",
    "BudgetForm",
    "CopyForm",
    "CountryForm",
    "DerogationForm",
    "LongText",
    "OfferLeadForm",
    "ProductForm",
    "QualifyForm",
    "ReasonForm",
    "SectionForm",
    "StartForm",
    "SummaryForm",
    "TechnologyForm",
    "TickForm",
    "shown_choice",
    "shown_value",
]
