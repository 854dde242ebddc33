"""What the eligibility rules know of one proposal: a frozen value, with its moment, and nothing else.

Whoever builds a dossier (the selector, a JSON file, a test) brings every fact and the clock along; nothing here asks
the database, the clock or the settings. The same dossier therefore gets the same findings for ever.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType
from typing import Any, NamedTuple

from calls.enums import DeclaredBy, RuleBook
from consortia.enums import OrganisationKind, PartnerRole, PartnerState
from feasibility.cofinancing import AidBasis, ResearchCategory
from rocket.core.text import LocalisedText


class FiguresClass(StrEnum):
    """The class that an enterprise's figures give, with its holdings.

    ``NOT_SME`` is an enterprise of any size of which public bodies hold 25 % or more; ``UNKNOWN`` stands where the
    figures do not suffice. Source: Recommendation 2003/361/EC, Annex, Art. 2, 3(4) and 6.
    """

    MICRO = "micro"
    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"
    NOT_SME = "not_sme"
    UNKNOWN = "unknown"

    @property
    def is_sme(self) -> bool:
        return self in {FiguresClass.MICRO, FiguresClass.SMALL, FiguresClass.MEDIUM}


class Known(StrEnum):
    """An answer that may still be missing."""

    YES = "yes"
    NO = "no"
    NOT_YET = "not_yet"


class Region(NamedTuple):
    """A NUTS region: codes change their meaning between versions, so the key is always both."""

    code: str
    version: int


def identifier(text: str) -> str:
    """An identifier as it is compared: without spaces, in one case."""
    return "".join(text.split()).casefold()


def _frozen(mapping: Mapping[str, Any]) -> Mapping[str, Any]:
    return MappingProxyType(dict(mapping))


@dataclass(frozen=True, kw_only=True)
class CoFunder:
    """Somebody else who pays a part of one partner's cost: a name, or a code that ``Dossier.names`` has words for."""

    name: str
    source: str
    amount: Decimal
    secured: bool = False


@dataclass(frozen=True, kw_only=True)
class Budget:
    """One partner's budget in EUR.

    ``costs`` are eligible costs by cost category, ``funding`` is where the money comes from by source: the codes of
    the programme's funders, and any other code for own money. ``grant`` is what the partner asks for. ``cofunders``
    names who stands behind other sources; the sums of ``funding`` hold with them and without.
    """

    costs: Mapping[str, Decimal] = field(default_factory=dict, hash=False)
    funding: Mapping[str, Decimal] = field(default_factory=dict, hash=False)
    grant: Decimal = Decimal(0)
    cofunders: tuple[CoFunder, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "costs", _frozen(self.costs))
        object.__setattr__(self, "funding", _frozen(self.funding))

    @property
    def cost(self) -> Decimal:
        """Total eligible cost: the sum of the lines, each already rounded to the cent."""
        return sum(self.costs.values(), Decimal(0))

    @property
    def funded(self) -> Decimal:
        """The sum of all sources."""
        return sum(self.funding.values(), Decimal(0))


_CHOICES: Mapping[str, Callable[[str], Any]] = {
    "role": PartnerRole,
    "state": PartnerState,
    "kind": OrganisationKind,
    "declared_class": FiguresClass,
    "figures_class": FiguresClass,
    "aid_basis": AidBasis,
    "research_category": ResearchCategory,
}
"""Plain values, as a database row or a file gives them, are taken for the choice that they name."""


