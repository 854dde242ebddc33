# ruff: noqa: RUF009 (parameter() is a dataclass field)
"""Rules on grants, rates and budgets. Every comparison is exact; nothing rounded decides."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from feasibility.cofinancing import flat_rate_amount, keeps_rate, largest_grant

from .dossier import Budget, Dossier, Known, PartnerFacts
from .finding import Evidence, Finding, Remedy
from .rule import Rule, Stricter, Unit, for_partner, names_of, of_partner, parameter
from .values import Euro, Rate, Value


@dataclass(frozen=True, kw_only=True)
class GrantLimit(Rule):
    """No grant is above the largest per SME, per partner and per project; a limit left out sets none.

    ``per_sme`` binds a linked group as one SME, and an enterprise whose size is not known yet as if it were one.
    Source: programme manual; text of the call.
    """

    code = "GRANT-LIMIT"
    title = _("Grants keep their limits")
    requirement = _("No grant is above the limits of the programme and the call.")
    source = _("Programme manual; text of the call")
    messages = {
        "passed": _("Every grant keeps its limit; the project asks for %(total)s."),
        "failed": ngettext_lazy(
            "One grant is above its limit.", "%(count)s grants are above their limits.", "count"
        ),
        "unknown": _("Not every partner has a budget yet."),
        "none": _("The consortium has no partner yet."),
    }

    per_sme: Decimal | None = parameter(Unit.EUR, Stricter.LOWER, default=None)
    per_partner: Decimal | None = parameter(Unit.EUR, Stricter.LOWER, default=None)
    per_project: Decimal | None = parameter(Unit.EUR, Stricter.LOWER, default=None)

    def judge(self, dossier: Dossier) -> Finding:
        above: list[Evidence] = []
        lower: list[Remedy] = []
        for group in dossier.groups:
            smes = [p for p in group.partners if p.is_sme is not Known.NO and p.budget is not None]
            asked = _grants(smes)
            if self.per_sme is None or asked <= self.per_sme:
                continue
            figures = {"grant": Euro(asked), "limit": Euro(self.per_sme)}
            if len(smes) == 1:
                above.append(of_partner(smes[0], "grant_above_sme_limit", **figures))
            else:
                key = "+".join(p.key for p in smes)
                values: dict[str, Value] = {"partners": names_of(smes), **figures}
                above.append(Evidence("group", key, "group_above_sme_limit", values))
            lower += [for_partner("lower_grant", p, largest=Euro(self.per_sme)) for p in smes]
        for partner in dossier.taking_part:
            grant = partner.budget.grant if partner.budget else Decimal(0)
            if self.per_partner is not None and grant > self.per_partner:
                limit = Euro(self.per_partner)
                above.append(of_partner(partner, "grant_above_partner_limit", grant=Euro(grant), limit=limit))
                lower.append(for_partner("lower_grant", partner, largest=limit))
        total = _grants(dossier.taking_part)
        if self.per_project is not None and total > self.per_project:
            project: dict[str, Value] = {"grant": Euro(total), "limit": Euro(self.per_project)}
            above.append(Evidence("project", "", "grant_above_project_limit", project))
            lower.append(Remedy("lower_project_grant", {"largest": Euro(self.per_project)}))
        if above:
            return self.failed("failed", above, lower, count=len(above), total=Euro(total))
        return _without_gap(self, dossier) or self.passed(total=Euro(total))


@dataclass(frozen=True, kw_only=True)
class FundingRate(Rule):
    """Each partner's grant is at most ``rate`` of its eligible cost: ``grant <= cost * rate``, exactly.

    Source: programme manual; Reg. (EU) 2021/1059, Art. 13; Reg. (EU) 1303/2013, Art. 120.
    """

    code = "FUNDING-RATE"
    title = _("Grants keep the funding rate")
    requirement = _("A grant is at most %(rate)s of the partner's eligible cost.")
    source = _("Programme manual; Regulation (EU) 2021/1059, Article 13")
    messages = {
        "passed": _("No grant is above %(rate)s of the partner's eligible cost."),
        "failed": ngettext_lazy(
            "One partner asks for more than %(rate)s of its eligible cost.",
            "%(count)s partners ask for more than %(rate)s of their eligible cost.",
            "count",
        ),
        "unknown": _("Not every partner has a budget yet."),
        "none": _("The consortium has no partner yet."),
    }

    rate: Decimal = parameter(Unit.RATE, Stricter.LOWER)

    def judge(self, dossier: Dossier) -> Finding:
        above: list[Evidence] = []
        lower: list[Remedy] = []
        for partner, budget in _budgets(dossier):
            if not keeps_rate(budget.grant, budget.cost, self.rate):
                evidence, remedy = above_rate(partner, budget, self.rate, "grant_above_rate")
                above.append(evidence)
                lower.append(remedy)
        if above:
            return self.failed("failed", above, lower, count=len(above))
        return _without_gap(self, dossier) or self.passed()


@dataclass(frozen=True, kw_only=True)
class PartnerShare(Rule):
    """No partner carries more than ``largest`` or less than ``smallest`` of the total eligible cost.

    Source: programme manual; for the largest share cf. Reg. (EU) 651/2014, Art. 25(6)(b)(i).
    """

    code = "PARTNER-SHARE"
    title = _("Each partner's share keeps its limits")
    requirement = _("A partner carries %(smallest)s to %(largest)s of the total eligible cost.")
    source = _("Programme manual; compare Regulation (EU) 651/2014, Article 25(6)(b)")
    derogable = True
    messages = {
        "passed": _("Each partner's share of %(total)s keeps its limits."),
        "failed": ngettext_lazy(
            "One partner's share of the total eligible cost is outside its limits.",
            "The shares of %(count)s partners of the total eligible cost are outside their limits.",
            "count",
        ),
        "unknown": _("Shares are known once every partner has a budget."),
        "no_cost": _("The project has no eligible cost yet."),
        "none": _("The consortium has no partner yet."),
    }

    largest: Decimal = parameter(Unit.RATE, Stricter.LOWER, default=Decimal("0.70"))
    smallest: Decimal = parameter(Unit.RATE, Stricter.HIGHER, default=Decimal(0))

    def judge(self, dossier: Dossier) -> Finding:
        gap = _without_gap(self, dossier)
        total = dossier.total_cost
        if gap is not None or total is None:
            return gap or self.unknown("none")
        if total <= 0:
            remedies = [for_partner("edit_budget", p) for p in dossier.taking_part]
            return self.unknown("no_cost", remedies=remedies)
        outside: list[tuple[PartnerFacts, Evidence]] = []
        for partner, budget in _budgets(dossier):
            shown = Rate((budget.cost / total).quantize(Decimal("0.0001")))
            figures: dict[str, Value] = {"cost": Euro(budget.cost), "total": Euro(total), "share": shown}
            if not keeps_rate(budget.cost, total, self.largest):
                fact = of_partner(partner, "share_too_large", limit=Rate(self.largest), **figures)
                outside.append((partner, fact))
            elif budget.cost != total * self.smallest and keeps_rate(budget.cost, total, self.smallest):
                fact = of_partner(partner, "share_too_small", limit=Rate(self.smallest), **figures)
                outside.append((partner, fact))
        if outside:
            return self.failed(
                "failed",
                [fact for _partner, fact in outside],
                [for_partner("edit_budget", partner) for partner, _fact in outside],
                count=len(outside),
                total=Euro(total),
            )
        return self.passed(total=Euro(total))


@dataclass(frozen=True, kw_only=True)
class BudgetSum(Rule):
    """The budget adds up by partner, by cost category and by source, to the cent.

    Per partner the sources give the eligible cost, and the grant asked for is what the funders' sources give.
    Categories are the programme's; one with a flat rate holds exactly that rate of its base, halves of a cent up.
    Source: Reg. (EU) 2021/1060, Art. 53 to 56; Reg. (EU) 1303/2013, Art. 67 and 68.
    """

    code = "BUDGET-SUM"
    title = _("The budget adds up")
    requirement = _("The budget adds up by partner, cost category and source, to the cent.")
    source = _("Programme manual; Regulation (EU) 2021/1060, Articles 53 to 56")
    messages = {
        "passed": _("The budget of %(total)s adds up by partner, cost category and source."),
        "too_low": _(
            "%(partner)s: the sources are %(difference)s below the costs (%(funded)s for %(cost)s)."
        ),
        "too_high": _(
            "%(partner)s: the sources are %(difference)s above the costs (%(funded)s for %(cost)s)."
        ),
        "all_too_low": _("At %(count)s partners the sources are below the costs, by %(difference)s in all."),
        "all_too_high": _("At %(count)s partners the sources are above the costs, by %(difference)s in all."),
        "failed": ngettext_lazy(
            "The budget does not add up in one place.",
            "The budget does not add up in %(count)s places.",
            "count",
        ),
        "no_cost": _("The project has no eligible cost."),
        "unknown": _("Not every partner has a budget yet."),
        "none": _("The consortium has no partner yet."),
    }

    def judge(self, dossier: Dossier) -> Finding:
        wrong = [
            (partner, fact)
            for partner, budget in _budgets(dossier)
            for fact in _slips(dossier, partner, budget)
        ]
        if wrong:
            slips = [fact for _partner, fact in wrong]
            reason, values = _difference(slips)
            return self.failed(
                reason,
                slips,
                [for_partner("edit_budget", partner) for partner, _fact in wrong],
                count=len(wrong),
                **values,
            )
        gap = _without_gap(self, dossier)
        if gap is not None:
            return gap
        total = dossier.total_cost or Decimal(0)
        if total <= 0:
            return self.failed(
                "no_cost", remedies=[for_partner("edit_budget", p) for p in dossier.taking_part]
            )
        return self.passed(total=Euro(total))


def _difference(slips: list[Evidence]) -> tuple[str, dict[str, Value]]:
    """The reason that says by how much sources and costs differ, and which way; other slips are counted alone."""
    facts = {slip.fact for slip in slips}
    reason = {"sources_too_low": "too_low", "sources_too_high": "too_high"}.get(slips[0].fact)
    if reason is None or len(facts) > 1:
        return "failed", {}
    if len(slips) == 1:
        return reason, dict(slips[0].values)
    amounts = [value.amount for slip in slips if isinstance(value := slip.values["difference"], Euro)]
    return f"all_{reason}", {"difference": Euro(sum(amounts, Decimal(0)))}


def _slips(dossier: Dossier, partner: PartnerFacts, budget: Budget) -> Iterable[Evidence]:
    """Where one partner's budget does not add up."""
    for kind, lines in (("category", budget.costs), ("source", budget.funding)):
        for code in sorted(lines):
            if lines[code] < 0:
                name = dossier.name_of("category" if kind == "category" else "funder", code)
                yield of_partner(partner, "amount_below_zero", line=name, amount=Euro(lines[code]))
    if budget.grant < 0:
        yield of_partner(partner, "grant_below_zero", grant=Euro(budget.grant))
    categories = {category.code: category for category in dossier.programme.cost_categories}
    for code in sorted(budget.costs):
        if categories and code not in categories:
            name = dossier.name_of("category", code)
            yield of_partner(partner, "unknown_category", category=name, amount=Euro(budget.costs[code]))
    for category in dossier.programme.cost_categories:
        if category.flat_rate is None:
            continue
        base = sum((budget.costs.get(code, Decimal(0)) for code in category.flat_rate_of), Decimal(0))
        entered = budget.costs.get(category.code, Decimal(0))
        due = flat_rate_amount(max(base, Decimal(0)), category.flat_rate)
        if entered != due:
            yield of_partner(
                partner,
                "flat_rate_differs",
                category=dossier.name_of("category", category.code),
                rate=Rate(category.flat_rate),
                amount=Euro(entered),
                due=Euro(due),
            )
    if budget.funded != budget.cost:
        fact = "sources_too_low" if budget.funded < budget.cost else "sources_too_high"
        difference = abs(budget.cost - budget.funded)
        yield of_partner(
            partner, fact, cost=Euro(budget.cost), funded=Euro(budget.funded), difference=Euro(difference)
        )
    if dossier.programme.funders:
        given = (amount for code, amount in budget.funding.items() if code in dossier.programme.funders)
        granted = sum(given, Decimal(0))
        if granted != budget.grant:
            yield of_partner(partner, "grant_differs", grant=Euro(budget.grant), granted=Euro(granted))


