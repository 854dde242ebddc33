"""What a proposal consists of beside its own texts: sections, budgets, products, annexes."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from calls.models import AidBasis, CostCategory, Funder, Ket
from consortia.models import Partner
from feasibility.enums import FundingSource, Research, SectionName
from feasibility.models.proposal import Proposal
from rocket.core.models import Document
from rocket.core.money import EuroField
from rocket.core.text import LocalisedText

MAX_FUNDER = 160


class Section(models.Model):
    """The state of one section; of the budget, one row a partner. Its version carries the concurrent-edit check."""

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="sections")
    name = models.CharField(max_length=20, choices=SectionName.choices)
    partner = models.ForeignKey(Partner, null=True, on_delete=models.CASCADE, related_name="+")
    version = models.PositiveIntegerField(default=0)
    is_completed = models.BooleanField(default=False)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    changed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["proposal", "name", "partner"], name="section_once"),
            models.UniqueConstraint(
                fields=["proposal", "name"],
                condition=models.Q(partner=None),
                name="section_once_without_partner",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.proposal.number} {self.name}"

    @property
    def was_begun(self) -> bool:
        return self.version > 0


class PartnerBudget(models.Model):
    """On what basis a partner is paid."""

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="partner_budgets")
    partner = models.OneToOneField(Partner, on_delete=models.CASCADE, related_name="budget")
    aid_basis = models.ForeignKey(AidBasis, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    research_category = models.CharField(max_length=30, choices=Research.choices, blank=True)
    """What the aided work is: needed where the basis is Art. 25 GBER."""

    def __str__(self) -> str:
        return f"{self.proposal.number} {self.partner}"


class BudgetLine(models.Model):
    """What one partner spends in one cost category, in EUR."""

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="budget_lines")
    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="budget_lines")
    category = models.ForeignKey(CostCategory, on_delete=models.PROTECT, related_name="budget_lines")
    amount = EuroField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["partner", "category"], name="budget_line_once"),
            models.CheckConstraint(condition=models.Q(amount__gte=0), name="budget_line_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.partner} {self.category}: {self.amount}"


class FundingLine(models.Model):
    """Who pays how much of one partner's cost, in EUR: one row for the grant, one for the partner's own money, and
    one for each other funder."""

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="funding_lines")
    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="funding_lines")
    source = models.CharField(max_length=10, choices=FundingSource.choices)
    amount = EuroField()
    funder = models.CharField(max_length=MAX_FUNDER, blank=True)
    """Another funder's name as it was typed; empty for grant and own money, and while it is not given yet."""
    programme_funder = models.ForeignKey(
        Funder, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    """Set where the name is one of the programme's funders, whose name stands in every language."""
    is_secured = models.BooleanField(default=False)
    """Whether another funder has promised the money in writing."""

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "source"],
                condition=models.Q(source__in=[FundingSource.GRANT, FundingSource.OWN]),
                name="funding_line_grant_and_own_once",
            ),
            models.CheckConstraint(condition=models.Q(amount__gte=0), name="funding_line_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.partner} {self.source}: {self.amount}"

    @property
    def names(self) -> LocalisedText:
        """Another funder's name in every language that is known."""
        return self.programme_funder.name if self.programme_funder else LocalisedText(self.funder)


TRL = [MinValueValidator(1), MaxValueValidator(9)]


class ExpectedProduct(models.Model):
    """A product, process or service that the consortium means to bring to the market."""

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="products")
    name = models.CharField(_("name of the product"), max_length=120)
    description = models.TextField(_("what it is and who buys it"), max_length=1500)
    ket = models.ForeignKey(Ket, verbose_name=_("technology"), on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey(
        Partner,
        verbose_name=_("partner that brings it to the market"),
        on_delete=models.CASCADE,
        related_name="+",
    )
    trl_start = models.PositiveSmallIntegerField(_("readiness level now"), validators=TRL)
    trl_end = models.PositiveSmallIntegerField(_("readiness level at the end"), validators=TRL)
    market_year = models.PositiveSmallIntegerField(
        _("year of the first sale"), validators=[MinValueValidator(2000), MaxValueValidator(2100)]
    )

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(trl_end__gte=models.F("trl_start")),
                name="product_readiness_does_not_fall",
                violation_error_message=_("The level at the end is at least the level now."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class Annex(models.Model):
    """The file that the consortium handed in for one entry of the call's list; replacing keeps the earlier one."""

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="annexes")
    code = models.CharField(max_length=40)
    document = models.OneToOneField(Document, on_delete=models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["proposal", "code"], condition=models.Q(removed_at=None), name="annex_one_in_force"
            )
        ]

    def __str__(self) -> str:
        return f"{self.proposal.number} {self.code}"
