"""Reads of one proposal: loaded once, in a fixed number of queries, and turned into the values that others need."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from calls.enums import RuleBook
from calls.models import Programme, Region
from consortia.declarations import headroom_of, linked_identifiers_of
from consortia.enums import OrganisationKind, PartnerRole, PartnerState
from consortia.models import Organisation, Partner
from consortia.selectors import with_declarations
from feasibility.cofinancing import AidBasis, ResearchCategory
from feasibility.eligibility import (
    Budget,
    CallFacts,
    CostCategoryFacts,
    Dossier,
    EligibilityReport,
    FiguresClass,
    PartnerFacts,
    ProductFacts,
    ProgrammeFacts,
    ProposalFacts,
    Rule,
    build_rules,
    evaluate,
    tighten,
)
from feasibility.eligibility import Region as RegionFacts
from feasibility.enums import FundingSource, ProposalState, SectionName
from feasibility.models import Annex, BudgetLine, ExpectedProduct, Proposal, Submission
from rocket.core.text import LocalisedText

COLLABORATION_SHARE = Decimal("0.7")
"""No undertaking bears more of the eligible cost in an effective collaboration. Source: Reg. 651/2014, Art. 25(6)(b)."""


def load(pk: int) -> Proposal:
    """One proposal with all that rules, snapshot and pages need, in a fixed number of queries whatever its size."""
    partners = with_declarations(
        Partner.objects.select_related("budget__aid_basis").prefetch_related(
            Prefetch("budget_lines", BudgetLine.objects.select_related("category")), "funding_lines"
        )
    )
    return (
        Proposal.objects.select_related("call__programme", "kind", "main_ket", "consortium", "cluster")
        .prefetch_related(
            "kets",
            "fields",
            "call__kets",
            "call__fields",
            "call__programme__cost_categories",
            "call__programme__countries",
            "call__programme__kets",
            "call__programme__application_fields",
            Prefetch(
                "call__programme__regions",
                Region.objects.only("programme_id", "code", "version", "other_codes"),
            ),
            Prefetch("consortium__partners", partners),
            Prefetch("products", ExpectedProduct.objects.select_related("ket")),
            "sections",
            Prefetch("annexes", Annex.objects.filter(removed_at=None).select_related("document")),
            "derogations__granted_by",
        )
        .get(pk=pk)
    )


def parts_of(proposal: Proposal) -> list[Partner]:
    """Lead and project partners that take part or may still confirm: those with a budget. The lead comes first."""
    partners = [
        partner
        for partner in proposal.consortium.partners.all()
        if partner.role != PartnerRole.ASSOCIATED and PartnerState(partner.state).takes_part
    ]
    return sorted(partners, key=lambda partner: (not partner.is_lead, partner.pk))


# Rules ---------------------------------------------------------------------------------------------------


def rules_of(proposal: Proposal) -> tuple[Rule, ...]:
    """The rules of the kind of project, tightened by the call's limits."""
    return rules_for(proposal.kind, proposal.call)


def rules_for(kind: Any, call: Any = None) -> tuple[Rule, ...]:
    """The rules of ``kind`` as its programme file sets them; with ``call``, tightened by that call's limits."""
    rules = build_rules(kind.rules)
    if call is None:
        return rules
    limits = {
        name: str(cap)
        for name, cap in (("per_sme", call.grant_cap_sme), ("per_project", call.grant_cap_project))
        if cap is not None
    }
    return tighten(rules, [{"code": "GRANT-LIMIT", "parameters": limits}]) if limits else rules


def report_of(proposal: Proposal, *, now: datetime) -> EligibilityReport:
    """The findings on a loaded proposal at ``now``; no query."""
    return evaluate(rules_of(proposal), dossier_of(proposal, now=now))


