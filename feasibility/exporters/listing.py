"""The desk's list of proposals as a file: a fixed number of queries, and never all rows in memory."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from django.db.models import Max, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from consortia.enums import PartnerRole
from consortia.models import Partner
from feasibility.enums import EDITABLE, ProposalState
from feasibility.models import Proposal, Submission
from feasibility.selectors import budget_in, with_money
from rocket.core.tables import Column, Kind, Table
from rocket.core.text import LocalisedText

CHUNK = 1000


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
    lead = Partner.objects.filter(consortium=OuterRef("consortium"), role=PartnerRole.LEAD)
    frozen = _as_submitted(proposals)
    rows = (
        with_money(proposals.prefetch_related(None))
        .annotate(
            lead_name=Subquery(lead.values("organisation__name")[:1]),
            lead_country=Subquery(lead.values("organisation__country")[:1]),
            submitted_at=Max("submissions__received_at"),
        )
        .values_list(
            "pk", "number", "title", "call__title", "kind__name", "lead_name", "lead_country", "main_ket__code",
            "cost", "grant", "state", "submitted_at", "changed_at",
        )
    )  # fmt: skip
    for pk, number, title, call, kind, lead_name, country, ket, cost, grant, state, *moments in rows.iterator(
        CHUNK
    ):
        if pk in frozen:
            title, cost, grant = frozen[pk]
        yield (
            number,
            title,
            str(LocalisedText(call)),
            str(LocalisedText(kind)),
            lead_name,
            country,
            ket,
            cost,
            grant,
            ProposalState(state).desk_label,
            *moments,
        )


def _as_submitted(proposals: QuerySet[Proposal]) -> dict[int, tuple[Any, ...]]:
    """Title, cost and grant of the last submission of those that are being rewritten. One query."""
    being_written = proposals.filter(state__in=EDITABLE).order_by().values("pk")
    found: dict[int, tuple[Any, ...]] = {}
    for submission in Submission.objects.filter(proposal__in=being_written).order_by("received_at", "pk"):
        content = json.loads(submission.content)
        budget = budget_in(content)
        found[submission.proposal_id] = (content["title"], budget.cost, budget.grant)
    return found
