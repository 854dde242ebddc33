"""Sentences that explain a class, step by step, in the active language."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.formats import date_format, number_format
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from .values import (
    Contribution,
    Ground,
    PeriodTotals,
    Reason,
    Relation,
    SmeClass,
    SmeClassification,
    Standing,
    Tie,
)

CLASS_NAMES: dict[SmeClass, str | Promise] = {
    SmeClass.MICRO: _("micro enterprise"),
    SmeClass.SMALL: _("small enterprise"),
    SmeClass.MEDIUM: _("medium-sized enterprise"),
    SmeClass.LARGE: _("large enterprise"),
    SmeClass.NOT_SME: _("held by public bodies, so no SME"),
    SmeClass.UNKNOWN: _("not yet known"),
}
VERDICTS: dict[SmeClass, str | Promise] = {
    SmeClass.MICRO: _("%(name)s is a micro enterprise and an SME."),
    SmeClass.SMALL: _("%(name)s is a small enterprise and an SME."),
    SmeClass.MEDIUM: _("%(name)s is a medium-sized enterprise and an SME."),
    SmeClass.LARGE: _("%(name)s is a large enterprise, not an SME."),
    SmeClass.NOT_SME: _("%(name)s is not an SME, whatever its size: public bodies hold 25 %% or more of it."),
    SmeClass.UNKNOWN: _("The class of %(name)s is not yet known."),
}
STANDINGS: dict[Standing, str | Promise] = {
    Standing.AUTONOMOUS: _("It is autonomous: only its own figures count."),
    Standing.PARTNER: _("It has partner enterprises: a share of their figures counts."),
    Standing.LINKED: _("It is linked to other enterprises: their figures count in full."),
}
RELATIONS: dict[Relation, str | Promise] = {
    Relation.OWN: _("Own figures of %(name)s: counted in full."),
    Relation.LINKED: _("%(name)s is linked: counted in full."),
    Relation.PARTNER: _("%(name)s is a partner: %(share)s counted."),
    Relation.LINKED_TO_PARTNER: _("%(name)s is linked to the partner %(through)s: %(share)s counted."),
    Relation.CONSOLIDATED: _(
        "%(name)s is in the consolidated accounts of %(through)s already: not added again."
    ),
    Relation.EXEMPT_INVESTOR: _("%(name)s is an investor that makes no partner (Art. 3(2)): not counted."),
    Relation.BELOW_THRESHOLD: _("The share with %(name)s is less than 25 %%: not counted."),
    Relation.PARTNER_OF_PARTNER: _("%(name)s is only a partner of the partner %(through)s: not counted."),
    Relation.NOT_RELATED: _("%(name)s is neither linked nor a partner: not counted."),
}
TIES: dict[Ground, str | Promise] = {
    Ground.VOTES: _("%(holder)s has the majority of votes in %(held)s (Art. 3(3)(a))."),
    Ground.BOARD: _("%(holder)s may appoint or remove most of the board of %(held)s (Art. 3(3)(b))."),
    Ground.DOMINANT_INFLUENCE: _(
        "%(holder)s has a dominant influence on %(held)s by contract or articles (Art. 3(3)(c))."
    ),
    Ground.AGREEMENT: _(
        "%(holder)s has the majority of votes in %(held)s by agreement with other holders (Art. 3(3)(d))."
    ),
    Ground.JOINT_VOTES: _(
        "%(holder)s and enterprises linked to it have %(share)s of the votes in %(held)s (Art. 3(3))."
    ),
    Ground.PERSON: _(
        "%(holder)s controls %(held)s and another enterprise in the same or an adjacent market (Art. 3(3))."
    ),
    Ground.SHARE: _("%(holder)s holds %(share)s of %(held)s (Art. 3(2))."),
}
REASONS: dict[str, str | Promise] = {
    "public_bodies": _(
        "Public bodies hold 25 %% or more of capital or votes, directly or indirectly: %(bodies)s."
    ),
    "authority_size_missing": _(
        "Budget or inhabitants are missing, so it is open whether a holder counts as a public body. Enter both "
        "figures: %(bodies)s"
    ),
    "good_faith": _(
        "The capital of %(name)s is dispersed, and it declares in good faith that nobody holds 25 %%."
    ),
    "dispersed_undeclared": _(
        "The capital of %(name)s is dispersed. Declare in good faith that nobody holds 25 %%, or name the holders."
    ),
    "angel_amount_missing": _(
        "Business angels hold 25 %% or more, and the amount that they invested is missing. Enter it: below "
        "EUR 1,250,000 in all they make no partner."
    ),
    "figures_missing": _(
        "Figures of %(name)s are missing. Enter headcount, turnover and balance sheet total."
    ),
    "period_class": _("The period that closed on %(closed_on)s alone gives: %(raw_class)s."),
    "estimate_class": _("The estimate for the period to %(closed_on)s gives: %(raw_class)s."),
    "group_changed": _("Owner or group changed on %(changed_on)s, so the earlier class no longer counts."),
    "two_periods": _("A class changes only after two consecutive periods, so it stays: %(sme_class)s."),
}


CITATIONS = (
    _("Art. %(article)s"),
    _("Art. %(article)s(%(paragraph)s)"),
    _("Art. %(article)s(%(paragraph)s)(%(point)s)"),
)
"""By the number of parts after the article."""


@dataclass(frozen=True)
class Explanation:
    """A class in sentences: the verdict, who counts and why, the totals, and what decided."""

    verdict: str
    standing: str
    contributions: tuple[tuple[str, tuple[str, ...]], ...]
    totals: tuple[str, ...]
    reasons: tuple[str, ...]

    @property
    def lines(self) -> tuple[str, ...]:
        """All sentences in order, the facts behind a step indented under it."""
        steps = [
            line for step, facts in self.contributions for line in (step, *(f"  {fact}" for fact in facts))
        ]
        return (self.verdict, self.standing, *steps, *self.totals, *self.reasons)


def describe(result: SmeClassification) -> Explanation:
    """The explanation of a class in the active language."""
    names = {c.identifier: c.name for c in result.contributions}
    contributions = tuple(
        (
            describe_contribution(contribution, names),
            tuple(describe_tie(tie, names) for tie in contribution.ties),
        )
        for contribution in result.contributions
    )
    return Explanation(
        verdict=str(VERDICTS[result.sme_class]) % {"name": result.name},
        standing=str(STANDINGS[result.standing]),
        contributions=contributions,
        totals=tuple(describe_totals(period) for period in result.totals),
        reasons=tuple(describe_reason(reason) for reason in result.reasons),
    )


def describe_contribution(contribution: Contribution, names: dict[str, str]) -> str:
    """How one enterprise counts."""
    return str(RELATIONS[contribution.relation]) % {
        "name": contribution.name,
        "share": percent(contribution.share),
        "through": names.get(contribution.through, contribution.through),
    }


def describe_tie(tie: Tie, names: dict[str, str]) -> str:
    """The fact that ties two enterprises."""
    return str(TIES[tie.ground]) % {
        "holder": names.get(tie.holder, tie.holder),
        "held": names.get(tie.held, tie.held),
        "share": percent(tie.share),
    }


def describe_totals(period: PeriodTotals) -> str:
    """The totals of one period."""
    figures = {
        "headcount": amount(period.figures.headcount),
        "turnover": euro(period.figures.turnover),
        "balance_sheet": euro(period.figures.balance_sheet),
    }
    if period.closed_on is None:
        return gettext("No period is given.")
    if not period.figures.is_complete:
        return gettext(
            "Totals of the period to %(closed_on)s, incomplete: AWU %(headcount)s, turnover in EUR %(turnover)s, "
            "balance sheet total in EUR %(balance_sheet)s."
        ) % {"closed_on": day(period.closed_on), **figures}
    return gettext(
        "Totals of the period to %(closed_on)s: %(headcount)s AWU, turnover EUR %(turnover)s, balance sheet total "
        "EUR %(balance_sheet)s."
    ) % {"closed_on": day(period.closed_on), **figures}


def describe_reason(reason: Reason) -> str:
    """The fact that decided, with its legal source."""
    values: dict[str, str] = {}
    for name, value in reason.parameters:
        if name in ("raw_class", "sme_class"):
            values[name] = str(CLASS_NAMES[SmeClass(str(value))])
        elif isinstance(value, date):
            values[name] = day(value)
        else:
            values[name] = str(value)
    return gettext("%(reason)s [%(source)s]") % {
        "reason": str(REASONS[reason.code]) % values,
        "source": cited(reason.source),
    }


def cited(source: str) -> str:
    """Articles as the reader's language cites them: ``Art. 4(1), 6`` is ``Art. 4 Abs. 1, Art. 6`` in German."""
    shown = []
    for place in source.removeprefix("Art. ").split(", "):
        article, *parts = re.findall(r"\w+", place)
        values = dict(zip(("article", "paragraph", "point"), (article, *parts), strict=False))
        shown.append(str(CITATIONS[len(parts)]) % values)
    return "; ".join(shown)


def percent(share: Decimal) -> str:
    """A share as a percentage with all its digits."""
    return gettext("%(figure)s %%") % {"figure": amount(share * 100)}


def amount(value: Decimal | None) -> str:
    """A figure in the reader's format with all its digits, and no trailing zeros; a word where it is missing."""
    if value is None:
        return pgettext("figure", "missing")
    plain = f"{value:f}"
    places = len(plain.partition(".")[2].rstrip("0"))
    return str(number_format(value, decimal_pos=places, use_l10n=True, force_grouping=True))


def euro(value: Decimal | None) -> str:
    """As ``amount``, with both digits of the cents or none."""
    if value is None or value == value.to_integral_value():
        return amount(value)
    return str(number_format(value, decimal_pos=2, use_l10n=True, force_grouping=True))


def day(value: date) -> str:
    """A day in the reader's format."""
    return str(date_format(value, "DATE_FORMAT"))
