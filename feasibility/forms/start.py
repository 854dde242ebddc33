"""How a proposal begins."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from calls.models import Call, ProjectKind
from consortia.models import Organisation
from feasibility.eligibility import Known
from feasibility.models.proposal import MAX_TITLE
from feasibility.selectors import sme_status

LED_BY_SME = "SME-LED"
"""The rule that blocks a lead partner which is no SME."""


class StartForm(forms.Form):
    """For whom, what kind, and a first title.

    A lead partner that is no SME can't submit where the kind asks for one: the form says so before anything is
    created, and goes on only where the person insists, to hand over the lead later.
    """

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
    anyway = forms.BooleanField(label=_("Start all the same; the lead is handed over later"), required=False)

    def __init__(self, *args: Any, call: Call, organisations: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = organisations  # type: ignore[attr-defined]
        kinds = list(call.kinds.all())
        self.fields["kind"].queryset = call.kinds.all()  # type: ignore[attr-defined]
        self.fields["kind"].initial = kinds[0] if len(kinds) == 1 else None
        self.not_smes = self._blocked(organisations, kinds)
        if not self.not_smes:
            del self.fields["anyway"]
        self.helper = FormHelper()
        self.helper.add_input(Submit("start", _("Start the proposal")))

    def _blocked(self, organisations: Iterable[Organisation], kinds: list[ProjectKind]) -> list[Organisation]:
        """Those of the person's organisations that are known not to be an SME, where a kind asks the lead to be one."""
        if not any(_is_led_by_sme(kind) for kind in kinds):
            return []
        return [one for one in organisations if sme_status(one) is Known.NO]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        organisation, kind = values.get("organisation"), values.get("kind")
        is_blocked = organisation in self.not_smes and kind is not None and _is_led_by_sme(kind)
        if is_blocked and not values.get("anyway"):
            self.add_error(
                "anyway",
                gettext(
                    "%(name)s is no SME, so the proposal could not be submitted with it as lead partner. Let an SME start "
                    "it, or tick this to start all the same."
                )
                % {"name": organisation},
            )
        return values


def _is_led_by_sme(kind: ProjectKind) -> bool:
    return any(rule["code"] == LED_BY_SME for rule in kind.rules)
