"""The sections that are mostly text: summary, cross-border value, technology."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from calls.models import ApplicationField, Ket
from feasibility.forms.base import LongText, SectionForm
from feasibility.models import Proposal
from feasibility.models.proposal import MAX_SUMMARY, MAX_TITLE
from rocket.core.display import day_text

MAX_VALUE_TEXT = 3000


class SummaryForm(SectionForm):
    title = forms.CharField(label=_("Title of the project"), max_length=MAX_TITLE)
    summary = LongText(
        label=_("What do you want to do?"),
        help_text=_(
            "For a reader from another trade: the problem, your idea, and what will exist at the end. "
            "If the project is funded, its title is published, and this text stands in the programme's reports."
        ),
        max_length=MAX_SUMMARY,
        required=False,
        widget=forms.Textarea(attrs={"rows": 8, "data-count": "characters", "data-limit": MAX_SUMMARY}),
    )
    starts_on = forms.DateField(
        label=_("First day of the project"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date", "class": "w-20"}, format="%Y-%m-%d"),
    )
    months = forms.IntegerField(
        label=_("Duration in months"),
        required=False,
        min_value=1,
        max_value=120,
        widget=forms.NumberInput(attrs={"class": "w-5"}),
    )
    section_fields = ("title", "summary", "starts_on", "months")

    def __init__(self, *args: Any, proposal: Proposal, **kwargs: Any) -> None:
        kwargs["initial"] = {name: getattr(proposal, name) for name in self.section_fields}
        super().__init__(*args, **kwargs)
        limits = {"minimum": proposal.kind.min_months, "maximum": proposal.kind.max_months}
        self.fields["months"].help_text = _("From %(minimum)s to %(maximum)s months.") % limits
        if proposal.call.decision_expected_on:
            day = day_text(proposal.call.decision_expected_on)
            self.fields["starts_on"].help_text = _("The decision is expected by %(day)s.") % {"day": day}

    def missing(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        questions = {
            "summary": _("Say what you want to do"),
            "starts_on": _("Enter the first day of the project"),
            "months": _("Enter the duration in months"),
        }
        return {name: text for name, text in questions.items() if not cleaned.get(name)}


class CrossBorderForm(SectionForm):
    cross_border_value = LongText(
        label=_("Why across the border?"),
        help_text=_(
            "What each side brings that the other does not have, and what becomes possible because both take part."
        ),
        max_length=MAX_VALUE_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 10, "data-count": "characters", "data-limit": MAX_VALUE_TEXT}),
    )
    section_fields = ("cross_border_value",)

    def __init__(self, *args: Any, proposal: Proposal, **kwargs: Any) -> None:
        kwargs["initial"] = {"cross_border_value": proposal.cross_border_value}
        super().__init__(*args, **kwargs)

    def missing(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        if cleaned.get("cross_border_value", "").strip():
            return {}
        return {"cross_border_value": _("Say why the project needs both sides of the border")}


class TechnologyForm(SectionForm):
    main_ket = forms.ModelChoiceField(
        Ket.objects.none(),
        label=_("Main technology"),
        help_text=_("The one that the result rests on. It carries the budget in the programme's figures."),
        required=False,
        empty_label=None,
        widget=forms.RadioSelect,
    )
    kets = forms.ModelMultipleChoiceField(
        Ket.objects.none(),
        label=_("Further technologies"),
        help_text=_("Only where there are any."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    fields_of_application = forms.ModelMultipleChoiceField(
        ApplicationField.objects.none(),
        label=_("Fields of application"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    section_fields = ("main_ket", "kets", "fields_of_application")

    def __init__(self, *args: Any, proposal: Proposal, **kwargs: Any) -> None:
        kwargs["initial"] = {
            "main_ket": proposal.main_ket_id,
            "kets": [ket.pk for ket in proposal.kets.all()],
            "fields_of_application": [field.pk for field in proposal.fields.all()],
        }
        super().__init__(*args, **kwargs)
        # All of the programme's, not only the call's: what does not belong to the call, the rule says in words.
        programme = proposal.call.programme_id
        for name in ("main_ket", "kets"):
            self.fields[name].queryset = Ket.objects.filter(programme=programme)  # type: ignore[attr-defined]
        self.fields["fields_of_application"].queryset = ApplicationField.objects.filter(  # type: ignore[attr-defined]
            programme=programme
        )

    def missing(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        questions = {
            "main_ket": _("Choose the main technology"),
            "fields_of_application": _("Choose at least one field of application"),
        }
        return {name: text for name, text in questions.items() if not cleaned.get(name)}
