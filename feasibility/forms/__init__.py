"""What people type into a proposal: in as text, out as clean values."""

from feasibility.forms.advice import AdviceForm, AnswerForm
from feasibility.forms.annexes import AnnexForm
from feasibility.forms.base import DraftForm, LongText, RowForm, SectionForm, TickForm, shown_value
from feasibility.forms.budget import BudgetForm
from feasibility.forms.copying import CopyForm
from feasibility.forms.countries import CountryForm
from feasibility.forms.declarations import DeclarationsForm
from feasibility.forms.derogations import AnswerDerogationForm, AskDerogationForm
from feasibility.forms.desk import DerogationForm, ReasonForm
from feasibility.forms.leads import OfferLeadForm
from feasibility.forms.products import ProductForm
from feasibility.forms.qualify import QualifyForm, shown_choice
from feasibility.forms.start import StartForm
from feasibility.forms.texts import CrossBorderForm, SummaryForm, TechnologyForm
from feasibility.forms.work_plan import WorkPackageForm

__all__ = [
    "AdviceForm",
    "AnnexForm",
    "AnswerDerogationForm",
    "AnswerForm",
    "AskDerogationForm",
    "BudgetForm",
    "CopyForm",
    "CountryForm",
    "CrossBorderForm",
    "DeclarationsForm",
    "DerogationForm",
    "DraftForm",
    "LongText",
    "OfferLeadForm",
    "ProductForm",
    "QualifyForm",
    "ReasonForm",
    "RowForm",
    "SectionForm",
    "StartForm",
    "SummaryForm",
    "TechnologyForm",
    "TickForm",
    "WorkPackageForm",
    "shown_choice",
    "shown_value",
]
