"""The largest grant that all rules on grants leave to one partner, and what decides it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from feasibility.cofinancing import (
    AidBasis,
    Ceiling,
    GrantLimit,
    Limit,
    ResearchCategory,
    aid_limits,
    grant_limits,
    partner_ceiling,
)

from . import money
from .aid import AidIntensity, aid_of, size_of
from .declarations import DeMinimis
from .dossier import Dossier, Known, PartnerFacts
from .rule import Rule
from .values import Rate

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Text = str | _StrPromise

LIMIT_WORDS: Mapping[Limit, Text] = {
    Limit.PROGRAMME_RATE: _("%(rate)s of the total eligible cost"),
    Limit.SME_CAP: _("what the programme pays one SME"),
    Limit.PARTNER_CAP: _("what the programme pays one partner"),
    Limit.PROJECT_CAP: _("what the other partners leave of the project's limit"),
    Limit.AID_INTENSITY: _("the aid intensity of %(rate)s, less other public money"),
    Limit.AID_CEILING: _("the ceiling of the aid basis, less other public money"),
    Limit.DE_MINIMIS_HEADROOM: _("what is left of the de minimis headroom"),
}
"""What decides the largest grant, in words."""


def limit_words(limit: GrantLimit) -> str:
    """What a limit is, as the end of "At most EUR 300,000.00: …"."""
    return str(LIMIT_WORDS[limit.limit]) % {"rate": "" if limit.rate is None else str(Rate(limit.rate))}


def programme_limits(
    dossier: Dossier, rules: Iterable[Rule], partner: PartnerFacts
) -> tuple[GrantLimit, ...]:
    """What these rules leave to that partner, whatever its aid basis, while the others keep what they ask for."""
    by_code = {rule.code: rule for rule in rules}
    rate, caps = by_code.get("FUNDING-RATE"), by_code.get("GRANT-LIMIT")
    per_sme = per_partner = per_project = None
    if isinstance(caps, money.GrantLimit):
        per_sme, per_partner, per_project = caps.per_sme, caps.per_partner, caps.per_project
    group = next((group.partners for group in dossier.groups if partner in group.partners), ())
    linked = [p for p in group if p.is_sme is not Known.NO]
    return grant_limits(
        rate=rate.rate if isinstance(rate, money.FundingRate) else Decimal(1),
        cap=_left(per_sme, linked, partner) if partner.is_sme is not Known.NO else None,
        partner_cap=per_partner,
        project_room=_left(per_project, dossier.taking_part, partner),
    )


def basis_limits(
    dossier: Dossier,
    rules: Iterable[Rule],
    partner: PartnerFacts,
    *,
    basis: AidBasis | None,
    category: ResearchCategory | None,
) -> tuple[tuple[GrantLimit, ...], bool]:
    """What these rules leave to that partner on that aid basis, and whether that is all that can be known."""
    codes = {type(rule) for rule in rules}
    wanted = DeMinimis if basis is AidBasis.DE_MINIMIS else AidIntensity
    if wanted not in codes:
        return (), True
    undertaking = next((one for one in dossier.undertakings if partner in one), ())
    on_basis = [p for p in undertaking if p.aid_basis is basis]
    others = [p for p in on_basis if p != partner]
    rooms = [p.de_minimis_headroom for p in (*others, partner) if p.de_minimis_headroom is not None]
    return aid_limits(
        basis,
        rule_book=dossier.programme.rule_book,
        size=size_of(partner),
        category=category,
        has_collaboration_bonus=partner.has_collaboration_bonus,
        headroom=_left(max(min(rooms), Decimal(0)), others, partner) if rooms else None,
        aid_elsewhere=aid_of(dossier, others),
    )


def _left(limit: Decimal | None, sharing: Iterable[PartnerFacts], partner: PartnerFacts) -> Decimal | None:
    """What the grants of the others leave of a limit that they share."""
    if limit is None:
        return None
    others = (p.budget.grant for p in sharing if p != partner and p.budget is not None)
    return max(limit - sum(others, Decimal(0)), Decimal(0))


def grant_ceiling(dossier: Dossier, rules: Iterable[Rule], key: str) -> Ceiling | None:
    """The largest grant with which no rule on grants fails because of that partner; None for a partner without part.

    While something is not declared yet, the ceiling says that it may become lower.
    """
    partner = next((p for p in dossier.taking_part if p.key == key), None)
    if partner is None:
        return None
    rules = tuple(rules)
    of_basis, is_complete = basis_limits(
        dossier, rules, partner, basis=partner.aid_basis, category=partner.research_category
    )
    return partner_ceiling(
        max(partner.budget.cost, Decimal(0)) if partner.budget else Decimal(0),
        (*programme_limits(dossier, rules, partner), *of_basis),
        public=dossier.public_money_of(partner),
        is_complete=is_complete,
    )
