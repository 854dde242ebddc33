"""Who belongs together: linked groups, shares of partners, control by public bodies, consolidated accounts.

Every answer is a least fixed point or a sum, so that neither the order of the relations nor a circle matters.
Source: Recommendation 2003/361/EC, Annex, Art. 3 and 6.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

from .values import Enterprise, EnterpriseGraph, Ground, HolderKind, Holding, Tie

HALF = Decimal("0.5")
QUARTER = Decimal("0.25")
ANGEL_CEILING = Decimal(1_250_000)
"""EUR. Business angels stay investors while all of them together have put less than this into one enterprise."""
AUTHORITY_BUDGET = Decimal(10_000_000)
AUTHORITY_INHABITANTS = Decimal(5_000)
"""A local authority below both stays an investor (Art. 3(2)(d)); any other is a public body."""

Person = tuple[str, str]
"""("person", identifier), or ("group", word) for natural persons that act jointly."""


@dataclass(frozen=True)
class PartnerShare:
    """Share that ties a group to the group of the enterprise in question.

    ``surely`` leaves out holdings of which it is not known whether they are exempt; ``possibly`` has them in.
    """

    surely: Decimal
    possibly: Decimal
    ties: tuple[Tie, ...]

    @property
    def is_uncertain(self) -> bool:
        return self.possibly != self.surely and self.possibly >= QUARTER


@dataclass(frozen=True)
class PublicShare:
    """Share of an enterprise that public bodies hold, and who they are.

    ``surely`` leaves out local authorities whose size is not known; ``possibly`` has them in.
    """

    surely: Fraction
    possibly: Fraction
    bodies: tuple[str, ...]


class RelationMap:
    """The relations of a graph, ready for questions. Cost: polynomial in enterprises and relations."""

    def __init__(self, graph: EnterpriseGraph) -> None:
        self.graph = graph
        self.enterprises: dict[str, Enterprise] = {e.identifier: e for e in graph.enterprises}
        # A fixed order makes explanations the same whatever the order of the form.
        self.holdings: tuple[Holding, ...] = tuple(
            sorted(graph.relations, key=lambda holding: (holding.held, holding.holder))
        )
        self.holders_of: dict[str, list[Holding]] = defaultdict(list)
        for holding in self.holdings:
            self.holders_of[holding.held].append(holding)

    def kind(self, identifier: str) -> HolderKind:
        return self.enterprises[identifier].kind

    # Linked enterprises ----------------------------------------------------------------------------------

    @cached_property
    def _links(self) -> tuple[dict[str, frozenset[str]], dict[Person, frozenset[str]]]:
        """Linked groups by member, and the enterprises that each natural person (or group) controls."""
        group: dict[str, set[str]] = {
            e: {e} for e, found in self.enterprises.items() if found.kind.has_figures
        }
        controlled: dict[Person, set[str]] = defaultdict(set)

        def join(one: str, other: str) -> bool:
            if group[one] is group[other]:
                return False
            small, large = sorted((group[one], group[other]), key=len)
            large |= small
            for member in small:
                group[member] = large
            return True

        changed = True
        while changed:
            changed = False
            for held, holdings in self.holders_of.items():
                if held not in group:
                    continue
                for holding in holdings:
                    holder = holding.holder
                    if holder not in group or group[holder] is group[held]:
                        continue
                    together = sum((h.votes for h in holdings if h.holder in group[holder]), Decimal(0))
                    if holding.controls or together > HALF:
                        changed |= join(holder, held)
                for person, own in self._persons(holdings).items():
                    if held in controlled[person]:
                        continue
                    firms = {member for firm in controlled[person] for member in group[firm]} - {held}
                    together = sum((h.votes for h in own), Decimal(0)) + sum(
                        (h.votes for h in holdings if h.holder in firms), Decimal(0)
                    )
                    if any(h.controls for h in own) or together > HALF:
                        controlled[person].add(held)
                        changed = True
            for person, firms in controlled.items():
                by_market: dict[str, str] = {}
                for firm in sorted(firms):
                    for holding in self._persons(self.holders_of[firm]).get(person, []):
                        if holding.market:
                            changed |= join(by_market.setdefault(holding.market, firm), firm)
        return (
            {member: frozenset(members) for member, members in group.items()},
            {person: frozenset(firms) for person, firms in controlled.items()},
        )

    def _persons(self, holdings: Iterable[Holding]) -> dict[Person, list[Holding]]:
        """Holdings of natural persons by person, or by the group of persons that act jointly."""
        persons: dict[Person, list[Holding]] = defaultdict(list)
        for holding in holdings:
            if self.kind(holding.holder) is HolderKind.NATURAL_PERSON:
                group = holding.acting_group
                persons[("group", group) if group else ("person", holding.holder)].append(holding)
        return persons

    def linked_group(self, identifier: str) -> frozenset[str]:
        """The enterprise and all that are linked to it, through others, investors or persons (Art. 3(3))."""
        return self._links[0][identifier]

    @cached_property
    def groups(self) -> tuple[frozenset[str], ...]:
        """All linked groups; an enterprise without links is one of its own."""
        return tuple(sorted(set(self._links[0].values()), key=sorted))

    def link_ties(self, identifier: str) -> tuple[Tie, ...]:
        """The facts that link an enterprise to its group."""
        groups, controlled = self._links
        ties: set[Tie] = set()
        for holding in self.holdings:
            if holding.held not in groups or holding.holder not in groups:
                continue
            if groups[holding.held] != groups[holding.holder]:
                continue
            if identifier in (holding.holder, holding.held):
                together = sum(
                    (h.votes for h in self.holders_of[holding.held] if h.holder in groups[holding.held]),
                    Decimal(0),
                )
                if holding.controls:
                    ties.add(Tie(_ground(holding), holding.holder, holding.held, holding.votes))
                elif together > HALF:
                    ties.add(Tie(Ground.JOINT_VOTES, holding.holder, holding.held, together))
        for person, firms in controlled.items():
            if identifier not in firms:
                continue
            # The person links only when another enterprise of it is in the same group and the same market.
            own = self._persons(self.holders_of[identifier]).get(person, [])
            markets = {
                h.market
                for firm in firms - {identifier}
                for h in self._persons(self.holders_of[firm]).get(person, [])
            }
            for holding in own:
                if holding.market and holding.market in markets:
                    ties.add(Tie(Ground.PERSON, holding.holder, identifier, holding.votes))
        return tuple(sorted(ties))

    # Partner enterprises ---------------------------------------------------------------------------------

    def exempt(self, holding: Holding) -> bool | None:
        """Whether the holding makes no partner because of who holds it (Art. 3(2)); None: not known."""
        kind = self.kind(holding.holder)
        if not kind.is_investor or holding.held in self.linked_group(holding.holder):
            return False
        if kind is not HolderKind.BUSINESS_ANGEL:
            return True
        amounts = [
            h.invested
            for h in self.holders_of[holding.held]
            if self.kind(h.holder) is HolderKind.BUSINESS_ANGEL
        ]
        if sum((amount for amount in amounts if amount is not None), Decimal(0)) >= ANGEL_CEILING:
            return False
        return None if None in amounts else True

    def partner_share(self, one: frozenset[str], other: frozenset[str]) -> PartnerShare:
        """The highest share that one of two groups holds, jointly, in an enterprise of the other.

        Capital or votes, whichever is more; of a cross-holding the higher one (Art. 6(2)).
        """
        surely = possibly = Decimal(0)
        ties: list[Tie] = []
        for held_group, holders in ((one, other), (other, one)):
            for held in sorted(held_group):
                inside = [h for h in self.holders_of[held] if h.holder in holders]
                if not inside:
                    continue
                known = _higher(h for h in inside if self.exempt(h) is False)
                most = _higher(h for h in inside if self.exempt(h) is not True)
                surely, possibly = max(surely, known), max(possibly, most)
                ties += [
                    Tie(Ground.SHARE, h.holder, h.held, max(h.capital, h.votes))
                    for h in inside
                    if h.capital or h.votes
                ]
        return PartnerShare(surely, possibly, tuple(sorted(ties)))

    # Public bodies ---------------------------------------------------------------------------------------

    def _is_public(self, holding: Holding) -> bool | None:
        """Whether a holding is a public body's; None for a local authority of unknown size."""
        holder = self.enterprises[holding.holder]
        if holder.kind is HolderKind.PUBLIC_BODY:
            return True
        if holder.kind is not HolderKind.LOCAL_AUTHORITY:
            return False
        if holding.controls:
            return True  # The exception of Art. 3(2)(d) ends where the authority is linked to the enterprise.
        budget, inhabitants = holder.annual_budget, holder.inhabitants
        if budget is not None and budget >= AUTHORITY_BUDGET:
            return True
        if inhabitants is not None and inhabitants >= AUTHORITY_INHABITANTS:
            return True
        return None if budget is None or inhabitants is None else False

    def _public_share(self, subject: str, *, with_doubtful: bool) -> Fraction:
        def is_public(holding: Holding) -> bool:
            answer = self._is_public(holding)
            return with_doubtful if answer is None else answer

        counted = [h for h in self.holdings if is_public(h) or self._passes_on(h)]
        into: dict[str, list[Holding]] = defaultdict(list)
        for holding in counted:
            into[holding.held].append(holding)

        controlled: set[str] = set()
        changed = True
        while changed:
            changed = False
            for held, holdings in into.items():
                if held in controlled:
                    continue
                public = [h for h in holdings if is_public(h) or h.holder in controlled]
                if any(h.controls for h in public) or sum((h.votes for h in public), Decimal(0)) > HALF:
                    controlled.add(held)
                    changed = True
        if subject in controlled:
            return Fraction(1)

        # Shares pass through enterprises that are not controlled in proportion; controlled ones pass on all they hold.
        # Rounds end when nothing changes; in a circle they come closer from below and stop at the number of links.
        capital: dict[str, Fraction] = defaultdict(Fraction)
        votes: dict[str, Fraction] = defaultdict(Fraction)
        for _round in range(min(len(self.enterprises), 30)):
            before = dict(capital), dict(votes)
            for held, holdings in into.items():
                part = [
                    (h, Fraction(1), Fraction(1))
                    if is_public(h) or h.holder in controlled
                    else (h, before[0].get(h.holder, Fraction(0)), before[1].get(h.holder, Fraction(0)))
                    for h in holdings
                ]
                capital[held] = min(
                    Fraction(1), sum((Fraction(h.capital) * c for h, c, _v in part), Fraction(0))
                )
                votes[held] = min(Fraction(1), sum((Fraction(h.votes) * v for h, _c, v in part), Fraction(0)))
            if (dict(capital), dict(votes)) == before:
                break
        return max(capital[subject], votes[subject])

    def _passes_on(self, holding: Holding) -> bool:
        """Whether public money behind this holder counts: not behind an exempt investor (Art. 3(4), first words)."""
        return self.kind(holding.holder).has_figures and self.exempt(holding) is False

    def public_share(self, subject: str) -> PublicShare:
        """Capital or votes of an enterprise that public bodies hold, directly or indirectly, all together."""
        above, seen = [subject], {subject}
        bodies = set()
        while above:
            for holding in self.holders_of[above.pop()]:
                if self._is_public(holding) is not False:
                    bodies.add(holding.holder)
                elif self._passes_on(holding) and holding.holder not in seen:
                    seen.add(holding.holder)
                    above.append(holding.holder)
        return PublicShare(
            self._public_share(subject, with_doubtful=False),
            self._public_share(subject, with_doubtful=True),
            tuple(sorted(bodies)),
        )

    # Consolidated accounts -------------------------------------------------------------------------------

    def _covered_by(self, identifier: str) -> frozenset[str]:
        """Enterprises whose figures are in the consolidated accounts of this one already."""
        enterprise = self.enterprises[identifier]
        if not enterprise.is_consolidated or not enterprise.periods:
            return frozenset()
        if enterprise.consolidates:
            covered, ahead = set(enterprise.consolidates), list(enterprise.consolidates)
            while ahead:
                inner = self.enterprises[ahead.pop()]
                below = inner.consolidates if inner.is_consolidated else frozenset()
                ahead += below - covered
                covered |= below
            return frozenset(covered) - {identifier}
        covered = {identifier}
        changed = True
        while changed:
            changed = False
            for held, holdings in self.holders_of.items():
                inside = [h for h in holdings if h.holder in covered]
                together = sum((h.votes for h in inside), Decimal(0))
                if held not in covered and (any(h.controls for h in inside) or together > HALF):
                    covered.add(held)
                    changed = True
        return frozenset(covered) - {identifier}

    def accounts_of(self, group: frozenset[str]) -> dict[str, str]:
        """For each enterprise of a group whose accounts count: itself; for the others: whose accounts hold it."""
        covers = {member: self._covered_by(member) & group for member in group}
        where: dict[str, str] = {}
        # The widest accounts first; a circle of consolidated accounts counts once.
        for member in sorted(group, key=lambda m: (-len(covers[m]), m)):
            if member not in where:
                where[member] = member
                for inner in covers[member]:
                    where.setdefault(inner, member)
        return where

    def holds_in_accounts(self, identifier: str) -> frozenset[str]:
        """Enterprises that consolidated accounts name, whether linked or a partner (Art. 6(2), 6(3))."""
        return self._covered_by(identifier)


def _higher(holdings: Iterable[Holding]) -> Decimal:
    found = list(holdings)
    return max(sum((h.capital for h in found), Decimal(0)), sum((h.votes for h in found), Decimal(0)))


def _ground(holding: Holding) -> Ground:
    if holding.votes > HALF or holding.has_majority_of_votes:
        return Ground.VOTES
    if holding.appoints_board:
        return Ground.BOARD
    return Ground.DOMINANT_INFLUENCE if holding.has_dominant_influence else Ground.AGREEMENT
