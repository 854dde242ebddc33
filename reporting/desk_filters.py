"""What the lists of the desk can be narrowed to: projects, products, the audit trail."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from calls.models import Call, Ket
from reporting.audit_trail import Subject
from reporting.enums import ProjectState, Stage
from reporting.models import Product, Project
from rocket.accounts.models import User
from rocket.core.models import AuditEntry


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


class TrailFilter(django_filters.FilterSet):
    """What the audit trail can be narrowed to."""

    subject_type = django_filters.ChoiceFilter(
        choices=Subject.choices, label=_("About"), empty_label=_("Everything")
    )
    by = django_filters.ModelChoiceFilter(
        queryset=User.objects.none(), label=_("By"), empty_label=_("Everybody")
    )
    since = django_filters.DateFilter(
        field_name="at",
        lookup_expr="date__gte",
        label=_("From"),
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    until = django_filters.DateFilter(
        field_name="at",
        lookup_expr="date__lte",
        label=_("To"),
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    class Meta:
        model = AuditEntry
        fields = ("subject_type", "by", "since", "until")

    def __init__(self, *args: Any, queryset: QuerySet[AuditEntry], **kwargs: Any) -> None:
        super().__init__(*args, queryset=queryset, **kwargs)
        people = queryset.order_by().values("by")
        self.filters["by"].queryset = User.objects.filter(pk__in=people).order_by("name", "email")
