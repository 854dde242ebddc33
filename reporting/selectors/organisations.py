"""The organisations of one programme: who takes part in what was submitted, and what they get."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from calls.models import Programme
from consortia.enums import PartnerState, SizeClass
from consortia.models import Organisation, Partner, SmeDeclaration
from feasibility.enums import EDITABLE, FundingSource
from feasibility.models import FundingLine, Proposal, Submission
from reporting.models import Project


def taking_part(programme: Programme) -> QuerySet[Partner]:
    """Confirmed partners of what was submitted. Those of a proposal that is being rewritten stand as of its last
    submission: whom it has won since is not the desk's to read. No query of its own."""
    submitted = Proposal.objects.on_desk().filter(call__programme=programme)
    was_there = Submission.objects.filter(
        proposal__consortium=OuterRef("consortium"), received_at__gte=OuterRef("confirmed_at")
    )
    return Partner.objects.filter(
        Q(Exists(was_there)) | ~Q(consortium__proposal__state__in=EDITABLE),
        state=PartnerState.CONFIRMED,
        consortium__proposal__in=submitted.values("pk"),
    )


def organisations_in(programme: Programme) -> QuerySet[Organisation]:
    """Each organisation once, with ``proposals`` and ``projects`` (counts), ``grant`` in EUR of its projects and
    ``declared_class``, the size that it declares now. No query of its own."""
    parts = taking_part(programme).filter(organisation=OuterRef("pk")).order_by()
    funded = Project.objects.of(programme).funded()
    in_projects = parts.filter(consortium__proposal__in=funded.values("proposal"))
    grants = FundingLine.objects.filter(
        source=FundingSource.GRANT, partner__organisation=OuterRef("pk"), partner__state=PartnerState.CONFIRMED,
        proposal__in=funded.values("proposal"),
    ).order_by()  # fmt: skip
    declared = SmeDeclaration.objects.current().filter(organisation=OuterRef("pk"))  # type: ignore[attr-defined]

    def count(rows: QuerySet[Partner]) -> Coalesce:
        one = rows.values("organisation").annotate(n=Count("consortium", distinct=True)).values("n")
        return Coalesce(Subquery(one), 0)

    return Organisation.objects.filter(
        pk__in=taking_part(programme).order_by().values("organisation")
    ).annotate(
        proposals=count(parts),
        projects=count(in_projects),
        grant=Subquery(grants.values("partner__organisation").annotate(total=Sum("amount")).values("total")),
        declared_class=Subquery(declared.values("declared_class")[:1]),
    )


def with_size(organisations: Iterable[Any]) -> None:
    """Give each row of ``organisations_in`` its ``size``: the declared class in words, empty where none stands."""
    for one in organisations:
        one.size = str(SizeClass(one.declared_class).label) if one.declared_class else ""


def organisations_named(rows: QuerySet[Organisation], words: str) -> QuerySet[Organisation]:
    """By name, place or region."""
    return rows.filter(Q(name__icontains=words) | Q(town__icontains=words) | Q(region_name__icontains=words))
