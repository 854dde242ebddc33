"""Organisations, their declarations, and the consortia that they form."""

from .consortia import Consortium, Invitation, Partner
from .declarations import DeMinimisAid, DeMinimisDeclaration, SmeDeclaration
from .organisations import Consultant, Membership, Organisation, SourceRecord

__all__ = [
    "Consortium",
    "Consultant",
    "DeMinimisAid",
    "DeMinimisDeclaration",
    "Invitation",
    "Membership",
    "Organisation",
    "Partner",
    "SmeDeclaration",
    "SourceRecord",
]
