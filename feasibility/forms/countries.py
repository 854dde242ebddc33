"""For which country a linked group counts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from consortia.countries import country_name
from feasibility.selectors import LinkedGroup


class CountryForm(forms.Form):
    """One of the countries in which partners of the group work."""

    group = forms.CharField(widget=forms.HiddenInput)
    country = forms.ChoiceField(label=_("Country for which they count"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, group: LinkedGroup, **kwargs: Any) -> None:
        kwargs["initial"] = {"group": group.key, "country": group.settled}
        kwargs["auto_id"] = f"id_{group.key}_%s"
        super().__init__(*args, **kwargs)
        self.fields["country"].choices = [  # type: ignore[attr-defined]
            (code, country_name(code)) for code in group.countries
        ]
