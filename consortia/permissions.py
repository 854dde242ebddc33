"""Who may do what with organisations, partners and consortia. What is not in a table is allowed to nobody."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from django.utils.translation import gettext_lazy as _

from consortia.enums import MembershipRole, PartnerRole, PartnerState
from consortia.models import (
    ColleagueInvitation,
    Consortium,
    DeMinimisDeclaration,
    Invitation,
    JoinRequest,
    LeadOffer,
    Membership,
    Organisation,
    Partner,
    SmeDeclaration,
    StaffInvitation,
)
from rocket.accounts.models import RoleGrant
from rocket.accounts.permissions import has_role, is_manager, is_signed_in
from rocket.accounts.roles import Role
from rocket.core.permissions import register
from rocket.core.predicates import ActionTable, predicate


def _organisation_of(obj: Any) -> Organisation:
    return obj if isinstance(obj, Organisation) else obj.organisation


def _consortium_of(obj: Any) -> Consortium:
    if isinstance(obj, Invitation):
        return obj.partner.consortium
    return obj if isinstance(obj, Consortium) else obj.consortium


@predicate(_("Only people of this organisation may do this."))
def is_member(user: Any, obj: Any) -> bool:
    return Membership.objects.filter(user=user, organisation=_organisation_of(obj)).exists()


@predicate(_("You act for this organisation already."))
def is_no_member(user: Any, obj: Any) -> bool:
    return not Membership.objects.filter(user=user, organisation=_organisation_of(obj)).exists()


@predicate(_("Only an owner of this organisation may do this."))
def is_owner(user: Any, obj: Any) -> bool:
    return Membership.objects.filter(
        user=user, organisation=_organisation_of(obj), role=MembershipRole.OWNER
    ).exists()


@predicate(_("Only the organisation's own people and those who care for it see this."))
def sees_row(user: Any, obj: Any) -> bool:
    """The row is among those that the model's ``visible_to`` gives: one definition, asked for one object."""
    return type(obj)._default_manager.visible_to(user).filter(pk=obj.pk).exists()


@predicate(_("The organisation does not show consultants who acts for it."))
def is_no_stranger(user: Any, obj: Any) -> bool:
    """One of its own people, somebody who runs or checks a programme, or anybody where it has agreed."""
    organisation = _organisation_of(obj)
    return (
        organisation.consultants_may_write
        or any(user.has_role(role) for role in (Role.MANAGER, Role.CONTROLLER, Role.AUDITOR))
        or Membership.objects.filter(user=user, organisation=organisation).exists()
    )


@predicate(_("The organisation has its own people in the portal already. Ask to join it."))
def is_unclaimed(user: Any, obj: Any) -> bool:
    return not obj.is_claimed


@predicate(_("Nobody acts for this organisation yet. Claim it instead of asking."))
def is_claimed(user: Any, obj: Any) -> bool:
    return bool(obj.is_claimed)


@predicate(_("Only people of the lead partner may do this."))
def is_of_lead_partner(user: Any, obj: Any) -> bool:
    lead = Partner.objects.filter(
        consortium=_consortium_of(obj), role=PartnerRole.LEAD, state=PartnerState.CONFIRMED
    )
    return Membership.objects.filter(user=user, organisation__in=lead.values("organisation_id")).exists()


def has_verified_address(user: Any, email: str) -> bool:
    """Whether the person has proved to read this mailbox."""
    return EmailAddress.objects.filter(user=user, email__iexact=email, verified=True).exists()


ORGANISATION = ActionTable(
    {
        "create": is_signed_in,
        "view": is_signed_in & sees_row,
        "view_people": is_signed_in & sees_row & is_no_stranger,
        "edit": is_signed_in & is_member,
        "declare": is_signed_in & is_member,
        "claim": is_signed_in & is_unclaimed,
        "represent": is_signed_in & is_member,
        "invite_colleague": is_signed_in & is_owner,
        "leave": is_signed_in & is_member,
        "ask_to_join": is_signed_in & is_claimed & is_no_member,
    }
)
MEMBERSHIP = ActionTable(
    {
        "view": is_signed_in & sees_row,
        "remove": is_signed_in & is_owner,
        "hand_over": is_signed_in & is_owner,
    }
)
STAFF_INVITATION = ActionTable(
    {"view": has_role(Role.MANAGER, Role.AUDITOR), "invite": is_manager, "take_back": is_manager}
)
ROLE_GRANT = ActionTable({"view": has_role(Role.MANAGER, Role.AUDITOR), "revoke": is_manager})
COLLEAGUE_INVITATION = ActionTable({"view": is_signed_in & sees_row, "take_back": is_signed_in & is_owner})
JOIN_REQUEST = ActionTable({"view": is_signed_in & sees_row, "answer": is_signed_in & is_owner})
DECLARATION = ActionTable({"view": is_signed_in & sees_row})
CONSORTIUM = ActionTable(
    {
        "view": is_signed_in & sees_row,
        "invite": is_signed_in & is_of_lead_partner,
        "offer_lead": is_signed_in & is_of_lead_partner,
    }
)
LEAD_OFFER = ActionTable(
    {
        "view": is_signed_in & sees_row,
        "answer": is_signed_in & is_member,
        "take_back": is_signed_in & is_of_lead_partner,
    }
)
PARTNER = ActionTable(
    {
        "view": is_signed_in & sees_row,
        "resend": is_signed_in & is_of_lead_partner,
        "remove": is_signed_in & is_of_lead_partner,
        "remind": is_signed_in & is_of_lead_partner,
        "edit": is_signed_in & (is_of_lead_partner | is_member),
    }
)
INVITATION = ActionTable({"view": is_signed_in & sees_row})


def register_tables() -> None:
    register(Organisation, ORGANISATION)
    register(SmeDeclaration, DECLARATION)
    register(DeMinimisDeclaration, DECLARATION)
    register(Consortium, CONSORTIUM)
    register(Partner, PARTNER)
    register(Invitation, INVITATION)
    register(LeadOffer, LEAD_OFFER)
    register(Membership, MEMBERSHIP)
    register(ColleagueInvitation, COLLEAGUE_INVITATION)
    register(JoinRequest, JOIN_REQUEST)
    register(StaffInvitation, STAFF_INVITATION)
    register(RoleGrant, ROLE_GRANT)
