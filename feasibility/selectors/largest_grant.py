"""What limits one partner's grant, on every aid basis that it may choose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from consortia.declarations import headroom_of
from consortia.models import Partner
from feasibility.cofinancing import AidBasis, Ceiling, GrantLimit, ResearchCategory, partner_ceiling
from feasibility.eligibility import basis_limits, limit_words, programme_limits
from feasibility.models import Proposal
from feasibility.selectors.dossier import default_work, dossier_of, rules_of


@dataclass(frozen=True)
class LargestGrant:
    """What limits one partner's grant: the programme, and each aid basis that it may choose."""

    programme: tuple[GrantLimit, ...]
    by_basis: Mapping[tuple[str, str], tuple[tuple[GrantLimit, ...], bool]]
    """By code of the basis and kind of work; with each whether that is all that can be known."""

    def ceiling(self, cost: Decimal, public: Decimal, basis: str, work: str) -> Ceiling:
        """The largest grant for that cost and that much other public money."""
        limits, is_complete = self.by_basis.get((basis, work), ((), False))
        return partner_ceiling(cost, (*self.programme, *limits), public=public, is_complete=is_complete)

    def to_json(self, keys: Mapping[str, str]) -> dict[str, Any]:
        """For the page: ``keys`` gives for each basis the value of its choice."""
        return {
            "programme": [_limit_json(limit) for limit in self.programme],
            "basis": {
                f"{keys[basis]}|{work}": {
                    "limits": [_limit_json(limit) for limit in limits],
                    "complete": is_complete,
                }
                for (basis, work), (limits, is_complete) in self.by_basis.items()
                if basis in keys
            },
        }


def _limit_json(limit: GrantLimit) -> dict[str, Any]:
    return {
        "rate": None if limit.rate is None else str(limit.rate),
        "amount": None if limit.amount is None else str(limit.amount),
        "public": limit.counts_public,
        "words": limit_words(limit),
    }


def largest_grant_of(proposal: Proposal, partner: Partner, *, now: datetime) -> LargestGrant | None:
    """The limits of a loaded partner's grant on every aid basis; None for one that has no budget. No query."""
    dossier, rules = dossier_of(proposal, now=now), rules_of(proposal)
    facts = next((p for p in dossier.taking_part if p.key == str(partner.pk)), None)
    if facts is None:
        return None
    headroom = headroom_of(partner.organisation, programme=proposal.call.programme, now=now)
    by_basis = {}
    for basis in AidBasis:
        for work in ("", *ResearchCategory):
            on_it = replace(
                facts,
                aid_basis=basis,
                research_category=work or default_work(proposal),
                de_minimis_headroom=headroom if basis is AidBasis.DE_MINIMIS else None,
            )
            others = tuple(p for p in dossier.partners if p.key != facts.key)
            by_basis[basis.value, str(work)] = basis_limits(
                replace(dossier, partners=(*others, on_it)),
                rules,
                on_it,
                basis=basis,
                category=on_it.research_category,
            )
    return LargestGrant(programme_limits(dossier, rules, facts), by_basis)
