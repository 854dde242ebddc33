"""The changes of consortia: each in one transaction, with its audit entry."""

from .consortia import (
    check_answerable,
    confirm_partner,
    create_consortium,
    decline_partner,
    find_invitation,
    invite_partner,
    remove_partner,
    resend_invitation,
)
from .declarations import EarlierAid, declare_de_minimis, declare_sme
from .imports import ImportCounts, Outcome, RowMessage, import_organisations
from .leads import accept_lead, decline_lead, offer_lead, take_back_lead
from .letters import InvitationRefused
from .organisations import (
    RegisteredAlready,
    claim_organisation,
    edit_organisation,
    note_organisation,
    register_organisation,
)
from .partners import choose_country, edit_partner, note_reminder
from .people import (
    answer_request,
    ask_to_join,
    check_colleague_answerable,
    decline_colleague_invitation,
    find_colleague_invitation,
    hand_over,
    invite_colleague,
    join_by_invitation,
    leave,
    remove_member,
    take_back_invitation,
)

__all__ = [
    "EarlierAid",
    "ImportCounts",
    "InvitationRefused",
    "Outcome",
    "RegisteredAlready",
    "RowMessage",
    "accept_lead",
    "answer_request",
    "ask_to_join",
    "check_answerable",
    "check_colleague_answerable",
    "choose_country",
    "claim_organisation",
    "confirm_partner",
    "create_consortium",
    "declare_de_minimis",
    "declare_sme",
    "decline_colleague_invitation",
    "decline_lead",
    "decline_partner",
    "edit_organisation",
    "edit_partner",
    "find_colleague_invitation",
    "find_invitation",
    "hand_over",
    "import_organisations",
    "invite_colleague",
    "invite_partner",
    "join_by_invitation",
    "leave",
    "note_organisation",
    "note_reminder",
    "offer_lead",
    "register_organisation",
    "remove_member",
    "remove_partner",
    "resend_invitation",
    "take_back_invitation",
    "take_back_lead",
]
