"""Declaring size and earlier aid."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from consortia import services
from consortia.models import DeMinimisDeclaration, SmeDeclaration
from rocket.core.errors import Refused, RocketError
from rocket.core.models import AuditEntry
from tests.factories.consortia import MOMENT, MembershipFactory, PersonFactory, small_enterprise

pytestmark = pytest.mark.django_db
NOW = MOMENT + timedelta(days=1)


def declare(membership, declared="small", now=NOW, **changes):
    enterprise = small_enterprise(membership.organisation)
    enterprise["enterprises"][0]["periods"][0] |= changes
    return services.declare_sme(
        organisation=membership.organisation,
        declared_class=declared,
        enterprise=enterprise,
        by=membership.user,
        now=now,
    )


def test_computed_class_is_kept_beside_the_declared_one():
    declaration = declare(MembershipFactory())
    assert (declaration.declared_class, declaration.computed_class, declaration.accounts_closed_on) == (
        "small",
        "small",
        date(2025, 12, 31),
    )
    assert declaration.is_consistent


def test_mismatch_is_kept():
    membership = MembershipFactory()
    declaration = declare(membership, declared="micro", headcount="49.99")
    declaration.refresh_from_db()
    assert (declaration.declared_class, declaration.computed_class, declaration.is_consistent) == (
        "micro",
        "small",
        False,
    )
    assert declare(membership, headcount="50").computed_class == "medium"


def test_later_declaration_takes_the_place_of_the_one_that_stood():
    membership = MembershipFactory()
    first = declare(membership)
    second = declare(membership, now=NOW + timedelta(hours=1))
    first.refresh_from_db()
    assert first.superseded_at == NOW + timedelta(hours=1)
    assert membership.organisation.sme_declaration == second
    assert SmeDeclaration.objects.count() == 2
    assert list(AuditEntry.objects.about(membership.organisation).values_list("verb", flat=True)) == [
        "sme_declared",
        "sme_declared",
    ]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"closed_on": "2026-03-04"}, "period_not_closed"),
        ({"headcount": "-1"}, "enterprise"),
        ({"closed_on": "31.12.2025"}, "enterprise"),
    ],
)
def test_figures_that_cannot_be_are_refused_and_nothing_changes(changes, code):
    membership = MembershipFactory()
    stands = declare(membership)
    with pytest.raises(RocketError) as refused:
        declare(membership, **changes)
    assert refused.value.code == code
    assert membership.organisation.sme_declaration == stands


def test_outsider_declares_nothing():
    membership = MembershipFactory()
    outsider = PersonFactory()
    with pytest.raises(Refused):
        services.declare_de_minimis(organisation=membership.organisation, aids=[], by=outsider, now=NOW)
    membership.user = outsider
    with pytest.raises(Refused):
        declare(membership)


def aid(**changes):
    values = {
        "granted_on": date(2025, 5, 1),
        "granting_body": "Erfundene Provinz",
        "country": "NL",
        "regulation": "2023/2831",
        "amount": Decimal("25000.00"),
    }
    return services.EarlierAid(**(values | changes))


def test_none_is_a_declaration_too_and_a_new_one_replaces_it():
    membership = MembershipFactory()
    organisation = membership.organisation
    services.declare_de_minimis(organisation=organisation, aids=[], by=membership.user, now=NOW)
    assert list(organisation.de_minimis_declaration.aids.all()) == []
    services.declare_de_minimis(organisation=organisation, aids=[aid(), aid()], by=membership.user, now=NOW)
    assert [a.amount for a in organisation.de_minimis_declaration.aids.all()] == [Decimal("25000.00")] * 2
    assert DeMinimisDeclaration.objects.filter(superseded_at=None).count() == 1


@pytest.mark.parametrize(
    "changes", [{"granted_on": date(2026, 3, 4)}, {"country": "XX"}, {"amount": Decimal("0.00")}]
)
def test_aid_that_cannot_be_is_refused(changes):
    membership = MembershipFactory()
    with pytest.raises(RocketError):
        services.declare_de_minimis(
            organisation=membership.organisation, aids=[aid(), aid(**changes)], by=membership.user, now=NOW
        )
    assert DeMinimisDeclaration.objects.count() == 0
