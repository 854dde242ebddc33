"""What stands around a proposal: who looks after it, where it came from, what was made of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from calls.models import ClusterOrganisation
from consortia.enums import PartnerState
from consortia.models import Partner
from feasibility.enums import SectionName
from feasibility.models import Proposal
from rocket.accounts.models import User


@dataclass(frozen=True)
class Care:
    """The cluster organisation that looks after a proposal, and its consultants who may read and advise it."""

    cluster: ClusterOrganisation
    people: tuple[User, ...]


def care_of(proposal: Proposal) -> Care | None:
    """Who looks after a loaded proposal; None where nobody does. One query.

    A consultant whose own organisation takes part may not advise it, and is not named.
    """
    if proposal.cluster is None:
        return None
    parts = [partner.organisation_id for partner in proposal.consortium.partners.all()]
    people = (
        User.objects.filter(consultancies__cluster=proposal.cluster, is_active=True)
        .exclude(memberships__organisation__in=parts)
        .distinct()
        .order_by("name", "pk")
    )
    return Care(proposal.cluster, tuple(people))


@dataclass(frozen=True)
class Kin:
    """From which proposal this one was copied, and its copies: ``url`` only where the reader may see it."""

    number: str
    title: str
    url: str


def origin_of(proposal: Proposal, user: Any) -> Kin | None:
    """The proposal that this one is a copy of; title and link only for those who may see it. At most two queries."""
    if proposal.copied_from_id is None:
        return None
    seen = Proposal.objects.visible_to(user).filter(pk=proposal.copied_from_id).first()
    if seen is not None:
        return Kin(seen.number, seen.title, seen.get_absolute_url())
    return Kin(proposal.copied_from.number if proposal.copied_from else "", "", "")


def copies_for(proposal: Proposal, user: Any) -> list[Kin]:
    """The copies that the reader may see; the others are another consortium's business. One query."""
    rows = Proposal.objects.of_member(user).filter(copied_from=proposal).order_by("created_at", "pk")
    return [Kin(copy.number, copy.title, copy.get_absolute_url()) for copy in rows]


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
