"""The changes of consortia: each in one transaction, with its audit entry."""

from .consortia import (
    InvitationRefused,
    check_answerable,
    confirm_partner,
    create_consortium,
    decline_partner,
    edit_partner,
    find_invitation,
    invite_partner,
    remove_partner,
    resend_invitation,
)
from .declarations import EarlierAid, declare_de_minimis, declare_sme
from .imports import ImportCounts, Outcome, RowMessage, import_organisations
from .organisations import (
    RegisteredAlready,
    add_member,
    claim_organisation,
    edit_organisation,
    note_organisation,
    register_organisation,
)

__all__ = [
    "EarlierAid",
    "ImportCounts",
    "InvitationRefused",
    "Outcome",
    "RegisteredAlready",
    "RowMessage",
    "add_member",
    "check_answerable",
    "claim_organisation",
    "confirm_partner",
    "create_consortium",
    "declare_de_minimis",
    "declare_sme",
    "decline_partner",
    "edit_organisation",
    "edit_partner",
    "find_invitation",
    "import_organisations",
    "invite_partner",
    "note_organisation",
    "register_organisation",
    "remove_partner",
    "resend_invitation",
]