def dossier_of(proposal: Proposal, *, now: datetime) -> Dossier:
    """What the rules see of a loaded proposal at ``now``; no query.

    A proposal that was returned for completion is open until its own date, not the call's.
    """
    call, programme = proposal.call, proposal.call.programme
    parts = list(proposal.consortium.partners.all())
    total = sum(
        (line.amount for partner in parts_of(proposal) for line in partner.budget_lines.all()), Decimal(0)
    )
    returned = proposal.state == ProposalState.RETURNED and proposal.completion_due_at is not None
    return Dossier(
        programme=ProgrammeFacts(
            countries=tuple(country.code for country in programme.countries.all()),
            area=frozenset(RegionFacts(*key) for region in programme.regions.all() for key in region.keys),
            zone=programme.time_zone,
            rule_book=RuleBook(programme.rule_book),
            cost_categories=tuple(
                CostCategoryFacts(code=c.code, flat_rate=c.flat_rate, flat_rate_of=tuple(c.flat_rate_of))
                for c in programme.cost_categories.all()
            ),
            funders=frozenset({FundingSource.GRANT.value}),
        ),
        call=CallFacts(
            opens_at=call.opens_at,
            closes_at=proposal.completion_due_at if returned else call.closes_at,
            published=call.state == "published" or returned,
            kets=frozenset(ket.code for ket in call.kets.all()),
            fields=frozenset(one.code for one in call.fields.all()),
        ),
        kind=proposal.kind.code,
        now=now,
        proposal=ProposalFacts(
            main_ket=proposal.main_ket.code if proposal.main_ket else None,
            fields=frozenset(one.code for one in proposal.fields.all()),
            months=proposal.months,
            starts_on=proposal.starts_on,
            sections=completed_sections(proposal),
            annexes=frozenset(annex.code for annex in proposal.annexes.all()),
        ),
        partners=tuple(_partner_facts(partner, proposal, total, now) for partner in parts),
        products=tuple(
            ProductFacts(key=str(p.pk), name=p.name, trl_start=p.trl_start, trl_target=p.trl_end)
            for p in proposal.products.all()
        ),
        required_annexes=tuple(
            annex["code"] for annex in proposal.kind.annexes if annex.get("required", True)
        ),
        derogations={d.rule_code: d.reason for d in proposal.derogations.all()},
        names=_names(proposal),
    )


def completed_sections(proposal: Proposal) -> frozenset[str]:
    """Sections ticked as complete; the budget is once that of every partner is."""
    ticked = {(row.name, row.partner_id) for row in proposal.sections.all() if row.is_completed}
    done = {name for name, partner in ticked if partner is None and name != SectionName.BUDGET}
    parts = parts_of(proposal)
    if parts and all((SectionName.BUDGET.value, partner.pk) in ticked for partner in parts):
        done.add(SectionName.BUDGET.value)
    return frozenset(str(name) for name in done)


def _partner_facts(partner: Partner, proposal: Proposal, total: Decimal, now: datetime) -> PartnerFacts:
    organisation = partner.organisation
    declaration = organisation.sme_declaration
    linked = linked_identifiers_of(declaration) if declaration else None
    costs = {line.category.code: line.amount for line in partner.budget_lines.all()}
    funding = {str(line.source): line.amount for line in partner.funding_lines.all()}
    plan = getattr(partner, "budget", None)
    own_cost = sum(costs.values(), Decimal(0))
    aid_basis = _choice(AidBasis, plan.aid_basis.code if plan and plan.aid_basis else "")
    category = plan.research_category if plan else ""
    if not category and proposal.kind.code == "feasibility_study":
        category = ResearchCategory.FEASIBILITY_STUDY
    return PartnerFacts(
        key=str(partner.pk),
        name=organisation.name,
        role=PartnerRole(partner.role),
        state=PartnerState(partner.state),
        kind=OrganisationKind(organisation.kind or OrganisationKind.SME),
        country=organisation.country,
        region=_region_of(organisation, proposal.call.programme),
        declared_class=_choice(FiguresClass, declaration.declared_class if declaration else ""),
        figures_class=FiguresClass(declaration.computed_class or FiguresClass.UNKNOWN)
        if declaration
        else None,
        declaration_valid=declaration is not None,
        identifiers=organisation.identifiers,
        vat=organisation.vat_number,
        linked=frozenset(linked) | organisation.identifiers if linked is not None else None,
        chosen_country=partner.chosen_country or None,
        budget=Budget(costs=costs, funding=funding, grant=funding.get(FundingSource.GRANT.value, Decimal(0)))
        if costs or funding
        else None,
        aid_basis=aid_basis,
        research_category=_choice(ResearchCategory, category),
        # Effective collaboration: partners of two member states, none with more than 70 % of the cost.
        has_collaboration_bonus=bool(total)
        and own_cost <= total * COLLABORATION_SHARE
        and _crosses_border(proposal),
        de_minimis_headroom=headroom_of(organisation, programme=proposal.call.programme, now=now)
        if aid_basis is AidBasis.DE_MINIMIS
        else None,
    )


