from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from calls.models import Call
from consortia.enums import PartnerRole
from consortia.models import Organisation, Partner
from consortia.models.organisations import OrganisationQuerySet
from feasibility.enums import NOT_YET_SUBMITTED, UNDER_ASSESSMENT, ProposalState
from feasibility.models import Proposal


def _order(unless_chosen: Any) -> django_filters.OrderingFilter:
    """How proposals on the desk can be ordered; ``unless_chosen`` says how they are else."""
    return django_filters.OrderingFilter(
        fields=(
            ("changed_at", "changed"),
            ("number", "number"),
            ("title", "title"),
            ("state", "state"),
            ("call__closes_at", "deadline"),
        ),
        field_labels={
            "changed_at": _("Change"),
            "number": _("Number"),
            "title": _("Title"),
            "state": _("State"),
            "call__closes_at": _("Deadline of the call"),
        },
        label=_("Order"),
        empty_label=unless_chosen,
    )


class ProposalFilter(django_filters.FilterSet):
    """What the desk's list can be narrowed to."""

    call = django_filters.ChoiceFilter("call_id", label=_("Call"), empty_label=_("All calls"))
    state = django_filters.ChoiceFilter(
        choices=[
            (state.value, state.desk_label) for state in ProposalState if state not in NOT_YET_SUBMITTED
        ],
        label=_("State"),
        empty_label=_("All states"),
    )
    main_ket = django_filters.ChoiceFilter(
        "main_ket_id", label=_("Technology"), empty_label=_("All technologies")
    )

    country = django_filters.ChoiceFilter(
        label=_("Lead partner in"), empty_label=_("All countries"), method="led_from"
    )
    words = django_filters.CharFilter(label=_("Number or title"), method="named")
    order = _order(_("Latest change first"))

    class Meta:
        model = Proposal
        fields = ("call", "state", "main_ket", "country", "words", "order")

    def __init__(self, *args: Any, programme: Any, queryset: QuerySet[Proposal], **kwargs: Any) -> None:
        super().__init__(*args, queryset=queryset, **kwargs)
        calls = Call.objects.public().filter(programme=programme).values_list("pk", "title", "slug")
        self.filters["call"].extra["choices"] = lambda: [
            (pk, str(title) or slug) for pk, title, slug in calls
        ]
        self.filters["main_ket"].extra["choices"] = [(ket.pk, str(ket.name)) for ket in programme.kets.all()]
        self.filters["country"].extra["choices"] = [
            (country.code, str(country.name)) for country in programme.countries.all()
        ]

    def led_from(self, queryset: QuerySet[Proposal], name: str, value: str) -> QuerySet[Proposal]:
        lead = Partner.objects.filter(role=PartnerRole.LEAD, organisation__country=value)
        return queryset.filter(consortium__in=lead.values("consortium"))

    def named(self, queryset: QuerySet[Proposal], name: str, value: str) -> QuerySet[Proposal]:
        return queryset.named(value)  # type: ignore[attr-defined,no-any-return]


class AssessmentFilter(ProposalFilter):
    """The same of what waits for a decision."""

    state = django_filters.ChoiceFilter(
        choices=[(state.value, state.desk_label) for state in UNDER_ASSESSMENT],
        label=_("State"),
        empty_label=_("All states"),
    )
    order = _order(_("Nearest decision first"))


NEAR = timedelta(days=14)
"""A deadline within this time is near."""


class CareFilter(django_filters.FilterSet):
    """What a consultant's list of proposals can be narrowed to, and its order: the nearest deadline first."""

    call = django_filters.ModelChoiceFilter(
        queryset=Call.objects.none(), label=_("Call"), empty_label=_("All calls")
    )
    state = django_filters.ChoiceFilter(
        choices=ProposalState.choices, label=_("State"), empty_label=_("All states")
    )
    due = django_filters.ChoiceFilter(
        choices=[("near", _("Within two weeks")), ("running", _("Still to come"))],
        label=_("Deadline"),
        empty_label=_("Any deadline"),
        method="with_deadline",
    )
    advice = django_filters.ChoiceFilter(
        choices=[
            ("waits", _("Waits for my answer")),
            ("open", _("Has open advice")),
            ("none", _("No advice yet")),
        ],
        label=_("Advice"),
        empty_label=_("With and without advice"),
        method="with_advice",
    )
    order = django_filters.ChoiceFilter(
        choices=[("changed", _("Latest change first"))],
        label=_("Order"),
        empty_label=_("Nearest deadline first"),
        method="in_order",
    )

    class Meta:
        model = Proposal
        fields = ("call", "state", "due", "advice", "order")

    def __init__(self, *args: Any, queryset: QuerySet[Proposal], now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, queryset=queryset, **kwargs)
        self.now = now
        self.filters["call"].queryset = Call.objects.filter(
            Exists(queryset.order_by().filter(call=OuterRef("pk")))
        )

    def with_deadline(self, queryset: QuerySet[Proposal], name: str, value: str) -> QuerySet[Proposal]:
        running = queryset.filter(is_running=True)  # type: ignore[misc]  # annotated by the selector, as the others
        if value != "near":
            return running
        return running.filter(closes__lte=self.now + NEAR)  # type: ignore[misc]

    def with_advice(self, queryset: QuerySet[Proposal], name: str, value: str) -> QuerySet[Proposal]:
        if value == "none":
            return queryset.filter(advice=None)
        return queryset.filter(**{"waits_for_answer" if value == "waits" else "has_open_advice": True})

    def in_order(self, queryset: QuerySet[Proposal], name: str, value: str) -> QuerySet[Proposal]:
        return queryset.order_by("-changed_at", "-pk")


class OrganisationsInCareFilter(django_filters.FilterSet):
    """What a consultant's list of organisations can be narrowed to."""

    name = django_filters.CharFilter(label=_("Name"), method="named")
    country = django_filters.ChoiceFilter(label=_("Country"), empty_label=_("All countries"))
    ket = django_filters.ChoiceFilter(
        "kets__code", label=_("Technology"), empty_label=_("All technologies"), distinct=True
    )
    proposals = django_filters.ChoiceFilter(
        choices=[("some", _("In a proposal")), ("none", _("In no proposal yet"))],
        label=_("Proposals"),
        empty_label=_("With and without proposals"),
        method="with_proposals",
    )

    class Meta:
        model = Organisation
        fields = ("name", "country", "ket", "proposals")

    def __init__(self, *args: Any, queryset: OrganisationQuerySet, programmes: Any, **kwargs: Any) -> None:
        super().__init__(*args, queryset=queryset, **kwargs)
        for name, relation in (("country", "countries"), ("ket", "kets")):
            rows = {row.code: str(row.name) for one in programmes for row in getattr(one, relation).all()}
            self.filters[name].extra["choices"] = list(rows.items())

    def named(self, queryset: OrganisationQuerySet, name: str, value: str) -> OrganisationQuerySet:
        return queryset.named_like(value)

    def with_proposals(self, queryset: OrganisationQuerySet, name: str, value: str) -> OrganisationQuerySet:
        return queryset.filter(is_in_proposal=value == "some")  # type: ignore[misc]
