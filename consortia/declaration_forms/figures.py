"""The form of the SME declaration: the enterprise's own figures of two closed periods."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from consortia.declaration_forms.rows import DayInput, headcount_field
from consortia.enums import SizeClass
from rocket.core.fields import EuroFormField


class SmeForm(forms.Form):
    """The class that the enterprise declares, and its own figures of two closed periods."""

    closed_on = forms.DateField(label=_("Latest closed period ended on"), widget=DayInput())
    headcount = headcount_field(
        label=_("Headcount in annual work units"),
        help_text=_(
            "Full-time for a whole year is 1. Apprentices and people on parental leave do not count."
        ),
    )
    turnover = EuroFormField(label=_("Turnover without VAT, EUR"))
    balance_sheet = EuroFormField(label=_("Balance sheet total, EUR"))
    previous_closed_on = forms.DateField(
        label=_("Period before it ended on"),
        widget=DayInput(),
        required=False,
        help_text=_("Leave this period empty if the enterprise is younger."),
    )
    previous_headcount = headcount_field(label=_("Headcount in annual work units"), required=False)
    previous_turnover = EuroFormField(label=_("Turnover without VAT, EUR"), required=False)
    previous_balance_sheet = EuroFormField(label=_("Balance sheet total, EUR"), required=False)
    founded_on = forms.DateField(
        label=_("Founded on"),
        widget=DayInput(),
        required=False,
        help_text=_("Only if it is younger than the two periods: before that day no figures are missing."),
    )
    previous_class = forms.ChoiceField(
        label=_("Class before these periods"),
        choices=[("", _("Not known")), *SizeClass.choices],
        required=False,
        help_text=_(
            "The class that held before the oldest period above. It decides when the two periods give different classes."
        ),
    )
    is_estimate = forms.BooleanField(
        label=_("No period has closed yet: the latest figures are an estimate in good faith"), required=False
    )
    is_consolidated = forms.BooleanField(
        label=_("The figures come from consolidated accounts, which hold every enterprise that we control"),
        required=False,
    )
    presumes_independence = forms.BooleanField(
        label=_(
            "Our capital is so spread that its holders can't be determined, and we declare in good faith that nobody holds 25 % or more"
        ),
        required=False,
    )
    declared_class = forms.ChoiceField(
        label=_("Class that you declare"), choices=SizeClass.choices, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, is_preview: bool = False, **kwargs: Any) -> None:
        """A preview works the class out from the figures, so it needs none that is declared."""
        super().__init__(*args, **kwargs)
        self.is_preview = is_preview

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if self.is_preview:
            self.errors.pop("declared_class", None)
        previous = ("previous_closed_on", "previous_headcount", "previous_turnover", "previous_balance_sheet")
        given = [name for name in previous if values.get(name) is not None]
        if given and len(given) < len(previous):
            for name in previous:
                if values.get(name) is None and name not in self.errors:
                    self.add_error(name, gettext("Enter all four figures of this period, or none of them."))
        if given and values.get("is_estimate"):
            self.add_error(
                "is_estimate", gettext("An estimate is for an enterprise that has not closed a period yet.")
            )
        latest, earlier = values.get("closed_on"), values.get("previous_closed_on")
        if latest and earlier and earlier >= latest:
            self.add_error("previous_closed_on", gettext("This period must end before the latest one."))
        founded = values.get("founded_on")
        if founded and latest and founded > latest:
            self.add_error(
                "founded_on", gettext("The enterprise must be founded before its latest period ends.")
            )
        elif founded and earlier and founded > earlier:
            self.add_error(
                "previous_closed_on",
                gettext(
                    "This period ended before the enterprise was founded. Leave the period empty, or correct the day."
                ),
            )
        return values
