"""How allauth works here: mails through the outbox, names and languages kept."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from rocket.accounts import lockout
from rocket.accounts.models import User
from rocket.core.context import portal_name
from rocket.core.outbox import enqueue_rendered


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": _("This account is closed. The programme can open it again."),
        "cannot_remove_primary_email": _(
            "This is the address of your account. Change it instead of removing it."
        ),
        "duplicate_email": _("This is the address of your account already."),
        "email_password_mismatch": _("Address and password do not belong together."),
        "email_taken": _("This address is taken."),
        "enter_current_password": _("This is not your password. Type the one that you sign in with."),
        "incorrect_code": _("This code is not valid."),
        "incorrect_password": _("This is not your password. Type the one that you sign in with."),
        "invalid_login": _("Address and password do not belong together."),
        "invalid_or_expired_key": _("This link was used before or has expired. Ask for a new one."),
        "invalid_password_reset": _("This link was used before or has expired. Ask for a new one."),
        "max_email_addresses": _("An account has at most %d addresses."),
        "rate_limited": _("Too many attempts. Wait a few minutes."),
        "same_as_current": _("This is the one you have already. Type another one."),
        "select_only_one": _("Choose one only."),
        "too_many_login_attempts": _("Too many attempts. Wait a few minutes."),
        "unknown_email": _("No account has this address."),
        "unverified_primary_email": _("Confirm the address of your account first."),
    }

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Verification, reset and notice mails take the same way as all others: the outbox.

        A mail to somebody who has an account is in the account's language, one to a stranger in that of the page.
        """
        now = timezone.now()
        person = context.get("user") or User.objects.filter(email__iexact=email).first()
        language = getattr(person, "language", "") or (translation.get_language() or "en")[:2]
        context = {
            "email": email,
            "link_expires_at": now + link_lifetime(template_prefix),
            "login_url": settings.SITE_URL + reverse("account_login"),
            "reset_url": settings.SITE_URL + reverse("account_reset_password"),
            "operator_email": settings.OPERATOR_EMAIL,
            "programme_name": portal_name(),
            **context,
            "site_url": settings.SITE_URL,
        }
        with translation.override(language):
            subject = " ".join(render_to_string(f"{template_prefix}_subject.txt", context).split())
            context["subject"] = subject
            text = render_to_string(f"{template_prefix}_message.txt", context).strip() + "\n"
            html = render_to_string(f"{template_prefix}_message.html", context)
        with transaction.atomic():
            enqueue_rendered(
                to=[email],
                subject=subject,
                text=text,
                html=html,
                language=language,
                now=now,
                desk_sees_subject=True,
            )

    def send_account_already_exists_mail(self, email: str) -> None:
        """Hashes a password as a new account would: the time that the answer takes must not tell the two apart."""
        make_password(get_random_string(20))
        super().send_account_already_exists_mail(email)

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Signing in counts as saying who one is: nobody types the password twice within the span."""
        request = self.request
        records = get_authentication_records(request, request.user)
        if records and time.time() - records[-1]["at"] < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT:
            return False
        return bool(super().is_reauthentication_required(app=app, **kwargs))

    def pre_authenticate(self, request: Any, **credentials: Any) -> None:
        """As allauth's, but a closed sign-in says for how long; known and unknown addresses are closed alike."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError as error:
            key = self._get_login_attempts_cache_key(request, **credentials)
            raise too_many_attempts(lockout.seconds_to_wait(request, "login_failed", key=key)) from error


def link_lifetime(template_prefix: str) -> timedelta:
    """How long the link in a mail of this kind works."""
    if template_prefix == "account/email/password_reset_key":
        return timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)
    return timedelta(days=app_settings.EMAIL_CONFIRMATION_EXPIRE_DAYS)


def too_many_attempts(seconds: int) -> ValidationError:
    wait = lockout.minutes(seconds)
    return ValidationError(
        ngettext(
            "Too many attempts. Signing in opens again in %(minutes)s minute.",
            "Too many attempts. Signing in opens again in %(minutes)s minutes.",
            wait,
        )
        % {"minutes": wait},
        code="too_many_login_attempts",
    )


class SecondFactorAdapter(DefaultMFAAdapter):
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "add_email_blocked": _("Remove the second factor before you add an address."),
        "cannot_generate_recovery_codes": _(
            "Recovery codes need an app or a passkey. Set one of them up first."
        ),
        "unverified_email": _("Confirm your e-mail address first."),
        "incorrect_code": _("This code or passkey is not valid. The app shows a new code every 30 seconds."),
        "cannot_delete_authenticator": _(
            "Your role needs a second factor. Set up a passkey before you remove the app."
        ),
    }

    def get_totp_issuer(self) -> str:
        return portal_name()

    def _get_site_name(self) -> str:
        return portal_name()

    def generate_authenticator_name(self, user: Any, type: Any) -> str:
        return ""

    def can_delete_authenticator(self, authenticator: Any) -> bool:
        """Who holds a role keeps at least one second factor; a demonstration asks for none."""
        from allauth.mfa.models import Authenticator

        user = User.objects.get(pk=authenticator.user_id)
        if settings.DEMO or not user.roles:
            return True
        others = Authenticator.objects.filter(user_id=user.pk).exclude(pk=authenticator.pk)
        return others.exclude(type=Authenticator.Type.RECOVERY_CODES).exists()
