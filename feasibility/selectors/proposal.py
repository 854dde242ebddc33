"""One proposal with all its parts, in a fixed number of queries."""

from __future__ import annotations

from django.db.models import Prefetch

from calls.models import Region
from consortia.enums import PartnerRole, PartnerState
from consortia.models import Partner
from consortia.selectors import with_declarations
from feasibility.models import Annex, BudgetLine, ExpectedProduct, Proposal


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
