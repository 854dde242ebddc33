"""The partners of a proposal as their page shows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import prefetch_related_objects

from consortia.enums import PartnerState
from consortia.models import Partner
from feasibility.models import Proposal


@dataclass(frozen=True)
class PartnerRow:
    """A partner as the partnership page shows it, with its latest invitation."""

    partner: Partner
    invitation: Any

    organisation = property(lambda self: self.partner.organisation)


def partner_rows(proposal: Proposal) -> list[PartnerRow]:
    """All partners but removed ones, the lead first, each with its latest invitation; one query."""
    prefetch_related_objects(list(proposal.consortium.partners.all()), "invitations")
    rows = [p for p in proposal.consortium.partners.all() if p.state != PartnerState.WITHDRAWN]
    rows.sort(key=lambda partner: (not partner.is_lead, partner.pk))
    return [PartnerRow(partner, next(iter(partner.invitations.all()), None)) for partner in rows]
