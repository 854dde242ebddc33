"""Reminding a partner's people of what the proposal still lacks of them."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from consortia.models import Partner
from consortia.services import note_reminder
from feasibility.models import Proposal
from feasibility.selectors import open_points_of
from feasibility.services.mails import people_of, tell
from rocket.accounts.models import User
from rocket.core.errors import RocketError
from rocket.core.permissions import demand


@transaction.atomic
def remind_partner(*, proposal: Proposal, partner: Partner, by: User, now: datetime) -> int:
    """Mail the people of a confirmed partner what a loaded proposal still needs of them; the number of mails.

    Only people of the lead partner may, and once a day. Raises ``RocketError`` where nothing is open (nothing), the
    partner has not confirmed yet (not_confirmed), or it was reminded within a day (reminded).
    """
    demand(by, "remind", proposal)
    name = partner.organisation.name
    if not partner.is_confirmed:
        raise RocketError(
            "not_confirmed",
            _("%(name)s has not confirmed yet. Send its invitation again instead.") % {"name": name},
        )
    points = open_points_of(proposal, partner, now=now)
    if not points:
        raise RocketError("nothing", _("Nothing of %(name)s is open.") % {"name": name})
    note_reminder(partner=partner, by=by, now=now)
    people = people_of(partner)
    tell(
        proposal,
        "reminded",
        [(person, proposal.get_absolute_url()) for person in people],
        now=now,
        words={"person": str(by), "partner": name},
        lines=points,
    )
    return len(people)
