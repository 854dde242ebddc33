"""allauth's own forms in our words: labels with a name each, hints in a sentence, no placeholders.

They stand apart from ``forms``, which allauth reads while its own forms are being made.
"""

from __future__ import annotations

from typing import Any

from allauth.account import forms as allauth_forms
from django import forms
from django.contrib.auth.password_validation import MinimumLengthValidator, get_default_password_validators
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext


def _password_hint() -> str:
    lengths = [
        v.min_length for v in get_default_password_validators() if isinstance(v, MinimumLengthValidator)
    ]
    least = max(lengths, default=1)
    return ngettext(
        "At least %(n)s character. A sentence of a few words is safe and easy to keep in mind.",
        "At least %(n)s characters. A sentence of a few words is safe and easy to keep in mind.",
        least,
    ) % {"n": least}


PASSWORD_HINT = lazy(_password_hint, str)()
ADDRESS, PASSWORD = _("E-mail address"), _("Password")
NEW_PASSWORD, AGAIN = _("New password"), _("New password again")


class OurWords(forms.Form):
    """Gives the fields named in ``labels`` and ``hints`` our words and takes the placeholders away."""

    labels: dict[str, Any] = {}
    hints: dict[str, Any] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
        for name, label in self.labels.items():
            self.fields[name].label = label
        for name, hint in self.hints.items():
            self.fields[name].help_text = hint


class LoginForm(OurWords, allauth_forms.LoginForm):
    labels = {"login": ADDRESS, "password": PASSWORD}


class SignupForm(OurWords, allauth_forms.SignupForm):
    labels = {"email": ADDRESS, "password1": PASSWORD}
    hints = {"password1": PASSWORD_HINT}


class AddEmailForm(OurWords, allauth_forms.AddEmailForm):
    labels = {"email": _("New e-mail address")}


class ChangePasswordForm(OurWords, allauth_forms.ChangePasswordForm):
    labels = {"oldpassword": _("Password until now"), "password1": NEW_PASSWORD, "password2": AGAIN}
    hints = {"password1": PASSWORD_HINT}


class SetPasswordForm(OurWords, allauth_forms.SetPasswordForm):
    labels = {"password1": NEW_PASSWORD, "password2": AGAIN}
    hints = {"password1": PASSWORD_HINT}


class ResetPasswordForm(OurWords, allauth_forms.ResetPasswordForm):
    labels = {"email": ADDRESS}


class ResetPasswordKeyForm(OurWords, allauth_forms.ResetPasswordKeyForm):
    labels = {"password1": NEW_PASSWORD, "password2": AGAIN}
    hints = {"password1": PASSWORD_HINT}


class ReauthenticateForm(OurWords, allauth_forms.ReauthenticateForm):
    labels = {"password": PASSWORD}
