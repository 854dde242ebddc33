"""What the desk adds to a proposal: reasons and derogations."""

from __future__ import annotations

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from feasibility.forms.base import LongText


class ReasonForm(forms.Form):
    """A step that needs a sentence."""

    reason = LongText(
        label=_("Reason"),
        help_text=_("The consortium reads it."),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    due = forms.DateTimeField(
        label=_("To be completed by"),
        widget=forms.DateTimeInput(
            attrs={"type": "datetime-local", "class": "w-20"}, format="%Y-%m-%dT%H:%M"
        ),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
    )

    def __init__(
        self, *args: Any, with_due: bool = False, button: Any = "", kind: str = "", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if not with_due:
            del self.fields["due"]
        else:
            self.fields["due"].help_text = _("In the zone of %(zone)s.") % {
                "zone": timezone.get_current_timezone_name()
            }
        self.helper = FormHelper()
        self.helper.add_input(Submit("go", button or _("Save"), css_class=f"button--{kind}" if kind else ""))


class DerogationForm(forms.Form):
    rule_code = forms.ChoiceField(label=_("Rule"))
    reason = LongText(label=_("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["rule_code"].choices = choices  # type: ignore[attr-defined]
        self.helper = FormHelper()
        self.helper.add_input(Submit("grant", _("Grant the derogation")))
