"""Forms that belong to no app."""

from __future__ import annotations

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.utils.translation import gettext_lazy as _

from rocket.core.models import Feedback
from rocket.core.text import without_controls


class PlainText(forms.CharField):
    """A text without characters that a database may refuse."""

    def to_python(self, value: Any) -> str:
        return without_controls(super().to_python(value) or "")


class FeedbackForm(forms.Form):
    """What does not work, on which page, and where to answer."""

    text = PlainText(
        label=_("What does not work, and with which device or program?"),
        widget=forms.Textarea,
        max_length=Feedback.MAX_TEXT,
    )
    page = PlainText(label=_("On which page?"), required=False, max_length=300)
    email = forms.EmailField(
        label=_("Your e-mail address"), required=False, help_text=_("Only if you would like an answer.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].widget.attrs["autocomplete"] = "email"
        self.helper = FormHelper()
        self.helper.add_input(Submit("send", _("Send")))