def _region_of(organisation: Organisation, programme: Programme) -> RegionFacts | None:
    """The region; for an organisation that declares to work outside the area, its town in its place."""
    if organisation.region_code and organisation.region_version:
        return RegionFacts(organisation.region_code, organisation.region_version)
    if organisation.outside_area:
        newest = max((region.version for region in programme.regions.all()), default=0)
        return RegionFacts(organisation.town or organisation.country, newest)
    return None


def _crosses_border(proposal: Proposal) -> bool:
    return len({p.organisation.country for p in parts_of(proposal) if p.state == PartnerState.CONFIRMED}) > 1


def _choice(kind: Any, text: str) -> Any:
    return kind(text) if text in {str(one.value) for one in kind} else None


def _names(proposal: Proposal) -> dict[str, dict[str, str]]:
    programme = proposal.call.programme
    found: dict[str, dict[str, str]] = {}
    for subject, rows in (
        ("ket", programme.kets.all()),
        ("field", programme.application_fields.all()),
        ("category", programme.cost_categories.all()),
        ("country", programme.countries.all()),
    ):
        found |= {f"{subject}:{row.code}": dict(row.name) for row in rows}
    found |= {f"annex:{annex['code']}": dict(annex["name"]) for annex in proposal.kind.annexes}
    found |= {f"section:{name.value}": _in_all_languages(name.label) for name in SectionName}
    found |= {f"funder:{source.value}": _in_all_languages(source.label) for source in FundingSource}
    return found


def _in_all_languages(label: Any) -> dict[str, str]:
    from django.utils import translation

    texts = {}
    for language in ("en", "de", "nl"):
        with translation.override(language):
            texts[language] = str(label)
    return texts


# What was answered ---------------------------------------------------------------------------------------


def content_of(proposal: Proposal) -> dict[str, Any]:
    """A loaded proposal as plain values: what a submission freezes. Names stand beside codes, so that it can be read
    when the programme's file has moved on."""
    titles = {annex["code"]: annex["name"] for annex in proposal.kind.annexes}
    return {
        "proposal": proposal.number,
        "programme": {
            "code": proposal.call.programme.code,
            "short_name": proposal.call.programme.short_name,
            "name": dict(proposal.call.programme.name),
        },
        "call": {"slug": proposal.call.slug, "title": dict(proposal.call.title)},
        "kind": {"code": proposal.kind.code, "name": dict(proposal.kind.name)},
        "title": proposal.title,
        "summary": proposal.summary,
        "cross_border_value": proposal.cross_border_value,
        "starts_on": proposal.starts_on,
        "months": proposal.months,
        "main_ket": {"code": proposal.main_ket.code, "name": dict(proposal.main_ket.name)}
        if proposal.main_ket
        else None,
        "kets": [{"code": ket.code, "name": dict(ket.name)} for ket in proposal.kets.all()],
        "fields": [{"code": one.code, "name": dict(one.name)} for one in proposal.fields.all()],
        "partners": [
            {
                "key": partner.pk,
                "organisation": partner.organisation.name,
                "country": partner.organisation.country,
                "region": [partner.organisation.region_code, partner.organisation.region_version],
                "town": partner.organisation.town,
                "role": partner.role,
                "state": partner.state,
                "confirmed_at": partner.confirmed_at,
                "declared_class": partner.organisation.sme_declaration.declared_class
                if partner.organisation.sme_declaration
                else None,
                "computed_class": partner.organisation.sme_declaration.computed_class
                if partner.organisation.sme_declaration
                else None,
            }
            for partner in proposal.consortium.partners.all()
        ],
        "budget": [
            {
                "partner": partner.pk,
                "aid_basis": partner.budget.aid_basis.code
                if getattr(partner, "budget", None) and partner.budget.aid_basis
                else None,
                "research_category": partner.budget.research_category
                if getattr(partner, "budget", None)
                else "",
                "costs": {line.category.code: str(line.amount) for line in partner.budget_lines.all()},
                "funding": {str(line.source): str(line.amount) for line in partner.funding_lines.all()},
            }
            for partner in parts_of(proposal)
        ],
        "aid_bases": {
            partner.budget.aid_basis.code: dict(partner.budget.aid_basis.name)
            for partner in parts_of(proposal)
            if getattr(partner, "budget", None) and partner.budget.aid_basis
        },
        "technologies": {product.ket.code: dict(product.ket.name) for product in proposal.products.all()},
        "categories": {c.code: dict(c.name) for c in proposal.call.programme.cost_categories.all()},
        "products": [
            {
                "name": product.name,
                "description": product.description,
                "ket": product.ket.code,
                "owner": product.owner_id,
                "trl_start": product.trl_start,
                "trl_end": product.trl_end,
                "market_year": product.market_year,
            }
            for product in proposal.products.all()
        ],
        "annexes": [
            {
                "code": annex.code,
                "title": titles.get(annex.code, {"en": annex.code}),
                "name": annex.document.name,
                "size": annex.document.size,
                "sha256": annex.document.sha256,
            }
            for annex in proposal.annexes.all()
        ],
        "derogations": {d.rule_code: d.reason for d in proposal.derogations.all()},
    }


