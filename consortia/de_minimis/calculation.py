"""From earlier aid to headroom.

Source: Regulation (EU) 2023/2831, Art. 2, 3, 5 and 7; Regulation (EU) No 1407/2013, Art. 2, 3 and 5.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_FLOOR, Decimal, localcontext
from fractions import Fraction

from .values import (
    GENERAL,
    UNUSABLE,
    Activity,
    Aid,
    AidState,
    Control,
    CountedAid,
    DeMinimisCase,
    Doubt,
    Headroom,
    LeftOut,
    LeftOutAid,
    Merger,
    Regulation,
    Split,
)

ZERO = Decimal(0)
CENT = Decimal("0.01")
CEILING_2023 = Decimal(300_000)
CEILING_2013 = Decimal(200_000)
CEILING_2013_FREIGHT = Decimal(100_000)
CEILING_2013_WITH_SGEI = Decimal(500_000)
"""EUR. Aid of Reg. 1407/2013 and Reg. 360/2012 together (Reg. 1407/2013, Art. 5(1))."""
IN_FORCE = {
    Regulation.GENERAL_2023: (date(2024, 1, 1), date(2030, 12, 31)),
    # Art. 7 and 8 of Reg. 1407/2013: until the end of 2023 and six months more.
    Regulation.GENERAL_2013: (date(2014, 1, 1), date(2024, 6, 30)),
}
"""First and last day on which aid may be granted under each general regulation."""


def regulation_on(day: date) -> Regulation | None:
    """The general regulation that a grant of that day rests on; the newer one where both may be used, None where
    neither is in force."""
    return next(
        (regulation for regulation in GENERAL if IN_FORCE[regulation][0] <= day <= IN_FORCE[regulation][1]),
        None,
    )


# Days ----------------------------------------------------------------------------------------------------


def years_before(day: date, years: int) -> date:
    """The same date in an earlier (or, with a negative number, later) year; 29 February becomes 28 February."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def rolling_start(day: date) -> date:
    """First day of the three years that end on ``day``.

    An aid granted on the same date three years before is out, one granted the day after counts. Before 28 and
    29 February alike that day is 28 February (Reg. 1182/71, Art. 3(2)(c)), so that 29 February still counts on the
    28th three years later.
    """
    return years_before(day, 3) + timedelta(days=1)


def fiscal_years_start(day: date, ends: Iterable[date] = ()) -> date:
    """First day of the three fiscal years of which the current one holds ``day`` (Reg. 1407/2013, Art. 3(5))."""
    known = sorted(set(ends)) or [date(day.year - 1, 12, 31)]
    while known[-1] < day:
        known.append(_year_on(known[-1], 1))
    while bisect_left(known, day) < 3:
        known.insert(0, _year_on(known[0], -1))
    return known[bisect_left(known, day) - 3] + timedelta(days=1)


def _year_on(end: date, years: int) -> date:
    """The end of the fiscal year so many years on. A year that ends with a month goes on doing so."""
    if (end + timedelta(days=1)).day == 1:
        return years_before(end + timedelta(days=1), -years) - timedelta(days=1)
    return years_before(end, -years)


# Single undertaking --------------------------------------------------------------------------------------


def single_undertaking(undertaking: str, controls: Iterable[Control]) -> frozenset[str]:
    """The undertaking and all that are one with it, also through others (Art. 2(2)).

    Narrower than the linked group of the SME definition: no shares of partners, no natural persons.
    """
    controls = tuple(controls)
    group: dict[str, frozenset[str]] = {
        identifier: frozenset({identifier})
        for control in controls
        for identifier in (control.controller, control.controlled)
    }
    group.setdefault(undertaking, frozenset({undertaking}))
    changed = True
    while changed:
        changed = False
        for control in controls:
            one, other = group[control.controller], group[control.controlled]
            if one == other:
                continue
            together = sum(
                (c.votes for c in controls if c.controlled == control.controlled and c.controller in one),
                ZERO,
            )
            if control.suffices or together > Decimal("0.5"):
                both = one | other
                group.update(dict.fromkeys(both, both))
                changed = True
    return group[undertaking]


# Mergers and splits --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Borne:
    """Parts of one aid by the undertaking that stands for them; ``open_among``: not shared out yet among these."""

    parts: Mapping[str, Decimal]
    open_among: frozenset[str] = frozenset()


def _borne_by(aid: Aid, case: DeMinimisCase) -> _Borne:
    """Who stands for an aid on the day of the new one, after all mergers and splits in their order."""
    parts: dict[str, Decimal] = {aid.undertaking: aid.amount}
    open_among: set[str] = set()
    changes: list[Merger | Split] = [*case.mergers, *case.splits]
    # On one day mergers come first: the result may split, but what has split is another undertaking.
    for change in sorted(changes, key=lambda c: (c.on, isinstance(c, Split), _key(c))):
        if not aid.granted_on <= change.on <= case.granted_on:
            continue
        if isinstance(change, Merger):
            moved: dict[str, Decimal] = defaultdict(Decimal)
            for bearer, amount in parts.items():
                moved[change.into if bearer in change.merged else bearer] += amount
            parts = dict(moved)
            if open_among & set(change.merged):
                open_among = (open_among - set(change.merged)) | {change.into}
            continue
        if change.undertaking in open_among:
            open_among |= set(change.into)
        if change.undertaking not in parts:
            continue
        amount = parts.pop(change.undertaking)
        equity = dict(change.equity)
        if aid.used_by in change.into:
            shared = {aid.used_by: amount}
        elif set(equity) == set(change.into) and sum(equity.values(), ZERO) > 0:
            shared = shared_out(amount, equity)
        else:
            open_among |= set(change.into)
            continue
        for bearer, part in shared.items():
            parts[bearer] = parts.get(bearer, ZERO) + part
    return _Borne(parts, frozenset(open_among))


