"""Starting and withdrawing a proposal."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from calls.models import Call, ClusterOrganisation, ProjectKind, Region
from consortia.enums import PartnerRole
from consortia.models import Membership, Organisation
from consortia.services import create_consortium
from feasibility.enums import ProposalState
from feasibility.models import Proposal
from feasibility.services._states import take
from feasibility.services.mails import tell_consortium
from rocket.accounts.models import User
from rocket.core import audit
from rocket.core.errors import Refused, RocketError
from rocket.core.numbers import next_number


def cluster_of(organisation: Organisation, call: Call) -> ClusterOrganisation | None:
    """The cluster organisation that looks after the region; else the first one of the country; else none."""
    clusters = ClusterOrganisation.objects.filter(programme=call.programme).order_by("position")
    by_region = (
        clusters.filter(regions__in=Region.objects.known_as(*organisation.region)).first()
        if organisation.region is not None
        else None
    )
    return by_region or clusters.filter(country__code=organisation.country).first()


@transaction.atomic
def start_proposal(
    *, call: Call, kind: ProjectKind, organisation: Organisation, title: str, by: User, now: datetime
) -> Proposal:
    """Open a draft with ``organisation`` as its lead partner, confirmed by ``by``, a member of it.

    A draft may be started before the call opens; only the submission waits. Raises ``RocketError`` where the call
    has closed or does not take this kind.
    """
    if not Membership.objects.filter(user=by, organisation=organisation).exists():
        raise Refused("not_member", _("Only people of the organisation may start a proposal for it."))
    if not call.kinds.filter(pk=kind.pk).exists():
        raise RocketError("kind", _("This call does not take this kind of project. Choose another one."))
    if call.closes_at is None or now >= call.closes_at or call.state != "published":
        raise RocketError("call_closed", _("This call takes no proposals any more. See the open calls."))
    consortium = create_consortium(organisation=organisation, by=by, now=now)
    proposal = Proposal.objects.create(
        number=next_number("P", now),
        call=call,
        kind=kind,
        consortium=consortium,
        cluster=cluster_of(organisation, call),
        title=title.strip(),
        state=ProposalState.DRAFT,
        created_by=by,
        created_at=now,
        changed_at=now,
    )
    audit.record(
        subject=proposal,
        verb="started",
        by=by,
        now=now,
        after={"call": call.slug, "kind": kind.code, "lead": organisation.pk, "title": proposal.title},
    )
    return proposal


def follow_lead(proposal: Proposal, *, by: User, now: datetime) -> None:
    """Put the proposal into the care of the cluster organisation that looks after the region of its lead partner.

    Part of the transaction in which the lead changed hands.
    """
    lead = proposal.consortium.partners.select_related("organisation").get(role=PartnerRole.LEAD)
    cluster, before = cluster_of(lead.organisation, proposal.call), proposal.cluster
    if cluster == before:
        return
    Proposal.objects.filter(pk=proposal.pk).update(cluster=cluster)
    proposal.cluster = cluster
    audit.record(
        subject=proposal,
        verb="care_changed",
        by=by,
        now=now,
        before={"cluster": before.code if before else None},
        after={"cluster": cluster.code if cluster else None},
    )


@transaction.atomic
def withdraw(*, proposal: Proposal, reason: str, by: User, now: datetime) -> None:
    """Take the proposal out of the running, for good; every partner is told."""
    take(proposal, "withdraw", by=by, now=now, reason=reason)
    tell_consortium(proposal, "withdrawn", now=now, words={"reason": reason.strip()})
