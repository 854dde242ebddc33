"""The products that a proposal expects."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from feasibility.enums import SectionName
from feasibility.models import ExpectedProduct, Proposal
from feasibility.services.sections._claim import claim, record
from rocket.accounts.models import User
from rocket.core.text import without_controls


@transaction.atomic
def add_product(
    *, proposal: Proposal, product: ExpectedProduct, seen_version: int, by: User, now: datetime
) -> ExpectedProduct:
    """Add or change one expected product; ``product`` carries the checked values."""
    section = claim(
        proposal, SectionName.PRODUCTS, by=by, now=now, seen_version=seen_version, is_completed=None
    )
    product.proposal = proposal
    product.name = without_controls(product.name).strip()
    product.description = without_controls(product.description)
    product.save()
    record(
        proposal, section, by, now, {}, {"product": product.name, "trl": [product.trl_start, product.trl_end]}
    )
    return product


@transaction.atomic
def remove_product(*, product: ExpectedProduct, seen_version: int, by: User, now: datetime) -> None:
    proposal = product.proposal
    section = claim(
        proposal, SectionName.PRODUCTS, by=by, now=now, seen_version=seen_version, is_completed=None
    )
    record(proposal, section, by, now, {"product": product.name}, {"product": None})
    product.delete()
