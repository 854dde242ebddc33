"""What stands on a consultant's desk: proposals and organisations in care."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from calls.models import Call
from calls.remembered import programme_at_hand
from consortia.enums import PartnerRole
from consortia.models import Membership, Organisation, Partner
from consortia.models.organisations import OrganisationQuerySet
from feasibility.enums import AdviceSide, SectionName
from feasibility.models import Advice, Proposal
from feasibility.selectors.advice import SectionThreads, threads_by_section, threads_of
from feasibility.selectors.answers import AnswerGroup, answers_of


def proposals_in_care(user: Any, now: datetime) -> QuerySet[Proposal]:
    """Those that still may be submitted first, the nearest deadline on top; then the others, the latest on top.

    Each with ``closes``, ``is_running``, ``has_open_advice`` and ``waits_for_answer``.
    """
    advice = Advice.objects.filter(proposal=OuterRef("pk"))
    return (
        Proposal.objects.in_care_of(user)
        .defer("summary", "cross_border_value")
        .with_closing(now)
        .annotate(
            has_open_advice=Exists(advice.open()),
            waits_for_answer=Exists(advice.waiting_for(AdviceSide.CONSULTANT)),
        )
        .by_deadline()
    )


def hand_out_calls_and_leads(proposals: Iterable[Proposal]) -> None:
    """Give each proposal of one page its call, with its programme's parts at hand, and its lead partner. Two queries
    where the process knows the programmes. Many proposals are of few calls, and a join would be made for all that are
    in care before their order is known."""
    rows = list(proposals)
    wanted = {proposal.call_id for proposal in rows}
    calls = {call.pk: call for call in Call.objects.filter(pk__in=wanted).select_related("programme")}
    for call in calls.values():
        programme_at_hand(call.programme)
    consortia = [proposal.consortium_id for proposal in rows]
    leading = Partner.objects.filter(consortium__in=consortia, role=PartnerRole.LEAD)
    leads = {partner.consortium_id: partner for partner in leading.select_related("organisation")}
    for proposal in rows:
        proposal.call = calls[proposal.call_id]
        proposal.lead_partner = leads.get(proposal.consortium_id)


def organisations_in_care(user: Any) -> OrganisationQuerySet:
    """Organisations of the regions of the consultant's cluster organisations, by name, with their technologies.

    Each with ``is_in_proposal``: it takes part, or is asked to, in a proposal that is in care too.
    """
    partners = _partners_in_care(user).filter(organisation=OuterRef("pk"))
    return (
        Organisation.objects.in_care_of(user)
        .annotate(is_in_proposal=Exists(partners))
        .prefetch_related("kets")
        .order_by("search_name", "pk")
    )


def _partners_in_care(user: Any) -> QuerySet[Partner]:
    """Partners that take part in proposals in care. Other consortia are nobody's business here."""
    own = Proposal.objects.in_care_of(user).values("consortium_id")
    return Partner.objects.taking_part().filter(consortium__in=own)


@dataclass(frozen=True)
class OrganisationInCare:
    """An organisation as its consultant sees it: never its figures, and its people only where it says so."""

    organisation: Organisation
    proposals: tuple[Proposal, ...]
    people: tuple[Any, ...]
    """Who may be written to; empty where the organisation has not allowed it."""


def with_proposals_and_people(user: Any, organisations: Iterable[Organisation]) -> list[OrganisationInCare]:
    """The rows of one page of the list; two queries, however many."""
    rows = list(organisations)
    proposals: dict[int, list[Proposal]] = defaultdict(list)
    for partner in (
        _partners_in_care(user)
        .filter(organisation__in=rows)
        .select_related("consortium__proposal")
        .order_by("-consortium__proposal__changed_at")
    ):
        proposals[partner.organisation_id].append(partner.consortium.proposal)
    people: dict[int, list[Any]] = defaultdict(list)
    open_ones = [row.pk for row in rows if row.consultants_may_write]
    for membership in Membership.objects.filter(
        organisation__in=open_ones, user__is_active=True
    ).select_related("user"):
        people[membership.organisation_id].append(membership.user)
    return [OrganisationInCare(row, tuple(proposals[row.pk]), tuple(people[row.pk])) for row in rows]


@dataclass(frozen=True)
class SectionInCare:
    """One section of a draft as a consultant reads it: what the consortium wrote, and the advice on it."""

    name: SectionName
    content: AnswerGroup | None
    advice: SectionThreads


def sections_in_care(proposal: Proposal) -> list[SectionInCare]:
    """Every section of a loaded proposal, in its order. Two queries, for the advice."""
    groups = {group.title: group for group in answers_of(proposal, with_links=False)}
    threads = {group.section: group for group in threads_by_section(threads_of(proposal))}
    return [
        SectionInCare(name, groups.get(str(name.label)), threads.get(name, SectionThreads(name, ())))
        for name in SectionName
        if name != SectionName.ANNEXES or proposal.kind.annexes
    ]
