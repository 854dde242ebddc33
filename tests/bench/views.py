"""What the portal is measured against: the least that a Django view with session and user does."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST, require_safe

from tests.bench.models import Entry


@require_safe
def bare(request: Any) -> HttpResponse:
    return HttpResponse(f"{request.user.pk} {request.session.session_key[:4]}")


class EntryForm(forms.ModelForm):
    class Meta:
        model = Entry
        fields = ("text",)


@require_POST
def bare_form(request: Any) -> HttpResponse:
    """One valid form, one row."""
    form = EntryForm(request.POST)
    if not form.is_valid():
        return HttpResponse(form.errors.as_text(), status=422)
    form.instance.by_id = request.user.pk
    form.save()
    return HttpResponseRedirect("/bench/bare/")
