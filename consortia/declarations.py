"""What standing declarations come to: whom an organisation is linked with, and what de minimis aid it may still get."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from calls.models import Programme
from consortia import de_minimis, sme
from consortia.models import DeMinimisDeclaration, Organisation, SmeDeclaration


def linked_identifiers_of(declaration: SmeDeclaration) -> frozenset[str]:
    """Identifiers of every enterprise of the declared linked group, its own included."""
    return frozenset(sme.classify(sme.enterprise_from_json(declaration.enterprise)).linked_identifiers)


def accounts_due(declaration: SmeDeclaration | None, now: datetime) -> date | None:
    """The end of the latest accounting year after the declared one, where one has closed since; else None.

    Years are taken to end on the same day. The class follows from the latest approved accounts (Art. 4(1)).
    """
    if declaration is None:
        return None
    closed_on, today = declaration.accounts_closed_on, timezone.localdate(now)
    for year in range(today.year, closed_on.year, -1):
        end = _anniversary(closed_on, year)
        if end < today:
            return end
    return None


def _anniversary(day: date, year: int) -> date:
    """The same day of another year; the last of February for 29 February."""
    try:
        return day.replace(year=year)
    except ValueError:
        return day.replace(year=year, day=28)


DE_MINIMIS_HOLDS = timedelta(days=365)
"""So long the portal takes a de minimis declaration as recent; what a rule asks is only that there is one."""


def de_minimis_due(declaration: DeMinimisDeclaration | None, now: datetime) -> bool:
    """Whether the declaration is so old that aid granted since is likely to lack in it."""
    return declaration is not None and now - declaration.declared_at > DE_MINIMIS_HOLDS


def headroom_of(organisation: Organisation, *, programme: Programme, now: datetime) -> Decimal | None:
    """What the organisation's single undertaking may still get on the programme's day, EUR.

    The declaration lists the aid of the whole single undertaking, so it is one undertaking here. The member state
    that grants is taken to be the organisation's own. None without a declaration, or where the day has no regulation.
    No query where ``with_declarations`` read the organisation.
    """
    declaration = organisation.de_minimis_declaration
    if declaration is None:
        return None
    key = f"organisation:{organisation.pk}"
    day = timezone.localtime(now, programme.zone).date()
    regulation = de_minimis.regulation_on(day)
    if regulation is None:
        return None
    return de_minimis.headroom(
        de_minimis.DeMinimisCase(
            undertaking=key,
            member_state=organisation.country,
            granted_on=day,
            declared_on=timezone.localtime(declaration.declared_at, programme.zone).date(),
            undertakings=(de_minimis.Undertaking(key, organisation.name),),
            aids=tuple(
                de_minimis.Aid(
                    undertaking=key,
                    granted_on=aid.granted_on,
                    member_state=aid.country,
                    amount=aid.amount,
                    regulation=de_minimis.Regulation(aid.regulation),
                    granting_body=aid.granting_body,
                )
                for aid in declaration.aids.all()
            ),
        ),
        regulation,
    ).headroom
