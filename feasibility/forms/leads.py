"""To which partner the lead is offered."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, Submit
from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from consortia.models import Partner
from feasibility.eligibility import Known


class OfferLeadForm(forms.Form):
    """One of the confirmed project partners, each with what is known of its size."""

    do = forms.CharField(initial="offer", widget=forms.HiddenInput)
    partner = forms.ChoiceField(label=_("Partner that shall lead"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, candidates: Iterable[tuple[Partner, Known]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = {
            Known.YES: gettext("an SME"),
            Known.NO: gettext("not an SME"),
            Known.NOT_YET: gettext("size not declared yet"),
        }
        self.fields["partner"].choices = [  # type: ignore[attr-defined]
            (str(partner.pk), f"{partner.organisation.name} ({words[is_sme]})")
            for partner, is_sme in candidates
        ]
        self.helper = FormHelper()
        self.helper.layout = Layout("do", "partner")
        self.helper.add_input(Submit("offer", _("Offer the lead")))