@dataclass(frozen=True, kw_only=True)
class PartnerFacts:
    """One organisation's part in the consortium, and what the rules need to know of the organisation.

    ``country`` and ``region`` are those of the establishment that does the work, not of the parent.
    ``figures_class`` is None where nothing was declared. ``declaration_valid`` says that the declaration stands at
    the dossier's moment. ``linked`` holds the identifiers of every enterprise of the linked group, its own included
    (Recommendation 2003/361/EC, Annex, Art. 3(3)); it is None where holdings were not declared.
    ``single_undertaking`` is the narrower group of Reg. (EU) 2023/2831 Art. 2(2); None takes ``linked`` in its place.
    ``de_minimis_headroom`` is what the single undertaking may still get in EUR, None where it did not declare.
    ``chosen_country`` is the country that a linked group without the lead partner chose to count for.
    ``declared`` holds the codes of the declarations that it has made, in the words that stand now.
    """

    key: str
    name: str
    role: PartnerRole = PartnerRole.PROJECT
    state: PartnerState = PartnerState.CONFIRMED
    kind: OrganisationKind = OrganisationKind.SME
    country: str = ""
    region: Region | None = None
    declared_class: FiguresClass | None = None
    figures_class: FiguresClass | None = None
    declaration_valid: bool = False
    identifiers: frozenset[str] = frozenset()
    vat: str = ""
    linked: frozenset[str] | None = None
    single_undertaking: frozenset[str] | None = None
    chosen_country: str | None = None
    budget: Budget | None = None
    aid_basis: AidBasis | None = None
    research_category: ResearchCategory | None = None
    has_collaboration_bonus: bool = False
    de_minimis_headroom: Decimal | None = None
    declared: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        for name, choices in _CHOICES.items():
            value = getattr(self, name)
            if value is not None:
                object.__setattr__(self, name, choices(value))
        object.__setattr__(self, "declared", frozenset(self.declared))
        for name in ("identifiers", "linked", "single_undertaking"):
            value = getattr(self, name)
            if value is not None:
                object.__setattr__(self, name, frozenset(identifier(text) for text in value if text.strip()))

    @property
    def is_sme(self) -> Known:
        """Yes where a standing declaration's figures give micro, small or medium; no where they give more.

        Without such figures it is not yet known of an enterprise that registered as an SME, and no of any other.
        """
        figures = self.figures_class
        if self.declaration_valid and figures is not None and figures is not FiguresClass.UNKNOWN:
            return Known.YES if figures.is_sme else Known.NO
        return Known.NOT_YET if self.kind == OrganisationKind.SME else Known.NO

    @property
    def is_part(self) -> bool:
        """Whether it is, or may still become, a lead or project partner: it has a budget and is held to the rules."""
        return self.role != PartnerRole.ASSOCIATED and self.state.takes_part

    @property
    def counts(self) -> bool:
        """Unconfirmed, declined, withdrawn and associated partners never count."""
        return self.is_part and self.state == PartnerState.CONFIRMED

    @property
    def own_identifiers(self) -> frozenset[str]:
        """What tells this organisation from others; two partners with one of them in common are one enterprise."""
        return self.identifiers | ({identifier(self.vat)} if self.vat.strip() else frozenset())


@dataclass(frozen=True, kw_only=True)
class ProductFacts:
    """One expected product with its technology readiness levels (1 to 9), None where not given yet."""

    key: str
    name: str
    trl_start: int | None = None
    trl_target: int | None = None


@dataclass(frozen=True, kw_only=True)
class DeliverableFacts:
    """What a work package brings about, due in a month of the project (from 1), None where that is not given yet."""

    title: str = ""
    due_month: int | None = None


@dataclass(frozen=True, kw_only=True)
class WorkPackageFacts:
    """One work package; its number is its place in the dossier. ``lead`` and ``partners`` are keys of partners,
    months are counted from the first one of the project, which is 1; None is not given yet."""

    key: str
    title: str = ""
    lead: str | None = None
    partners: frozenset[str] = frozenset()
    first_month: int | None = None
    last_month: int | None = None
    deliverables: tuple[DeliverableFacts, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "partners", frozenset(self.partners))
        object.__setattr__(self, "deliverables", tuple(self.deliverables))

    @property
    def participants(self) -> frozenset[str]:
        """Keys of all partners with a part in it."""
        return self.partners | ({self.lead} if self.lead else frozenset())


@dataclass(frozen=True, kw_only=True)
class DeclarationFacts:
    """A declaration that the kind of project asks for, of every lead and project partner or of the lead alone."""

    code: str
    by: DeclaredBy = DeclaredBy.EVERY_PARTNER

    def __post_init__(self) -> None:
        object.__setattr__(self, "by", DeclaredBy(self.by))

    def is_asked_of(self, partner: PartnerFacts) -> bool:
        return partner.is_part and (partner.role == PartnerRole.LEAD or self.by == DeclaredBy.EVERY_PARTNER)


