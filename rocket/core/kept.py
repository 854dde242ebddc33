"""What somebody typed and could not save, because the session had ended or the form was too old.

The post is kept in the session, which survives signing in, and offered on the page that it belongs to. Files are not
kept; a form says so by its empty file field.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import urlsplit

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.utils import timezone

V = TypeVar("V")
KEY = "kept_post"
MOST = 400_000
"""Characters: more than the longest form of the portal holds."""
NEVER_KEPT = ("csrfmiddlewaretoken",)


@dataclass(frozen=True)
class KeptPost:
    """What was posted to ``path`` at ``at``."""

    path: str
    at: datetime
    data: QueryDict


def keeps_posts(view: V) -> V:
    """Marks a view that offers a kept post again: what is posted to it is never lost."""
    view.keeps_posts = True  # type: ignore[attr-defined]
    return view


def _is_from_here(request: HttpRequest) -> bool:
    """The form was one of ours: another site must not be able to slip a text under somebody's eyes."""
    if site := request.headers.get("Sec-Fetch-Site"):
        return site == "same-origin"
    origin = request.headers.get("Origin") or request.headers.get("Referer", "")
    return urlsplit(origin).netloc == request.get_host()


def fields_of(request: HttpRequest, view: Any) -> dict[str, list[str]] | None:
    """What was posted to a ``view`` that offers kept posts again; nothing for other views, sites and sizes."""
    if request.method != "POST" or not getattr(view, "keeps_posts", False) or not _is_from_here(request):
        return None
    fields = {name: [str(value) for value in values] for name, values in request.POST.lists()}
    most = sum(len(value) for values in fields.values() for value in values)
    return fields if most <= MOST else None


def keep_post(request: HttpRequest, view: Any) -> bool:
    """Keep what was posted to ``view``, where it offers kept posts again; whether it was kept."""
    fields = fields_of(request, view)
    if fields is None:
        return False
    fields = {name: values for name, values in fields.items() if name not in NEVER_KEPT}
    request.session[KEY] = {"path": request.path, "at": timezone.now().isoformat(), "fields": fields}
    return True


def kept_post(request: HttpRequest) -> KeptPost | None:
    """What is kept for the page of this request."""
    found: dict[str, Any] | None = request.session.get(KEY)
    if found is None or found["path"] != request.path:
        return None
    data = QueryDict(mutable=True)
    for name, values in found["fields"].items():
        data.setlist(name, values)
    return KeptPost(request.path, datetime.fromisoformat(found["at"]), data)


def forget_post(request: HttpRequest) -> None:
    """It was saved, or thrown away on purpose."""
    if request.session.get(KEY, {}).get("path") == request.path:
        del request.session[KEY]


class KeepingLoginRequiredMiddleware(LoginRequiredMiddleware):
    """Closed by default, and no lost keystroke: a post by somebody whose session has ended is kept."""

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> HttpResponseRedirect:
        keep_post(request, view_func)
        return super().handle_no_permission(request, view_func)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that is too old, or not ours: nothing was changed; the text is offered on its own page."""
    is_kept = keep_post(request, request.resolver_match and request.resolver_match.func)
    return render(request, "403_csrf.html", {"is_kept": is_kept, "path": request.path}, status=403)
