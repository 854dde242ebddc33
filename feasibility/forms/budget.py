"""The budget of one partner."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from crispy_forms.layout import Div, Fieldset, Layout, Submit
from django import forms
from django.utils.translation import gettext_lazy as _

from calls.models import AidBasis, CostCategory
from consortia.models import Partner
from feasibility.eligibility.values import Rate
from feasibility.enums import FundingSource, Research
from feasibility.forms.base import SectionForm
from feasibility.models import Proposal
from rocket.core.fields import EuroFormField


class BudgetForm(SectionForm):
    """Costs by category, who pays them, and on what basis; amounts in EUR."""

    def __init__(self, *args: Any, proposal: Proposal, partner: Partner, **kwargs: Any) -> None:
        self.partner = partner
        programme = proposal.call.programme_id
        self.categories = list(CostCategory.objects.filter(programme=programme).order_by("position"))
        costs = {f"cost_{line.category_id}": line.amount for line in partner.budget_lines.all()}
        funding = {f"funding_{line.source}": line.amount for line in partner.funding_lines.all()}
        basis = getattr(partner, "budget", None)
        kwargs["initial"] = {
            **costs,
            **funding,
            "aid_basis": basis.aid_basis_id if basis else None,
            "research_category": basis.research_category if basis else "",
        }
        self._bases = AidBasis.objects.filter(programme=programme, code__in=proposal.kind.aid_bases)
        super().__init__(*args, **kwargs)
        for category in self.categories:
            field = EuroFormField(label=str(category.name), required=False)
            if category.flat_rate is not None:
                field.disabled = True
                field.help_text = _("%(rate)s of other costs, worked out when you save.") % {
                    "rate": str(Rate(category.flat_rate))
                }
            self.fields[f"cost_{category.pk}"] = field
        hints = {
            FundingSource.GRANT: _("What you ask of the programme."),
            FundingSource.OWN: _("What your organisation pays itself."),
        }
        for source in FundingSource:
            self.fields[f"funding_{source}"] = EuroFormField(
                label=source.label, required=False, help_text=hints.get(source, "")
            )
        self.fields["aid_basis"] = forms.ModelChoiceField(
            self._bases,
            label=_("Basis under State aid law"),
            help_text=_(
                "Your consultant knows which one fits. De minimis needs a declaration of earlier aid."
            ),
            required=False,
            empty_label=_("Not chosen yet"),
        )
        self.fields["research_category"] = forms.ChoiceField(
            choices=[("", _("Not chosen yet")), *Research.choices],
            label=_("Kind of work"),
            help_text=_("Only needed where the basis is Article 25 of the block exemption (GBER)."),
            required=False,
        )
        self.helper.layout = self.make_layout()

    def make_layout(self) -> Layout:
        if "aid_basis" not in self.fields:
            return Layout()
        costs = [f"cost_{category.pk}" for category in self.categories]
        return Layout(
            "seen_version",
            Fieldset(str(_("Cost by category")), *costs, css_class="money-rows"),
            Fieldset(
                str(_("Who pays for it")),
                *(f"funding_{source}" for source in FundingSource),
                css_class="money-rows",
            ),
            "aid_basis",
            "research_category",
            "is_completed",
            Div(Submit("save", _("Save and continue")), css_class="form-actions"),
        )

    def amounts(self) -> dict[CostCategory, Decimal]:
        return {
            category: self.cleaned_data.get(f"cost_{category.pk}") or Decimal("0.00")
            for category in self.categories
            if not category.is_flat_rate
        }

    def funding(self) -> dict[FundingSource, Decimal]:
        return {
            source: self.cleaned_data.get(f"funding_{source}") or Decimal("0.00") for source in FundingSource
        }

    def missing(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        entered = [name for name in cleaned if name.startswith("cost_") and cleaned[name]]
        if not entered:
            first = next(c for c in self.categories if not c.is_flat_rate)
            found[f"cost_{first.pk}"] = _("Enter at least one cost")
        if cleaned.get("funding_grant") and not cleaned.get("aid_basis"):
            found["aid_basis"] = _("Choose the basis on which the grant is paid")
        basis = cleaned.get("aid_basis")
        if basis and basis.code == "gber_25" and not cleaned.get("research_category"):
            found["research_category"] = _("Choose the kind of work")
        return found