def _budgets(dossier: Dossier) -> list[tuple[PartnerFacts, Budget]]:
    return [(p, p.budget) for p in dossier.taking_part if p.budget is not None]


def _grants(partners: Iterable[PartnerFacts]) -> Decimal:
    return sum((p.budget.grant for p in partners if p.budget is not None), Decimal(0))


def _without_gap(rule: Rule, dossier: Dossier) -> Finding | None:
    """Not yet known, while a partner or a budget is missing; None where all are there."""
    if not dossier.taking_part:
        return rule.unknown("none", remedies=[Remedy("invite_partner")])
    missing = [p for p in dossier.taking_part if p.budget is None]
    if not missing:
        return None
    return rule.unknown(
        "unknown",
        [of_partner(p, "no_budget") for p in missing],
        [for_partner("edit_budget", p) for p in missing],
    )


def above_rate(partner: PartnerFacts, budget: Budget, rate: Decimal, fact: str) -> tuple[Evidence, Remedy]:
    largest = Euro(largest_grant(max(budget.cost, Decimal(0)), rate))
    figures: dict[str, Value] = {
        "grant": Euro(budget.grant),
        "cost": Euro(budget.cost),
        "limit": Rate(rate),
        "largest": largest,
    }
    return of_partner(partner, fact, **figures), for_partner("lower_grant", partner, largest=largest)
