"""Which declarations a kind of project asks of which partner."""

from __future__ import annotations

from dataclasses import dataclass

from calls.enums import DeclaredBy
from calls.models import ProjectKind
from consortia.enums import PartnerRole, PartnerState
from consortia.models import Partner
from feasibility.models import PartnerDeclaration, Proposal
from rocket.core.text import LocalisedText


@dataclass(frozen=True)
class AskedDeclaration:
    """One declaration of the programme's file: a short name, the words that are declared, and where they come from."""

    code: str
    name: LocalisedText
    text: LocalisedText
    source: str
    by: DeclaredBy

    def is_asked_of(self, partner: Partner) -> bool:
        """Lead and project partners declare, each for itself; some declarations the lead partner makes alone."""
        if partner.role == PartnerRole.ASSOCIATED or not PartnerState(partner.state).takes_part:
            return False
        return partner.is_lead or self.by == DeclaredBy.EVERY_PARTNER

    def stands_in(self, declaration: PartnerDeclaration) -> bool:
        """Whether ``declaration`` is this one, in the words that are asked for now."""
        return (
            declaration.code == self.code
            and declaration.withdrawn_at is None
            and declaration.text == self.text
        )


def asked_declarations(kind: ProjectKind) -> list[AskedDeclaration]:
    """Every declaration that the kind asks for, in the order of the programme's file."""
    return [
        AskedDeclaration(
            code=one["code"],
            name=LocalisedText(one["name"]),
            text=LocalisedText(one["text"]),
            source=one.get("source", ""),
            by=DeclaredBy(one["by"]),
        )
        for one in kind.declarations
    ]


def standing_declarations(proposal: Proposal, partner: Partner) -> list[PartnerDeclaration]:
    """What a loaded ``partner`` has declared of what is asked of it, in the words that are asked for; no query."""
    asked = {one.code: one for one in asked_of(proposal.kind, partner)}
    return [
        made for made in partner.declarations.all() if made.code in asked and asked[made.code].stands_in(made)
    ]


def asked_of(kind: ProjectKind, partner: Partner) -> list[AskedDeclaration]:
    return [one for one in asked_declarations(kind) if one.is_asked_of(partner)]
