"""Roles of a programme: offered by mail, accepted by the person, revoked by a manager."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from calls.models import ClusterOrganisation, Programme
from consortia.enums import InvitationState
from consortia.models import Consultant, StaffInvitation
from consortia.services.letters import (
    INVITATION_LIFE,
    InvitationRefused,
    check_letter,
    hash_of,
    new_token,
    use,
)
from rocket.accounts.models import RoleGrant, User
from rocket.accounts.roles import Role
from rocket.accounts.services import grant_role, revoke_role
from rocket.core import audit
from rocket.core.errors import RocketError
from rocket.core.outbox import enqueue_mail
from rocket.core.permissions import demand

DAY = timedelta(days=1)
LETTERS_A_DAY = 50


@transaction.atomic
def invite_staff(
    *,
    programme: Programme,
    email: str,
    role: Role,
    cluster: ClusterOrganisation | None,
    by: User,
    now: datetime,
) -> StaffInvitation:
    """Offer the role to whoever reads the mailbox. A consultant is offered it for a cluster organisation.

    Raises ``Refused``, and ``RocketError`` ``cluster``, ``has_role`` or ``too_many``.
    """
    role, address = Role(role), email.strip().lower()
    invitation = StaffInvitation(programme=programme, email=address, role=role, cluster=cluster)
    demand(by, "invite", invitation)
    if (role is Role.CONSULTANT) != (cluster is not None):
        raise RocketError(
            "cluster", _("Choose the cluster organisation of a consultant; other roles have none.")
        )
    holders = RoleGrant.objects.filter(
        role=role,
        programme_code=programme.code,
        revoked_at=None,
        user__emailaddress__email__iexact=address,
        user__emailaddress__verified=True,
    )
    if cluster is not None:
        holders = holders.filter(user__consultancies__cluster=cluster)
    if holders.exists():
        raise RocketError(
            "has_role",
            _("%(email)s has the role of %(role)s already.") % {"email": address, "role": role.label},
        )
    if programme.staff_invitations.filter(sent_at__gt=now - DAY).count() >= LETTERS_A_DAY:
        raise RocketError(
            "too_many",
            _("%(n)s invitations went out within 24 hours. Send the next one tomorrow.")
            % {"n": LETTERS_A_DAY},
        )
    StaffInvitation.objects.unanswered().filter(programme=programme, role=role, email=address).update(
        replaced_at=now
    )
    token = new_token()
    known = User.objects.filter(email__iexact=address).values_list("language", flat=True).first()
    invitation.language = known or by.language
    invitation.token_sha256 = hash_of(token)
    invitation.sent_by, invitation.sent_at, invitation.expires_at = by, now, now + INVITATION_LIFE
    invitation.save()
    invitation.token = token
    enqueue_mail(
        template="consortia/mail/staff_invitation",
        to=[address],
        language=invitation.language,
        context={
            "inviter": str(by),
            "role": role.label,
            "cluster": cluster.name if cluster else "",
            "programme": programme.short_name,
            "expires_at": invitation.expires_at,
            "url": settings.SITE_URL + reverse("staff_invitation", args=[token]),
        },
        now=now,
    )
    audit.record(
        subject=programme,
        verb="role_offered",
        by=by,
        now=now,
        after={"email": address, "role": role, "cluster": cluster.code if cluster else None},
    )
    return invitation


def find_staff_invitation(token: str) -> StaffInvitation:
    """The invitation that the token opens, whatever its state. Raises ``InvitationRefused`` (unknown)."""
    invitation = (
        StaffInvitation.objects.select_related("programme", "cluster", "sent_by")
        .filter(token_sha256=hash_of(token))
        .first()
    )
    if invitation is None:
        raise InvitationRefused(
            "unknown",
            _(
                "This link opens no invitation. Open it from the mail again, or ask the programme office for a new one."
            ),
        )
    return invitation


def check_staff_answerable(invitation: StaffInvitation, *, by: User, now: datetime) -> None:
    """Raise ``InvitationRefused`` with the sentence that names the way out, unless ``by`` may answer now."""
    messages = {
        InvitationState.ACCEPTED: _("This invitation was accepted already. A link works once."),
        InvitationState.DECLINED: _(
            "This invitation was declined already. The programme office can send a new one."
        ),
        InvitationState.EXPIRED: _("This invitation has expired. Ask the programme office for a new one."),
        InvitationState.REPLACED: _(
            "This invitation does not hold any more. Use the newest mail, or ask the programme office for a new one."
        ),
    }
    check_letter(
        invitation,
        messages,
        _(
            "This invitation was sent to %(invited)s, and you are signed in as %(own)s. Sign in with the invited "
            "address, or ask the programme office to invite yours."
        ),
        by=by,
        now=now,
    )


@transaction.atomic
def accept_role(*, invitation: StaffInvitation, by: User, now: datetime) -> RoleGrant:
    """Take the role. Every session of the person ends: the role opens after a sign-in with a second factor."""
    check_staff_answerable(invitation, by=by, now=now)
    use(invitation, "accepted_at", now)
    if invitation.cluster is not None:
        Consultant.objects.get_or_create(user=by, cluster=invitation.cluster)
    return grant_role(
        user=by,
        role=Role(invitation.role),
        programme_code=invitation.programme.code,
        by=invitation.sent_by,
        now=now,
    )


@transaction.atomic
def decline_role(*, invitation: StaffInvitation, by: User, now: datetime) -> None:
    check_staff_answerable(invitation, by=by, now=now)
    use(invitation, "declined_at", now)
    audit.record(
        subject=invitation.programme,
        verb="role_declined",
        by=by,
        now=now,
        after={"email": invitation.email, "role": invitation.role},
    )


@transaction.atomic
def take_back_role_offer(*, invitation: StaffInvitation, by: User, now: datetime) -> None:
    """The letter opens nothing more. Raises ``InvitationRefused`` where it was answered before."""
    demand(by, "take_back", invitation)
    use(invitation, "replaced_at", now)
    audit.record(
        subject=invitation.programme,
        verb="role_offer_taken_back",
        by=by,
        now=now,
        before={"email": invitation.email, "role": invitation.role},
    )


@transaction.atomic
def end_role(*, grant: RoleGrant, by: User, now: datetime) -> None:
    """Revoke the role. Raises ``RocketError`` ``last_manager``: a programme keeps one manager who can act."""
    demand(by, "revoke", grant)
    others = RoleGrant.objects.filter(
        role=Role.MANAGER, programme_code=grant.programme_code, revoked_at=None
    ).exclude(pk=grant.pk)
    if grant.role == Role.MANAGER and not others.exists():
        raise RocketError(
            "last_manager",
            _("The programme needs a manager. Give the role to somebody else first."),
        )
    if grant.role == Role.CONSULTANT:
        Consultant.objects.filter(user=grant.user, cluster__programme__code=grant.programme_code).delete()
    revoke_role(grant=grant, by=by, now=now)
