"""Handing over the lead of a consortium: offered by the lead partner, taken over once the other one accepts."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from consortia.enums import LeadOfferState, PartnerRole, PartnerState
from consortia.models import Consortium, LeadOffer, Partner
from consortia.registry import subject_of
from consortia.services._changes import begin, end
from rocket.accounts.models import User
from rocket.core import audit
from rocket.core.errors import RocketError
from rocket.core.outbox import enqueue_mail
from rocket.core.permissions import demand


@transaction.atomic
def offer_lead(*, partner: Partner, by: User, now: datetime) -> LeadOffer:
    """Ask ``partner``, a confirmed project partner, to lead in place of the present lead partner.

    Nothing changes until its people accept; they get a mail. Raises ``RocketError`` for an associated or unconfirmed
    partner (not_confirmed) and while another offer waits (offered_already).
    """
    consortium = partner.consortium
    demand(by, "offer_lead", consortium)
    begin(consortium, "lead_offered", partner, by, now)
    if partner.role != PartnerRole.PROJECT or partner.state != PartnerState.CONFIRMED:
        raise RocketError(
            "not_confirmed",
            _("Only a confirmed project partner can take over the lead. Choose another partner."),
        )
    try:
        with transaction.atomic():
            offer = LeadOffer.objects.create(
                consortium=consortium, partner=partner, offered_by=by, offered_at=now
            )
    except IntegrityError as error:
        raise RocketError(
            "offered_already",
            _("The lead is offered to a partner already. Take that offer back to choose another one."),
        ) from error
    audit.record(
        subject=consortium,
        verb="lead_offered",
        by=by,
        now=now,
        before={"lead": consortium.lead_partner.organisation_id},
        after={"offered_to": partner.organisation_id},
    )
    _tell(offer, "offered", [partner], by=by, now=now)
    end(consortium, "lead_offered", partner, by, now)
    return offer


def _settle(offer: LeadOffer, state: LeadOfferState, by: User, now: datetime) -> None:
    """Of two answers at once the second one finds it answered."""
    taken = LeadOffer.objects.waiting().filter(pk=offer.pk).update(state=state, ended_by=by, ended_at=now)
    if not taken:
        raise RocketError("answered", _("This offer was answered or taken back already."))
    offer.refresh_from_db(fields=["state", "ended_by", "ended_at"])


@transaction.atomic
def accept_lead(*, offer: LeadOffer, by: User, now: datetime) -> Partner:
    """The partner that was asked leads from now on; the earlier lead partner stays, as a project partner.

    Only its own people may. Everybody in the consortium gets a mail. Raises ``RocketError`` where the offer does not
    wait any more (answered) or the partner has left meanwhile (not_confirmed).
    """
    demand(by, "answer", offer)
    consortium = offer.consortium
    partner = Partner.objects.select_related("organisation").get(pk=offer.partner_id)
    begin(consortium, "lead_handed_over", partner, by, now)
    _settle(offer, LeadOfferState.ACCEPTED, by, now)
    if partner.state != PartnerState.CONFIRMED:
        raise RocketError("not_confirmed", _("Only a confirmed partner can take over the lead."))
    earlier = consortium.partners.select_related("organisation").get(role=PartnerRole.LEAD)
    # In this order: the database knows one lead partner at any moment.
    Partner.objects.filter(pk=earlier.pk).update(role=PartnerRole.PROJECT)
    Partner.objects.filter(pk=partner.pk).update(role=PartnerRole.LEAD)
    partner.role = PartnerRole.LEAD
    audit.record(
        subject=consortium,
        verb="lead_handed_over",
        by=by,
        now=now,
        before={"lead": earlier.organisation_id},
        after={"lead": partner.organisation_id, "offered_by": offer.offered_by_id},
    )
    fresh = Consortium.objects.get(pk=consortium.pk)
    end(fresh, "lead_handed_over", partner, by, now)
    _tell(
        offer,
        "accepted",
        list(fresh.partners.confirmed()),
        by=by,
        now=now,
        earlier=earlier.organisation.name,
    )
    return partner


@transaction.atomic
def decline_lead(*, offer: LeadOffer, by: User, now: datetime) -> None:
    """Everything stays as it is; the lead partner's people get a mail."""
    demand(by, "answer", offer)
    begin(offer.consortium, "lead_offer_ended", offer.partner, by, now)
    _settle(offer, LeadOfferState.DECLINED, by, now)
    audit.record(
        subject=offer.consortium,
        verb="lead_declined",
        by=by,
        now=now,
        after={"offered_to": offer.partner.organisation_id},
    )
    _tell(offer, "declined", [offer.consortium.lead_partner], by=by, now=now)
    end(offer.consortium, "lead_offer_ended", offer.partner, by, now)


@transaction.atomic
def take_back_lead(*, offer: LeadOffer, by: User, now: datetime) -> None:
    """The lead partner keeps the lead; the partner that was asked can accept no more, and its people get a mail."""
    demand(by, "take_back", offer)
    begin(offer.consortium, "lead_offer_ended", offer.partner, by, now)
    _settle(offer, LeadOfferState.TAKEN_BACK, by, now)
    audit.record(
        subject=offer.consortium,
        verb="lead_offer_taken_back",
        by=by,
        now=now,
        after={"offered_to": offer.partner.organisation_id},
    )
    _tell(offer, "taken_back", [offer.partner], by=by, now=now)
    end(offer.consortium, "lead_offer_ended", offer.partner, by, now)


def _tell(
    offer: LeadOffer, event: str, partners: list[Partner], *, by: User, now: datetime, earlier: str = ""
) -> None:
    """One mail to each person of ``partners``, in that person's language."""
    subject = subject_of(offer.consortium)
    readers = User.objects.filter(
        is_active=True, memberships__organisation__in=[partner.organisation_id for partner in partners]
    )
    for reader in readers.distinct().order_by("pk"):
        enqueue_mail(
            template="consortia/mail/lead",
            to=[reader.email],
            language=reader.language,
            context={
                "event": event,
                "person": str(by),
                "organisation": offer.partner.organisation.name,
                "lead_organisation": earlier or offer.consortium.lead_partner.organisation.name,
                "title": subject.title,
                "url": settings.SITE_URL + subject.url if subject.url else settings.SITE_URL,
            },
            now=now,
        )
