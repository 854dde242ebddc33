"""What the list of calls can be narrowed to."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import django_filters
from django.utils.translation import gettext_lazy as _

from calls.enums import CallPhase
from calls.models import ApplicationField, Call, CallQuerySet, Ket, Programme, ProjectKind


def by_code(rows: Iterable[Any]) -> list[tuple[str, str]]:
    """One choice a code: two programmes may well have the same technology."""
    return sorted({row.code: str(row.name) for row in rows}.items(), key=lambda choice: choice[1])


def ask_for_programme(filters: django_filters.FilterSet, programmes: Iterable[Programme]) -> None:
    """Offer these programmes; with one alone there is nothing to choose."""
    choices = [(programme.code, programme.short_name) for programme in programmes]
    if len(choices) > 1:
        filters.filters["programme"].extra["choices"] = choices
    else:
        del filters.filters["programme"]


class CallFilter(django_filters.FilterSet):
    """Kind of project, technology and field by code; the state as the clock makes it at ``now``. The programme is
    asked for where there are several."""

    programme = django_filters.ChoiceFilter(
        "programme__code", label=_("Programme"), empty_label=_("All programmes")
    )
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
        fields = ("programme", "state", "kind", "ket", "field")

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
            self.filters[name].extra["choices"] = by_code(rows)
        ask_for_programme(self, Programme.objects.filter(pk__in=public.values("programme")))

    def in_phase(self, queryset: CallQuerySet, name: str, value: str) -> CallQuerySet:
        return queryset.in_phase_at(CallPhase(value), self.now)
