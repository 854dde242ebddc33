"""Into which call a proposal is copied, and whom of its partners to ask again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.utils.translation import gettext_lazy as _

from calls.models import Call, ProjectKind
from consortia.models import Partner
from feasibility.models.proposal import MAX_TITLE
from rocket.core.display import moment_text


class CopyForm(forms.Form):
    """Call and kind in one choice, so that no impossible pair can be chosen."""

    target = forms.ChoiceField(label=_("Call and kind of project"), widget=forms.RadioSelect)
    title = forms.CharField(
        label=_("Title of the project"),
        max_length=MAX_TITLE,
        help_text=_("You can change it until you submit."),
    )
    partners = forms.MultipleChoiceField(
        label=_("Partners to ask again"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Each gets a new invitation by mail and confirms for itself."),
    )

    def __init__(
        self,
        *args: Any,
        calls: Iterable[Call],
        partners: Iterable[tuple[Partner, str]],
        title: str,
        chosen: str = "",
        **kwargs: Any,
    ) -> None:
        self.targets = {
            f"{call.slug}:{kind.code}": (call, kind) for call in calls for kind in call.kinds.all()
        }
        asked = [(str(partner.pk), f"{partner.organisation.name} ({email})") for partner, email in partners]
        only = next(iter(self.targets)) if len(self.targets) == 1 else ""
        first = next((key for key in self.targets if chosen and key.startswith(f"{chosen}:")), only)
        kwargs["initial"] = {"title": title, "target": first, "partners": [key for key, _name in asked]}
        super().__init__(*args, **kwargs)
        self.fields["target"].choices = [  # type: ignore[attr-defined]
            (key, f"{call.title} · {kind} · {moment_text(call.closes_at) if call.closes_at else '–'}")
            for key, (call, kind) in self.targets.items()
        ]
        if asked:
            self.fields["partners"].choices = asked  # type: ignore[attr-defined]
        else:
            del self.fields["partners"]
        self.helper = FormHelper()
        self.helper.add_input(Submit("copy", _("Copy the proposal")))

    def chosen_target(self) -> tuple[Call, ProjectKind]:
        return self.targets[self.cleaned_data["target"]]

    def chosen_partners(self) -> list[int]:
        return [int(key) for key in self.cleaned_data.get("partners", [])]
