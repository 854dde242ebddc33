"""From figures and holdings to the class of an enterprise.

Source: Recommendation 2003/361/EC, Annex, Art. 2 to 6. Nothing is rounded before it is compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Context, Decimal, localcontext

from .relations import QUARTER, PartnerShare, RelationMap
from .values import (
    SME_CLASSES,
    Contribution,
    Enterprise,
    EnterpriseGraph,
    Figures,
    Period,
    PeriodTotals,
    Reason,
    Relation,
    SmeClass,
    SmeClassification,
    Standing,
)

_EXACT = Context(prec=400)
"""Wide enough that no share of no figure loses a digit; 28 digits, Python's default, are not."""
ZERO = Figures(Decimal(0), Decimal(0), Decimal(0))


@dataclass(frozen=True)
class Ceiling:
    """Headcount below ``headcount``, and turnover or balance sheet not above theirs (Art. 2). Money in EUR."""

    sme_class: SmeClass
    headcount: Decimal
    turnover: Decimal
    balance_sheet: Decimal

    def keeps(self, figures: Figures, at_least: Figures, *, is_incomplete: bool = False) -> bool | None:
        """Whether totals stay within the ceiling; None where what is missing could decide.

        ``at_least`` sums what is known: when that passes the ceiling already, nothing missing can undo it.
        """
        headcount, turnover, balance_sheet = _known(at_least)
        if headcount >= self.headcount or (turnover > self.turnover and balance_sheet > self.balance_sheet):
            return False
        if is_incomplete or figures.headcount is None:
            return None
        if figures.turnover is not None and figures.turnover <= self.turnover:
            return True
        if figures.balance_sheet is not None and figures.balance_sheet <= self.balance_sheet:
            return True
        return None


MICRO = Ceiling(SmeClass.MICRO, Decimal(10), Decimal(2_000_000), Decimal(2_000_000))
SMALL = Ceiling(SmeClass.SMALL, Decimal(50), Decimal(10_000_000), Decimal(10_000_000))
MEDIUM = Ceiling(SmeClass.MEDIUM, Decimal(250), Decimal(50_000_000), Decimal(43_000_000))
CEILINGS = (MICRO, SMALL, MEDIUM)


def classify(graph: EnterpriseGraph) -> SmeClassification:
    """The class of the graph's subject, with totals, contributions and reasons.

    The same graph gives the same answer, whatever the order of its enterprises and relations. The subject must be
    one of the enterprises, and not a public body or natural person; ``enterprise_from_json`` sees to that.
    """
    with localcontext(_EXACT):
        return _classify(graph)


def _classify(graph: EnterpriseGraph) -> SmeClassification:
    relations = RelationMap(graph)
    subject = relations.enterprises[graph.subject]
    group = relations.linked_group(graph.subject)
    columns = _columns(relations, group, subject)
    contributions, has_partners, is_uncertain = _contributions(relations, group, graph.subject, columns)
    public = relations.public_share(graph.subject)

    dispersed = [
        relations.enterprises[m] for m in sorted(group) if relations.enterprises[m].has_dispersed_capital
    ]
    undeclared = [member for member in dispersed if not member.presumes_independence]
    is_incomplete = is_uncertain or bool(undeclared) or public.possibly >= QUARTER > public.surely

    totals = tuple(
        _totals(column, [c.counted[number] for c in contributions if c.share], is_incomplete)
        for number, column in enumerate(columns)
    )
    statuses, held_back = _statuses(graph, totals, is_incomplete)
    sme_class, is_sme = _class_of(statuses)
    if public.surely >= QUARTER:
        sme_class, is_sme = SmeClass.NOT_SME, False
    elif public.possibly >= QUARTER and sme_class is SmeClass.UNKNOWN:
        is_sme = None

    reasons: list[Reason] = []
    if public.surely >= QUARTER:
        reasons.append(Reason("public_bodies", "Art. 3(4)", (("bodies", _names(relations, public.bodies)),)))
    elif public.possibly >= QUARTER:
        reasons.append(
            Reason("authority_size_missing", "Art. 3(2)(d)", (("bodies", _names(relations, public.bodies)),))
        )
    for member in dispersed:
        code = "good_faith" if member.presumes_independence else "dispersed_undeclared"
        reasons.append(Reason(code, "Art. 3(5)", (("name", _name(member)),)))
    if is_uncertain:
        reasons.append(Reason("angel_amount_missing", "Art. 3(2)(a)"))
    for contribution in contributions:
        if contribution.share and not all(figures.is_complete for figures in contribution.counted):
            reasons.append(Reason("figures_missing", "Art. 4(1), 6", (("name", contribution.name),)))
    for period in totals:
        if period.closed_on is not None:
            code = "estimate_class" if period.is_estimate else "period_class"
            source = "Art. 2, 4(3)" if period.is_estimate else "Art. 2, 4(1)"
            day, raw = period.closed_on, period.raw_class.value
            reasons.append(Reason(code, source, (("closed_on", day), ("raw_class", raw))))
    if graph.group_changed_on is not None and graph.previous_class is not None:
        reasons.append(Reason("group_changed", "Art. 4(2)", (("changed_on", graph.group_changed_on),)))
    if held_back and sme_class is not SmeClass.NOT_SME:
        reasons.append(Reason("two_periods", "Art. 4(2)", (("sme_class", sme_class.value),)))

    standing = Standing.PARTNER if has_partners else Standing.AUTONOMOUS
    return SmeClassification(
        identifier=subject.identifier,
        name=_name(subject),
        sme_class=sme_class,
        is_sme=is_sme,
        standing=Standing.LINKED if len(group) > 1 else standing,
        totals=totals,
        contributions=contributions,
        reasons=tuple(reasons),
        linked_identifiers=group,
    )


