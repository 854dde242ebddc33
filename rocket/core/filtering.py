"""What a list is narrowed to, as pills that each take one choice away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest


@dataclass(frozen=True)
class Pill:
    text: str
    url: str


def pills(request: HttpRequest, form: Any) -> list[Pill]:
    """One for each choice of a filter form that counts, with the address of the list without it. No queries."""
    found = []
    for name, field in form.fields.items():
        chosen = request.GET.get(name, "")
        labels = {str(value): label for value, label in getattr(field, "choices", ())}
        if not chosen or chosen not in labels:
            continue
        left = request.GET.copy()
        for gone in (name, "page"):
            left.pop(gone, None)
        found.append(
            Pill(f"{field.label}: {labels[chosen]}", f"{request.path}?{left.urlencode()}".rstrip("?"))
        )
    return found


def without_choices(request: HttpRequest, form: Any) -> str:
    """The address of the whole list in the order in which it is shown."""
    left = request.GET.copy()
    for gone in (*form.fields, "page"):
        left.pop(gone, None)
    return f"{request.path}?{left.urlencode()}".rstrip("?")
