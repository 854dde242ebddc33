"""One's own account: what allauth has no page for."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from django.views.i18n import set_language as set_language_of_browser

from rocket.accounts import second_factor
from rocket.accounts.forms import ProfileForm
from rocket.accounts.http import SignedInRequest
from rocket.accounts.models import User
from rocket.accounts.signals import remember_language


@require_http_methods(["GET", "HEAD", "POST"])
def my_account(request: SignedInRequest) -> HttpResponse:
    """Name and language; the ways to address, password, second factor and sessions."""
    form = ProfileForm(request.POST if request.method == "POST" else None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        form.save()
        translation.activate(request.user.language)
        messages.success(request, _("Saved."))
        response = redirect("my_account")
        remember_language(response, request.user.language)
        return response
    if form.errors:
        request.user.refresh_from_db()
    return render(
        request,
        "account/my_account.html",
        {"form": form, "has_second_factor": second_factor.is_set_up(request.user)},
    )


@require_POST
def sign_out_everywhere(request: SignedInRequest) -> HttpResponse:
    """End every session of the person but this one, which gets a new key."""
    with transaction.atomic():
        request.user.end_sessions()
    update_session_auth_hash(request, request.user)
    messages.success(request, _("You are signed out on every other device."))
    return redirect("my_account")


@login_not_required
def set_language(request: HttpRequest) -> HttpResponse:
    """Django's switch of languages; for somebody who is signed in the account changes, so that every device follows."""
    response = set_language_of_browser(request)
    language = request.POST.get("language", "")
    if request.method == "POST" and request.user.is_authenticated and language in dict(settings.LANGUAGES):
        User.objects.filter(pk=request.user.pk).update(language=language)
    return response
