"""One proposal with all its parts, in a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch, QuerySet, prefetch_related_objects

from calls.remembered import call_at_hand
from consortia.enums import PartnerRole, PartnerState
from consortia.models import Partner
from consortia.selectors import hand_out_declarations, with_standing_declarations
from feasibility.cofinancing import AidBasis
from feasibility.enums import FundingSource, SectionName
from feasibility.models import (
    Annex,
    BudgetLine,
    Deliverable,
    Derogation,
    DerogationRequest,
    ExpectedProduct,
    FundingLine,
    PartnerDeclaration,
    Proposal,
    Section,
    WorkPackage,
)
from rocket.accounts.models import User
from rocket.core.at_hand import put_at_hand
from rocket.core.models import Document
from rocket.core.together import Together


def whole(proposals: QuerySet[Proposal]) -> QuerySet[Proposal]:
    """With its partners, as far as permissions need it; two queries. ``complete`` reads all else."""
    partners = with_standing_declarations(Partner.objects.select_related("budget__aid_basis"))
    return proposals.select_related(
        "call__programme", "kind", "main_ket", "consortium", "cluster"
    ).prefetch_related(Prefetch("consortium__partners", partners))


def complete(proposal: Proposal) -> Proposal:
    """A proposal that ``whole`` read, with all that rules, snapshot and pages need: what it holds, declarations where
    they are looked for, and what call and programme have fixed. One query where the process knows those, and one more
    for de minimis aid; the same number whatever its size."""
    partners = proposal.consortium.partners.all()
    hand_out_declarations(partners)
    call_at_hand(proposal.call)
    _hand_out_content(proposal, list(partners))
    on_de_minimis = [
        declaration
        for partner in partners
        if (budget := getattr(partner, "budget", None)) is not None
        and budget.aid_basis is not None
        and budget.aid_basis.code == AidBasis.DE_MINIMIS
        and (declaration := partner.organisation.de_minimis_declaration) is not None
    ]
    prefetch_related_objects(on_de_minimis, "aids")
    return proposal


def _content_of(proposal: int) -> list[QuerySet[Any]]:
    mine = {"proposal": proposal}
    in_force = Annex.objects.filter(removed_at=None, **mine)
    declared = PartnerDeclaration.objects.filter(withdrawn_at=None, **mine)
    return [
        BudgetLine.objects.filter(**mine),
        FundingLine.objects.filter(**mine),
        declared,
        ExpectedProduct.objects.filter(**mine),
        WorkPackage.objects.filter(**mine),
        Section.objects.filter(**mine),
        in_force,
        Derogation.objects.filter(**mine),
        DerogationRequest.objects.filter(**mine),
        Deliverable.objects.filter(package__proposal=proposal),
        WorkPackage.partners.through.objects.filter(workpackage__proposal=proposal),
        Document.objects.filter(pk__in=in_force.values("document")),
        User.objects.filter(pk__in=declared.values("declared_by")).only("name", "email"),
        Proposal.kets.through.objects.filter(**mine),
        Proposal.fields.through.objects.filter(**mine),
    ]


CONTENT = Together(_content_of)
OF_PROPOSAL = ("products", "work_packages", "sections", "annexes", "derogations", "derogation_requests")
OF_PARTNER = ("budget_lines", "funding_lines", "declarations")


def _hand_out_content(proposal: Proposal, partners: list[Partner]) -> None:
    """Everything that hangs from a proposal, in one query, each row where it is looked for."""
    lines, funding, declarations, products, packages, sections, annexes, *more = CONTENT.about(proposal.pk)
    derogations, requests, deliverables, taking_part, documents, people, kets, fields = more
    programme = proposal.call.programme
    known = {partner.pk: partner for partner in partners}
    _set_each(lines, "category", programme.cost_categories.all())
    _set_each(funding, "programme_funder", programme.funders.all())
    _set_each(declarations, "declared_by", people)
    _set_each(products, "ket", programme.kets.all())
    _set_each(annexes, "document", documents)
    _set_each(packages, "lead", partners)
    for name, rows in zip(
        OF_PROPOSAL, (products, packages, sections, annexes, derogations, requests), strict=True
    ):
        _set_each(rows, "proposal", [proposal])
        put_at_hand(proposal, name, rows)
    for name, rows in zip(OF_PARTNER, (lines, funding, declarations), strict=True):
        _set_each(rows, "partner", partners)
        of_partner = _by(rows, "partner_id")
        for partner in partners:
            put_at_hand(partner, name, of_partner[partner.pk])
    _set_each(deliverables, "package", packages)
    of_package, in_package = _by(deliverables, "package_id"), _by(taking_part, "workpackage_id")
    for package in packages:
        put_at_hand(package, "deliverables", of_package[package.pk])
        at_work = {row.partner_id for row in in_package[package.pk]}
        put_at_hand(package, "partners", [known[pk] for pk in known if pk in at_work])
    chosen = {row.ket_id for row in kets}
    put_at_hand(proposal, "kets", [ket for ket in programme.kets.all() if ket.pk in chosen])
    chosen = {row.applicationfield_id for row in fields}
    put_at_hand(proposal, "fields", [one for one in programme.application_fields.all() if one.pk in chosen])


def _set_each(rows: Iterable[Any], name: str, targets: Iterable[Any]) -> None:
    """What a foreign key of each row points at, where it is among ``targets``; what is not is read when asked for."""
    by_key = {target.pk: target for target in targets}
    for row in rows:
        if (key := getattr(row, f"{name}_id")) in by_key:
            setattr(row, name, by_key[key])


def _by(rows: Iterable[Any], name: str) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[getattr(row, name)].append(row)
    return found


def load(pk: int) -> Proposal:
    """One proposal with everything at hand, for those who have found it already."""
    return complete(whole(Proposal.objects.all()).get(pk=pk))


def section_in(proposal: Proposal, name: SectionName, partner: Partner | None = None) -> Section:
    """The section of a loaded proposal as it was read; an unsaved one of version 0 where nobody has written. No query."""
    for row in proposal.sections.all():
        if row.name == name and row.partner_id == (partner.pk if partner else None):
            return row
    return Section(proposal=proposal, name=name, partner=partner)


def parts_of(proposal: Proposal) -> list[Partner]:
    """Lead and project partners that take part or may still confirm: those with a budget. The lead comes first."""
    partners = [
        partner
        for partner in proposal.consortium.partners.all()
        if partner.role != PartnerRole.ASSOCIATED and PartnerState(partner.state).takes_part
    ]
    return sorted(partners, key=lambda partner: (not partner.is_lead, partner.pk))


def funding_of(partner: Partner) -> dict[str, Decimal]:
    """What a loaded partner gets from each source that it entered; no query."""
    sums: dict[str, Decimal] = {}
    for line in partner.funding_lines.all():
        sums[str(line.source)] = sums.get(str(line.source), Decimal("0.00")) + line.amount
    return sums


def other_funding_of(partner: Partner) -> list[FundingLine]:
    """The rows of funders that are neither the programme nor the partner, in the order in which they were entered."""
    return [line for line in partner.funding_lines.all() if FundingSource(line.source).is_other]
