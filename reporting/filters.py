"""What the public list of projects can be narrowed to."""

from __future__ import annotations

from typing import Any

import django_filters
from django.utils.translation import gettext_lazy as _

from calls.filters import ask_for_programme, by_code
from calls.models import ApplicationField, Call, Country, Ket, Programme, ProjectKind
from consortia.enums import PartnerRole
from reporting.models import Project
from reporting.models.project import ProjectQuerySet


class ProjectFilter(django_filters.FilterSet):
    """Call, kind, main technology, application field, and the country of the lead partner, all by code. The programme
    is asked for where several fund projects. Only what some project has can be chosen."""

    programme = django_filters.ChoiceFilter(
        "proposal__call__programme__code", label=_("Programme"), empty_label=_("All programmes")
    )
    call = django_filters.ChoiceFilter("proposal__call__slug", label=_("Call"), empty_label=_("All calls"))
    kind = django_filters.ChoiceFilter(
        "proposal__kind__code", label=_("Kind of project"), empty_label=_("All kinds")
    )
    ket = django_filters.ChoiceFilter(
        "proposal__main_ket__code", label=_("Technology"), empty_label=_("All technologies")
    )
    field = django_filters.ChoiceFilter(
        "proposal__fields__code", label=_("Field"), empty_label=_("All fields")
    )
    country = django_filters.ChoiceFilter(
        method="led_from", label=_("Lead partner from"), empty_label=_("All countries")
    )

    class Meta:
        model = Project
        fields = ("programme", "call", "kind", "ket", "field", "country")

    def __init__(self, *args: Any, queryset: ProjectQuerySet, **kwargs: Any) -> None:
        """Seven queries for what can be chosen."""
        super().__init__(*args, queryset=queryset, **kwargs)
        every = queryset.order_by()
        for name, model, path in (
            ("kind", ProjectKind, "proposal__kind"),
            ("ket", Ket, "proposal__main_ket"),
            ("field", ApplicationField, "proposal__fields"),
        ):
            self.filters[name].extra["choices"] = by_code(model.objects.filter(pk__in=every.values(path)))
        calls = Call.objects.filter(pk__in=every.values("proposal__call")).order_by("-opens_at", "-pk")
        self.filters["call"].extra["choices"] = [(call.slug, str(call.title)) for call in calls]
        self.filters["country"].extra["choices"] = _countries(every)
        ask_for_programme(self, Programme.objects.filter(pk__in=every.values("proposal__call__programme")))

    def led_from(self, queryset: ProjectQuerySet, name: str, value: str) -> ProjectQuerySet:
        return queryset.filter(
            proposal__consortium__partners__role=PartnerRole.LEAD,
            proposal__consortium__partners__organisation__country=value,
        )


def _countries(projects: ProjectQuerySet) -> list[tuple[str, str]]:
    """Where lead partners are, with the names that the programmes give; a country that none of them names by its code."""
    names = {country.code: str(country.name) for country in Country.objects.all()}
    found = (
        projects.filter(proposal__consortium__partners__role=PartnerRole.LEAD)
        .values_list("proposal__consortium__partners__organisation__country", flat=True)
        .distinct()
    )
    return sorted(((code, names.get(code, code)) for code in found), key=lambda choice: choice[1])