@dataclass(frozen=True, kw_only=True)
class CostCategoryFacts:
    """A cost category; with a ``flat_rate`` its amount is that rate (0 to 1) of the sum of ``flat_rate_of``."""

    code: str
    flat_rate: Decimal | None = None
    flat_rate_of: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ProgrammeFacts:
    """What the programme's file says. ``funders`` are the sources whose money is the grant, ``public_sources`` those
    that are public money beside it; ``zone`` is the IANA name of the time zone in which the programme states its days
    and deadlines."""

    countries: tuple[str, ...]
    area: frozenset[Region]
    zone: str = "Europe/Amsterdam"
    rule_book: RuleBook = RuleBook.VI
    cost_categories: tuple[CostCategoryFacts, ...] = ()
    funders: frozenset[str] = frozenset()
    public_sources: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        object.__setattr__(self, "rule_book", RuleBook(self.rule_book))
        object.__setattr__(self, "area", frozenset(Region(*region) for region in self.area))


@dataclass(frozen=True, kw_only=True)
class CallFacts:
    """A call: open from ``opens_at`` inclusive to ``closes_at`` exclusive, once published.

    ``kets`` and ``fields`` are the codes that it takes; what is not among them does not belong to the call.
    """

    opens_at: datetime | None
    closes_at: datetime | None
    published: bool
    kets: frozenset[str] = frozenset()
    fields: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class ProposalFacts:
    """What the applicants have written so far. ``sections`` are complete, ``annexes`` are uploaded."""

    main_ket: str | None = None
    fields: frozenset[str] = frozenset()
    months: int | None = None
    starts_on: date | None = None
    sections: frozenset[str] = frozenset()
    annexes: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Group:
    """Partners that are one enterprise to the SME rules: linked with each other, if need be through a third."""

    partners: tuple[PartnerFacts, ...]

    @property
    def is_linked(self) -> bool:
        return len(self.partners) > 1

    @property
    def counts(self) -> bool:
        """At least one of it is a confirmed partner and an SME."""
        return any(partner.counts and partner.is_sme is Known.YES for partner in self.partners)

    @property
    def may_count(self) -> bool:
        """It would count once its partners confirm and declare."""
        return any(partner.is_part and partner.is_sme is not Known.NO for partner in self.partners)

    @property
    def is_declared(self) -> bool:
        """Whether it is known to whom the partners that count are linked."""
        return any(p.counts and p.is_sme is Known.YES and p.linked is not None for p in self.partners)

    @cached_property
    def countries(self) -> tuple[str, ...]:
        """The countries that it may count for: one where that is settled, several until one is chosen.

        The lead partner's, if that is inside. Else the one chosen. Partners that all work in one country leave
        nothing to choose.
        """
        inside = [partner for partner in self.partners if partner.is_part and partner.is_sme is not Known.NO]
        leads = {
            partner.country
            for partner in self.partners
            if partner.is_part and partner.role == PartnerRole.LEAD
        }
        if len(leads) == 1:
            return tuple(leads)
        possible = {partner.country for partner in inside if partner.country}
        chosen = {partner.chosen_country for partner in inside if partner.chosen_country} & possible
        return tuple(sorted(chosen if len(chosen) == 1 else possible))


