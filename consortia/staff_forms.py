"""The offer of a role."""

from __future__ import annotations

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.utils.translation import gettext_lazy as _

from calls.models import ClusterOrganisation, Programme
from rocket.accounts.roles import Role

DUTIES = {
    Role.MANAGER: _("publishes calls, checks, decides, gives roles"),
    Role.CONSULTANT: _("advises the drafts in the care of one cluster organisation"),
    Role.ASSESSOR: _("scores submitted proposals"),
    Role.CONTROLLER: _("reads organisations and their declarations, checks expenditure"),
    Role.AUDITOR: _("reads everything from submission on, changes nothing"),
}


class StaffForm(forms.Form):
    """To whom which role is offered; to a consultant, for which cluster organisation."""

    email = forms.EmailField(label=_("E-mail address"))
    role = forms.ChoiceField(label=_("Role"), widget=forms.RadioSelect)
    cluster = forms.ModelChoiceField(
        ClusterOrganisation.objects.none(),
        label=_("Cluster organisation"),
        help_text=_("Only for a consultant: whose applicants the person advises."),
        empty_label=_("None"),
        required=False,
    )

    def __init__(self, *args: Any, programme: Programme, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [  # type: ignore[attr-defined]
            (role.value, f"{role.label}: {DUTIES[role]}") for role in Role
        ]
        self.fields["cluster"].queryset = programme.clusters.all()  # type: ignore[attr-defined]
        self.helper = FormHelper()
        self.helper.add_input(Submit("offer", _("Offer the role by mail")))

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("role"):
            cleaned["role"] = Role(cleaned["role"])
            if (cleaned["role"] is Role.CONSULTANT) != (cleaned.get("cluster") is not None):
                self.add_error(
                    "cluster", _("Choose the cluster organisation of a consultant; other roles have none.")
                )
        return cleaned
