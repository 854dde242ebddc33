"""How much grant a partner may get, exactly.

All amounts are Decimal EUR, all rates Decimal from 0 to 1. A grant keeps a rate when ``grant <= cost * rate`` holds
exactly; a percentage that was rounded for display never decides. The figures of the regulations are held here by rule
book: V is the funding period 2014-2020, VI is 2021-2027.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Context, Decimal
from enum import StrEnum

from calls.enums import RuleBook
from consortia.enums import SizeClass
from feasibility.enums import FundingSource
from rocket.core.money import round_down, round_half_up

ZERO = Decimal("0.00")
_EXACT = Context(prec=80)
"""Wide enough that no product of an amount and a rate loses a digit."""


class AidBasis(StrEnum):
    """Under which State aid rule a partner is paid."""

    NONE = "none"
    DE_MINIMIS = "de_minimis"
    GBER_20 = "gber_20"
    GBER_20A = "gber_20a"
    GBER_25 = "gber_25"


class ResearchCategory(StrEnum):
    """What the aided work is. Source: Reg. (EU) 651/2014, Art. 2(84)-(87) and 25(2)."""

    FUNDAMENTAL_RESEARCH = "fundamental_research"
    INDUSTRIAL_RESEARCH = "industrial_research"
    EXPERIMENTAL_DEVELOPMENT = "experimental_development"
    FEASIBILITY_STUDY = "feasibility_study"


class Limit(StrEnum):
    """What may decide how much a partner gets at most. Of two that give the same amount the first here is named."""

    PROGRAMME_RATE = "programme_rate"
    SME_CAP = "sme_cap"
    PARTNER_CAP = "partner_cap"
    PROJECT_CAP = "project_cap"
    AID_INTENSITY = "aid_intensity"
    AID_CEILING = "aid_ceiling"
    DE_MINIMIS_HEADROOM = "de_minimis_headroom"


ART_20_CEILING = {RuleBook.V: Decimal(2_000_000), RuleBook.VI: Decimal(2_200_000)}
"""Most aid per undertaking and project, EUR. Source: Reg. (EU) 651/2014, Art. 4(1)(f), as amended by 2023/1315."""

ART_20_INTENSITY = {RuleBook.V: Decimal("0.50"), RuleBook.VI: Decimal("0.80")}
"""V: 50 %, SMEs only (Art. 20 before Reg. (EU) 2021/1237). VI: the highest co-financing rate of an Interreg
programme (Art. 20(3); Reg. (EU) 2021/1059, Art. 13), undertakings of any size."""

ART_20A_CEILING = {RuleBook.V: Decimal(20_000), RuleBook.VI: Decimal(22_000)}
"""Most aid per undertaking and project, EUR; no intensity. Source: Reg. (EU) 651/2014, Art. 20a(2)."""

ART_25_INTENSITY = {
    ResearchCategory.FUNDAMENTAL_RESEARCH: Decimal("1.00"),
    ResearchCategory.INDUSTRIAL_RESEARCH: Decimal("0.50"),
    ResearchCategory.EXPERIMENTAL_DEVELOPMENT: Decimal("0.25"),
    ResearchCategory.FEASIBILITY_STUDY: Decimal("0.50"),
}
"""Intensity before any bonus. Source: Reg. (EU) 651/2014, Art. 25(5)."""

ART_25_SIZE_BONUS = {
    SizeClass.MICRO: Decimal("0.20"),
    SizeClass.SMALL: Decimal("0.20"),
    SizeClass.MEDIUM: Decimal("0.10"),
    SizeClass.LARGE: Decimal("0.00"),
}
"""Source: Reg. (EU) 651/2014, Art. 25(6)(a) and (7)."""

ART_25_COLLABORATION_BONUS = Decimal("0.15")
"""For effective collaboration or wide dissemination; not for feasibility studies. Source: Art. 25(6)(b)."""

ART_25_MOST = Decimal("0.80")
"""Industrial research and experimental development, all bonuses included. Source: Art. 25(6)."""


def keeps_rate(grant: Decimal, cost: Decimal, rate: Decimal) -> bool:
    """Whether ``grant <= cost * rate``, without any rounding."""
    return grant <= _EXACT.multiply(cost, _rate(rate))


def largest_grant(cost: Decimal, rate: Decimal) -> Decimal:
    """The most that keeps the rate, in whole cents: rounded down, never up."""
    return round_down(_EXACT.multiply(_amount(cost), _rate(rate)))


def flat_rate_amount(base: Decimal, rate: Decimal) -> Decimal:
    """A flat-rate line of one partner and category: ``base * rate``, halves of a cent up."""
    return round_half_up(_EXACT.multiply(_amount(base), _rate(rate)))


@dataclass(frozen=True)
class OtherFunder:
    """Somebody who pays a part of one partner's cost beside the programme and the partner itself.

    ``is_secured`` says that the money is promised in writing.
    """

    name: str
    source: FundingSource
    amount: Decimal
    is_secured: bool = False


@dataclass(frozen=True)
class AidLimit:
    """What a State aid rule leaves to one undertaking in one project; None where it sets no such limit."""

    intensity: Decimal | None = None
    ceiling: Decimal | None = None


def aid_limit(
    basis: AidBasis,
    *,
    rule_book: RuleBook,
    size: SizeClass | None = None,
    category: ResearchCategory | None = None,
    has_collaboration_bonus: bool = False,
) -> AidLimit | None:
    """Intensity and ceiling for an undertaking of that size; None while the size or category needed is not known.

    An enterprise that public bodies hold by 25 % or more is to be given as large. Under de minimis the ceiling is
    the single undertaking's headroom, which is not a figure of this table. Source: Reg. (EU) 651/2014, Art. 4, 20,
    20a and 25; Reg. (EU) 2023/2831 and 1407/2013, Art. 3 (no intensity).
    """
    match basis:
        case AidBasis.NONE | AidBasis.DE_MINIMIS:
            return AidLimit()
        case AidBasis.GBER_20A:
            return AidLimit(ceiling=ART_20A_CEILING[rule_book])
        case AidBasis.GBER_20:
            intensity = ART_20_INTENSITY[rule_book]
            if rule_book == RuleBook.V:
                if size is None:
                    return None
                intensity = intensity if size.is_sme else Decimal(0)
            return AidLimit(intensity, ART_20_CEILING[rule_book])
        case AidBasis.GBER_25:
            if category is None:
                return None
            if category is ResearchCategory.FUNDAMENTAL_RESEARCH:
                return AidLimit(ART_25_INTENSITY[category])
            if size is None:
                return None
            return AidLimit(_art_25_intensity(category, size, has_collaboration_bonus))


def _art_25_intensity(category: ResearchCategory, size: SizeClass, collaborates: bool) -> Decimal:
    intensity = ART_25_INTENSITY[category] + ART_25_SIZE_BONUS[size]
    if category is ResearchCategory.FEASIBILITY_STUDY:
        return intensity
    return min(intensity + (ART_25_COLLABORATION_BONUS if collaborates else 0), ART_25_MOST)


@dataclass(frozen=True)
class GrantLimit:
    """One thing that limits a partner's grant: a rate of its cost, or an amount in EUR.

    ``counts_public`` says that other public money for the same cost uses the limit up as well.
    """

    limit: Limit
    rate: Decimal | None = None
    amount: Decimal | None = None
    counts_public: bool = False

    def largest(self, cost: Decimal, public: Decimal = ZERO) -> Decimal:
        """The largest grant within this limit, in whole cents, not below 0."""
        most = round_down(self.amount or ZERO) if self.rate is None else largest_grant(cost, self.rate)
        return max(most - (public if self.counts_public else ZERO), ZERO)


@dataclass(frozen=True)
class Ceiling:
    """The largest grant of one partner, and what decided it.

    ``amounts`` gives every limit that applies, in whole cents. ``is_complete`` is false while a limit cannot be
    worked out; the amount may then still become lower.
    """

    amounts: tuple[tuple[GrantLimit, Decimal], ...]
    is_complete: bool = True

    @property
    def amount(self) -> Decimal:
        return min(amount for _limit, amount in self.amounts)

    @property
    def decisive(self) -> GrantLimit:
        return next(limit for limit, amount in self.amounts if amount == self.amount)

    @property
    def decided_by(self) -> Limit:
        return self.decisive.limit


def grant_limits(
    *,
    rate: Decimal,
    cap: Decimal | None = None,
    partner_cap: Decimal | None = None,
    project_room: Decimal | None = None,
) -> tuple[GrantLimit, ...]:
    """What the programme itself sets, whatever the aid basis: the rate, and caps per SME, partner and project.

    A cap is what it leaves to this partner, once linked or other partners have their grants.
    """
    caps = ((Limit.SME_CAP, cap), (Limit.PARTNER_CAP, partner_cap), (Limit.PROJECT_CAP, project_room))
    return (
        GrantLimit(Limit.PROGRAMME_RATE, rate=rate),
        *(GrantLimit(limit, amount=amount) for limit, amount in caps if amount is not None),
    )


def aid_limits(
    basis: AidBasis | None,
    *,
    rule_book: RuleBook,
    size: SizeClass | None = None,
    category: ResearchCategory | None = None,
    has_collaboration_bonus: bool = False,
    headroom: Decimal | None = None,
    aid_elsewhere: Decimal = ZERO,
) -> tuple[tuple[GrantLimit, ...], bool]:
    """What the aid basis sets, and whether that is all that can be known of it.

    Intensities and ceilings of the block exemption bind all aid for the same cost together (Reg. (EU) 651/2014,
    Art. 8(1) and (3)): other public money counts. ``aid_elsewhere`` is what other partners of the same undertaking
    get on that basis: it uses up the ceiling per project.
    """
    if basis is AidBasis.DE_MINIMIS:
        if headroom is None:
            return (), False
        return (GrantLimit(Limit.DE_MINIMIS_HEADROOM, amount=headroom),), True
    if basis is None:
        return (), False
    aid = aid_limit(
        basis,
        rule_book=rule_book,
        size=size,
        category=category,
        has_collaboration_bonus=has_collaboration_bonus,
    )
    if aid is None:
        return (), False
    limits = []
    if aid.intensity is not None:
        limits.append(GrantLimit(Limit.AID_INTENSITY, rate=aid.intensity, counts_public=True))
    if aid.ceiling is not None:
        room = max(aid.ceiling - aid_elsewhere, ZERO)
        limits.append(GrantLimit(Limit.AID_CEILING, amount=room, counts_public=True))
    return tuple(limits), True


def partner_ceiling(
    cost: Decimal, limits: Iterable[GrantLimit], *, public: Decimal = ZERO, is_complete: bool = True
) -> Ceiling:
    """The least of all limits, for a partner with that eligible cost and that much other public money."""
    return Ceiling(tuple((limit, limit.largest(cost, public)) for limit in limits), is_complete)


def _rate(rate: Decimal) -> Decimal:
    if not 0 <= rate <= 1:
        raise ValueError(f"a rate lies between 0 and 1: {rate}")
    return rate


def _amount(cost: Decimal) -> Decimal:
    if cost < 0:
        raise ValueError(f"a cost is not below 0: {cost}")
    return cost
