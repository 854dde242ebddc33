"""What the list of calls can be narrowed to."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import django_filters
from django.utils.translation import gettext_lazy as _

from calls.enums import CallPhase
from calls.models import ApplicationField, Call, CallQuerySet, Ket, ProjectKind


def _by_code(rows: Iterable[Any]) -> list[tuple[str, str]]:
    """One choice a code: two programmes may well have the same technology."""
    return sorted({row.code: str(row.name) for row in rows}.items(), key=lambda choice: choice[1])


class CallFilter(django_filters.FilterSet):
    """Kind of project, technology and field by code; the state as the clock makes it at ``now``."""

    state = django_filters.ChoiceFilter(
        choices=[
            (phase.value, phase.label) for phase in (CallPhase.OPEN, CallPhase.PLANNED, CallPhase.CLOSED)
        ],
        label=_("State"),
        empty_label=_("All states"),
        method="in_phase",
    )
    kind = django_filters.ChoiceFilter("kinds__code", label=_("Kind of project"), empty_label=_("All kinds"))
    ket = django_filters.ChoiceFilter("kets__code", label=_("Technology"), empty_label=_("All technologies"))
    field = django_filters.ChoiceFilter("fields__code", label=_("Field"), empty_label=_("All fields"))

    class Meta:
        model = Call
        fields = ("state", "kind", "ket", "field")

    def __init__(self, *args: Any, queryset: CallQuerySet, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, queryset=queryset, **kwargs)
        self.now = now
        public = Call.objects.public()
        for name, model, path in (
            ("kind", ProjectKind, "kinds"),
            ("ket", Ket, "kets"),
            ("field", ApplicationField, "fields"),
        ):
            rows = model.objects.filter(pk__in=public.values(path))
            self.filters[name].extra["choices"] = _by_code(rows)

    def in_phase(self, queryset: CallQuerySet, name: str, value: str) -> CallQuerySet:
        return queryset.in_phase_at(CallPhase(value), self.now)
