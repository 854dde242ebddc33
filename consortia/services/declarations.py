"""What an organisation declares: its size, and the de minimis aid that it had before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from consortia import sme
from consortia.countries import COUNTRIES
from consortia.enums import ComputedClass, SizeClass
from consortia.models import DeMinimisAid, DeMinimisDeclaration, Organisation, SmeDeclaration
from rocket.accounts.models import User
from rocket.core import audit
from rocket.core.errors import RocketError
from rocket.core.money import euro
from rocket.core.permissions import demand


@dataclass(frozen=True, kw_only=True)
class EarlierAid:
    """One de minimis aid that the single undertaking was granted. ``amount``: gross grant equivalent in EUR."""

    granted_on: date
    granting_body: str
    country: str
    regulation: str
    amount: Decimal


@transaction.atomic
def declare_sme(
    *,
    organisation: Organisation,
    declared_class: SizeClass | str,
    enterprise: Mapping[str, Any],
    by: User,
    now: datetime,
) -> SmeDeclaration:
    """Put a new SME declaration in the place of the one that stood. ``enterprise``: the JSON form of ``consortia.sme``.

    The class that the figures give is worked out and kept beside the declared one; where the two differ, both
    stay, and the rules say so. Raises ``RocketError`` for a form with mistakes, without a period, or with closed
    accounts of the future.
    """
    demand(by, "declare", organisation)
    try:
        graph = sme.enterprise_from_json(enterprise)
    except sme.JsonFormError as error:
        raise RocketError("enterprise", str(error), mistakes=error.mistakes) from error
    subject = next(e for e in graph.enterprises if e.identifier == graph.subject)
    if not subject.periods:
        raise RocketError("no_period", _("Enter the figures of the latest closed accounting period."))
    closed_on = sme.accounts_closed_on(graph)
    if closed_on is not None and closed_on > now.date():
        raise RocketError(
            "period_not_closed", _("The accounting period has not closed yet. Declare a closed one.")
        )
    classification = sme.classify(graph)
    before = organisation.sme_declarations.filter(superseded_at=None).first()
    organisation.sme_declarations.filter(superseded_at=None).update(superseded_at=now)
    declaration = SmeDeclaration.objects.create(
        organisation=organisation,
        declared_class=SizeClass(declared_class),
        enterprise=sme.to_json(graph),
        computed_class=ComputedClass(classification.sme_class.value),
        accounts_closed_on=closed_on or now.date(),
        declared_by=by,
        declared_at=now,
    )
    audit.record(
        subject=organisation,
        verb="sme_declared",
        by=by,
        now=now,
        before={"declared": before.declared_class, "computed": before.computed_class} if before else {},
        after={
            "declaration": declaration.pk,
            "declared": declaration.declared_class,
            "computed": declaration.computed_class,
        },
    )
    return declaration


@transaction.atomic
def declare_de_minimis(
    *, organisation: Organisation, aids: Sequence[EarlierAid], by: User, now: datetime
) -> DeMinimisDeclaration:
    """Put a new de minimis declaration in the place of the one that stood; no ``aids`` declares that there were none.

    Raises ``RocketError`` for an aid of the future, of a country that is not known, or without an amount.
    """
    demand(by, "declare", organisation)
    for aid in aids:
        if aid.granted_on > now.date():
            raise RocketError(
                "future_aid",
                _("The aid of %(body)s is dated in the future. Declare it once it is granted.")
                % {"body": aid.granting_body},
            )
        if aid.country not in COUNTRIES:
            raise RocketError(
                "country", _("The country “%(country)s” is not known.") % {"country": aid.country}
            )
        if euro(aid.amount) <= 0:
            raise RocketError(
                "amount", _("The aid of %(body)s needs an amount above 0.") % {"body": aid.granting_body}
            )
    organisation.de_minimis_declarations.filter(superseded_at=None).update(superseded_at=now)
    declaration = DeMinimisDeclaration.objects.create(
        organisation=organisation, declared_by=by, declared_at=now
    )
    DeMinimisAid.objects.bulk_create(
        DeMinimisAid(
            organisation=organisation,
            declaration=declaration,
            granted_on=aid.granted_on,
            granting_body=aid.granting_body.strip(),
            country=aid.country,
            regulation=aid.regulation,
            amount=euro(aid.amount),
        )
        for aid in aids
    )
    audit.record(
        subject=organisation,
        verb="de_minimis_declared",
        by=by,
        now=now,
        after={
            "declaration": declaration.pk,
            "aids": [
                {"granted_on": aid.granted_on, "country": aid.country, "amount": euro(aid.amount)}
                for aid in aids
            ],
        },
    )
    return declaration
