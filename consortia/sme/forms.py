"""The JSON form of enterprises and holdings, field by field in ``docs/sme_class.md``; and that of a class."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from consortia.json_form import MESSAGES, JsonFormError, Mistake, Reader

from .values import (
    Enterprise,
    EnterpriseGraph,
    Figures,
    HolderKind,
    Holding,
    Period,
    SmeClass,
    SmeClassification,
)

MOST_ENTERPRISES = 200
MOST_RELATIONS = 400
_LONGEST_STEP = timedelta(days=731)
"""Two consecutive periods end at most this far apart, even if one of them was lengthened."""

MESSAGES.update(
    {
        "subject_kind": _("a public body, a local authority and a natural person have no class"),
        "held_kind": _("%(identifier)s is not an enterprise, so nobody holds shares in it"),
        "holds_itself": _("an enterprise does not hold itself; leave own shares out"),
        "repeated_relation": _("%(holder)s already has a relation to %(held)s; enter both in one"),
        "empty_relation": _("names neither a share nor a right of control"),
        "over_the_whole": _("together, the holders of %(held)s would have more than 100 %%"),
        "estimate_with_accounts": _("an estimate is for an enterprise that has not closed a period yet"),
        "repeated_period": _("another period of this enterprise ends on that day"),
        "gap": _("the period before it is missing: the one given ends on %(before)s"),
        "before_founding": _("the enterprise was founded later, on %(founded_on)s"),
        "previous_class": _("one of: micro, small, medium, large"),
        "consolidates_without": _("belongs only to consolidated accounts"),
        "presumes_without": _("belongs only to an enterprise whose capital is dispersed"),
    }
)


def enterprise_from_json(value: Any) -> EnterpriseGraph:
    """The graph that a JSON object describes.

    Raises ``JsonFormError`` with every mistake of the form and its place, such as ``relations[2].votes: between 0
    and 1``.
    """
    mistakes: list[Mistake] = []
    form = Reader(value, "", mistakes)
    subject = form.text("subject")
    previous_class = form.choice("previous_class", SmeClass, SmeClass.UNKNOWN)
    if previous_class is SmeClass.NOT_SME:
        form.note("previous_class", "previous_class")
    group_changed_on = form.day("group_changed_on", required=False)
    readers = form.children("enterprises", required=True, most=MOST_ENTERPRISES)
    enterprises = [_enterprise(reader) for reader in readers]
    relation_readers = form.children("relations", most=MOST_RELATIONS)
    relations = [_holding(reader) for reader in relation_readers]
    form.close()

    known: dict[str, Enterprise] = {}
    for reader, enterprise in zip(readers, enterprises, strict=True):
        if enterprise.identifier and enterprise.identifier in known:
            reader.note("identifier", "repeated_identifier", identifier=enterprise.identifier)
        known.setdefault(enterprise.identifier, enterprise)
    if subject and subject not in known:
        form.note("subject", "unknown_identifier", identifier=subject, list="enterprises")
    elif subject and not known[subject].kind.has_figures:
        form.note("subject", "subject_kind")
    for reader, enterprise in zip(readers, enterprises, strict=True):
        for identifier in sorted(enterprise.consolidates - known.keys()):
            reader.note("consolidates", "unknown_identifier", identifier=identifier, list="enterprises")
    _check_relations(form, relation_readers, relations, known)

    if mistakes:
        raise JsonFormError(mistakes)
    return EnterpriseGraph(
        subject=subject,
        enterprises=tuple(enterprises),
        relations=tuple(relations),
        previous_class=None if previous_class is SmeClass.UNKNOWN else previous_class,
        group_changed_on=group_changed_on,
    )


def _enterprise(reader: Reader) -> Enterprise:
    founded_on = reader.day("founded_on", required=False)
    enterprise = Enterprise(
        identifier=reader.text("identifier", most=100),
        name=reader.text("name", required=False),
        kind=reader.choice("kind", HolderKind, HolderKind.ENTERPRISE),
        periods=_periods(reader, founded_on),
        is_consolidated=reader.flag("is_consolidated"),
        consolidates=frozenset(reader.texts("consolidates", most=MOST_ENTERPRISES)),
        founded_on=founded_on,
        annual_budget=reader.decimal("annual_budget", required=False, places=2),
        inhabitants=reader.decimal("inhabitants", required=False, places=0),
        has_dispersed_capital=reader.flag("has_dispersed_capital"),
        presumes_independence=reader.flag("presumes_independence"),
    )
    if enterprise.consolidates and not enterprise.is_consolidated:
        reader.note("consolidates", "consolidates_without")
    if enterprise.presumes_independence and not enterprise.has_dispersed_capital:
        reader.note("presumes_independence", "presumes_without")
    reader.close()
    return enterprise


def _periods(parent: Reader, founded_on: date | None) -> tuple[Period, ...]:
    found: list[tuple[Reader, Period]] = []
    for reader in parent.children("periods", most=20):
        closed_on = reader.day("closed_on")
        is_estimate = reader.flag("is_estimate")
        figures = Figures(
            reader.decimal("headcount", required=False),
            reader.decimal("turnover", required=False, places=2),
            reader.decimal("balance_sheet", required=False, places=2),
        )
        reader.close()
        if closed_on is None:
            continue
        if any(period.closed_on == closed_on for _reader, period in found):
            reader.note("closed_on", "repeated_period")
        if founded_on is not None and closed_on < founded_on:
            reader.note("closed_on", "before_founding", founded_on=founded_on)
        found.append((reader, Period(closed_on, figures, is_estimate)))
    if len(found) > 1:
        for reader, period in found:
            if period.is_estimate:
                reader.note("is_estimate", "estimate_with_accounts")
    found.sort(key=lambda pair: pair[1].closed_on)
    for (_before, earlier), (reader, later) in itertools.pairwise(found):
        if later.closed_on - earlier.closed_on > _LONGEST_STEP:
            reader.note("closed_on", "gap", before=earlier.closed_on)
    return tuple(period for _reader, period in found)


def _holding(reader: Reader) -> Holding:
    capital = reader.decimal("capital", required=False, most=Decimal(1), places=12)
    votes = reader.decimal("votes", required=False, most=Decimal(1), places=12)
    holding = Holding(
        holder=reader.text("holder", most=100),
        held=reader.text("held", most=100),
        capital=capital or Decimal(0),
        # Ordinary shares carry votes: who names only one of the two means both.
        votes=(capital or Decimal(0)) if votes is None else votes,
        has_majority_of_votes=reader.flag("has_majority_of_votes"),
        appoints_board=reader.flag("appoints_board"),
        has_dominant_influence=reader.flag("has_dominant_influence"),
        agreement=reader.flag("agreement"),
        market=reader.text("market", required=False),
        acting_group=reader.text("acting_group", required=False),
        invested=reader.decimal("invested", required=False, places=2),
    )
    reader.close()
    return holding


def _check_relations(
    form: Reader, readers: list[Reader], relations: list[Holding], known: dict[str, Enterprise]
) -> None:
    pairs: Counter[tuple[str, str]] = Counter()
    capital: dict[str, Decimal] = defaultdict(Decimal)
    votes: dict[str, Decimal] = defaultdict(Decimal)
    for reader, holding in zip(readers, relations, strict=True):
        for key, identifier in (("holder", holding.holder), ("held", holding.held)):
            if identifier and identifier not in known:
                reader.note(key, "unknown_identifier", identifier=identifier, list="enterprises")
        if holding.held in known and not known[holding.held].kind.has_figures:
            reader.note("held", "held_kind", identifier=holding.held)
        if holding.holder and holding.holder == holding.held:
            reader.note("held", "holds_itself")
        pairs[holding.holder, holding.held] += 1
        if holding.holder and holding.held and pairs[holding.holder, holding.held] == 2:
            reader.note("held", "repeated_relation", holder=holding.holder, held=holding.held)
        if not (holding.capital or holding.votes or holding.controls):
            reader.note("capital", "empty_relation")
        for key, share, sums in (("capital", holding.capital, capital), ("votes", holding.votes, votes)):
            before = sums[holding.held]
            sums[holding.held] += share
            if before <= 1 < sums[holding.held]:
                reader.note(key, "over_the_whole", held=holding.held)


# Writing -------------------------------------------------------------------------------------------------


def _number(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"


def _filled(**fields: Any) -> dict[str, Any]:
    """The fields that say something: a form of four lines stays four lines."""
    return {key: value for key, value in fields.items() if value not in (None, "", False, [], ())}


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def to_json(graph: EnterpriseGraph) -> dict[str, Any]:
    """The JSON form of a graph; ``enterprise_from_json`` reads the same graph from it. Amounts are texts."""
    return _filled(
        subject=graph.subject,
        previous_class=graph.previous_class.value if graph.previous_class else None,
        group_changed_on=_day(graph.group_changed_on),
        enterprises=[
            _filled(
                identifier=enterprise.identifier,
                name=enterprise.name,
                kind=enterprise.kind.value,
                periods=[
                    _filled(
                        closed_on=period.closed_on.isoformat(),
                        is_estimate=period.is_estimate,
                        headcount=_number(period.figures.headcount),
                        turnover=_number(period.figures.turnover),
                        balance_sheet=_number(period.figures.balance_sheet),
                    )
                    for period in enterprise.periods
                ],
                is_consolidated=enterprise.is_consolidated,
                consolidates=sorted(enterprise.consolidates),
                founded_on=_day(enterprise.founded_on),
                annual_budget=_number(enterprise.annual_budget),
                inhabitants=_number(enterprise.inhabitants),
                has_dispersed_capital=enterprise.has_dispersed_capital,
                presumes_independence=enterprise.presumes_independence,
            )
            for enterprise in graph.enterprises
        ],
        relations=[
            _filled(
                holder=holding.holder,
                held=holding.held,
                capital=_number(holding.capital),
                votes=_number(holding.votes),
                has_majority_of_votes=holding.has_majority_of_votes,
                appoints_board=holding.appoints_board,
                has_dominant_influence=holding.has_dominant_influence,
                agreement=holding.agreement,
                market=holding.market,
                acting_group=holding.acting_group,
                invested=_number(holding.invested),
            )
            for holding in graph.relations
        ],
    )


def _figures_json(figures: Figures) -> dict[str, str | None]:
    return {
        "headcount": _number(figures.headcount),
        "turnover": _number(figures.turnover),
        "balance_sheet": _number(figures.balance_sheet),
    }


def classification_to_json(result: SmeClassification) -> dict[str, Any]:
    """The JSON form of a class and everything that led to it. Amounts are texts; null is not known."""
    return {
        "identifier": result.identifier,
        "name": result.name,
        "class": result.sme_class.value,
        "is_sme": result.is_sme,
        "standing": result.standing.value,
        "totals": [
            {
                "closed_on": _day(period.closed_on),
                "is_estimate": period.is_estimate,
                **_figures_json(period.figures),
                "at_least": _figures_json(period.at_least),
                "raw_class": period.raw_class.value,
            }
            for period in result.totals
        ],
        "contributions": [
            {
                "identifier": contribution.identifier,
                "name": contribution.name,
                "relation": contribution.relation.value,
                "share": _number(contribution.share),
                "through": contribution.through,
                "ties": [
                    {"ground": t.ground.value, "holder": t.holder, "held": t.held, "share": _number(t.share)}
                    for t in contribution.ties
                ],
                "counted": [_figures_json(figures) for figures in contribution.counted],
            }
            for contribution in result.contributions
        ],
        "reasons": [
            {
                "code": reason.code,
                "source": reason.source,
                "parameters": {
                    name: value if isinstance(value, str) else str(value) for name, value in reason.parameters
                },
            }
            for reason in result.reasons
        ],
        "linked_identifiers": sorted(result.linked_identifiers),
    }