@dataclass(frozen=True, kw_only=True)
class Dossier:
    """One proposal as the rules see it at the moment ``now`` (aware).

    ``derogations`` gives the recorded reason by rule code, or by ``CODE/partner key`` for one partner alone.
    ``names`` gives the words for codes that messages mention, by ``ket:``, ``field:``, ``annex:``, ``section:``,
    ``declaration:``, ``category:``, ``funder:``, ``cofunder:``, ``country:`` and the code; a code without a name is shown as it is.
    ``required_annexes`` and ``required_declarations`` are those that the kind of project asks for. ``work_packages``
    stand in the order of the plan.
    """

    programme: ProgrammeFacts
    call: CallFacts
    kind: str
    now: datetime
    proposal: ProposalFacts = field(default_factory=ProposalFacts)
    partners: tuple[PartnerFacts, ...] = ()
    products: tuple[ProductFacts, ...] = ()
    work_packages: tuple[WorkPackageFacts, ...] = ()
    required_annexes: tuple[str, ...] = ()
    required_declarations: tuple[DeclarationFacts, ...] = ()
    derogations: Mapping[str, str] = field(default_factory=dict, hash=False)
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        if self.now.tzinfo is None:
            raise ValueError("now must be aware")
        keys = [partner.key for partner in self.partners]
        if len(set(keys)) != len(keys):
            raise ValueError("each partner needs its own key")
        # The order in which partners were invited must never show in a finding.
        object.__setattr__(self, "partners", tuple(sorted(self.partners, key=_place)))
        object.__setattr__(self, "derogations", _frozen(self.derogations))
        object.__setattr__(self, "names", _frozen(self.names))

    @cached_property
    def taking_part(self) -> tuple[PartnerFacts, ...]:
        """Lead and project partners that are confirmed or may still confirm."""
        return tuple(partner for partner in self.partners if partner.is_part)

    @property
    def leads(self) -> tuple[PartnerFacts, ...]:
        return tuple(partner for partner in self.taking_part if partner.role == PartnerRole.LEAD)

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """Lead and project partners by linked group; an unlinked partner is a group of its own."""
        return tuple(
            Group(members)
            for members in linked_groups(
                self.partners, {p.key: p.own_identifiers | (p.linked or frozenset()) for p in self.partners}
            )
        )

    @cached_property
    def undertakings(self) -> tuple[tuple[PartnerFacts, ...], ...]:
        """Lead and project partners by single undertaking: they share one de minimis headroom."""
        return linked_groups(
            self.partners,
            {
                p.key: p.own_identifiers
                | (p.single_undertaking if p.single_undertaking is not None else p.linked or frozenset())
                for p in self.partners
            },
        )

    @property
    def sme_groups(self) -> tuple[Group, ...]:
        """Groups that count as one independent SME each, provided that undeclared holdings hold no surprise."""
        return tuple(group for group in self.groups if group.counts)

    @property
    def total_cost(self) -> Decimal | None:
        """Total eligible cost of the project in EUR; None until every partner has a budget."""
        budgets = [partner.budget for partner in self.taking_part]
        if not budgets or any(budget is None for budget in budgets):
            return None
        return sum((budget.cost for budget in budgets if budget), Decimal(0))

    def public_money_of(self, partner: PartnerFacts) -> Decimal:
        """Public money that the partner gets beside the grant, in EUR."""
        funding = partner.budget.funding if partner.budget else {}
        return sum(
            (amount for code, amount in funding.items() if code in self.programme.public_sources), Decimal(0)
        )

    def public_funders_of(self, partner: PartnerFacts) -> tuple[LocalisedText, ...]:
        """Who gives that money, by name; where no name is given, the words for the source."""
        if partner.budget is None:
            return ()
        named = [
            self.name_of("cofunder", one.name)
            for one in partner.budget.cofunders
            if one.source in self.programme.public_sources and one.amount and one.name
        ]
        sources = [
            self.name_of("funder", code)
            for code, amount in sorted(partner.budget.funding.items())
            if code in self.programme.public_sources and amount
        ]
        return tuple(dict.fromkeys(named or sources))

    def derogation(self, code: str, partner: str | None = None) -> str | None:
        """The recorded reason why a rule need not hold, for the whole proposal or for that partner."""
        if partner is not None and f"{code}/{partner}" in self.derogations:
            return self.derogations[f"{code}/{partner}"]
        return self.derogations.get(code)

    def name_of(self, subject: str, code: str) -> LocalisedText:
        """The words for a code in every language, or the code itself."""
        return LocalisedText(self.names.get(f"{subject}:{code}") or code)


def _place(partner: PartnerFacts) -> tuple[int, str, str]:
    return (list(PartnerRole).index(PartnerRole(partner.role)), partner.name, partner.key)


def linked_groups(
    partners: Iterable[PartnerFacts], identifiers: Mapping[str, frozenset[str]]
) -> tuple[tuple[PartnerFacts, ...], ...]:
    """Lead and project partners, put together wherever their identifiers meet, over any number of steps.

    Partners that declined or are associated make no member but still show who is linked: what they declared about
    others stays true.
    """
    groups: list[tuple[set[str], list[PartnerFacts]]] = []
    for partner in partners:
        known, members = set(identifiers[partner.key]), [partner]
        apart = []
        for other_known, other_members in groups:
            if known & other_known:
                known |= other_known
                members = other_members + members
            else:
                apart.append((other_known, other_members))
        groups = [*apart, (known, members)]
    kept = (sorted((p for p in members if p.is_part), key=_place) for _known, members in groups)
    return tuple(tuple(members) for members in sorted((m for m in kept if m), key=lambda m: _place(m[0])))