@dataclass(frozen=True)
class Answer:
    """One answer; ``url`` leads to where it can be changed, empty where it can't."""

    key: str
    value: Any
    url: str = ""
    url_text: str = ""


@dataclass(frozen=True)
class AnswerGroup:
    title: str
    rows: list[Answer] = field(default_factory=list)
    products: list[dict[str, Any]] = field(default_factory=list)


def answers_of(proposal: Proposal, *, with_links: bool = True) -> list[AnswerGroup]:
    """Every answer of a loaded proposal, with the way to change it while it is editable."""
    return _answers(content_of(proposal), proposal.number if with_links and proposal.is_editable else "")


def answers_from(submission: Submission) -> list[AnswerGroup]:
    """The answers as they were submitted, from the frozen content alone."""
    return _answers(json.loads(submission.content), "")


def answers_in(content: dict[str, Any]) -> list[AnswerGroup]:
    """The answers in a proposal's plain content; no query."""
    return _answers(content, "")


def titles_as_submitted(proposals: Iterable[Proposal]) -> None:
    """Give those that are open for changes the title of their last submission: what is being written is not the
    desk's to read. One query, and none where all are closed."""
    being_written = {proposal.pk: proposal for proposal in proposals if proposal.is_editable}
    if not being_written:
        return
    for submission in Submission.objects.filter(proposal__in=being_written).order_by("received_at", "pk"):
        being_written[submission.proposal_id].title = json.loads(submission.content)["title"]


def submitted_annexes(submission: Submission | None) -> QuerySet[Annex]:
    """The files that were part of ``submission``, whatever took their place since."""
    if submission is None:
        return Annex.objects.none()
    sums = [annex["sha256"] for annex in json.loads(submission.content)["annexes"]]
    received_at = submission.received_at
    return Annex.objects.filter(
        Q(removed_at=None) | Q(removed_at__gt=received_at),
        proposal=submission.proposal_id,
        document__sha256__in=sums,
        document__stored_at__lte=received_at,
    ).select_related("document")


def _answers(content: dict[str, Any], number: str) -> list[AnswerGroup]:
    def row(key: str, value: Any, section: SectionName) -> Answer:
        url = reverse(f"section_{section}", args=[number]) if number else ""
        return Answer(key, value if value not in (None, "", []) else "–", url, _("Change"))

    def names(entries: list[dict[str, Any]]) -> str:
        return ", ".join(str(LocalisedText(entry["name"])) for entry in entries)

    starts_on = content["starts_on"]
    day = parse_date(starts_on) if isinstance(starts_on, str) else starts_on
    partners = {entry["key"]: entry for entry in content["partners"]}
    return [
        AnswerGroup(
            str(SectionName.SUMMARY.label),
            [
                row(_("Title"), content["title"], SectionName.SUMMARY),
                row(_("What do you want to do?"), content["summary"], SectionName.SUMMARY),
                row(_("Why across the border?"), content["cross_border_value"], SectionName.SUMMARY),
                row(
                    _("First day of the project"),
                    date_format(day, "DATE_FORMAT") if day else "",
                    SectionName.SUMMARY,
                ),
                row(_("Duration in months"), content["months"], SectionName.SUMMARY),
            ],
        ),
        AnswerGroup(
            str(SectionName.TECHNOLOGY.label),
            [
                row(
                    _("Main technology"),
                    names([content["main_ket"]] if content["main_ket"] else []),
                    SectionName.TECHNOLOGY,
                ),
                row(_("Further technologies"), names(content["kets"]), SectionName.TECHNOLOGY),
                row(_("Fields of application"), names(content["fields"]), SectionName.TECHNOLOGY),
            ],
        ),
        AnswerGroup(
            str(SectionName.PARTNERS.label),
            [
                row(
                    str(PartnerRole(entry["role"]).label),
                    f"{entry['organisation']} ({entry['country']}) · {PartnerState(entry['state']).label}",
                    SectionName.PARTNERS,
                )
                for entry in content["partners"]
                if PartnerState(entry["state"]).takes_part
            ],
        ),
        AnswerGroup(
            str(SectionName.PRODUCTS.label),
            [
                row(
                    product["name"],
                    _("Readiness level %(start)s to %(end)s, first sale %(year)s, by %(owner)s")
                    % {
                        "start": product["trl_start"],
                        "end": product["trl_end"],
                        "year": product["market_year"],
                        "owner": partners[product["owner"]]["organisation"],
                    },
                    SectionName.PRODUCTS,
                )
                for product in content["products"]
            ],
        ),
        AnswerGroup(
            str(SectionName.ANNEXES.label),
            [
                row(str(LocalisedText(annex["title"])), annex["name"], SectionName.ANNEXES)
                for annex in content["annexes"]
            ],
        ),
    ]