def _name(enterprise: Enterprise) -> str:
    return enterprise.name or enterprise.identifier


def _names(relations: RelationMap, identifiers: Iterable[str]) -> str:
    return ", ".join(_name(relations.enterprises[identifier]) for identifier in identifiers)


# Periods -------------------------------------------------------------------------------------------------


def _columns(relations: RelationMap, group: frozenset[str], subject: Enterprise) -> tuple[Period | None, ...]:
    """The periods to look at, the latest first: the subject's own, or those of the accounts that hold it."""
    own = subject.latest_first
    if not own:
        own = relations.enterprises[relations.accounts_of(group)[subject.identifier]].latest_first
    return own or (None,)


def _figures_at(enterprise: Enterprise, number: int, column: Period | None) -> Figures:
    """Figures of the period as far back as ``number`` counts; each enterprise counts from its latest accounts.

    An enterprise that did not exist yet, or has no closed accounts but an estimate, adds nothing to earlier periods.
    """
    periods = enterprise.latest_first
    if number < len(periods):
        return periods[number].figures
    is_new = len(periods) == 1 and periods[0].is_estimate
    founded_on = enterprise.founded_on
    if is_new or (founded_on is not None and column is not None and founded_on > column.closed_on):
        return ZERO
    return Figures()


# Contributions -------------------------------------------------------------------------------------------


def _contributions(
    relations: RelationMap, group: frozenset[str], subject: str, columns: Sequence[Period | None]
) -> tuple[tuple[Contribution, ...], bool, bool]:
    """What every enterprise of the graph adds, whether there are partners, and whether one is in doubt because an
    amount is missing."""
    found: list[Contribution] = []
    is_uncertain = False

    def add(
        identifier: str, relation: Relation, share: Decimal, through: str, shares: PartnerShare | None
    ) -> None:
        enterprise = relations.enterprises[identifier]
        ties = relations.link_ties(identifier) if relation in _LINK_RELATIONS else ()
        if shares is not None:
            ties += tuple(tie for tie in shares.ties if identifier in (tie.holder, tie.held))
        counted = tuple(
            _weighted(_figures_at(enterprise, number, column), share) for number, column in enumerate(columns)
        )
        found.append(Contribution(identifier, _name(enterprise), relation, share, through, ties, counted))

    own_accounts = relations.accounts_of(group)
    counting = {holder for member, holder in own_accounts.items() if member == holder}
    for member in sorted(group, key=lambda m: (m != subject, m)):
        if own_accounts[member] == member:
            add(member, Relation.OWN if member == subject else Relation.LINKED, Decimal(1), "", None)
        else:
            add(member, Relation.CONSOLIDATED, Decimal(0), own_accounts[member], None)

    partners: list[frozenset[str]] = []
    others: list[tuple[frozenset[str], PartnerShare]] = []
    for other in relations.groups:
        if other == group:
            continue
        shares = relations.partner_share(group, other)
        is_uncertain |= shares.is_uncertain
        if shares.surely < QUARTER:
            others.append((other, shares))
            continue
        partners.append(other)
        direct = {e for tie in shares.ties for e in (tie.holder, tie.held)} & other
        root = min(direct)
        accounts = relations.accounts_of(other)
        for member in sorted(other, key=lambda m: (m not in direct, m)):
            holder_of_accounts = next(
                (holder for holder in sorted(counting) if member in relations.holds_in_accounts(holder)), None
            )
            if holder_of_accounts is not None:
                add(member, Relation.CONSOLIDATED, Decimal(0), holder_of_accounts, shares)
            elif accounts[member] != member:
                add(member, Relation.CONSOLIDATED, Decimal(0), accounts[member], shares)
            elif member in direct:
                add(member, Relation.PARTNER, shares.surely, "", shares)
            else:
                add(member, Relation.LINKED_TO_PARTNER, shares.surely, root, None)

    for other, shares in others:
        through_partner = next(
            (p for p in partners if relations.partner_share(p, other).surely >= QUARTER), None
        )
        for member in sorted(other):
            touching = [tie for tie in shares.ties if member in (tie.holder, tie.held)]
            if not touching:
                relation = Relation.PARTNER_OF_PARTNER if through_partner else Relation.NOT_RELATED
            elif any(tie.share >= QUARTER for tie in touching):
                relation = Relation.EXEMPT_INVESTOR
            else:
                relation = Relation.BELOW_THRESHOLD
            through = min(through_partner) if through_partner and not touching else ""
            add(member, relation, Decimal(0), through, shares)
    return tuple(found), bool(partners), is_uncertain


