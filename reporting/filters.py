"""What the desk's lists of projects and products can be narrowed to."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from calls.models import Call, Ket
from reporting.enums import ProjectState, Stage
from reporting.models import Product, Project


class DeskProjectFilter(django_filters.FilterSet):
    call = django_filters.ModelChoiceFilter(
        field_name="proposal__call", queryset=Call.objects.none(), label=_("Call"), empty_label=_("All calls")
    )
    state = django_filters.ChoiceFilter(
        choices=ProjectState.choices, label=_("State"), empty_label=_("All states")
    )
    main_ket = django_filters.ModelChoiceFilter(
        field_name="proposal__main_ket",
        queryset=Ket.objects.none(),
        label=_("Technology"),
        empty_label=_("All technologies"),
    )

    class Meta:
        model = Project
        fields = ("call", "state", "main_ket")

    def __init__(self, *args: Any, programme: Any, queryset: QuerySet[Project], **kwargs: Any) -> None:
        super().__init__(*args, queryset=queryset, **kwargs)
        self.filters["call"].queryset = Call.objects.public().filter(programme=programme)
        self.filters["main_ket"].queryset = Ket.objects.filter(programme=programme)


class ProductFilter(django_filters.FilterSet):
    stage = django_filters.ChoiceFilter(choices=Stage.choices, label=_("Stage"), empty_label=_("All stages"))
    ket = django_filters.ModelChoiceFilter(
        queryset=Ket.objects.none(), label=_("Technology"), empty_label=_("All technologies")
    )
    project = django_filters.ModelChoiceFilter(
        queryset=Project.objects.none(), label=_("Project"), empty_label=_("All projects")
    )

    class Meta:
        model = Product
        fields = ("stage", "ket", "project")

    def __init__(self, *args: Any, programme: Any, queryset: QuerySet[Product], **kwargs: Any) -> None:
        super().__init__(*args, queryset=queryset, **kwargs)
        self.filters["ket"].queryset = Ket.objects.filter(programme=programme)
        self.filters["project"].queryset = Project.objects.of(programme).order_by("title")
