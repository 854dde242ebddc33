"""One proposal with all its parts, in a fixed number of queries."""

from __future__ import annotations

from decimal import Decimal

from django.db.models import Prefetch, QuerySet, Value, prefetch_related_objects

from calls.remembered import call_at_hand
from consortia.enums import PartnerRole, PartnerState
from consortia.models import Partner
from consortia.selectors import hand_out_declarations, with_standing_declarations
from feasibility.cofinancing import AidBasis
from feasibility.enums import FundingSource, SectionName
from feasibility.models import (
    Annex,
    BudgetLine,
    ExpectedProduct,
    FundingLine,
    PartnerDeclaration,
    Proposal,
    Section,
    WorkPackage,
)
from rocket.core.at_hand import put_at_hand


def whole(proposals: QuerySet[Proposal]) -> QuerySet[Proposal]:
    """With all that rules, snapshot and pages need; twelve queries whatever its size. ``complete`` belongs to it."""
    partners = with_standing_declarations(
        Partner.objects.select_related("budget__aid_basis").prefetch_related(
            Prefetch("budget_lines", BudgetLine.objects.select_related("category")),
            Prefetch("funding_lines", FundingLine.objects.select_related("programme_funder")),
            Prefetch(
                "declarations",
                PartnerDeclaration.objects.filter(withdrawn_at=None).select_related("declared_by"),
            ),
        )
    )
    return proposals.select_related(
        "call__programme", "kind", "main_ket", "consortium", "cluster"
    ).prefetch_related(
        Prefetch("consortium__partners", partners),
        Prefetch("products", ExpectedProduct.objects.select_related("ket")),
        Prefetch("work_packages", WorkPackage.objects.prefetch_related("partners", "deliverables")),
        "sections",
        Prefetch("annexes", Annex.objects.filter(removed_at=None).select_related("document")),
        "derogations",
    )


def complete(proposal: Proposal) -> Proposal:
    """The rest of a proposal that ``whole`` read: technologies and fields, declarations where they are looked for, and
    what call and programme have fixed. One query where the process knows those, and one more for de minimis aid."""
    partners = proposal.consortium.partners.all()
    hand_out_declarations(partners)
    call_at_hand(proposal.call)
    _hand_out_choices(proposal)
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


def _hand_out_choices(proposal: Proposal) -> None:
    """The technologies and fields of a proposal, from those of its programme; one query for both."""
    kets = Proposal.kets.through.objects.filter(proposal=proposal).values_list(Value("ket"), "ket_id")
    fields = Proposal.fields.through.objects.filter(proposal=proposal)
    chosen = set(kets.union(fields.values_list(Value("field"), "applicationfield_id")))
    programme = proposal.call.programme
    put_at_hand(proposal, "kets", [ket for ket in programme.kets.all() if ("ket", ket.pk) in chosen])
    offered = programme.application_fields.all()
    put_at_hand(proposal, "fields", [field for field in offered if ("field", field.pk) in chosen])


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
