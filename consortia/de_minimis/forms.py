"""The JSON form of a de minimis case, field by field in ``docs/de_minimis.md``; and that of headroom."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from consortia.json_form import MESSAGES, JsonFormError, Mistake, Reader

from .values import (
    Activity,
    Aid,
    AidState,
    Control,
    DeMinimisCase,
    Headroom,
    Merger,
    Regulation,
    Split,
    Undertaking,
)

MOST_UNDERTAKINGS = 200
_COUNTRY = re.compile(r"[A-Z]{2}\Z")

MESSAGES.update(
    {
        "country": _("a country code of two capital letters, such as NL, is expected"),
        "controls_itself": _("an undertaking does not control itself"),
        "repeated_control": _("%(controller)s already controls %(controlled)s; enter both in one"),
        "empty_control": _("names neither a share of votes nor a right of control"),
        "votes_over_the_whole": _("together, the holders of %(controlled)s would have more than 100 %%"),
        "merged_before": _("%(identifier)s had merged into %(into)s by then, on %(on)s"),
        "split_before": _("%(identifier)s had split up by then, on %(on)s"),
        "merges_into_itself": _("names no other undertaking than %(identifier)s"),
        "too_few": _("at least %(least)s are expected"),
        "equity_of_all": _("the equity of each undertaking in into is expected, or of none"),
        "equity_of_nothing": _("the equity of all together must be more than 0"),
        "never_split": _("belongs only to an aid that a split hands on to %(identifier)s"),
    }
)


def case_from_json(value: Any) -> DeMinimisCase:
    """The case that a JSON object describes. Raises ``JsonFormError`` with every mistake and its place."""
    mistakes: list[Mistake] = []
    form = Reader(value, "", mistakes)
    undertaking = form.text("undertaking", most=100)
    member_state = _country(form, "member_state")
    granted_on = form.day("granted_on")
    declared_on = form.day("declared_on", required=False)
    requested = form.decimal("requested", required=False, places=2)
    activity = form.choice("activity", Activity, Activity.GENERAL)
    ends = form.days("fiscal_year_ends")
    undertakings, known = _undertakings(form)
    if undertaking and undertaking not in known:
        form.note("undertaking", "unknown_identifier", identifier=undertaking, list="undertakings")
    controls = _controls(form, known)
    aid_readers = form.children("aids", most=1000)
    aids = [_aid(reader, known) for reader in aid_readers]
    mergers = [_merger(reader, known) for reader in form.children("mergers", most=50)]
    splits = [_split(reader, known) for reader in form.children("splits", most=50)]
    form.close()
    _check_lives(aid_readers, aids, mergers, splits)

    if mistakes or granted_on is None:
        raise JsonFormError(mistakes)
    return DeMinimisCase(
        undertaking=undertaking,
        member_state=member_state,
        granted_on=granted_on,
        declared_on=declared_on,
        requested=requested,
        activity=activity,
        fiscal_year_ends=tuple(ends),
        undertakings=undertakings,
        controls=controls,
        aids=tuple(aids),
        mergers=tuple(mergers),
        splits=tuple(splits),
    )


def _country(reader: Reader, key: str) -> str:
    found = reader.text(key, most=2)
    if found and not _COUNTRY.match(found):
        reader.note(key, "country")
    return found


def _one_of(reader: Reader, key: str, known: Collection[str], *, required: bool = True) -> str:
    found = reader.text(key, required=required, most=100)
    if found and found not in known:
        reader.note(key, "unknown_identifier", identifier=found, list="undertakings")
    return found


def _several_of(reader: Reader, key: str, known: Collection[str], *, least: int) -> tuple[str, ...]:
    found = reader.texts(key, most=MOST_UNDERTAKINGS)
    for identifier, times in Counter(found).items():
        if identifier not in known:
            reader.note(key, "unknown_identifier", identifier=identifier, list="undertakings")
        if times > 1:
            reader.note(key, "repeated_identifier", identifier=identifier)
    if len(found) < least:
        reader.note(key, "too_few", least=least)
    return tuple(found)


def _undertakings(form: Reader) -> tuple[tuple[Undertaking, ...], set[str]]:
    found: list[Undertaking] = []
    known: set[str] = set()
    for reader in form.children("undertakings", required=True, most=MOST_UNDERTAKINGS):
        undertaking = Undertaking(
            reader.text("identifier", most=100),
            reader.text("name", required=False),
            reader.text("register_number", required=False),
        )
        reader.close()
        if undertaking.identifier and undertaking.identifier in known:
            reader.note("identifier", "repeated_identifier", identifier=undertaking.identifier)
        known.add(undertaking.identifier)
        found.append(undertaking)
    return tuple(found), known


def _controls(form: Reader, known: Collection[str]) -> tuple[Control, ...]:
    found: list[Control] = []
    pairs: Counter[tuple[str, str]] = Counter()
    votes: dict[str, Decimal] = defaultdict(Decimal)
    for reader in form.children("controls", most=400):
        control = Control(
            controller=_one_of(reader, "controller", known),
            controlled=_one_of(reader, "controlled", known),
            votes=reader.decimal("votes", required=False, most=Decimal(1), places=12) or Decimal(0),
            has_majority_of_votes=reader.flag("has_majority_of_votes"),
            appoints_board=reader.flag("appoints_board"),
            has_dominant_influence=reader.flag("has_dominant_influence"),
            agreement=reader.flag("agreement"),
        )
        reader.close()
        pair = control.controller, control.controlled
        if control.controller and control.controller == control.controlled:
            reader.note("controlled", "controls_itself")
        pairs[pair] += 1
        if all(pair) and pairs[pair] == 2:
            reader.note("controlled", "repeated_control", controller=pair[0], controlled=pair[1])
        if not (control.votes or control.suffices):
            reader.note("votes", "empty_control")
        before = votes[control.controlled]
        votes[control.controlled] += control.votes
        if before <= 1 < votes[control.controlled]:
            reader.note("votes", "votes_over_the_whole", controlled=control.controlled)
        found.append(control)
    return tuple(found)


def _aid(reader: Reader, known: Collection[str]) -> Aid:
    aid = Aid(
        undertaking=_one_of(reader, "undertaking", known),
        granted_on=reader.day("granted_on") or date.min,
        member_state=_country(reader, "member_state"),
        amount=reader.decimal("amount", places=2) or Decimal(0),
        regulation=reader.choice("regulation", Regulation, Regulation.GENERAL_2023),
        granting_body=reader.text("granting_body", required=False),
        file_number=reader.text("file_number", required=False),
        state=reader.choice("state", AidState, AidState.GRANTED),
        used_by=_one_of(reader, "used_by", known, required=False),
    )
    reader.close()
    return aid


def _merger(reader: Reader, known: Collection[str]) -> Merger:
    merger = Merger(
        on=reader.day("on") or date.min,
        merged=_several_of(reader, "merged", known, least=1),
        into=_one_of(reader, "into", known),
    )
    reader.close()
    if merger.into and set(merger.merged) == {merger.into}:
        reader.note("merged", "merges_into_itself", identifier=merger.into)
    return merger


def _split(reader: Reader, known: Collection[str]) -> Split:
    on = reader.day("on") or date.min
    undertaking = _one_of(reader, "undertaking", known)
    into = _several_of(reader, "into", known, least=2)
    equity: list[tuple[str, Decimal]] = []
    for entry in reader.children("equity", most=MOST_UNDERTAKINGS):
        identifier = _one_of(entry, "undertaking", known)
        value = entry.decimal("book_value", places=2)
        entry.close()
        equity.append((identifier, value or Decimal(0)))
    reader.close()
    if equity and sorted(name for name, _value in equity) != sorted(into):
        reader.note("equity", "equity_of_all")
    elif equity and not any(value for _name, value in equity):
        reader.note("equity", "equity_of_nothing")
    return Split(on, undertaking, into, tuple(equity))


def _check_lives(readers: list[Reader], aids: list[Aid], mergers: list[Merger], splits: list[Split]) -> None:
    """An undertaking that has gone gets no aid any more; the aid belongs to the one that came after it."""
    for reader, aid in zip(readers, aids, strict=True):
        for merger in mergers:
            if (
                aid.undertaking in merger.merged
                and aid.undertaking != merger.into
                and aid.granted_on > merger.on
            ):
                reader.note(
                    "undertaking", "merged_before", identifier=aid.undertaking, into=merger.into, on=merger.on
                )
        for split in splits:
            is_gone = aid.undertaking == split.undertaking and aid.undertaking not in split.into
            if is_gone and aid.granted_on > split.on:
                reader.note("undertaking", "split_before", identifier=aid.undertaking, on=split.on)
        if aid.used_by and not any(aid.used_by in split.into for split in splits):
            reader.note("used_by", "never_split", identifier=aid.used_by)


# Writing -------------------------------------------------------------------------------------------------


def _filled(**fields: Any) -> dict[str, Any]:
    return {key: value for key, value in fields.items() if value not in (None, "", False, [], ())}


def _aid_json(aid: Aid) -> dict[str, Any]:
    return _filled(
        undertaking=aid.undertaking,
        granted_on=aid.granted_on.isoformat(),
        member_state=aid.member_state,
        amount=f"{aid.amount:f}",
        regulation=aid.regulation.value,
        granting_body=aid.granting_body,
        file_number=aid.file_number,
        state=aid.state.value,
        used_by=aid.used_by,
    )


def to_json(case: DeMinimisCase) -> dict[str, Any]:
    """The JSON form of a case; ``case_from_json`` reads the same case from it. Amounts are texts."""
    return _filled(
        undertaking=case.undertaking,
        member_state=case.member_state,
        granted_on=case.granted_on.isoformat(),
        declared_on=case.declared_on.isoformat() if case.declared_on else None,
        requested=None if case.requested is None else f"{case.requested:f}",
        activity=case.activity.value,
        fiscal_year_ends=[day.isoformat() for day in case.fiscal_year_ends],
        undertakings=[
            _filled(identifier=u.identifier, name=u.name, register_number=u.register_number)
            for u in case.undertakings
        ],
        controls=[
            _filled(
                controller=control.controller,
                controlled=control.controlled,
                votes=f"{control.votes:f}",
                has_majority_of_votes=control.has_majority_of_votes,
                appoints_board=control.appoints_board,
                has_dominant_influence=control.has_dominant_influence,
                agreement=control.agreement,
            )
            for control in case.controls
        ],
        aids=[_aid_json(aid) for aid in case.aids],
        mergers=[{"on": m.on.isoformat(), "merged": list(m.merged), "into": m.into} for m in case.mergers],
        splits=[
            _filled(
                on=split.on.isoformat(),
                undertaking=split.undertaking,
                into=list(split.into),
                equity=[{"undertaking": name, "book_value": f"{value:f}"} for name, value in split.equity],
            )
            for split in case.splits
        ],
    )


def headroom_to_json(result: Headroom, requested: Decimal | None = None) -> dict[str, Any]:
    """The JSON form of headroom and everything that led to it. Amounts are texts; null is not known."""
    return {
        "regulation": result.regulation.value,
        "undertaking": result.undertaking,
        "member_state": result.member_state,
        "ceiling": f"{result.ceiling:f}",
        "limit": f"{result.limit:f}",
        "used": f"{result.used:f}",
        "headroom": None if result.headroom is None else f"{result.headroom:f}",
        "is_usable": result.is_usable,
        "allows_requested": None if requested is None else result.allows(requested),
        "window_start": result.window_start.isoformat(),
        "window_end": result.window_end.isoformat(),
        "counted": [
            {"aid": _aid_json(found.aid), "amount": f"{found.amount:f}", "bearer": found.bearer}
            for found in result.counted
        ],
        "left_out": [
            {"aid": _aid_json(found.aid), "reason": found.reason.value} for found in result.left_out
        ],
        "doubts": [doubt.value for doubt in result.doubts],
        "members": sorted(result.members),
    }
