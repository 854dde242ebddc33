"""Which declarations a kind of project asks of which partner, and how pages and PDF show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime

from calls.enums import DeclaredBy
from calls.models import ProjectKind
from consortia.enums import PartnerRole, PartnerState
from consortia.models import Partner
from feasibility.models import PartnerDeclaration, Proposal
from rocket.core.display import moment_text
from rocket.core.text import LocalisedText


@dataclass(frozen=True)
class AskedDeclaration:
    """One declaration of the programme's file: a short name, the words that are declared, and where they come from."""

    code: str
    name: LocalisedText
    text: LocalisedText
    source: LocalisedText
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
            source=LocalisedText(one.get("source", "")),
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


@dataclass(frozen=True)
class Declarer:
    """One partner that a declaration is asked of. ``when`` is empty as long as it has not declared."""

    key: int
    partner: str
    who: str
    when: str


@dataclass(frozen=True)
class ShownDeclaration:
    """A declaration with its words, and which partner has made it when."""

    code: str
    name: str
    text: str
    source: str
    partners: list[Declarer]


def declarations_in(content: dict[str, Any]) -> list[ShownDeclaration]:
    """The declarations in a proposal's plain content, each with the partners that it is asked of, the lead first."""
    parts = sorted(
        (
            entry
            for entry in content["partners"]
            if entry["role"] != PartnerRole.ASSOCIATED and PartnerState(entry["state"]).takes_part
        ),
        key=lambda entry: (entry["role"] != PartnerRole.LEAD, entry["key"]),
    )
    shown = []
    for entry in content.get("declarations") or ():
        made = {one["partner"]: one for one in entry["made"]}
        asked = [
            part
            for part in parts
            if entry["by"] == DeclaredBy.EVERY_PARTNER or part["role"] == PartnerRole.LEAD
        ]
        shown.append(
            ShownDeclaration(
                code=entry["code"],
                name=str(LocalisedText(entry["name"])),
                text=str(LocalisedText(entry["text"])),
                source=str(LocalisedText(entry["source"])),
                partners=[
                    Declarer(
                        key=part["key"],
                        partner=part["organisation"],
                        who=made[part["key"]]["declared_by"] if part["key"] in made else "",
                        when=_moment(made[part["key"]]["declared_at"]) if part["key"] in made else "",
                    )
                    for part in asked
                ],
            )
        )
    return shown


def _moment(given: datetime | str) -> str:
    moment = parse_datetime(given) if isinstance(given, str) else given
    return moment_text(moment) if moment is not None else str(given)


@dataclass(frozen=True)
class DeclaringPartner:
    """One partner with what it has declared and what is still open. ``last`` is its latest moment and person."""

    partner: str
    made: int
    open_names: list[str]
    last: str

    @property
    def asked(self) -> int:
        return self.made + len(self.open_names)


def declaring_partners_in(content: dict[str, Any]) -> list[DeclaringPartner]:
    """The same by partner, the lead first."""
    shown = declarations_in(content)
    parts = {one.key: one.partner for declaration in shown for one in declaration.partners}
    found = []
    for key, name in parts.items():
        own = [(one, shown_one.name) for shown_one in shown for one in shown_one.partners if one.key == key]
        made = [one for one, _name in own if one.when]
        found.append(
            DeclaringPartner(
                partner=name,
                made=len(made),
                open_names=[open_name for one, open_name in own if not one.when],
                last=f"{made[-1].when}, {made[-1].who}" if made else "",
            )
        )
    return found
