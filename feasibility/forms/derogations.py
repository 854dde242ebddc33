"""Asking for a derogation, and the manager's answer."""

from __future__ import annotations

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.utils.translation import gettext_lazy as _

from feasibility.forms.base import LongText
from feasibility.models.derogation_request import MAX_REASON


class AskDerogationForm(forms.Form):
    """Which rule can't be met, and why."""

    rule_code = forms.ChoiceField(label=_("Rule that can't be met"), widget=forms.RadioSelect)
    reason = LongText(
        label=_("Why it can't be met, and why the project is worth it all the same"),
        help_text=_("The programme office reads this, and nothing else of your draft."),
        max_length=MAX_REASON,
        widget=forms.Textarea(attrs={"rows": 6}),
    )

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["rule_code"].choices = choices  # type: ignore[attr-defined]
        self.helper = FormHelper()
        self.helper.add_input(Submit("ask", _("Ask for the derogation")))


class AnswerDerogationForm(forms.Form):
    """Granted or refused, with the reason that the consortium reads."""

    answer = forms.ChoiceField(
        label=_("Answer"),
        choices=[("grant", _("Grant it: the rule passes for this proposal")), ("refuse", _("Refuse it"))],
        widget=forms.RadioSelect,
    )
    reason = LongText(
        label=_("Reason"),
        help_text=_("The consortium reads it; a granted one also stands beside the rule, with your name."),
        max_length=MAX_REASON,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.add_input(Submit("answer_it", _("Send the answer")))
