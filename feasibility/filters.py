from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from calls.models import Call, Ket
from feasibility.enums import NOT_YET_SUBMITTED, ProposalState
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

    class Meta:
        model = Proposal
        fields = ("call", "state", "main_ket")

    def __init__(self, *args: Any, programme: Any, queryset: QuerySet[Proposal], **kwargs: Any) -> None:
        super().__init__(*args, queryset=queryset, **kwargs)
        self.filters["call"].queryset = Call.objects.public().filter(programme=programme)
        self.filters["main_ket"].queryset = Ket.objects.filter(programme=programme)
