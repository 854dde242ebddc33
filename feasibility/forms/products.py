"""An expected product."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from crispy_forms.layout import Div, Layout, Row, Submit
from django import forms
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from calls.models import Ket
from consortia.models import Partner
from feasibility.enums import ReadinessLevel
from feasibility.forms.base import LongText, RowForm
from feasibility.models import ExpectedProduct, Proposal
from feasibility.selectors import readiness_text

CHOOSE = _("Choose…")


class ReadinessScale:
    """The nine levels with what each means, to open in place."""

    def render(self, form: Any, context: Any, template_pack: str = "", **kwargs: Any) -> str:
        return render_to_string("feasibility/_readiness_scale.html", {"levels": list(ReadinessLevel)})


class PartnerChoice(forms.ModelChoiceField):
    """A partner by the name of its organisation."""

    def label_from_instance(self, obj: Partner) -> str:
        return str(obj.organisation)


def readiness_choices() -> list[tuple[Any, Any]]:
    """The nine levels in the reader's language."""
    return [("", CHOOSE), *((level.value, level.with_number) for level in ReadinessLevel)]


def readiness_field(name: str) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=capfirst(ExpectedProduct._meta.get_field(name).verbose_name),  # type: ignore[union-attr]
        choices=readiness_choices,
        coerce=int,
        empty_value=None,
    )


class ProductForm(RowForm):
    """One product; ``now`` says which year of the first sale is still to come."""

    draft_needs = ("name", "ket", "owner", "trl_start", "trl_end", "market_year")
    trl_start = readiness_field("trl_start")
    trl_end = readiness_field("trl_end")

    class Meta:
        model = ExpectedProduct
        field_classes = {"description": LongText}
        fields = ("name", "description", "ket", "owner", "trl_start", "trl_end", "market_year")
        help_texts = {"market_year": _("When the first customer can buy it.")}
        widgets = {
            "description": forms.Textarea(attrs={"rows": 4, "data-count": "characters", "data-limit": 1500}),
            "market_year": forms.TextInput(attrs={"class": "w-5", "inputmode": "numeric", "maxlength": 4}),
        }

    def __init__(self, *args: Any, proposal: Proposal, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.proposal, self.now = proposal, now
        partners = (
            Partner.objects.filter(consortium=proposal.consortium_id)
            .taking_part()
            .select_related("organisation")
        )
        self.fields["ket"] = forms.ModelChoiceField(
            Ket.objects.filter(programme=proposal.call.programme_id),
            label=self.fields["ket"].label,
            empty_label=CHOOSE,
        )
        self.fields["owner"] = PartnerChoice(partners, label=self.fields["owner"].label, empty_label=CHOOSE)
        self.helper.layout = Layout(
            "seen_version",
            "name",
            "description",
            "ket",
            "owner",
            Row("trl_start", "trl_end"),
            ReadinessScale(),
            "market_year",
            Div(Submit("save", _("Save the product")), css_class="form-actions"),
        )

    def clean_market_year(self) -> int:
        year: int = self.cleaned_data["market_year"]
        today = timezone.localtime(self.now).year
        starts_on = self.proposal.starts_on
        if year < 1000:
            raise ValidationError(
                _("Enter the year with four digits, for example %(today)s."),
                code="short",
                params={"today": today},
            )
        if year < today:
            raise ValidationError(
                _("%(year)s is over. Enter %(today)s or a later year."),
                code="past",
                params={"year": year, "today": today},
            )
        if starts_on and year < starts_on.year:
            raise ValidationError(
                _("The project starts in %(start)s: its product is not sold before that."),
                code="before_start",
                params={"start": starts_on.year},
            )
        return year

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        start, end = cleaned.get("trl_start"), cleaned.get("trl_end")
        if start and end and end < start:
            self.add_error("trl_end", _("The level at the end is at least the level now"))
        return cleaned

    def missing(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        return {} if cleaned.get("description") else {"description": _("Say what it is and who buys it")}

    def answers(self) -> list[tuple[Any, str]]:
        """The product as it is saved or typed; instead of a new one that is empty, what is saved beside it."""
        if self.instance.pk or self.is_bound:
            return super().answers()
        return [
            (
                product.name,
                _("Readiness level now: %(start)s. At the end: %(end)s. First sale %(year)s.")
                % {
                    "start": readiness_text(product.trl_start),
                    "end": readiness_text(product.trl_end),
                    "year": product.market_year,
                },
            )
            for product in self.proposal.products.all()
        ]
