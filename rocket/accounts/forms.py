from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from rocket.accounts.models import User


class SignupForm(forms.Form):
    """What sign-up asks beside address and password; allauth adds those."""

    name = forms.CharField(
        label=_("Your name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    field_order = ["name", "email", "password1"]

    def signup(self, request: HttpRequest, user: User) -> None:
        """allauth calls this after it has made the user."""
        user.name = self.cleaned_data["name"]
        user.language = (get_language() or "en")[:2]
        user.save(update_fields=["name", "language"])

    def clean_name(self) -> Any:
        return " ".join(self.cleaned_data["name"].split())
