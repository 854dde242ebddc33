"""What the lists of the desk can be narrowed to: projects, products, the audit trail."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from calls.models import Call, Ket
from consortia.enums import OrganisationKind, SizeClass
from consortia.models import Organisation
from reporting.audit_trail import Subject
from reporting.enums import ProjectState, Stage
from reporting.models import Product, Project
from reporting.selectors.organisations import organisations_named
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


class OrganisationFilter(django_filters.FilterSet):
    """What the list of organisations can be narrowed to, and its order. The rows come from ``organisations_in``."""

    words = django_filters.CharFilter(label=_("Name or place"), method="named")
    country = django_filters.ChoiceFilter(label=_("Country"), empty_label=_("All countries"))
    kind = django_filters.ChoiceFilter(
        choices=OrganisationKind.choices, label=_("Kind"), empty_label=_("All kinds")
    )
    size = django_filters.ChoiceFilter(
        field_name="declared_class",
        choices=SizeClass.choices,
        label=_("Size as declared"),
        empty_label=_("All sizes"),
    )
    funded = django_filters.ChoiceFilter(
        choices=[("yes", _("In a project")), ("no", _("In no project"))],
        label=_("Projects"),
        empty_label=_("With and without projects"),
        method="with_project",
    )
    order = django_filters.OrderingFilter(
        fields=(("proposals", "proposals"), ("projects", "projects"), ("grant", "grant"), ("town", "place")),
        field_labels={
            "proposals": _("Proposals"),
            "projects": _("Projects"),
            "grant": _("Grants"),
            "town": _("Place"),
        },
        label=_("Order"),
        empty_label=_("By name"),
    )

    class Meta:
        model = Organisation
        fields = ("words", "country", "kind", "size", "funded", "order")

    def __init__(self, *args: Any, programme: Any, queryset: QuerySet[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, queryset=queryset, **kwargs)
        self.filters["country"].extra["choices"] = [
            (country.code, str(country.name)) for country in programme.countries.all()
        ]

    def named(self, queryset: QuerySet[Organisation], name: str, value: str) -> QuerySet[Organisation]:
        return organisations_named(queryset, value)

    def with_project(self, queryset: QuerySet[Organisation], name: str, value: str) -> QuerySet[Organisation]:
        return queryset.filter(projects__gt=0) if value == "yes" else queryset.filter(projects=0)  # type: ignore[misc]


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
