"""Choices of proposals; groups of states are properties, so that no page lists states by hand."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ProposalState(models.TextChoices):
    """Labels are the applicant's words; the desk's words are in ``desk_label``."""

    DRAFT = "draft", pgettext_lazy("proposal", "Draft")
    SUBMITTED = "submitted", pgettext_lazy("proposal", "Submitted")
    REOPENED = "reopened", pgettext_lazy("proposal", "Reopened, submit again")
    RETURNED = "returned", pgettext_lazy("proposal", "Returned for completion")
    ELIGIBLE = "eligible", pgettext_lazy("proposal", "Formal check passed")
    INELIGIBLE = "ineligible", pgettext_lazy("proposal", "Not eligible")
    IN_ASSESSMENT = "in_assessment", pgettext_lazy("proposal", "Being assessed")
    DECISION_PENDING = "decision_pending", pgettext_lazy("proposal", "Waiting for the decision")
    APPROVED = "approved", pgettext_lazy("proposal", "Approved")
    APPROVED_WITH_CONDITIONS = "approved_conditions", pgettext_lazy("proposal", "Approved with conditions")
    RESERVE = "reserve", pgettext_lazy("proposal", "On the reserve list")
    REJECTED = "rejected", pgettext_lazy("proposal", "Rejected")
    APPEALED = "appealed", pgettext_lazy("proposal", "Appeal recorded")
    ACCEPTED = "accepted", pgettext_lazy("proposal", "Grant accepted")
    WITHDRAWN = "withdrawn", pgettext_lazy("proposal", "Withdrawn")

    @property
    def desk_label(self) -> str:
        return str(_DESK_LABELS.get(self, self.label))

    @property
    def is_editable(self) -> bool:
        """The consortium may change its texts and figures."""
        return self in EDITABLE

    @property
    def is_approved(self) -> bool:
        return self in APPROVED

    @property
    def kind(self) -> str:
        """Which status tag shows it: passed, failed, unknown, warning, progress or neutral."""
        return _TAGS.get(self, "neutral")


EDITABLE = (ProposalState.DRAFT, ProposalState.REOPENED, ProposalState.RETURNED)
APPROVED = (ProposalState.APPROVED, ProposalState.APPROVED_WITH_CONDITIONS, ProposalState.ACCEPTED)
NOT_YET_SUBMITTED = (ProposalState.DRAFT,)
UNDER_ASSESSMENT = (ProposalState.ELIGIBLE, ProposalState.IN_ASSESSMENT, ProposalState.DECISION_PENDING)
"""From the formal check to the decision: what assessors read."""
BEFORE_ACCEPTANCE = tuple(
    state
    for state in ProposalState
    if state
    not in (ProposalState.ACCEPTED, ProposalState.WITHDRAWN, ProposalState.REJECTED, ProposalState.INELIGIBLE)
)
_DESK_LABELS = {
    ProposalState.SUBMITTED: _("Formal check due"),
    ProposalState.REOPENED: _("Reopened by the lead partner"),
    ProposalState.ELIGIBLE: _("Eligible"),
    ProposalState.INELIGIBLE: _("Ineligible"),
    ProposalState.DECISION_PENDING: _("Decision due"),
}
_TAGS = {
    ProposalState.DRAFT: "progress",
    ProposalState.SUBMITTED: "passed",
    ProposalState.REOPENED: "warning",
    ProposalState.RETURNED: "warning",
    ProposalState.ELIGIBLE: "passed",
    ProposalState.INELIGIBLE: "failed",
    ProposalState.IN_ASSESSMENT: "unknown",
    ProposalState.DECISION_PENDING: "unknown",
    ProposalState.APPROVED: "passed",
    ProposalState.APPROVED_WITH_CONDITIONS: "passed",
    ProposalState.RESERVE: "unknown",
    ProposalState.REJECTED: "failed",
    ProposalState.APPEALED: "unknown",
    ProposalState.ACCEPTED: "passed",
}


class SectionName(models.TextChoices):
    """The parts of a proposal, one subject a page."""

    SUMMARY = "summary", _("Summary")
    CROSS_BORDER = "cross_border", _("Cross-border value")
    TECHNOLOGY = "technology", _("Technology and field of application")
    PARTNERS = "partners", _("Partnership")
    WORK_PLAN = "work_plan", _("Work plan")
    BUDGET = "budget", _("Budget of each partner")
    PRODUCTS = "products", _("Expected products")
    ANNEXES = "annexes", _("Annexes")
    DECLARATIONS = "declarations", _("Declarations")


class AdviceStep(models.TextChoices):
    """What somebody did in a thread of advice after its first words."""

    ANSWERED = "answered", pgettext_lazy("advice", "Answered")
    DONE = "done", pgettext_lazy("advice", "Marked as done")
    REOPENED = "reopened", pgettext_lazy("advice", "Opened again")


class AdviceSide(models.TextChoices):
    """For whom somebody writes in a thread of advice."""

    CONSORTIUM = "consortium", pgettext_lazy("advice", "Consortium")
    CONSULTANT = "consultant", pgettext_lazy("advice", "Consultant")


class FundingSource(models.TextChoices):
    """Who pays a partner's eligible cost. The sources add up to it, to the cent."""

    GRANT = "grant", _("Grant asked for")
    OWN = "own", _("Own contribution")
    PUBLIC = "public", _("Other public money")
    PRIVATE = "private", _("Other private money")

    @property
    def is_other(self) -> bool:
        """Money of neither the programme nor the partner itself: it comes from funders with a name."""
        return self in (FundingSource.PUBLIC, FundingSource.PRIVATE)