_LINK_RELATIONS = (Relation.OWN, Relation.LINKED, Relation.CONSOLIDATED, Relation.LINKED_TO_PARTNER)


def _weighted(figures: Figures, share: Decimal) -> Figures:
    if not share:
        return ZERO
    return Figures(
        *(
            None if value is None else value * share
            for value in (figures.headcount, figures.turnover, figures.balance_sheet)
        )
    )


def _known(figures: Figures) -> tuple[Decimal, Decimal, Decimal]:
    return (
        figures.headcount or Decimal(0),
        figures.turnover or Decimal(0),
        figures.balance_sheet or Decimal(0),
    )


def _totals(column: Period | None, counted: Sequence[Figures], is_incomplete: bool) -> PeriodTotals:
    sums = [sum(values, Decimal(0)) for values in zip(*(_known(figures) for figures in counted), strict=True)]
    at_least = Figures(*sums)
    figures = Figures(
        at_least.headcount if all(f.headcount is not None for f in counted) else None,
        at_least.turnover if all(f.turnover is not None for f in counted) else None,
        at_least.balance_sheet if all(f.balance_sheet is not None for f in counted) else None,
    )
    kept = [c.keeps(figures, at_least, is_incomplete=is_incomplete) for c in CEILINGS]
    return PeriodTotals(
        closed_on=column.closed_on if column else None,
        is_estimate=bool(column and column.is_estimate),
        figures=figures,
        at_least=at_least,
        raw_class=_class_of(kept)[0],
    )


# Class ---------------------------------------------------------------------------------------------------


def _class_of(kept: Sequence[bool | None]) -> tuple[SmeClass, bool | None]:
    """The class from the three ceilings (micro first), and whether it is an SME."""
    for ceiling, keeps in zip(CEILINGS, kept, strict=True):
        if keeps is None:
            return SmeClass.UNKNOWN, kept[-1]
        if keeps:
            return ceiling.sme_class, True
    return SmeClass.LARGE, False


def _statuses(
    graph: EnterpriseGraph, totals: Sequence[PeriodTotals], is_incomplete: bool
) -> tuple[list[bool | None], bool]:
    """For each ceiling whether it counts as kept, and whether that differs from the latest period alone."""
    periods = list(reversed(totals))  # the oldest first
    previous = graph.previous_class if graph.previous_class in (*SME_CLASSES, SmeClass.LARGE) else None
    changed_on = graph.group_changed_on
    if changed_on is not None:
        # A new owner or group takes effect at once: earlier periods say nothing about the new group.
        periods = [p for p in periods if p.closed_on is not None and p.closed_on >= changed_on] or periods[
            -1:
        ]
        previous = None
    statuses: list[bool | None] = []
    held_back = False
    for number, ceiling in enumerate(CEILINGS):
        raw = [ceiling.keeps(p.figures, p.at_least, is_incomplete=is_incomplete) for p in periods]
        start = None if previous is None else previous in [c.sme_class for c in CEILINGS[: number + 1]]
        status = settled(raw, start)
        statuses.append(status)
        held_back |= status is not None and raw[-1] is not None and status is not raw[-1]
    return statuses, held_back


def settled(raw: Sequence[bool | None], start: bool | None = None) -> bool | None:
    """Whether a ceiling counts as kept after periods that each say yes, no or not known (the oldest first).

    The answer flips only when two consecutive periods agree against it (Art. 4(2)). ``start``: what counted before
    the first period; without it the first period decides. None: what is missing could decide.
    """
    states: set[tuple[bool | None, bool | None]] = {(None, start)}
    for says in raw:
        after: set[tuple[bool | None, bool | None]] = set()
        for before, status in states:
            for now in (True, False) if says is None else (says,):
                after.add((now, now if status is None or before is now else status))
        states = after
    answers = {status for _before, status in states}
    return answers.pop() if len(answers) == 1 else None


def accounts_closed_on(graph: EnterpriseGraph) -> date | None:
    """The end of the subject's latest closed period; None where it has none, or only an estimate."""
    subject = next(e for e in graph.enterprises if e.identifier == graph.subject)
    closed = [period.closed_on for period in subject.periods if not period.is_estimate]
    return max(closed, default=None)
