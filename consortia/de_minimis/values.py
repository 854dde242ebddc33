"""The values of de minimis aid: undertakings, earlier aid, and the headroom that is left.

Source: Regulation (EU) 2023/2831 and, before it, Regulation (EU) No 1407/2013. Money is the gross grant equivalent
in EUR, on the day on which the legal right to the aid arises.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum


class Regulation(StrEnum):
    """Regulations under which de minimis aid is, or was, granted."""

    GENERAL_2023 = "2023/2831"
    GENERAL_2013 = "1407/2013"
    SGEI_2023 = "2023/2832"
    SGEI_2012 = "360/2012"
    AGRICULTURE = "1408/2013"
    FISHERIES = "717/2014"

    @property
    def is_sgei(self) -> bool:
        """Whether it is for services of general economic interest, which have a ceiling of their own."""
        return self in (Regulation.SGEI_2023, Regulation.SGEI_2012)


GENERAL = (Regulation.GENERAL_2023, Regulation.GENERAL_2013)
"""The two that a grant of a programme like ours may rest on."""


class Activity(StrEnum):
    """What the new aid is for. ``ROAD_FREIGHT``: the undertaking carries goods by road for hire or reward, and does
    not keep the aid apart from that by separate accounts (Reg. 1407/2013, Art. 3(2), 3(3))."""

    GENERAL = "general"
    ROAD_FREIGHT = "road_freight"
    PRIMARY_AGRICULTURE = "primary_agriculture"
    FISHERY = "fishery"
    EXPORT = "export"

    @property
    def is_excluded(self) -> bool:
        """Whether both general regulations leave it out (Art. 1(1))."""
        return self in (Activity.PRIMARY_AGRICULTURE, Activity.FISHERY, Activity.EXPORT)


class AidState(StrEnum):
    GRANTED = "granted"
    REQUESTED = "requested"


@dataclass(frozen=True)
class Undertaking:
    """A legal person that carries on an economic activity. Natural persons and public bodies are none here: they do
    not make two undertakings a single one (recital 4 of both regulations)."""

    identifier: str
    name: str = ""
    register_number: str = ""


@dataclass(frozen=True)
class Control:
    """What one undertaking has in another: its share of votes (0 to 1) and rights of control (Art. 2(2))."""

    controller: str
    controlled: str
    votes: Decimal = Decimal(0)
    has_majority_of_votes: bool = False
    appoints_board: bool = False
    has_dominant_influence: bool = False
    agreement: bool = False

    @property
    def suffices(self) -> bool:
        """Whether this alone makes a single undertaking. Exactly half of the votes does not."""
        return (
            self.votes > Decimal("0.5")
            or self.has_majority_of_votes
            or self.appoints_board
            or self.has_dominant_influence
            or self.agreement
        )


@dataclass(frozen=True)
class Aid:
    """One earlier aid. ``used_by``: after a split, the undertaking that took over what the aid was used for."""

    undertaking: str
    granted_on: date
    member_state: str
    amount: Decimal
    regulation: Regulation = Regulation.GENERAL_2023
    granting_body: str = ""
    file_number: str = ""
    state: AidState = AidState.GRANTED
    used_by: str = ""


@dataclass(frozen=True)
class Merger:
    """Undertakings that merged into one, or were taken over and went out of being (Art. 3(8))."""

    on: date
    merged: tuple[str, ...]
    into: str


@dataclass(frozen=True)
class Split:
    """An undertaking that split (Art. 3(9)). ``equity``: book value in EUR of the equity of each that came out of
    it, on the day of the split; empty where it is not known."""

    on: date
    undertaking: str
    into: tuple[str, ...]
    equity: tuple[tuple[str, Decimal], ...] = ()


@dataclass(frozen=True)
class DeMinimisCase:
    """A new aid, and all that decides whether it may be de minimis.

    ``granted_on``: the day on which the new aid is, or would be, granted. ``declared_on``: the day of the
    undertaking's declaration of all earlier aid; None while there is none. ``fiscal_year_ends``: days on which its
    fiscal years end; years before and after those go on in the same rhythm, and without any they are calendar years.
    """

    undertaking: str
    member_state: str
    granted_on: date
    declared_on: date | None = None
    requested: Decimal | None = None
    activity: Activity = Activity.GENERAL
    fiscal_year_ends: tuple[date, ...] = ()
    undertakings: tuple[Undertaking, ...] = ()
    controls: tuple[Control, ...] = ()
    aids: tuple[Aid, ...] = ()
    mergers: tuple[Merger, ...] = ()
    splits: tuple[Split, ...] = ()


class LeftOut(StrEnum):
    """Why an earlier aid does not count."""

    OTHER_MEMBER_STATE = "other_member_state"
    OTHER_UNDERTAKING = "other_undertaking"
    BEFORE_WINDOW = "before_window"
    AFTER_GRANT = "after_grant"
    ONLY_REQUESTED = "only_requested"
    SGEI = "sgei"
    WENT_TO_ANOTHER = "went_to_another"
    NOT_SHARED_OUT = "not_shared_out"


class Doubt(StrEnum):
    """Why headroom is not known, or there is none."""

    NO_DECLARATION = "no_declaration"
    SPLIT_NOT_ALLOCATED = "split_not_allocated"
    NOT_IN_FORCE = "not_in_force"
    EXCLUDED_ACTIVITY = "excluded_activity"


UNUSABLE = (Doubt.NOT_IN_FORCE, Doubt.EXCLUDED_ACTIVITY)
"""Where the regulation cannot be used at all."""


@dataclass(frozen=True)
class CountedAid:
    """An earlier aid and the part of it that counts: all of it, unless a split shared it out. ``bearer``: the
    undertaking that stands for it now."""

    aid: Aid
    amount: Decimal
    bearer: str


@dataclass(frozen=True)
class LeftOutAid:
    """An earlier aid that does not count, and why."""

    aid: Aid
    reason: LeftOut


@dataclass(frozen=True)
class Headroom:
    """What is left under one regulation on the day of the grant. EUR.

    ``used``: the sum of ``counted``. ``limit``: the ceiling, or less where aid for services of general economic
    interest takes part of a common one. ``headroom``: None where it is not known, 0 where the regulation cannot be
    used. ``window_start`` and ``window_end`` both count. ``members``: the single undertaking.
    """

    regulation: Regulation
    undertaking: str
    member_state: str
    ceiling: Decimal
    limit: Decimal
    used: Decimal
    headroom: Decimal | None
    window_start: date
    window_end: date
    counted: tuple[CountedAid, ...]
    left_out: tuple[LeftOutAid, ...]
    doubts: tuple[Doubt, ...]
    members: frozenset[str]

    @property
    def is_usable(self) -> bool:
        """Whether the regulation is in force on the day and open to the activity."""
        return not any(doubt in UNUSABLE for doubt in self.doubts)

    def allows(self, amount: Decimal) -> bool | None:
        """Whether a new aid may rest on the regulation; None: not known.

        An aid that would pass the ceiling may not rest on it at all, not even in part (Art. 3(7)). What is known to
        be used already can only grow, so a no is sure even where the headroom is not known.
        """
        if not self.is_usable or amount > self.limit - self.used:
            return False
        return None if self.headroom is None else True
