"""Sentences that explain headroom, step by step, in the active language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.formats import date_format, number_format
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from .values import UNUSABLE, Aid, CountedAid, DeMinimisCase, Doubt, Headroom, LeftOut, LeftOutAid, Regulation

LEFT_OUT: dict[LeftOut, str | Promise] = {
    LeftOut.OTHER_MEMBER_STATE: _("%(aid)s: not counted, another member state granted it."),
    LeftOut.OTHER_UNDERTAKING: _(
        "%(aid)s: not counted, the undertaking is not part of the single undertaking."
    ),
    LeftOut.BEFORE_WINDOW: _("%(aid)s: not counted, it was granted before %(window_start)s."),
    LeftOut.AFTER_GRANT: _("%(aid)s: not counted, it was granted after %(window_end)s."),
    LeftOut.ONLY_REQUESTED: _(
        "%(aid)s: not counted, it is only requested. If it is granted first, it counts."
    ),
    LeftOut.SGEI: _(
        "%(aid)s: not counted here, aid for services of general economic interest has its own ceiling."
    ),
    LeftOut.WENT_TO_ANOTHER: _(
        "%(aid)s: not counted, a merger or split has passed it on to another undertaking."
    ),
}
DOUBTS: dict[Doubt, str | Promise] = {
    Doubt.NO_DECLARATION: _(
        "%(name)s has not declared earlier de minimis aid yet. Enter it, or declare that there is none."
    ),
    Doubt.SPLIT_NOT_ALLOCATED: _(
        "An undertaking has split, and earlier aid is not shared out yet. Name for each aid who uses it, or enter the "
        "equity of each undertaking."
    ),
    Doubt.NOT_IN_FORCE: _("Regulation %(regulation)s cannot be used for aid granted on %(window_end)s."),
    Doubt.EXCLUDED_ACTIVITY: _("Regulation %(regulation)s is not open to this activity."),
}


@dataclass(frozen=True)
class Explanation:
    """Headroom in sentences: the verdict, the ceiling and window, the aid that counts, the aid that does not, and
    what is still open."""

    verdict: str
    window: str = ""
    members: str = ""
    counted: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    request: str = ""

    @property
    def lines(self) -> tuple[str, ...]:
        """All sentences in order."""
        head = (self.verdict, self.window, self.members)
        return tuple(
            line for line in (*head, *self.counted, *self.left_out, *self.doubts, self.request) if line
        )


def describe(result: Headroom, case: DeMinimisCase) -> Explanation:
    """The explanation of headroom in the active language."""
    names = {u.identifier: u.name or u.identifier for u in case.undertakings}
    figures = {
        "regulation": result.regulation.value,
        "name": names.get(result.undertaking, result.undertaking),
        "member_state": result.member_state,
        "ceiling": euro(result.ceiling),
        "limit": euro(result.limit),
        "used": euro(result.used),
        "headroom": "" if result.headroom is None else euro(result.headroom),
        "window_start": day(result.window_start),
        "window_end": day(result.window_end),
    }
    if result.headroom is None:
        verdict = gettext("Regulation %(regulation)s: the headroom of %(name)s is not yet known.")
    elif not result.is_usable:
        verdict = gettext("Regulation %(regulation)s: cannot be used for this aid.")
    elif result.headroom == 0:
        verdict = gettext("Regulation %(regulation)s: no headroom is left for %(name)s in %(member_state)s.")
    else:
        verdict = gettext(
            "Regulation %(regulation)s: EUR %(headroom)s are left for %(name)s in %(member_state)s."
        )
    if result.regulation is Regulation.GENERAL_2023:
        window = gettext(
            "EUR %(used)s of EUR %(limit)s are used in the three years from %(window_start)s to %(window_end)s."
        )
    else:
        window = gettext(
            "EUR %(used)s of EUR %(limit)s are used in the current fiscal year and the two before it, from "
            "%(window_start)s to %(window_end)s."
        )
    if not result.is_usable:
        # What would count under a regulation that cannot be used helps nobody.
        return Explanation(
            verdict=verdict % figures,
            doubts=tuple(str(DOUBTS[doubt]) % figures for doubt in result.doubts if doubt in UNUSABLE),
            request="" if case.requested is None else _request(result, case.requested),
        )
    members = ", ".join(sorted(names.get(member, member) for member in result.members))
    return Explanation(
        verdict=verdict % figures,
        window=window % figures,
        members=gettext("Single undertaking: %(members)s") % {"members": members},
        counted=tuple(describe_counted(found, names) for found in result.counted),
        left_out=tuple(describe_left_out(found, names, figures) for found in result.left_out),
        doubts=tuple(str(DOUBTS[doubt]) % figures for doubt in result.doubts),
        request="" if case.requested is None else _request(result, case.requested),
    )


def _request(result: Headroom, requested: Decimal) -> str:
    answer = result.allows(requested)
    if answer is None:
        sentence = gettext("Whether EUR %(requested)s fit is not yet known.")
    elif answer:
        sentence = gettext("EUR %(requested)s fit within what is left.")
    elif not result.is_usable:
        sentence = gettext(
            "EUR %(requested)s cannot rest on this regulation. Choose another basis for the aid."
        )
    else:
        sentence = gettext(
            "EUR %(requested)s would pass the ceiling, so none of it may rest on this regulation. Request less, or "
            "choose another basis for the aid."
        )
    return sentence % {"requested": euro(requested)}


def describe_counted(found: CountedAid, names: Mapping[str, str]) -> str:
    """An aid that counts, with the part that counts."""
    if found.amount == found.aid.amount:
        return gettext("%(aid)s: counted.") % {"aid": describe_aid(found.aid, names)}
    return gettext("%(aid)s: EUR %(amount)s counted, the part of %(bearer)s after a split.") % {
        "aid": describe_aid(found.aid, names),
        "amount": euro(found.amount),
        "bearer": names.get(found.bearer, found.bearer),
    }


def describe_left_out(found: LeftOutAid, names: Mapping[str, str], figures: Mapping[str, str]) -> str:
    """An aid that does not count, and why."""
    return str(LEFT_OUT[found.reason]) % {**figures, "aid": describe_aid(found.aid, names)}


def describe_aid(aid: Aid, names: Mapping[str, str]) -> str:
    """An aid in few words: who got how much when from whom."""
    figures = {
        "undertaking": names.get(aid.undertaking, aid.undertaking),
        "amount": euro(aid.amount),
        "granted_on": day(aid.granted_on),
        "granting_body": aid.granting_body or aid.member_state,
    }
    return gettext("EUR %(amount)s to %(undertaking)s on %(granted_on)s (%(granting_body)s)") % figures


def euro(value: Decimal) -> str:
    """An amount with two decimals in the reader's format."""
    return str(number_format(value, decimal_pos=2, use_l10n=True, force_grouping=True))


def day(value: date) -> str:
    """A day in the reader's format."""
    return str(date_format(value, "DATE_FORMAT"))
