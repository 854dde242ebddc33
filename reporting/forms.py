"""What managers fill in: the decision on a proposal, and which report they want."""

from __future__ import annotations

from datetime import date
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from feasibility.enums import Outcome
from feasibility.models import Proposal
from feasibility.transitions import DECISION_VERBS, PROPOSAL
from reporting.enums import ReportFormat
from reporting.models import Product
from reporting.transitions import STAGES


class DecisionForm(forms.Form):
    """Outcome, reason and conditions; offers only outcomes that the proposal's state leads to."""

    outcome = forms.ChoiceField(label=_("Decision"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("The consortium reads it in the notice of the decision."),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5, "data-count": "characters"}),
    )
    conditions = forms.CharField(
        label=_("Conditions"),
        help_text=_("Only for an approval with conditions: what must be met, and by when."),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "data-count": "characters"}),
    )
    confirmed = forms.BooleanField(
        label=_("I have read the findings and the budget; the decision is sent to every partner."),
        error_messages={"required": _("Confirm that the decision is to be sent.")},
    )

    def __init__(self, *args: Any, proposal: Proposal, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ways = {row.verb for row in PROPOSAL.from_state(proposal.state)}
        self.fields["outcome"].choices = [  # type: ignore[attr-defined]
            (outcome.value, outcome.label) for outcome in Outcome if DECISION_VERBS[outcome] in ways
        ]
        self.helper = FormHelper()
        self.helper.add_input(Submit("decide", _("Decide and tell the partners")))

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        with_conditions = cleaned.get("outcome") == Outcome.APPROVED_WITH_CONDITIONS
        if with_conditions and not cleaned.get("conditions"):
            self.add_error("conditions", _("State the conditions."))
        if not with_conditions and cleaned.get("outcome") and cleaned.get("conditions"):
            self.add_error(
                "conditions", _("Conditions belong to an approval with conditions; choose it or clear them.")
            )
        return cleaned


class DayForm(forms.Form):
    """As at the end of which day figures are shown; empty means now."""

    as_of = forms.DateField(
        label=_("As at the end of"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["as_of"].widget.attrs["max"] = today.isoformat()

    def clean_as_of(self) -> date | None:
        day: date | None = self.cleaned_data["as_of"]
        if day is not None and day > self.today:
            raise forms.ValidationError(
                _("Choose a day that has come: figures of the future are not known."), code="future"
            )
        return day


class ReportForm(DayForm):
    """Which report: as at which day, in which format and language."""

    format = forms.ChoiceField(label=_("Format"), choices=ReportFormat.choices, widget=forms.RadioSelect)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["as_of"].help_text = _(
            "Every call, project and product is shown as it stood then. Empty: as it is now."
        )
        self.helper = FormHelper()
        self.helper.add_input(Submit("ask", _("Make the report")))


class StageForm(forms.Form):
    """The next stage of a product; on the market asks for first sale and evidence."""

    stage = forms.ChoiceField(label=_("New stage"), widget=forms.RadioSelect)
    first_sold_on = forms.DateField(
        label=_("Day of the first sale"),
        help_text=_("Only for a product that is on the market."),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    evidence = forms.CharField(
        label=_("Evidence"),
        help_text=_(
            "What shows it: invoice, order, acceptance record. For a stopped product: why. Auditors read it, the public does not."
        ),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "data-count": "characters"}),
    )

    def __init__(self, *args: Any, product: Product, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["stage"].choices = [  # type: ignore[attr-defined]
            (stage.value, stage.label) for stage in STAGES[product.stage_now]
        ]
        self.helper = FormHelper()
        self.helper.add_input(Submit("record", _("Record the stage")))


class ProjectStepForm(forms.Form):
    """A step of a project that needs a reason."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("The consortium reads it."),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, button: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.add_input(Submit("go", button))
