"""What the partners declare before a submission."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from consortia.models import Partner
from feasibility.enums import SectionName
from feasibility.models import PartnerDeclaration, Proposal, Section
from feasibility.selectors.declarations import asked_of
from feasibility.services.sections._claim import claim, record
from rocket.accounts.models import User
from rocket.core.errors import RocketError


@transaction.atomic
def save_declarations(
    *,
    proposal: Proposal,
    partner: Partner,
    codes: Collection[str],
    seen_version: int,
    by: User,
    now: datetime,
) -> Section:
    """Declare ``codes`` for ``partner`` with the words that stand now, and take back what is not among them.

    What stands already keeps its moment and its person, unless its words have changed since: then it is declared
    anew. Only people of the partner itself may do this, until the submission.
    """
    asked = {one.code: one for one in asked_of(proposal.kind, partner)}
    if unknown := set(codes) - set(asked):
        raise RocketError("declaration", _("The call asks for no such declaration."), codes=sorted(unknown))
    section = claim(
        proposal,
        SectionName.DECLARATIONS,
        partner=partner,
        by=by,
        now=now,
        seen_version=seen_version,
        is_completed=set(codes) == set(asked),
    )
    standing = {one.code: one for one in partner.declarations.filter(withdrawn_at=None)}
    kept = {code for code in codes if code in standing and standing[code].text == asked[code].text}
    PartnerDeclaration.objects.filter(
        pk__in=[one.pk for code, one in standing.items() if code not in kept]
    ).update(withdrawn_at=now, withdrawn_by=by)
    PartnerDeclaration.objects.bulk_create(
        PartnerDeclaration(
            proposal=proposal,
            partner=partner,
            code=code,
            text=one.text,
            declared_by=by,
            declared_at=now,
        )
        for code, one in asked.items()
        if code in codes and code not in kept
    )
    record(
        proposal,
        section,
        by,
        now,
        {"declared": sorted(standing)},
        {"declared": sorted(codes), "partner": partner.organisation.name},
    )
    return section
