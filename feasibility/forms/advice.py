"""A consultant's advice, and what either side answers."""

from __future__ import annotations

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from feasibility.enums import SectionName
from feasibility.forms.base import LongText
from feasibility.models.advice import MAX_ADVICE


def _words(label: Any) -> LongText:
    attrs = {"rows": 4, "data-count": "characters", "data-limit": MAX_ADVICE}
    return LongText(label=label, max_length=MAX_ADVICE, widget=forms.Textarea(attrs=attrs))


class _WordsForm(forms.Form):
    """One text; many of these stand on one page, so each has ids of its own."""

    button: Any = ""
    action = ""

    def __init__(self, *args: Any, place: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": f"id_%s_{place}", **kwargs})
        self.helper = FormHelper()
        self.helper.add_input(Submit("send", self.button, css_id=f"send_{place}"))


class AdviceForm(_WordsForm):
    """Advice on one section, beside its text."""

    section = forms.ChoiceField(choices=SectionName.choices, widget=forms.HiddenInput)
    text = _words(_("Your advice"))
    button = pgettext_lazy("button", "Send the advice")


class AnswerForm(_WordsForm):
    """Words in the thread ``advice``; ``back`` leads to the page on which they were written."""

    advice = forms.IntegerField(widget=forms.HiddenInput)
    back = forms.CharField(widget=forms.HiddenInput, required=False)
    text = _words(_("Your answer"))
    button = pgettext_lazy("button", "Send the answer")