class ReadinessLevel(models.IntegerChoices):
    """Technology readiness levels. Source: Horizon 2020 Work Programme 2014-2015, General Annexes, Annex G."""

    PRINCIPLES = 1, pgettext_lazy("readiness level", "Basic principles observed")
    CONCEPT = 2, pgettext_lazy("readiness level", "Technology concept formulated")
    PROOF = 3, pgettext_lazy("readiness level", "Experimental proof of concept")
    LABORATORY = 4, pgettext_lazy("readiness level", "Validated in the laboratory")
    RELEVANT = 5, pgettext_lazy("readiness level", "Validated in a relevant environment")
    DEMONSTRATED = 6, pgettext_lazy("readiness level", "Demonstrated in a relevant environment")
    PROTOTYPE = 7, pgettext_lazy("readiness level", "Prototype demonstrated in operation")
    QUALIFIED = 8, pgettext_lazy("readiness level", "System complete and qualified")
    PROVEN = 9, pgettext_lazy("readiness level", "Proven in operation")

    @property
    def with_number(self) -> str:
        return f"{self.value}: {self.label}"

    @property
    def explanation(self) -> str:
        """What it means for a product, in one sentence."""
        return str(_LEVELS[self])


_LEVELS = {
    ReadinessLevel.PRINCIPLES: _("Research has shown the effect. Nobody has made anything of it yet."),
    ReadinessLevel.CONCEPT: _("You know what it could be used for, and have written it down."),
    ReadinessLevel.PROOF: _("First experiments show that the idea can work."),
    ReadinessLevel.LABORATORY: _("The parts work together on your bench."),
    ReadinessLevel.RELEVANT: _("They also work under conditions like those of a plant or clinic."),
    ReadinessLevel.DEMONSTRATED: _("A model does the whole job under such conditions."),
    ReadinessLevel.PROTOTYPE: _("A prototype does the job where a customer will use it."),
    ReadinessLevel.QUALIFIED: _("The final product has passed its tests and has its approvals."),
    ReadinessLevel.PROVEN: _("Customers use it, and it is made in series."),
}


class Outcome(models.TextChoices):
    """What the programme decided on a proposal."""

    APPROVED = "approved", pgettext_lazy("decision", "Approve")
    APPROVED_WITH_CONDITIONS = "approved_conditions", pgettext_lazy("decision", "Approve with conditions")
    RESERVE = "reserve", pgettext_lazy("decision", "Put on the reserve list")
    REJECTED = "rejected", pgettext_lazy("decision", "Reject")

    @property
    def is_approval(self) -> bool:
        return self in (Outcome.APPROVED, Outcome.APPROVED_WITH_CONDITIONS)


class DeclarationState(models.TextChoices):
    """How a declaration of a partner stands, without anything of what it says."""

    THERE = "there", pgettext_lazy("declaration", "There")
    MISSING = "missing", pgettext_lazy("declaration", "Missing")
    OUT_OF_DATE = "out_of_date", pgettext_lazy("declaration", "Out of date")
    CONTRADICTS = "contradicts", pgettext_lazy("declaration", "Class and figures differ")
    NOT_NEEDED = "not_needed", pgettext_lazy("declaration", "Not needed")

    @property
    def tag(self) -> str:
        """Which status tag shows it."""
        return {"there": "completed", "missing": "not_started", "out_of_date": "expired"}.get(
            self, "needs_attention"
        )


class DerogationState(models.TextChoices):
    """What became of a derogation that a consortium asked for."""

    WAITING = "waiting", pgettext_lazy("derogation", "Asked for")
    GRANTED = "granted", pgettext_lazy("derogation", "Granted")
    REFUSED = "refused", pgettext_lazy("derogation", "Refused")
    TAKEN_BACK = "taken_back", pgettext_lazy("derogation", "Taken back")


class Research(models.TextChoices):
    """What the aided work is. Source: Reg. (EU) 651/2014, Art. 2(84)-(87) and 25(2)."""

    FUNDAMENTAL_RESEARCH = "fundamental_research", _("Fundamental research")
    INDUSTRIAL_RESEARCH = "industrial_research", _("Industrial research")
    EXPERIMENTAL_DEVELOPMENT = "experimental_development", _("Experimental development")
    FEASIBILITY_STUDY = "feasibility_study", _("Feasibility study")
