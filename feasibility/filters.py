from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from calls.models import Call, Ket
from consortia.enums import PartnerRole
from consortia.models import Partner
from feasibility.enums import EDITABLE, NOT_YET_SUBMITTED, ProposalState
from feasibility.models import Proposal


class ProposalFilter(django_filters.FilterSet):
    """What the desk's list can be narrowed to."""

    call = django_filters.ModelChoiceFilter(
        queryset=Call.objects.none(), label=_("Call"), empty_label=_("All calls")
    )
    state = django_filters.ChoiceFilter(
        choices=[
            (state.value, state.desk_label) for state in ProposalState if state not in NOT_YET_SUBMITTED
        ],
        label=_("State"),
        empty_label=_("All states"),
    )
    main_ket = django_filters.ModelChoiceFilter(
        queryset=Ket.objects.none(), label=_("Technology"), empty_label=_("All technologies")
    )

    country = django_filters.ChoiceFilter(
        label=_("Lead partner in"), empty_label=_("All countries"), method="led_from"
    )
    words = django_filters.CharFilter(label=_("Number or title"), method="named")
    order = django_filters.OrderingFilter(
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
        empty_label=_("Latest change first"),
    )

    class Meta:
        model = Proposal
        fields = ("call", "state", "main_ket", "country", "words", "order")

    def __init__(self, *args: Any, programme: Any, queryset: QuerySet[Proposal], **kwargs: Any) -> None:
        super().__init__(*args, queryset=queryset, **kwargs)
        self.filters["call"].queryset = Call.objects.public().filter(programme=programme)
        self.filters["main_ket"].queryset = Ket.objects.filter(programme=programme)
        self.filters["country"].extra["choices"] = [
            (country.code, str(country.name)) for country in programme.countries.all()
        ]

    def led_from(self, queryset: QuerySet[Proposal], name: str, value: str) -> QuerySet[Proposal]:
        lead = Partner.objects.filter(role=PartnerRole.LEAD, organisation__country=value)
        return queryset.filter(consortium__in=lead.values("consortium"))

    def named(self, queryset: QuerySet[Proposal], name: str, value: str) -> QuerySet[Proposal]:
        """By number, or by the title that the desk sees. What is being rewritten is not searched: its new title is
        not the desk's to read."""
        of_desk = ~Q(state__in=EDITABLE)
        return queryset.filter(Q(number__icontains=value) | (Q(title__icontains=value) & of_desk))
