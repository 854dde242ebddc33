"""What everybody may read of one funded project."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from calls.models import Region
from consortia.enums import PartnerRole, PartnerState
from consortia.models import Partner
from reporting.enums import Stage
from reporting.models import Product, Project

STAGES = (Stage.ON_MARKET, Stage.IN_DEVELOPMENT, Stage.PLANNED, Stage.STOPPED)
"""In the order in which a reader wants to know of them."""

Arc = tuple[tuple[int, int], tuple[int, int]]


@dataclass(frozen=True)
class PublicProject:
    """Source: Regulation (EU) 2021/1060, Art. 49(3). Of the decision, its reasons and the people nothing is public."""

    partners: tuple[Partner, ...]
    """Confirmed, lead partner first; associated partners spend nothing and are left out."""
    budget: Decimal | None
    grant: Decimal | None
    products: tuple[Product, ...]
    regions: tuple[Region, ...]
    """Of the programme, for the map."""
    lead_region: Region | None
    across: tuple[Region, ...]
    """Where its partners on the other shore are."""

    @property
    def rest(self) -> Decimal | None:
        """What the grant does not pay."""
        return None if self.budget is None else self.budget - (self.grant or 0)

    @property
    def arcs(self) -> list[Arc]:
        """From the lead partner's tile to each across the border."""
        lead = self.lead_region
        return [((lead.column, lead.row), (end.column, end.row)) for end in self.across] if lead else []


def public_partners(project: Project) -> tuple[Partner, ...]:
    """Confirmed lead and project partners of a project that came ``with_parts``. No query."""
    return tuple(
        partner
        for partner in project.proposal.consortium.partners.all()
        if partner.state == PartnerState.CONFIRMED and partner.role != PartnerRole.ASSOCIATED
    )


def public_project(project: Project) -> PublicProject:
    """Of a project that came ``with_parts`` and ``with_money``. Two queries more."""
    partners = public_partners(project)
    products = sorted(
        project.products.select_related("ket", "owner"),
        key=lambda product: (STAGES.index(product.stage_now), product.pk),
    )
    regions = tuple(Region.objects.filter(programme=project.programme).select_related("country"))
    places = {key: region for region in regions for key in region.keys}

    def place(partner: Partner) -> Region | None:
        where = partner.organisation
        return places.get((where.region_code, where.region_version or 0))

    lead = next((place(partner) for partner in partners if partner.is_lead), None)
    ends = [end for partner in partners if (end := place(partner))]
    across = [end for end in ends if lead and end.country.side != lead.country.side]
    return PublicProject(
        partners=partners,
        budget=project.budget,
        grant=project.grant,
        products=tuple(products),
        regions=regions,
        lead_region=lead,
        across=tuple({end.pk: end for end in across}.values()),
    )
