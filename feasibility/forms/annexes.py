"""The file for one annex."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from feasibility.annex_limits import AnnexLimits


class AnnexForm(forms.Form):
    """One file for one annex. What it may be, the service checks by its content."""

    seen_version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    file = forms.FileField(label=_("File"), widget=forms.ClearableFileInput, allow_empty_file=True)

    def __init__(self, *args: Any, limits: AnnexLimits, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["file"]
        field.widget.attrs["accept"] = limits.accept
        field.help_text = _("%(kinds)s, at most %(size)s") % {
            "kinds": limits.kinds_text,
            "size": limits.size_text,
        }
