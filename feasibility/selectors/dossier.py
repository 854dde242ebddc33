"""What the rules see of a proposal, and what they find."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any

from calls.enums import RuleBook
from calls.models import Programme
from consortia.declarations import headroom_of, linked_identifiers_of
from consortia.enums import OrganisationKind, PartnerRole, PartnerState
from consortia.models import Organisation, Partner
from feasibility.cofinancing import AidBasis, ResearchCategory
from feasibility.eligibility import (
    Budget,
    CallFacts,
    CoFunder,
    CostCategoryFacts,
    DeclarationFacts,
    DeliverableFacts,
    Dossier,
    EligibilityReport,
    FiguresClass,
    PartnerFacts,
    ProductFacts,
    ProgrammeFacts,
    ProposalFacts,
    Rule,
    WorkPackageFacts,
    build_rules,
    evaluate,
    tighten,
)
from feasibility.eligibility import Region as RegionFacts
from feasibility.enums import FundingSource, ProposalState, SectionName
from feasibility.models import FundingLine, Proposal
from feasibility.selectors.declarations import asked_declarations, standing_declarations
from feasibility.selectors.proposal import funding_of, other_funding_of, parts_of
from rocket.core.text import in_all_languages

COLLABORATION_SHARE = Decimal("0.7")
"""No undertaking bears more of the eligible cost in an effective collaboration. Source: Reg. 651/2014, Art. 25(6)(b)."""


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
            public_sources=frozenset({FundingSource.PUBLIC.value}),
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
        work_packages=tuple(
            WorkPackageFacts(
                key=str(package.pk),
                title=package.title,
                lead=None if package.lead_id is None else str(package.lead_id),
                partners=frozenset(str(partner.pk) for partner in package.partners.all()),
                first_month=package.first_month,
                last_month=package.last_month,
                deliverables=tuple(
                    DeliverableFacts(title=one.title, due_month=one.due_month)
                    for one in package.deliverables.all()
                ),
            )
            for package in proposal.work_packages.all()
        ),
        required_annexes=tuple(
            annex["code"] for annex in proposal.kind.annexes if annex.get("required", True)
        ),
        required_declarations=tuple(
            DeclarationFacts(code=one.code, by=one.by) for one in asked_declarations(proposal.kind)
        ),
        derogations={d.rule_code: d.reason for d in proposal.derogations.all()},
        names=_names(proposal),
    )


def completed_sections(proposal: Proposal) -> frozenset[str]:
    """Sections ticked as complete; budget and declarations are once those of every partner are."""
    by_partner = (SectionName.BUDGET, SectionName.DECLARATIONS)
    ticked = {(row.name, row.partner_id) for row in proposal.sections.all() if row.is_completed}
    done = {name for name, partner in ticked if partner is None and name not in by_partner}
    parts = parts_of(proposal)
    for name in by_partner:
        if parts and all((name.value, partner.pk) in ticked for partner in parts):
            done.add(name.value)
    return frozenset(str(name) for name in done)


def _partner_facts(partner: Partner, proposal: Proposal, total: Decimal, now: datetime) -> PartnerFacts:
    organisation = partner.organisation
    declaration = organisation.sme_declaration
    linked = linked_identifiers_of(declaration) if declaration else None
    costs = {line.category.code: line.amount for line in partner.budget_lines.all()}
    funding = funding_of(partner)
    plan = getattr(partner, "budget", None)
    own_cost = sum(costs.values(), Decimal(0))
    aid_basis = _choice(AidBasis, plan.aid_basis.code if plan and plan.aid_basis else "")
    category = (plan.research_category if plan else "") or default_work(proposal) or ""
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
        budget=Budget(
            costs=costs,
            funding=funding,
            grant=funding.get(FundingSource.GRANT.value, Decimal(0)),
            cofunders=tuple(
                CoFunder(
                    name=_code_of(line), source=str(line.source), amount=line.amount, secured=line.is_secured
                )
                for line in other_funding_of(partner)
            ),
        )
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
        declared=frozenset(one.code for one in standing_declarations(proposal, partner)),
    )


def default_work(proposal: Proposal) -> ResearchCategory | None:
    """What the aided work is where nobody chose it: the kind of project may say it."""
    return ResearchCategory.FEASIBILITY_STUDY if proposal.kind.code == "feasibility_study" else None


def _code_of(line: FundingLine) -> str:
    """The code under which ``_names`` has a funder's words; a name that the programme does not know stands for itself."""
    return line.programme_funder.code if line.programme_funder else line.funder


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
    found |= {f"declaration:{one.code}": dict(one.name) for one in asked_declarations(proposal.kind)}
    found |= _own_names()
    for partner in proposal.consortium.partners.all():
        found |= {f"cofunder:{_code_of(line)}": dict(line.names) for line in other_funding_of(partner)}
    return found


@cache
def _own_names() -> dict[str, dict[str, str]]:
    """Sections and sources as the portal itself names them: the same for every proposal."""
    sections = {f"section:{name.value}": dict(in_all_languages(name.label)) for name in SectionName}
    sources = {f"funder:{source.value}": dict(in_all_languages(source.label)) for source in FundingSource}
    return sections | sources
