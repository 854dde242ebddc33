"""A consultant's advice."""

from __future__ import annotations

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from feasibility.enums import SectionName
from feasibility.forms.base import LongText


class AdviceForm(forms.Form):
    section = forms.ChoiceField(label=_("Section"), choices=SectionName.choices)
    text = LongText(
        label=_("Your advice"),
        help_text=_(
            "The whole consortium and the consultants of your organisation can read it. The desk cannot."
        ),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6, "data-count": "characters", "data-limit": 4000}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.add_input(Submit("advise", pgettext_lazy("button", "Send the advice")))
