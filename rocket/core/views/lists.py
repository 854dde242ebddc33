"""Saving the choice of a list under a name, and forgetting it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rocket.core.lists import choice_of
from rocket.core.models import SavedList

MOST = 30
"""Saved choices of one person on one page."""


@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Keep filters and order of a list. The page itself decides who sees it, each time that it is opened."""
    page = request.POST.get("page", "")
    try:
        resolve(page)
    except Resolver404 as error:
        raise Http404 from error
    choice = choice_of(QueryDict(request.POST.get("choice", "")))
    back = f"{page}?{choice.urlencode()}"
    name = " ".join(request.POST.get("name", "").split())[:60]
    user: Any = request.user
    if not name or not choice or len(choice.urlencode()) > 1000:
        messages.error(request, _("Choose filters, and give them a name of at most 60 characters."))
        return redirect(back)
    if SavedList.objects.filter(user=user, page=page).count() >= MOST:
        messages.error(request, _("You have saved %(n)s choices here. Delete one first.") % {"n": MOST})
        return redirect(back)
    try:
        with transaction.atomic():
            SavedList.objects.create(
                user=user,
                page=page,
                name=name,
                query=choice.urlencode(),
                is_shared="is_shared" in request.POST,
            )
    except IntegrityError:
        messages.error(
            request, _("You have saved a choice under the name “%(name)s” already.") % {"name": name}
        )
    else:
        messages.success(request, _("Saved as “%(name)s”.") % {"name": name})
    return redirect(back)


@require_POST
def forget(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete one's own saved choice."""
    found = get_object_or_404(SavedList, pk=pk, user=request.user)
    page = found.page
    found.delete()
    messages.success(request, _("“%(name)s” is deleted.") % {"name": found.name})
    return redirect(page)