@dataclass(frozen=True)
class BudgetRow:
    """One partner's cost, grant and rate. ``rate`` is exact; None without cost."""

    name: str
    country: str
    state: str
    role: str
    cost: Decimal
    grant: Decimal
    own: Decimal
    url: str = ""

    @property
    def rate(self) -> Decimal | None:
        return self.grant / self.cost if self.cost else None


@dataclass(frozen=True)
class BudgetTable:
    rows: list[BudgetRow]

    cost = property(lambda self: sum((row.cost for row in self.rows), Decimal("0.00")))
    grant = property(lambda self: sum((row.grant for row in self.rows), Decimal("0.00")))
    own = property(lambda self: sum((row.own for row in self.rows), Decimal("0.00")))

    @property
    def rate(self) -> Decimal | None:
        return self.grant / self.cost if self.cost else None

    @property
    def funding_parts(self) -> list[dict[str, Any]]:
        """For the funding line: grant, what others pay, and what is not covered yet."""
        parts = [
            {"kind": "grant", "label": _("Grant asked for"), "amount": self.grant},
            {"kind": "own", "label": _("Own and other money"), "amount": self.own},
        ]
        return [part for part in parts if part["amount"]]


def budget_table(proposal: Proposal, *, with_links: bool = True) -> BudgetTable:
    """The budget of a loaded proposal by partner; no query."""
    return _budget(content_of(proposal), proposal.number if with_links else "")


def budget_from(submission: Submission) -> BudgetTable:
    """The budget as it was submitted."""
    return _budget(json.loads(submission.content), "")


def _budget(content: dict[str, Any], number: str) -> BudgetTable:
    partners = {entry["key"]: entry for entry in content["partners"]}
    rows = []
    for entry in content["budget"]:
        partner = partners[entry["partner"]]
        funding = {source: Decimal(amount) for source, amount in entry["funding"].items()}
        grant = funding.pop("grant", Decimal("0.00"))
        rows.append(
            BudgetRow(
                name=partner["organisation"],
                country=partner["country"],
                state=partner["state"],
                role=str(PartnerRole(partner["role"]).label),
                cost=sum((Decimal(amount) for amount in entry["costs"].values()), Decimal("0.00")),
                grant=grant,
                own=sum(funding.values(), Decimal("0.00")),
                url=reverse("partner_budget", args=[number, entry["partner"]]) if number else "",
            )
        )
    return BudgetTable(rows)


@dataclass(frozen=True)
class PartnerRow:
    """A partner as the partnership page shows it, with its latest invitation."""

    partner: Partner
    invitation: Any

    organisation = property(lambda self: self.partner.organisation)


def partner_rows(proposal: Proposal) -> list[PartnerRow]:
    """All partners but removed ones, the lead first; no query."""
    rows = [p for p in proposal.consortium.partners.all() if p.state != PartnerState.WITHDRAWN]
    rows.sort(key=lambda partner: (not partner.is_lead, partner.pk))
    return [PartnerRow(partner, next(iter(partner.invitations.all()), None)) for partner in rows]
