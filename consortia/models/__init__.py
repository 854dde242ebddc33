"""Organisations, their declarations, and the consortia that they form."""

from .consortia import Consortium, Invitation, Partner
from .declarations import DeMinimisAid, DeMinimisDeclaration, SmeDeclaration
from .leads import LeadOffer
from .organisations import Consultant, Membership, Organisation, SourceRecord
from .people import ColleagueInvitation, JoinRequest
from .staff import StaffInvitation

__all__ = [
    "ColleagueInvitation",
    "Consortium",
    "Consultant",
    "DeMinimisAid",
    "DeMinimisDeclaration",
    "Invitation",
    "JoinRequest",
    "LeadOffer",
    "Membership",
    "Organisation",
    "Partner",
    "SmeDeclaration",
    "SourceRecord",
    "StaffInvitation",
]
