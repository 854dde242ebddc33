"""The rule on State aid intensities: all public money for the same costs counts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from consortia.enums import SizeClass
from feasibility.cofinancing import AidBasis, AidLimit, aid_limit, keeps_rate, largest_grant

from .dossier import Budget, Dossier, Known, PartnerFacts
from .finding import Evidence, Finding, Remedy
from .money import above_rate
from .rule import Rule, for_partner, names_of, of_partner
from .values import Euro, Rate, Value


@dataclass(frozen=True, kw_only=True)
class AidIntensity(Rule):
    """All public money for a partner's cost keeps the intensity of its aid basis, and for each undertaking the
    ceiling per project: the grant, and what other public funders give beside it.

    The class is the one that the figures give; a partner that is no SME, or one of which public bodies hold 25 % or
    more, is held to the intensity of a large enterprise.
    Source: Reg. (EU) 651/2014, Art. 4, 8(1) and (3), 20, 20a and 25.
    """

    code = "AID-INTENSITY"
    title = _("Grants keep the State aid intensity")
    requirement = _(
        "A grant, with other public money for the same costs, keeps the intensity and the ceiling of the partner's "
        "aid basis."
    )
    source = _("Regulation (EU) 651/2014, Articles 4, 8, 20, 20a and 25")
    messages = {
        "passed": _("Every grant keeps the limits of its aid basis."),
        "failed": ngettext_lazy(
            "One grant is above the limit of its aid basis.",
            "%(count)s grants are above the limits of their aid basis.",
            "count",
        ),
        "cumulated": ngettext_lazy(
            "With other public money, one partner is above the limit of its aid basis.",
            "With other public money, %(count)s partners are above the limits of their aid basis.",
            "count",
        ),
        "unknown": _("Whether every grant keeps the limits of its aid basis is not known yet."),
        "none": _("The consortium has no partner yet."),
    }

    def judge(self, dossier: Dossier) -> Finding:
        above: list[Evidence] = []
        lower: list[Remedy] = []
        missing: list[tuple[Evidence, Remedy]] = []
        for undertaking in dossier.undertakings:
            for partner in undertaking:
                limit = _aid_limit(dossier, partner)
                if limit is None or partner.budget is None:
                    missing.append(_what_aid_lacks(partner))
                    continue
                budget, rate = partner.budget, limit.intensity
                aid = budget.grant + dossier.public_money_of(partner)
                if rate is not None and not keeps_rate(aid, budget.cost, rate):
                    evidence, remedy = _above_intensity(dossier, partner, budget, rate)
                    above.append(evidence)
                    lower.append(remedy)
            for basis in AidBasis:
                members = [p for p in undertaking if p.aid_basis is basis and p.budget is not None]
                ceilings = [limit.ceiling for p in members if (limit := _aid_limit(dossier, p)) is not None]
                ceiling = next((one for one in ceilings if one is not None), None)
                if ceiling is not None and aid_of(dossier, members) > ceiling:
                    above.append(_above_ceiling(dossier, members, ceiling))
                    lower += [_less_grant(p, ceiling - dossier.public_money_of(p)) for p in members]
        remedies = [remedy for _fact, remedy in missing]
        if not dossier.taking_part:
            return self.unknown("none", remedies=[Remedy("invite_partner")])
        if above:
            reason = "cumulated" if any("public" in one.values for one in above) else "failed"
            return self.failed(reason, above, [*lower, *remedies], count=len(above))
        if missing:
            return self.unknown("unknown", [fact for fact, _remedy in missing], remedies)
        return self.passed()


def aid_of(dossier: Dossier, partners: Iterable[PartnerFacts]) -> Decimal:
    """Grants and other public money of these partners together."""
    return sum(
        (p.budget.grant + dossier.public_money_of(p) for p in partners if p.budget is not None), Decimal(0)
    )


def _above_intensity(
    dossier: Dossier, partner: PartnerFacts, budget: Budget, rate: Decimal
) -> tuple[Evidence, Remedy]:
    public = dossier.public_money_of(partner)
    if not public:
        return above_rate(partner, budget, rate, "grant_above_intensity")
    largest = largest_grant(max(budget.cost, Decimal(0)), rate)
    figures: dict[str, Value] = {
        "grant": Euro(budget.grant),
        "public": Euro(public),
        "funders": dossier.public_funders_of(partner),
        "aid": Euro(budget.grant + public),
        "cost": Euro(budget.cost),
        "limit": Rate(rate),
        "largest": Euro(largest),
    }
    return of_partner(partner, "aid_above_intensity", **figures), _less_grant(partner, largest - public)


def _above_ceiling(dossier: Dossier, members: list[PartnerFacts], ceiling: Decimal) -> Evidence:
    grants = sum((p.budget.grant for p in members if p.budget is not None), Decimal(0))
    public = sum((dossier.public_money_of(p) for p in members), Decimal(0))
    values: dict[str, Value] = {
        "partner": names_of(members),
        "grant": Euro(grants),
        "limit": Euro(ceiling),
    }
    if public:
        funders = (name for p in members for name in dossier.public_funders_of(p))
        values |= {
            "public": Euro(public),
            "funders": tuple(dict.fromkeys(funders)),
            "aid": Euro(grants + public),
        }
    fact = "aid_above_ceiling" if public else "grant_above_aid_ceiling"
    return Evidence("group", "+".join(p.key for p in members), fact, values)


def _less_grant(partner: PartnerFacts, largest: Decimal) -> Remedy:
    """Lower the grant; where no grant at all would still be too much, the budget itself has to change."""
    if largest <= 0:
        return for_partner("edit_budget", partner)
    return for_partner("lower_grant", partner, largest=Euro(largest))


def size_of(partner: PartnerFacts) -> SizeClass | None:
    """The size that decides the intensity; None while an enterprise that registered as an SME has not declared."""
    if partner.is_sme is Known.NOT_YET:
        return None
    if partner.is_sme is Known.NO or partner.figures_class is None:
        return SizeClass.LARGE
    return SizeClass(partner.figures_class.value)


def _aid_limit(dossier: Dossier, partner: PartnerFacts) -> AidLimit | None:
    if partner.aid_basis is None:
        return None
    return aid_limit(
        partner.aid_basis,
        rule_book=dossier.programme.rule_book,
        size=size_of(partner),
        category=partner.research_category,
        has_collaboration_bonus=partner.has_collaboration_bonus,
    )


def _what_aid_lacks(partner: PartnerFacts) -> tuple[Evidence, Remedy]:
    if partner.aid_basis is None:
        return of_partner(partner, "no_aid_basis"), for_partner("choose_aid_basis", partner)
    if partner.budget is None:
        return of_partner(partner, "no_budget"), for_partner("edit_budget", partner)
    if partner.aid_basis is AidBasis.GBER_25 and partner.research_category is None:
        return of_partner(partner, "no_research_category"), for_partner("choose_aid_basis", partner)
    return of_partner(partner, "not_declared"), for_partner("declare_sme", partner)
