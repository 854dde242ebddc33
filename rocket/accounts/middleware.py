"""What an account brings to every request: its language, and the second factor that a role needs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.http import urlencode
from django_htmx.http import HttpResponseClientRedirect

from rocket.accounts import second_factor
from rocket.accounts.second_factor import WANTED

OWN_PAGES = ("account_", "mfa_", "my_account", "sign_out_everywhere", "set_language")
"""Names of the pages on which a person sets the second factor up or leaves; they stay open without one."""


class AccountLanguageMiddleware:
    """Somebody who is signed in reads the language of the account, whatever this browser showed before.

    The middleware stands behind the one that knows the person. A request without a session asks for nothing.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
            translation.activate(request.user.language)
            request.LANGUAGE_CODE = request.user.language
        return self.get_response(request)


class SecondFactorMiddleware:
    """Without a second factor a role sleeps: public pages treat its holder as an applicant, all others lead to the set-up.

    The page that was asked for is kept in the session, and the pages of the set-up lead back to it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        if not second_factor.is_missing(request, request.user):
            if request.user.is_authenticated and request.session.get(WANTED) == request.get_full_path():
                del request.session[WANTED]
            return None
        request.needs_second_factor = True  # type: ignore[attr-defined]
        name = (request.resolver_match.url_name or "") if request.resolver_match else ""
        if not getattr(view, "login_required", True) or name.startswith(OWN_PAGES):
            request.user.roles = frozenset()  # type: ignore[union-attr,misc]
            return None
        wanted = reverse("my_work")
        if request.method == "GET":
            wanted = request.session[WANTED] = request.get_full_path()
        page = reverse("mfa_index")
        if second_factor.is_set_up(request.user):  # type: ignore[arg-type]
            page = f"{reverse('mfa_reauthenticate')}?{urlencode({'next': wanted})}"
        if getattr(request, "htmx", False):
            return HttpResponseClientRedirect(page)
        return redirect(page)
