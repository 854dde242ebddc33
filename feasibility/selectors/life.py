"""What stands around a proposal: who looks after it, where it came from, what was made of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from django.urls import reverse

from calls.models import ClusterOrganisation
from consortia.enums import PartnerState
from consortia.models import LeadOffer, Partner
from feasibility.enums import SectionName
from feasibility.models import Proposal
from rocket.accounts.models import User
from rocket.core.together import rows_together


@dataclass(frozen=True)
class Carer:
    name: str
    email: str


@dataclass(frozen=True)
class Care:
    """The cluster organisation that looks after a proposal, and its consultants who may read and advise it."""

    cluster: ClusterOrganisation
    people: tuple[Carer, ...]


@dataclass(frozen=True)
class Kin:
    """From which proposal this one was copied, and its copies: ``url`` only where the reader may see it."""

    number: str
    title: str
    url: str


@dataclass(frozen=True)
class OfferedLead:
    """The lead of a proposal that is offered to an own organisation, and the person who offers it."""

    organisation: str
    by: str


@dataclass(frozen=True)
class Surroundings:
    """Who looks after a proposal, its copies that the reader may see, and the lead that is offered to the reader."""

    care: Care | None
    copies: list[Kin]
    lead_offer: OfferedLead | None


def surroundings_of(proposal: Proposal, user: Any, parts: Iterable[Partner]) -> Surroundings:
    """What stands around a loaded proposal for a reader with these ``parts`` in it. One query.

    A consultant whose own organisation takes part may not advise it, and is not named. Copies that the reader may not
    see are another consortium's business.
    """
    taking_part = [partner.organisation_id for partner in proposal.consortium.partners.all()]
    caring = (
        User.objects.filter(consultancies__cluster=proposal.cluster_id, is_active=True)
        .exclude(memberships__organisation__in=taking_part)
        .distinct()
    )
    copied = Proposal.objects.of_member(user).filter(copied_from=proposal)
    offered = LeadOffer.objects.waiting().filter(consortium=proposal.consortium_id, partner__in=list(parts))
    people, copies, offers = rows_together(
        caring.values("pk", "name", "email"),
        copied.values("pk", "number", "title", "created_at"),
        offered.values("pk", "partner__organisation__name", "offered_by__name", "offered_by__email"),
    )
    people.sort(key=itemgetter("name", "pk"))
    copies.sort(key=itemgetter("created_at", "pk"))
    offer = max(offers, key=itemgetter("pk"), default=None)
    return Surroundings(
        Care(proposal.cluster, tuple(Carer(row["name"], row["email"]) for row in people))
        if proposal.cluster
        else None,
        [Kin(row["number"], row["title"], reverse("proposal", args=[row["number"]])) for row in copies],
        OfferedLead(
            offer["partner__organisation__name"], offer["offered_by__name"] or offer["offered_by__email"]
        )
        if offer
        else None,
    )


def origin_of(proposal: Proposal, user: Any) -> Kin | None:
    """The proposal that this one is a copy of; title and link only for those who may see it. At most two queries."""
    if proposal.copied_from_id is None:
        return None
    seen = Proposal.objects.visible_to(user).filter(pk=proposal.copied_from_id).first()
    if seen is not None:
        return Kin(seen.number, seen.title, seen.get_absolute_url())
    return Kin(proposal.copied_from.number if proposal.copied_from else "", "", "")


def earlier_part_of(partner: Partner, proposal: Proposal) -> Partner | None:
    """The partner of the copied proposal whose figures ``partner`` may take over: the same organisation, confirmed then
    and now. At most one query."""
    if proposal.copied_from_id is None or not partner.is_confirmed:
        return None
    return Partner.objects.filter(
        consortium__proposal=proposal.copied_from_id,
        organisation=partner.organisation_id,
        state=PartnerState.CONFIRMED,
    ).first()


def has_begun_budget(partner: Partner, proposal: Proposal) -> bool:
    """Whether somebody wrote the partner's budget; uses the loaded sections."""
    return any(
        row.name == SectionName.BUDGET and row.partner_id == partner.pk and row.was_begun
        for row in proposal.sections.all()
    )


def may_take_over(partner: Partner, proposal: Proposal) -> bool:
    """Whether there are earlier figures of the partner, and none yet in this draft that they would overwrite."""
    if not proposal.is_editable or has_begun_budget(partner, proposal):
        return False
    return earlier_part_of(partner, proposal) is not None
