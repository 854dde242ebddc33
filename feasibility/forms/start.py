"""How a proposal begins."""

from __future__ import annotations

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.utils.translation import gettext_lazy as _

from calls.models import Call, ProjectKind
from consortia.models import Organisation
from feasibility.models.proposal import MAX_TITLE


class StartForm(forms.Form):
    """For whom, what kind, and a first title."""

    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("Lead partner"), empty_label=None
    )
    kind = forms.ModelChoiceField(
        ProjectKind.objects.none(), label=_("Kind of project"), empty_label=None, widget=forms.RadioSelect
    )
    title = forms.CharField(
        label=_("Title of the project"),
        max_length=MAX_TITLE,
        help_text=_("You can change it until you submit."),
    )

    def __init__(self, *args: Any, call: Call, organisations: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = organisations  # type: ignore[attr-defined]
        kinds = call.kinds.all()
        self.fields["kind"].queryset = kinds  # type: ignore[attr-defined]
        self.fields["kind"].initial = kinds[0] if len(kinds) == 1 else None
        self.helper = FormHelper()
        self.helper.add_input(Submit("start", _("Start the proposal")))
