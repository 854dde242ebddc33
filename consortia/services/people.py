"""Who acts for an organisation: colleagues invited by its owner, people who ask, and how one stops.

An organisation that has people has an owner: the last one hands over before leaving. Nothing here tells anybody
outside who its people are, or whether an address has an account.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from consortia.enums import InvitationState, JoinState, MembershipRole
from consortia.models import ColleagueInvitation, JoinRequest, Membership, Organisation
from consortia.services.letters import (
    INVITATION_LIFE,
    InvitationRefused,
    check_letter,
    hash_of,
    language_for,
    new_token,
    use,
)
from rocket.accounts.models import User
from rocket.core import audit
from rocket.core.errors import RocketError
from rocket.core.outbox import enqueue_mail
from rocket.core.permissions import demand

LETTERS_A_DAY = 20
"""So many colleagues may be invited into one organisation within 24 hours."""
REQUESTS_A_DAY = 5
"""So many organisations may one person ask within 24 hours."""
ASK_AGAIN_AFTER = timedelta(days=30)
"""A declined request may be repeated after this time."""
DAY = timedelta(days=1)


def _lock(organisation: Organisation) -> None:
    # Two who leave at once are kept apart where the database has row locks; SQLite has one writer anyway.
    Organisation.objects.select_for_update().get(pk=organisation.pk)


def _page_of(organisation: Organisation, anchor: str = "") -> str:
    return f"{settings.SITE_URL}{organisation.get_absolute_url()}{anchor}"


@transaction.atomic
def invite_colleague(
    *, organisation: Organisation, email: str, by: User, now: datetime
) -> ColleagueInvitation:
    """Write to ``email``; its reader may act for the organisation after accepting. Only an owner may.

    The same happens whether the address has an account or not. A new letter to an address ends the one before it.
    Raises ``RocketError`` for one of its people (member_already) and for too many letters (too_many). The returned
    invitation carries its ``token``.
    """
    demand(by, "invite_colleague", organisation)
    address = email.strip().lower()
    if organisation.memberships.filter(
        user__emailaddress__email__iexact=address, user__emailaddress__verified=True
    ).exists():
        raise RocketError(
            "member_already", _("%(email)s acts for the organisation already.") % {"email": address}
        )
    _lock(organisation)
    if organisation.colleague_invitations.filter(sent_at__gt=now - DAY).count() >= LETTERS_A_DAY:
        raise RocketError(
            "too_many",
            _("%(n)s invitations went out within 24 hours. Send the next one tomorrow.")
            % {"n": LETTERS_A_DAY},
        )
    organisation.colleague_invitations.unanswered().filter(email=address).update(replaced_at=now)
    token = new_token()
    invitation = ColleagueInvitation.objects.create(
        organisation=organisation,
        email=address,
        language=language_for(address, organisation, by),
        token_sha256=hash_of(token),
        sent_by=by,
        sent_at=now,
        expires_at=now + INVITATION_LIFE,
    )
    invitation.token = token
    enqueue_mail(
        template="consortia/mail/colleague_invitation",
        to=[address],
        language=invitation.language,
        context={
            "inviter": str(by),
            "organisation": organisation.name,
            "expires_at": invitation.expires_at,
            "url": settings.SITE_URL + reverse("colleague_invitation", args=[token]),
        },
        now=now,
    )
    audit.record(
        subject=organisation, verb="colleague_invited", by=by, now=now, after={"email": invitation.email}
    )
    return invitation


@transaction.atomic
def take_back_invitation(*, invitation: ColleagueInvitation, by: User, now: datetime) -> None:
    """The letter opens nothing more. Raises ``InvitationRefused`` where it was answered before."""
    demand(by, "take_back", invitation)
    use(invitation, "replaced_at", now)
    audit.record(
        subject=invitation.organisation,
        verb="colleague_invitation_taken_back",
        by=by,
        now=now,
        before={"email": invitation.email},
    )


def find_colleague_invitation(token: str) -> ColleagueInvitation:
    """The invitation that the token opens, whatever its state. Raises ``InvitationRefused`` (unknown)."""
    invitation = (
        ColleagueInvitation.objects.select_related("organisation", "sent_by")
        .filter(token_sha256=hash_of(token))
        .first()
    )
    if invitation is None:
        raise InvitationRefused(
            "unknown",
            _(
                "This link opens no invitation. Open it from the mail again, or ask your colleague for a new one."
            ),
        )
    return invitation


def check_colleague_answerable(invitation: ColleagueInvitation, *, by: User, now: datetime) -> None:
    """Raise ``InvitationRefused`` with the sentence that names the way out, unless ``by`` may answer now."""
    check_letter(
        invitation,
        {
            InvitationState.ACCEPTED: _("This invitation was accepted already. A link works once."),
            InvitationState.DECLINED: _(
                "This invitation was declined already. Your colleague can send a new one."
            ),
            InvitationState.EXPIRED: _("This invitation has expired. Ask your colleague to send it again."),
            InvitationState.REPLACED: _(
                "This invitation does not hold any more. Use the newest mail, or ask your colleague for a new one."
            ),
        },
        _(
            "This invitation was sent to %(invited)s, and you are signed in as %(own)s. Sign in with the invited "
            "address, or ask your colleague to invite yours."
        ),
        by=by,
        now=now,
    )


@transaction.atomic
def join_by_invitation(*, invitation: ColleagueInvitation, by: User, now: datetime) -> Membership:
    """Accept: ``by``, who has proved to read the invited mailbox, acts for the organisation from now on.

    Raises ``InvitationRefused``, after which nothing has changed.
    """
    check_colleague_answerable(invitation, by=by, now=now)
    use(invitation, "accepted_at", now)
    return _join(invitation.organisation, by, by=by, now=now, verb="member_joined")


@transaction.atomic
def decline_colleague_invitation(*, invitation: ColleagueInvitation, by: User, now: datetime) -> None:
    """Decline; the owner sees that the invitation waits no longer. Raises ``InvitationRefused``."""
    check_colleague_answerable(invitation, by=by, now=now)
    use(invitation, "declined_at", now)
    audit.record(
        subject=invitation.organisation, verb="colleague_invitation_declined", by=by, now=now, after={}
    )


def _join(organisation: Organisation, user: User, *, by: User, now: datetime, verb: str) -> Membership:
    """The membership of ``user``, new or the one that there is; what else waits for it is settled."""
    membership, is_new = Membership.objects.get_or_create(
        user=user, organisation=organisation, defaults={"role": MembershipRole.MEMBER, "joined_at": now}
    )
    JoinRequest.objects.waiting().filter(user=user, organisation=organisation).update(
        state=JoinState.GRANTED, answered_at=now, answered_by=by
    )
    if is_new:
        audit.record(subject=organisation, verb=verb, by=by, now=now, after={"user": user.pk})
    return membership


def _end_letters_of(organisation: Organisation, user: User, now: datetime) -> None:
    """Who acts for it no longer lets nobody in either, also not under an address of their own."""
    organisation.colleague_invitations.unanswered().filter(sent_by=user).update(replaced_at=now)


@transaction.atomic
def remove_member(*, membership: Membership, by: User, now: datetime) -> None:
    """Somebody acts for the organisation no longer, and is told by mail. Only an owner may, and not with an owner."""
    demand(by, "remove", membership)
    if membership.is_owner:
        raise RocketError(
            "is_owner",
            _("%(name)s owns the organisation. An owner hands over, or leaves, but is not removed.")
            % {"name": membership.user},
        )
    organisation, user = membership.organisation, membership.user
    membership.delete()
    _end_letters_of(organisation, user, now)
    audit.record(subject=organisation, verb="member_removed", by=by, now=now, before={"user": user.pk})
    _tell_of_change(organisation, user, is_owner=False, now=now)


@transaction.atomic
def hand_over(*, membership: Membership, by: User, now: datetime) -> None:
    """The member becomes an owner in the place of ``by``, who stays as a member."""
    demand(by, "hand_over", membership)
    organisation = membership.organisation
    _lock(organisation)
    if membership.is_owner:
        raise RocketError(
            "is_owner", _("%(name)s owns the organisation already.") % {"name": membership.user}
        )
    Membership.objects.filter(pk=membership.pk).update(role=MembershipRole.OWNER)
    Membership.objects.filter(organisation=organisation, user=by).update(role=MembershipRole.MEMBER)
    audit.record(
        subject=organisation,
        verb="handed_over",
        by=by,
        now=now,
        before={"owner": by.pk},
        after={"owner": membership.user_id},
    )
    _tell_of_change(organisation, membership.user, is_owner=True, now=now)


def _tell_of_change(organisation: Organisation, user: User, *, is_owner: bool, now: datetime) -> None:
    enqueue_mail(
        template="consortia/mail/membership_changed",
        to=[user.email],
        language=user.language,
        context={
            "organisation": organisation.name,
            "is_owner": is_owner,
            "url": _page_of(organisation) if is_owner else settings.SITE_URL + reverse("my_organisations"),
        },
        now=now,
    )


@transaction.atomic
def leave(*, organisation: Organisation, by: User, now: datetime) -> None:
    """``by`` acts for the organisation no longer. Raises ``RocketError`` (last_owner) for its last owner."""
    demand(by, "leave", organisation)
    _lock(organisation)
    own = Membership.objects.get(organisation=organisation, user=by)
    if own.is_owner:
        owners = Membership.objects.filter(organisation=organisation, role=MembershipRole.OWNER)
        if not owners.exclude(pk=own.pk).exists():
            raise RocketError(
                "last_owner",
                _("You are the only owner of %(name)s. Hand it over to a colleague, then leave.")
                % {"name": organisation.name},
            )
    own.delete()
    _end_letters_of(organisation, by, now)
    audit.record(subject=organisation, verb="member_left", by=by, now=now, before={"user": by.pk})


@transaction.atomic
def ask_to_join(*, organisation: Organisation, by: User, now: datetime) -> JoinRequest:
    """Ask the owner to be let in; the owner gets a mail. ``by`` learns nothing about its people.

    Raises ``Refused`` for one that nobody acts for and for an own one, and ``RocketError`` for a second request
    (asked_already), too soon after a decline (declined), and for too many within 24 hours (too_many).
    """
    demand(by, "ask_to_join", organisation)
    earlier = (
        JoinRequest.objects.filter(organisation=organisation, user=by).order_by("-asked_at", "-pk").first()
    )
    if earlier is not None and earlier.state == JoinState.WAITING:
        raise RocketError(
            "asked_already",
            _("You have asked %(name)s already. Its owner has your request.") % {"name": organisation.name},
        )
    if (
        earlier is not None
        and earlier.state == JoinState.DECLINED
        and earlier.answered_at is not None
        and now < earlier.answered_at + ASK_AGAIN_AFTER
    ):
        raise RocketError(
            "declined",
            _("%(name)s has declined your request. You can ask again after %(n)s days, or be invited.")
            % {"name": organisation.name, "n": ASK_AGAIN_AFTER.days},
        )
    if JoinRequest.objects.filter(user=by, asked_at__gt=now - DAY).count() >= REQUESTS_A_DAY:
        raise RocketError(
            "too_many",
            _("You have asked %(n)s organisations within 24 hours. Ask the next one tomorrow.")
            % {"n": REQUESTS_A_DAY},
        )
    try:
        with transaction.atomic():
            request = JoinRequest.objects.create(organisation=organisation, user=by, asked_at=now)
    except IntegrityError as error:
        raise RocketError(
            "asked_already",
            _("You have asked %(name)s already. Its owner has your request.") % {"name": organisation.name},
        ) from error
    audit.record(subject=organisation, verb="join_asked", by=by, now=now, after={"user": by.pk})
    owners = organisation.memberships.filter(role=MembershipRole.OWNER).select_related("user")
    for owner in owners:
        enqueue_mail(
            template="consortia/mail/join_request",
            to=[owner.user.email],
            language=owner.user.language,
            context={
                "person": str(by),
                "email": by.email,
                "organisation": organisation.name,
                "url": _page_of(organisation, "#requests"),
            },
            now=now,
        )
    return request


@transaction.atomic
def answer_request(*, request: JoinRequest, granted: bool, by: User, now: datetime) -> JoinRequest:
    """Let the person in or not; the mail to them names the organisation and nobody in it.

    Of two answers at once the second raises ``RocketError`` (answered).
    """
    demand(by, "answer", request)
    state = JoinState.GRANTED if granted else JoinState.DECLINED
    taken = (
        JoinRequest.objects.waiting()
        .filter(pk=request.pk)
        .update(state=state, answered_at=now, answered_by=by)
    )
    if not taken:
        raise RocketError("answered", _("This request was answered already."))
    organisation, person = request.organisation, request.user
    if granted:
        _join(organisation, person, by=by, now=now, verb="join_granted")
    else:
        audit.record(subject=organisation, verb="join_declined", by=by, now=now, after={"user": person.pk})
    enqueue_mail(
        template="consortia/mail/join_request_answered",
        to=[person.email],
        language=person.language,
        context={
            "organisation": organisation.name,
            "is_granted": granted,
            "url": _page_of(organisation)
            if granted
            else settings.SITE_URL + reverse("register_organisation"),
        },
        now=now,
    )
    request.refresh_from_db()
    return request
