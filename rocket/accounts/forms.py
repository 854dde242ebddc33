from __future__ import annotations

from typing import Any

from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
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


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]
    """Name and language of one's own account."""

    class Meta:
        model = User
        fields = ("name", "language")
        labels = {"name": _("Your name"), "language": _("Language of the portal and of your mails")}
        widgets = {
            "name": forms.TextInput(attrs={"autocomplete": "name"}),
            "language": forms.RadioSelect,
        }

    def clean_name(self) -> Any:
        return " ".join(self.cleaned_data["name"].split())


class AppForm(ActivateTOTPForm):
    """The code that proves that the authenticator app holds the secret."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("Code of the app")
        self.fields["code"].help_text = _("Six digits; the app shows new ones every 30 seconds.")
        self.fields["code"].widget.attrs.update(inputmode="numeric")
        self.fields["code"].widget.attrs["class"] = "w-10"


class PasskeyForm(AddWebAuthnForm):
    """A new passkey. The browser fills ``credential``."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name = self.fields["name"]
        name.label = _("Name of the passkey")
        name.help_text = _("By it you tell several apart, such as “Phone” or “Key on the ring”.")
        name.max_length = 60
        name.widget.attrs["maxlength"] = 60
        passwordless = self.fields["passwordless"]
        passwordless.label = _("Sign in with it alone, without the password")
        passwordless.help_text = _("The device then asks for a PIN, a finger or a face.")

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())[:60] or str(_("Passkey"))


class PasskeyNameForm(EditWebAuthnForm):
    """Another name for a passkey."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"] = forms.CharField(
            label=_("Name of the passkey"), max_length=60, initial=self.fields["name"].initial
        )
