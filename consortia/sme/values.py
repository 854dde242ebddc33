"""The values of the SME definition: enterprises, what they hold of each other, and the class that follows.

Source: Recommendation 2003/361/EC, Annex. Headcount is in annual work units (AWU), money in EUR, shares from 0
to 1. All values are frozen; none of them is rounded.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum


class SmeClass(StrEnum):
    """Class of an enterprise (Art. 2). ``NOT_SME`` is held by public bodies (Art. 3(4)), whatever its size."""

    MICRO = "micro"
    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"
    NOT_SME = "not_sme"
    UNKNOWN = "unknown"


SME_CLASSES = (SmeClass.MICRO, SmeClass.SMALL, SmeClass.MEDIUM)


class HolderKind(StrEnum):
    """What an enterprise or holder is. The kind decides how its holdings count (Art. 3(2) to 3(4))."""

    ENTERPRISE = "enterprise"
    PUBLIC_INVESTMENT = "public_investment"
    VENTURE_CAPITAL = "venture_capital"
    BUSINESS_ANGEL = "business_angel"
    UNIVERSITY = "university"
    INSTITUTIONAL_INVESTOR = "institutional_investor"
    REGIONAL_FUND = "regional_fund"
    LOCAL_AUTHORITY = "local_authority"
    PUBLIC_BODY = "public_body"
    NATURAL_PERSON = "natural_person"

    @property
    def is_investor(self) -> bool:
        """Whether it may hold 25 % or more without making a partner, as long as it is not linked (Art. 3(2))."""
        return self in (
            HolderKind.PUBLIC_INVESTMENT,
            HolderKind.VENTURE_CAPITAL,
            HolderKind.BUSINESS_ANGEL,
            HolderKind.UNIVERSITY,
            HolderKind.INSTITUTIONAL_INVESTOR,
            HolderKind.REGIONAL_FUND,
        )

    @property
    def has_figures(self) -> bool:
        """Whether it can be linked or a partner itself, and then brings figures of its own."""
        return self is HolderKind.ENTERPRISE or self.is_investor


@dataclass(frozen=True)
class Figures:
    """Figures of one accounting period: annual work units, and turnover (without VAT) and balance sheet total in
    EUR. None: not known."""

    headcount: Decimal | None = None
    turnover: Decimal | None = None
    balance_sheet: Decimal | None = None

    @property
    def is_complete(self) -> bool:
        """Whether all three figures are known."""
        return None not in (self.headcount, self.turnover, self.balance_sheet)


@dataclass(frozen=True)
class Period:
    """A closed accounting period, or the good-faith estimate of an enterprise that has not closed one yet
    (Art. 4(3))."""

    closed_on: date
    figures: Figures
    is_estimate: bool = False


@dataclass(frozen=True)
class Enterprise:
    """An enterprise or another holder of capital.

    ``periods`` may be in any order. ``is_consolidated``: its figures are those of consolidated accounts; they hold
    the enterprises named in ``consolidates``, or, if none is named, all that it controls. ``founded_on``: before
    that day it has no figures, and they are not missing. ``annual_budget`` (EUR) and ``inhabitants`` belong to a
    local authority. ``has_dispersed_capital``: its holders cannot be determined; ``presumes_independence``: it
    declares in good faith that nobody holds 25 % (Art. 3(5)).
    """

    identifier: str
    name: str = ""
    kind: HolderKind = HolderKind.ENTERPRISE
    periods: tuple[Period, ...] = ()
    is_consolidated: bool = False
    consolidates: frozenset[str] = frozenset()
    founded_on: date | None = None
    annual_budget: Decimal | None = None
    inhabitants: Decimal | None = None
    has_dispersed_capital: bool = False
    presumes_independence: bool = False

    @property
    def latest_first(self) -> tuple[Period, ...]:
        """The periods from the latest to the oldest."""
        return tuple(sorted(self.periods, key=lambda period: period.closed_on, reverse=True))


@dataclass(frozen=True)
class Holding:
    """What a holder has in an enterprise: shares of capital and votes (0 to 1) and rights of control (Art. 3(3)).

    ``has_majority_of_votes``: a majority of votes that the share does not show. ``agreement``: a majority of votes
    by agreement with other holders. ``market``: for a natural person, the relevant market of the enterprise held;
    adjacent markets are given the same word. ``acting_group``: natural persons with the same word act jointly.
    ``invested``: EUR that a business angel has invested in the enterprise.
    """

    holder: str
    held: str
    capital: Decimal = Decimal(0)
    votes: Decimal = Decimal(0)
    has_majority_of_votes: bool = False
    appoints_board: bool = False
    has_dominant_influence: bool = False
    agreement: bool = False
    market: str = ""
    acting_group: str = ""
    invested: Decimal | None = None

    @property
    def controls(self) -> bool:
        """Whether this holding alone links the two (Art. 3(3)(a) to (d)). Exactly half of the votes does not."""
        return (
            self.votes > Decimal("0.5")
            or self.has_majority_of_votes
            or self.appoints_board
            or self.has_dominant_influence
            or self.agreement
        )


@dataclass(frozen=True)
class EnterpriseGraph:
    """An enterprise with all enterprises and holders around it.

    ``previous_class``: the class before the oldest period given. ``group_changed_on``: day of the last change of
    owner or group; periods that closed before it do not hold back the class.
    """

    subject: str
    enterprises: tuple[Enterprise, ...]
    relations: tuple[Holding, ...] = ()
    previous_class: SmeClass | None = None
    group_changed_on: date | None = None


class Relation(StrEnum):
    """Why an enterprise counts, or does not."""

    OWN = "own"
    LINKED = "linked"
    PARTNER = "partner"
    LINKED_TO_PARTNER = "linked_to_partner"
    CONSOLIDATED = "consolidated"
    EXEMPT_INVESTOR = "exempt_investor"
    BELOW_THRESHOLD = "below_threshold"
    PARTNER_OF_PARTNER = "partner_of_partner"
    NOT_RELATED = "not_related"


class Ground(StrEnum):
    """The fact that ties two enterprises (Art. 3(2), 3(3)). ``SHARE`` alone makes partners, the others link."""

    VOTES = "votes"
    BOARD = "board"
    DOMINANT_INFLUENCE = "dominant_influence"
    AGREEMENT = "agreement"
    JOINT_VOTES = "joint_votes"
    PERSON = "person"
    SHARE = "share"


@dataclass(frozen=True, order=True)
class Tie:
    """One fact between a holder and an enterprise, with the share that decides it."""

    ground: Ground
    holder: str
    held: str
    share: Decimal


@dataclass(frozen=True)
class Contribution:
    """How one enterprise counts: the share of its figures that is added (0: none), and why.

    ``through``: the partner to which it is linked, or the enterprise whose accounts hold it. ``counted``: what it
    adds in each period, the latest first; its figures are None where they are missing.
    """

    identifier: str
    name: str
    relation: Relation
    share: Decimal
    through: str = ""
    ties: tuple[Tie, ...] = ()
    counted: tuple[Figures, ...] = ()


@dataclass(frozen=True)
class PeriodTotals:
    """Totals of one period after all relations (Art. 6), not rounded.

    ``figures`` has None where a part is missing; ``at_least`` sums what is known. ``raw_class`` is the class that
    this period alone gives.
    """

    closed_on: date | None
    is_estimate: bool
    figures: Figures
    at_least: Figures
    raw_class: SmeClass


@dataclass(frozen=True)
class Reason:
    """A fact that decided, with its legal source and figures. ``describe`` makes the sentence."""

    code: str
    source: str
    parameters: tuple[tuple[str, str | Decimal | date], ...] = ()


class Standing(StrEnum):
    """Type of the enterprise by its relations (Art. 3(1) to 3(3))."""

    AUTONOMOUS = "autonomous"
    PARTNER = "partner"
    LINKED = "linked"


@dataclass(frozen=True)
class SmeClassification:
    """The class of an enterprise with everything that led to it.

    ``totals``: the latest period first. ``contributions``: the enterprise itself first. ``is_sme``: None where it
    is not known; it can be known where the class is not. ``linked_identifiers``: the enterprise and all linked
    to it, directly or through others; two enterprises whose sets meet are not independent of each other.
    """

    identifier: str
    name: str
    sme_class: SmeClass
    is_sme: bool | None
    standing: Standing
    totals: tuple[PeriodTotals, ...]
    contributions: tuple[Contribution, ...]
    reasons: tuple[Reason, ...]
    linked_identifiers: frozenset[str]
