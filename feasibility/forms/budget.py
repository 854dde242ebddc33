"""The budget of one partner."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from crispy_forms.layout import Div, Layout, Submit
from django import forms
from django.utils.translation import gettext_lazy as _

from calls.models import AidBasis, CostCategory
from consortia.models import Partner
from feasibility.cofinancing import OtherFunder
from feasibility.enums import FundingSource, Research
from feasibility.forms import funders as funder_rows
from feasibility.forms.base import SectionForm, shown_value
from feasibility.forms.funders import FunderRow
from feasibility.forms.ledger import ZERO, Ledger
from feasibility.models import Proposal
from feasibility.selectors import LargestGrant, funder_note, other_funding_of
from rocket.core.display import percent_text
from rocket.core.fields import EuroFormField


class BudgetForm(SectionForm):
    """Costs by category, who pays them, and on what basis; amounts in EUR."""

    def __init__(
        self,
        data: Any = None,
        *,
        proposal: Proposal,
        partner: Partner,
        largest: LargestGrant | None = None,
        **kwargs: Any,
    ) -> None:
        self.partner, self.largest = partner, largest
        programme = proposal.call.programme
        self.categories = list(programme.cost_categories.all())
        self.programme_funders = list(programme.funders.all())
        costs = {line.category_id: line.amount for line in partner.budget_lines.all()}
        others = other_funding_of(partner)
        basis = getattr(partner, "budget", None)
        kwargs["initial"] = {
            **{f"cost_{pk}": amount for pk, amount in costs.items()},
            **{f"funding_{line.source}": line.amount for line in partner.funding_lines.all()},
            **funder_rows.initial_of(others),
            "aid_basis": basis.aid_basis_id if basis else None,
            "research_category": basis.research_category if basis else "",
        }
        self.numbers = list(range(len(others) + 1)) if data is None else funder_rows.numbers_in(data)
        self.bases = list(AidBasis.objects.filter(programme=programme, code__in=proposal.kind.aid_bases))
        super().__init__(data, **kwargs)
        self.helper.attrs["data-budget"] = ""
        self._add_amounts()
        self._add_basis()

    def _add_amounts(self) -> None:
        names = {category.code: str(category.name) for category in self.categories}
        for category in self.categories:
            field = EuroFormField(label=str(category.name), required=False)
            if category.flat_rate is not None:
                field.disabled = True
                field.help_text = _("%(rate)s of %(categories)s, worked out for you") % {
                    "rate": percent_text(category.flat_rate),
                    "categories": ", ".join(names[code] for code in category.flat_rate_of if code in names),
                }
            self.fields[f"cost_{category.pk}"] = field
        hints = {
            FundingSource.GRANT: _("What you ask of the programme."),
            FundingSource.OWN: _("What your organisation pays itself."),
        }
        for source, hint in hints.items():
            self.fields[f"funding_{source}"] = EuroFormField(
                label=source.label, required=False, help_text=hint
            )
        for place, n in enumerate(self.numbers, 1):
            self.fields.update(funder_rows.row_fields(n, place))

    def _add_basis(self) -> None:
        self.fields["aid_basis"] = forms.ModelChoiceField(
            AidBasis.objects.filter(pk__in=[basis.pk for basis in self.bases]),
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

    def make_layout(self) -> Layout:
        return Layout(
            "seen_version",
            Ledger(self),
            "aid_basis",
            "research_category",
            "is_completed",
            Div(Submit("save", _("Save and continue")), css_class="form-actions"),
        )

    @property
    def funder_rows(self) -> list[FunderRow]:
        return [FunderRow.of(self, str(n), place) for place, n in enumerate(self.numbers, 1)]

    def answers(self) -> list[tuple[Any, str]]:
        """As on every section, with one line for each other funder and the sums."""
        of_rows = {field.name for row in self.funder_rows for field in row.fields}
        given: list[tuple[Any, str]] = []
        for field in self.visible_fields():
            if field.name == "aid_basis":
                given += [
                    self._answer_of(row) for row in self.funder_rows if row.name.value() or row.amount.value()
                ]
            if field.name not in of_rows and field.name != "is_completed":
                given.append((field.label, shown_value(field.field, field.value())))
        return given

    def _answer_of(self, row: FunderRow) -> tuple[str, str]:
        source = FundingSource(row.source.value() or FundingSource.PUBLIC)
        note = funder_note(source, bool(row.secured.value()))
        return f"{row.name.value() or _('Funder not named yet')} ({note})", shown_value(
            row.amount.field, row.amount.value()
        )

    # What the service gets -------------------------------------------------------------------------------

    def amounts(self) -> dict[CostCategory, Decimal]:
        return {
            category: self.cleaned_data.get(f"cost_{category.pk}") or ZERO
            for category in self.categories
            if not category.is_flat_rate
        }

    def funding(self) -> dict[FundingSource, Decimal]:
        return {
            source: self.cleaned_data.get(f"funding_{source}") or ZERO
            for source in FundingSource
            if not source.is_other
        }

    def funders(self) -> list[OtherFunder]:
        return [row for _n, row in funder_rows.entered(self.cleaned_data, self.numbers)]

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
        rows = funder_rows.entered(cleaned, self.numbers)
        return found | funder_rows.missing_in(rows, self.programme_funders)
