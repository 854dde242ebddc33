"""An expected product."""

from __future__ import annotations

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.utils.translation import gettext_lazy as _

from calls.models import Ket
from consortia.models import Partner
from feasibility.forms.base import LongText
from feasibility.models import ExpectedProduct, Proposal, Section


class ProductForm(forms.ModelForm):
    seen_version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    class Meta:
        model = ExpectedProduct
        field_classes = {"description": LongText}
        fields = ("name", "description", "ket", "owner", "trl_start", "trl_end", "market_year")
        help_texts = {
            "trl_start": _(
                "1: principle observed · 4: works in the laboratory · 7: prototype in use · 9: proven in use"
            ),
            "market_year": _("When the first customer can buy it."),
        }
        widgets = {
            "description": forms.Textarea(attrs={"rows": 4, "data-count": "characters", "data-limit": 1500}),
            "trl_start": forms.NumberInput(attrs={"class": "w-5", "min": 1, "max": 9}),
            "trl_end": forms.NumberInput(attrs={"class": "w-5", "min": 1, "max": 9}),
            "market_year": forms.NumberInput(attrs={"class": "w-5"}),
        }

    def __init__(self, *args: Any, proposal: Proposal, section: Section, **kwargs: Any) -> None:
        kwargs["initial"] = {"seen_version": section.version, **kwargs.pop("initial", {})}
        super().__init__(*args, **kwargs)
        self.fields["ket"].queryset = Ket.objects.filter(programme=proposal.call.programme_id)  # type: ignore[attr-defined]
        partners = (
            Partner.objects.filter(consortium=proposal.consortium_id)
            .taking_part()
            .select_related("organisation")
        )
        owner = self.fields["owner"]
        owner.queryset = partners  # type: ignore[attr-defined]
        owner.label_from_instance = lambda partner: str(partner.organisation)  # type: ignore[attr-defined]
        self.helper = FormHelper()
        self.helper.add_input(Submit("save", _("Save the product")))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        start, end = cleaned.get("trl_start"), cleaned.get("trl_end")
        if start and end and end < start:
            self.add_error("trl_end", _("The level at the end is at least the level now"))
        return cleaned
