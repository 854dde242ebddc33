"""The desk's list of proposals as a file: a fixed number of queries, and never all rows in memory."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.db.models import FilteredRelation, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from calls.models import Call, ProjectKind
from consortia.enums import PartnerRole
from feasibility.enums import EDITABLE, ProposalState
from feasibility.models import Proposal, Submission
from feasibility.selectors import cost_and_grant_in, cost_and_grant_of
from rocket.core.tables import Column, Kind, Table

CHUNK = 1000
FEW = 50
"""Submissions that are held at once: each is a whole proposal."""


def proposals_table(proposals: QuerySet[Proposal]) -> Table:
    """Number to last change of each proposal. What is being rewritten stands as it was submitted last."""
    return Table(
        "proposals",
        _("Proposals"),
        (
            Column("number", _("Number"), width=16),
            Column("title", _("Title"), width=40),
            Column("call", _("Call"), width=32),
            Column("kind", _("Kind of project"), width=24),
            Column("lead_partner", _("Lead partner"), width=36),
            Column("lead_country", _("Country"), width=9),
            Column("main_ket", _("KET"), width=8),
            Column("cost", _("Total cost (EUR)"), Kind.MONEY),
            Column("grant", _("Grant asked for (EUR)"), Kind.MONEY),
            Column("state", _("State"), width=24),
            Column("submitted_at", _("Last submitted"), Kind.MOMENT),
            Column("changed_at", _("Changed"), Kind.MOMENT),
        ),
        _rows(proposals),
    )


def _rows(proposals: QuerySet[Proposal]) -> Iterator[tuple[Any, ...]]:
    """Six queries. What many rows share is worked out once; of each row only its three figures are at hand ahead."""
    frozen = _as_submitted(proposals)
    costs, grants = cost_and_grant_of(_keys(proposals))
    calls = {pk: str(title) for pk, title in Call.objects.order_by().values_list("pk", "title")}
    kinds = {pk: str(name) for pk, name in ProjectKind.objects.order_by().values_list("pk", "name")}
    states = {state.value: str(state.desk_label) for state in ProposalState}
    received = Submission.objects.filter(proposal=OuterRef("pk")).order_by("-received_at")
    rows = (
        proposals.prefetch_related(None)
        .annotate(
            lead=FilteredRelation(
                "consortium__partners", condition=Q(consortium__partners__role=PartnerRole.LEAD)
            ),
            submitted_at=Subquery(received.values("received_at")[:1]),
        )
        .values_list(
            "pk", "number", "title", "call_id", "kind_id", "lead__organisation__name", "lead__organisation__country",
            "main_ket__code", "state", "submitted_at", "changed_at",
        )
    )  # fmt: skip
    for pk, number, title, call, kind, lead, country, ket, state, *moments in rows.iterator(CHUNK):
        shown = frozen.get(pk) or (title, costs.get(pk), grants.get(pk))
        title, cost, grant = shown
        yield (
            number,
            title,
            calls[call],
            kinds[kind],
            lead,
            country,
            ket,
            cost,
            grant,
            states[state],
            *moments,
        )


def _as_submitted(proposals: QuerySet[Proposal]) -> dict[int, tuple[str, Decimal, Decimal]]:
    """Title, cost and grant of the last submission of those that are being rewritten. One query."""
    being_written = _keys(proposals.filter(state__in=EDITABLE))
    contents = Submission.objects.filter(proposal__in=being_written).order_by("received_at", "pk")
    found = {}
    for pk, content in contents.values_list("proposal", "content").iterator(FEW):
        submitted = json.loads(content)
        found[pk] = (submitted["title"], *cost_and_grant_in(submitted))
    return found


def _keys(proposals: QuerySet[Proposal]) -> QuerySet[Any]:
    return proposals.prefetch_related(None).order_by().values("pk")
