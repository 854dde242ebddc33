"""What standing declarations come to: whom an organisation is linked with, and what de minimis aid it may still get."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from calls.models import Programme
from consortia import sme
from consortia.models import Organisation, SmeDeclaration


def linked_identifiers_of(declaration: SmeDeclaration) -> frozenset[str] | None:
    """Identifiers of every enterprise of the declared linked group; None where the figures do not tell."""
    return frozenset(sme.classify(sme.enterprise_from_json(declaration.enterprise)).linked_identifiers)


def headroom_of(organisation: Organisation, *, programme: Programme, now: datetime) -> Decimal | None:
    """What the organisation's single undertaking may still get in its own country, EUR; None without a declaration."""
    from consortia import de_minimis

    return de_minimis.headroom_of(organisation, programme=programme, now=now)