def _key(change: Merger | Split) -> str:
    return change.into if isinstance(change, Merger) else change.undertaking


def shared_out(amount: Decimal, equity: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """An amount shared out in proportion to equity, in whole cents that add up to the amount.

    Cents that are left go to the largest remainders. Raises ZeroDivisionError where all equity is nothing.
    """
    whole = Fraction(sum(equity.values(), ZERO))
    exact = {name: Fraction(amount) * Fraction(value) / whole for name, value in equity.items()}
    parts = {
        name: (Decimal(int(share * 100 // 1)) * CENT).quantize(CENT, ROUND_FLOOR)
        for name, share in exact.items()
    }
    left = amount - sum(parts.values(), ZERO)
    for name in sorted(exact, key=lambda n: (Fraction(parts[n]) - exact[n], n)):
        step = min(CENT, left)
        parts[name] += step
        left -= step
    return parts


# Headroom ------------------------------------------------------------------------------------------------


def headrooms(case: DeMinimisCase) -> tuple[Headroom, ...]:
    """Headroom under both general regulations, the one in force now first."""
    return tuple(headroom(case, regulation) for regulation in GENERAL)


def headroom(case: DeMinimisCase, regulation: Regulation) -> Headroom:
    """What is left for a new aid under one of the two general regulations.

    Raises ValueError for the special regulations, which have rules of their own. Earlier aid of all regulations
    counts towards the ceiling, whichever regulation it rests on, but aid for services of general economic interest
    does not (Art. 5(1) of both).
    """
    if regulation not in GENERAL:
        raise ValueError(f"Regulation {regulation.value} is not one of the two general ones.")
    with localcontext(prec=60):
        return _headroom(case, regulation)


def _headroom(case: DeMinimisCase, regulation: Regulation) -> Headroom:
    is_rolling = regulation is Regulation.GENERAL_2023
    start = (
        rolling_start(case.granted_on)
        if is_rolling
        else fiscal_years_start(case.granted_on, case.fiscal_year_ends)
    )
    members = single_undertaking(case.undertaking, case.controls)
    counted: list[CountedAid] = []
    left_out: list[LeftOutAid] = []
    doubts: list[Doubt] = []
    sgei = ZERO
    for aid in sorted(case.aids, key=_order):
        reason = _out_of_scope(aid, case, start)
        if reason is not None:
            left_out.append(LeftOutAid(aid, reason))
            continue
        borne = _borne_by(aid, case)
        inside = {bearer: amount for bearer, amount in borne.parts.items() if bearer in members and amount}
        if borne.open_among & members and Doubt.SPLIT_NOT_ALLOCATED not in doubts:
            doubts.append(Doubt.SPLIT_NOT_ALLOCATED)
        if aid.regulation.is_sgei:
            sgei += sum(inside.values(), ZERO)
            left_out.append(LeftOutAid(aid, LeftOut.SGEI if inside else LeftOut.OTHER_UNDERTAKING))
        elif inside:
            counted += [CountedAid(aid, amount, bearer) for bearer, amount in sorted(inside.items())]
        elif borne.open_among & members:
            left_out.append(LeftOutAid(aid, LeftOut.NOT_SHARED_OUT))
        else:
            was_member = aid.undertaking in members
            left_out.append(
                LeftOutAid(aid, LeftOut.WENT_TO_ANOTHER if was_member else LeftOut.OTHER_UNDERTAKING)
            )

    if is_rolling:
        ceiling = limit = CEILING_2023
    else:
        ceiling = CEILING_2013_FREIGHT if case.activity is Activity.ROAD_FREIGHT else CEILING_2013
        limit = min(ceiling, max(ZERO, CEILING_2013_WITH_SGEI - sgei))
    used = sum((found.amount for found in counted), ZERO)
    left: Decimal | None = max(ZERO, limit - used)
    first, last = IN_FORCE[regulation]
    if case.activity.is_excluded:
        doubts.insert(0, Doubt.EXCLUDED_ACTIVITY)
    if not first <= case.granted_on <= last:
        doubts.insert(0, Doubt.NOT_IN_FORCE)
    if case.declared_on is None:
        doubts.append(Doubt.NO_DECLARATION)
    if any(doubt in UNUSABLE for doubt in doubts):
        left = ZERO
    elif doubts and left:
        # Whatever is still missing can only take away: where nothing is left, that much is known.
        left = None
    return Headroom(
        regulation=regulation,
        undertaking=case.undertaking,
        member_state=case.member_state,
        ceiling=ceiling,
        limit=limit,
        used=used,
        headroom=left,
        window_start=start,
        window_end=case.granted_on,
        counted=tuple(counted),
        left_out=tuple(left_out),
        doubts=tuple(doubts),
        members=members,
    )


def _order(aid: Aid) -> tuple[date, str, str, str, Decimal, str, str, str]:
    """A fixed order of aids, so that the order of the form does not matter."""
    return (
        aid.granted_on,
        aid.undertaking,
        aid.granting_body,
        aid.file_number,
        aid.amount,
        aid.member_state,
        aid.regulation.value,
        aid.used_by,
    )


def _out_of_scope(aid: Aid, case: DeMinimisCase, start: date) -> LeftOut | None:
    if aid.state is AidState.REQUESTED:
        return LeftOut.ONLY_REQUESTED
    if aid.member_state != case.member_state:
        return LeftOut.OTHER_MEMBER_STATE
    if aid.granted_on < start:
        return LeftOut.BEFORE_WINDOW
    if aid.granted_on > case.granted_on:
        return LeftOut.AFTER_GRANT
    return None
