"""Forming a consortium: inviting partners by mail, and their answers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from consortia.enums import InvitationState, LeadOfferState, PartnerRole, PartnerState
from consortia.models import Consortium, Invitation, Membership, Organisation, Partner
from consortia.registry import subject_of
from consortia.services._changes import begin, end
from consortia.services.letters import (
    INVITATION_LIFE,
    InvitationRefused,
    check_letter,
    hash_of,
    language_for,
    new_token,
    use,
)
from consortia.services.organisations import claim_organisation
from rocket.accounts.models import User
from rocket.core import audit
from rocket.core.errors import RocketError
from rocket.core.outbox import enqueue_mail
from rocket.core.permissions import demand


def find_invitation(token: str) -> Invitation:
    """The invitation that the token opens, whatever its state. Raises ``InvitationRefused`` (unknown)."""
    invitation = (
        Invitation.objects.select_related("partner__organisation", "partner__consortium", "sent_by")
        .filter(token_sha256=hash_of(token))
        .first()
    )
    if invitation is None:
        raise InvitationRefused(
            "unknown",
            _(
                "This link opens no invitation. Open it from the mail again, or ask the lead partner for a new one."
            ),
        )
    return invitation


def check_answerable(invitation: Invitation, *, by: User, now: datetime) -> None:
    """Raise ``InvitationRefused`` with the sentence that names the way out, unless ``by`` may answer now."""
    messages = {
        InvitationState.ACCEPTED: _("This invitation was accepted already. A link works once."),
        InvitationState.DECLINED: _(
            "This invitation was declined already. The lead partner can send a new one."
        ),
        InvitationState.EXPIRED: _("This invitation has expired. Ask the lead partner to send it again."),
        InvitationState.REPLACED: _(
            "This invitation does not hold any more. Use the newest mail, or ask the lead partner for a new one."
        ),
    }
    check_letter(
        invitation,
        messages,
        _(
            "This invitation was sent to %(invited)s, and you are signed in as %(own)s. Sign in with the invited "
            "address, or ask the lead partner to invite yours."
        ),
        by=by,
        now=now,
    )


@transaction.atomic
def create_consortium(*, organisation: Organisation, by: User, now: datetime) -> Consortium:
    """A consortium with ``organisation`` as its lead partner, confirmed by ``by``, who acts for it."""
    demand(by, "represent", organisation)
    consortium = Consortium.objects.create(created_at=now, created_by=by)
    Partner.objects.create(
        consortium=consortium,
        organisation=organisation,
        role=PartnerRole.LEAD,
        state=PartnerState.CONFIRMED,
        confirmed_at=now,
        confirmed_by=by,
        added_at=now,
    )
    audit.record(
        subject=consortium, verb="created", by=by, now=now, after={"lead_organisation": organisation.pk}
    )
    return consortium


def _send_invitation(partner: Partner, email: str, *, by: User, now: datetime) -> Invitation:
    """End what is pending, write a new invitation and its mail. The token is in the mail and nowhere else;
    the returned object carries it as ``token`` for as long as it lives in memory."""
    partner.invitations.filter(accepted_at=None, declined_at=None, replaced_at=None).update(replaced_at=now)
    token = new_token()
    invitation = Invitation.objects.create(
        partner=partner,
        email=email,
        language=language_for(email, partner.organisation, by),
        token_sha256=hash_of(token),
        sent_by=by,
        sent_at=now,
        expires_at=now + INVITATION_LIFE,
    )
    invitation.token = token
    subject = subject_of(partner.consortium)
    with translation.override(invitation.language):
        detail = str(subject.detail)
    enqueue_mail(
        template="consortia/mail/invitation",
        to=[email],
        language=invitation.language,
        context={
            "inviter": str(by),
            "lead_organisation": partner.consortium.lead_partner.organisation.name,
            "organisation": partner.organisation.name,
            "title": subject.title,
            "detail": detail,
            "is_associated": partner.role == PartnerRole.ASSOCIATED,
            "expires_at": invitation.expires_at,
            "url": settings.SITE_URL + reverse("invitation", args=[token]),
        },
        now=now,
    )
    return invitation


@transaction.atomic
def invite_partner(
    *,
    consortium: Consortium,
    organisation: Organisation,
    email: str,
    role: PartnerRole | str,
    by: User,
    now: datetime,
    contribution: str = "",
) -> Invitation:
    """Ask ``email`` to confirm ``organisation`` as a partner. Only people of the lead partner may.

    An organisation that declined or was removed may be asked again. Raises ``RocketError`` for one that takes
    part already and for a second lead partner. The returned invitation carries its ``token``.
    """
    demand(by, "invite", consortium)
    role = PartnerRole(role)
    if role == PartnerRole.LEAD:
        raise RocketError("second_lead", _("A consortium has exactly one lead partner. Choose another role."))
    partner = Partner.objects.filter(consortium=consortium, organisation=organisation).first()
    if partner is not None and PartnerState(partner.state).takes_part:
        raise RocketError(
            "partner_already",
            _("%(name)s is a partner of this consortium already. Send its invitation again instead.")
            % {"name": organisation.name},
        )
    begin(consortium, "invited", partner, by, now)
    before = {} if partner is None else {"state": partner.state, "role": partner.role}
    if partner is None:
        partner = Partner(consortium=consortium, organisation=organisation, added_at=now)
    partner.role, partner.state = role, PartnerState.INVITED
    partner.confirmed_at = partner.confirmed_by = None
    partner.contribution = contribution or partner.contribution
    partner.save()
    invitation = _send_invitation(partner, email.strip().lower(), by=by, now=now)
    audit.record(
        subject=partner,
        verb="invited",
        by=by,
        now=now,
        before=before,
        after={"state": partner.state, "role": partner.role, "email": invitation.email},
    )
    end(consortium, "invited", partner, by, now)
    return invitation


@transaction.atomic
def resend_invitation(*, partner: Partner, by: User, now: datetime, email: str = "") -> Invitation:
    """Send a new letter with a new token, to the same address or to ``email``; the old one opens nothing more."""
    demand(by, "resend", partner)
    if partner.state != PartnerState.INVITED:
        raise RocketError(
            "not_invited",
            _("%(name)s has no invitation that waits for an answer.") % {"name": partner.organisation.name},
        )
    latest = partner.invitations.first()
    address = email.strip().lower() or (latest.email if latest else "")
    if not address:
        raise RocketError("no_address", _("Enter the e-mail address to which the invitation goes."))
    begin(partner.consortium, "resent", partner, by, now)
    invitation = _send_invitation(partner, address, by=by, now=now)
    audit.record(
        subject=partner,
        verb="resent",
        by=by,
        now=now,
        before={"email": latest.email if latest else ""},
        after={"email": invitation.email},
    )
    end(partner.consortium, "resent", partner, by, now)
    return invitation


def _tell_inviter(
    invitation: Invitation, partner: Partner, *, accepted: bool, by: User, now: datetime
) -> None:
    subject = subject_of(partner.consortium)
    enqueue_mail(
        template="consortia/mail/invitation_answered",
        to=[invitation.sent_by.email],
        language=invitation.sent_by.language,
        context={
            "organisation": partner.organisation.name,
            "person": str(by),
            "title": subject.title,
            "is_accepted": accepted,
            "url": settings.SITE_URL + subject.url if subject.url else settings.SITE_URL,
        },
        now=now,
    )


@transaction.atomic
def confirm_partner(
    *, by: User, now: datetime, token: str = "", invitation: Invitation | None = None
) -> Partner:
    """Accept the invitation, given by its token or itself, for its organisation.

    ``by`` must have proved to read the invited mailbox, with or without the token.
    Of an organisation that nobody acts for yet, ``by`` becomes the owner; of any other, ``by`` must be one of its
    people. Raises ``InvitationRefused``, after which nothing has changed.
    """
    invitation = invitation or find_invitation(token)
    check_answerable(invitation, by=by, now=now)
    partner = invitation.partner
    organisation = partner.organisation
    begin(partner.consortium, "confirmed", partner, by, now)
    use(invitation, "accepted_at", now)
    if not organisation.is_claimed:
        claim_organisation(organisation=organisation, by=by, now=now)
    elif not Membership.objects.filter(user=by, organisation=organisation).exists():
        raise InvitationRefused(
            "not_member",
            _(
                "%(name)s has its own people in the portal, and you are not one of them. Look for it under “My "
                "organisations” and ask to join it, or ask the lead partner to invite one of its people."
            )
            % {"name": organisation.name},
        )
    before = {"state": partner.state}
    partner.state, partner.confirmed_at, partner.confirmed_by = PartnerState.CONFIRMED, now, by
    partner.save(update_fields=["state", "confirmed_at", "confirmed_by"])
    audit.record(
        subject=partner, verb="confirmed", by=by, now=now, before=before, after={"state": partner.state}
    )
    _tell_inviter(invitation, partner, accepted=True, by=by, now=now)
    end(partner.consortium, "confirmed", partner, by, now)
    return partner


@transaction.atomic
def decline_partner(
    *, by: User, now: datetime, token: str = "", invitation: Invitation | None = None
) -> Partner:
    """Decline the invitation, given by its token or itself; the lead partner is told by mail. Raises ``InvitationRefused``."""
    invitation = invitation or find_invitation(token)
    check_answerable(invitation, by=by, now=now)
    partner = invitation.partner
    begin(partner.consortium, "declined", partner, by, now)
    use(invitation, "declined_at", now)
    before = {"state": partner.state}
    partner.state = PartnerState.DECLINED
    partner.save(update_fields=["state"])
    audit.record(
        subject=partner, verb="declined", by=by, now=now, before=before, after={"state": partner.state}
    )
    _tell_inviter(invitation, partner, accepted=False, by=by, now=now)
    end(partner.consortium, "declined", partner, by, now)
    return partner


@transaction.atomic
def remove_partner(*, partner: Partner, by: User, now: datetime) -> Partner:
    """Take a partner out of the consortium; a pending invitation opens nothing more.

    The row stays, withdrawn: what was written for it can still be read. The lead partner can't be removed.
    """
    demand(by, "remove", partner)
    if partner.is_lead:
        raise RocketError("lead_stays", _("The lead partner can't be removed from its own consortium."))
    if not PartnerState(partner.state).takes_part:
        raise RocketError(
            "removed_already", _("%(name)s takes no part any more.") % {"name": partner.organisation.name}
        )
    begin(partner.consortium, "removed", partner, by, now)
    before: dict[str, Any] = {"state": partner.state, "confirmed_at": partner.confirmed_at}
    partner.lead_offers.waiting().update(state=LeadOfferState.TAKEN_BACK, ended_by=by, ended_at=now)
    partner.invitations.filter(accepted_at=None, declined_at=None, replaced_at=None).update(replaced_at=now)
    partner.state, partner.confirmed_at, partner.confirmed_by = PartnerState.WITHDRAWN, None, None
    partner.save(update_fields=["state", "confirmed_at", "confirmed_by"])
    audit.record(
        subject=partner, verb="removed", by=by, now=now, before=before, after={"state": partner.state}
    )
    end(partner.consortium, "removed", partner, by, now)
    return partner
