"""What changes about a partner that takes part: its contribution, its country, the last reminder."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consortia.models import Partner
from consortia.models.consortia import REMIND_AFTER
from consortia.services._changes import begin, end
from rocket.accounts.models import User
from rocket.core import audit
from rocket.core.errors import RocketError
from rocket.core.permissions import demand, may


@transaction.atomic
def edit_partner(*, partner: Partner, by: User, now: datetime, contribution: str) -> Partner:
    """Change what the partner contributes."""
    demand(by, "edit", partner)
    begin(partner.consortium, "edited", partner, by, now)
    before = {"contribution": partner.contribution}
    partner.contribution = contribution.strip()
    partner.save(update_fields=["contribution"])
    after = {"contribution": partner.contribution}
    audit.record(subject=partner, verb="edited", by=by, now=now, before=before, after=after)
    end(partner.consortium, "edited", partner, by, now)
    return partner


@transaction.atomic
def choose_country(*, partners: Sequence[Partner], country: str, by: User, now: datetime) -> list[Partner]:
    """Settle for which country linked ``partners`` of one consortium count.

    The lead partner chooses for all of them; a partner's own people for that partner alone. The country is one in
    which one of ``partners`` works. Returns the partners that now stand for it. Raises ``RocketError`` (country), and
    ``Refused`` where ``by`` may choose for none of them.
    """
    if country not in {partner.organisation.country for partner in partners}:
        raise RocketError("country", _("Choose a country in which one of these partners works."))
    own = [partner for partner in partners if may(by, "edit", partner)]
    if not own:
        demand(by, "edit", partners[0])
    consortium = own[0].consortium
    for partner in own:
        if partner.chosen_country == country:
            continue
        begin(consortium, "edited", partner, by, now)
        before = {"chosen_country": partner.chosen_country}
        partner.chosen_country = country
        partner.save(update_fields=["chosen_country"])
        audit.record(
            subject=partner,
            verb="country_chosen",
            by=by,
            now=now,
            before=before,
            after={"chosen_country": country},
        )
        end(consortium, "edited", partner, by, now)
    return own


@transaction.atomic
def note_reminder(*, partner: Partner, by: User, now: datetime) -> None:
    """Take note that the partner's people are being reminded. Raises ``RocketError`` (reminded) within a day of the last
    time: of two who press at once, one reminds."""
    demand(by, "remind", partner)
    due = Q(reminded_at=None) | Q(reminded_at__lte=now - REMIND_AFTER)
    if not Partner.objects.filter(due, pk=partner.pk).update(reminded_at=now):
        raise RocketError(
            "reminded",
            _("%(name)s was reminded within the last 24 hours. Remind it again tomorrow.")
            % {"name": partner.organisation.name},
        )
    partner.reminded_at = now
    audit.record(subject=partner, verb="reminded", by=by, now=now)
