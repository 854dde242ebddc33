"""A programme with funded projects, made through the models and `open_project`: nothing of it is random.

The programme is invented but shaped like a real one: two shores, three technologies, two fields, two kinds.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from calls.enums import CallState
from calls.models import ApplicationField, Call, CostCategory, Country, Ket, Programme, ProjectKind, Region
from consortia.enums import OrganisationKind, PartnerRole, PartnerState, SizeClass
from consortia.models import Consortium, Organisation, Partner, SmeDeclaration
from feasibility.eligibility import EligibilityReport
from feasibility.enums import FundingSource, Outcome, ProposalState
from feasibility.models import BudgetLine, Decision, ExpectedProduct, FundingLine, Proposal, Submission
from feasibility.selectors import content_of, load
from reporting.models import Project
from reporting.services import open_project
from rocket.accounts.models import RoleGrant, User
from rocket.accounts.roles import Role
from rocket.core.audit import canonical_json, sha256_of

_serial = itertools.count(1)

START = datetime(2016, 4, 1, 8, tzinfo=UTC)
CALL_OPENS = datetime(2016, 9, 1, 7, tzinfo=UTC)
CALL_CLOSES = datetime(2016, 12, 15, 16, tzinfo=UTC)
RECEIVED = datetime(2016, 12, 14, 15, 41, 7, tzinfo=UTC)
DECIDED = datetime(2017, 3, 20, 13, 30, tzinfo=UTC)
AS_OF = datetime(2017, 10, 31, 17, tzinfo=UTC)

TWENTE, ACHTERHOEK = ("NL213", 2016), ("NL225", 2016)
BORKEN, MUENSTER = ("DEA34", 2016), ("DEA33", 2016)

REGIONS = (
    (TWENTE, "Twente", "NL", "Twe", 2, 0),
    (ACHTERHOEK, "Achterhoek", "NL", "Ach", 2, 1),
    (BORKEN, "Borken", "DE", "Bor", 3, 0),
    (MUENSTER, "Münster, Kreisfreie Stadt", "DE", "Mün", 4, 1),
)


def person(name: str = "", **roles: str) -> User:
    """A person; ``manager="rocket"`` gives the role in that programme."""
    serial = next(_serial)
    user = User.objects.create(email=f"person{serial}@example.org", name=name or f"Person {serial}")
    for role, code in roles.items():
        RoleGrant.objects.create(
            user=user, role=Role(role), programme_code=code, granted_at=START, granted_by=user
        )
    return user


def programme(code: str = "rocket", regions: Sequence[Any] = REGIONS, **values: Any) -> Programme:
    made = Programme.objects.create(
        code=code,
        **{
            "name": {"en": f"Programme {code}", "de": f"Programm {code}", "nl": f"Programma {code}"},
            "short_name": code.upper(),
            "rule_book": "V",
            "starts_on": START.date(),
            "ends_on": datetime(2020, 3, 31, tzinfo=UTC).date(),
            "funding_rate": Decimal("0.6"),
            "grant_cap": Decimal("300000.00"),
            "product_target": 40,
            **values,
        },
    )
    shores = {}
    for place, (iso, side, names) in enumerate(
        (
            ("NL", "west", {"en": "Netherlands", "de": "Niederlande", "nl": "Nederland"}),
            ("DE", "east", {"en": "Germany", "de": "Deutschland", "nl": "Duitsland"}),
        )
    ):
        shores[iso] = Country.objects.create(programme=made, code=iso, name=names, side=side, position=place)
    for (nuts, version), name, iso, short, column, row in regions:
        Region.objects.create(
            programme=made,
            code=nuts,
            version=version,
            name=name,
            country=shores[iso],
            short=short,
            column=column,
            row=row,
        )
    kets = (
        ("NT", 1, {"en": "Nanotechnology", "de": "Nanotechnologie", "nl": "Nanotechnologie"}),
        (
            "MS",
            2,
            {"en": "Microsystems technology", "de": "Mikrosystemtechnik", "nl": "Microsysteemtechnologie"},
        ),
        ("PH", 5, {"en": "Photonics", "de": "Photonik", "nl": "Fotonica"}),
    )
    for place, (ket, category, names) in enumerate(kets):
        Ket.objects.create(programme=made, code=ket, category=category, name=names, position=place)
    fields = (
        ("health", {"en": "Health", "de": "Gesundheit", "nl": "Gezondheid"}),
        ("energy", {"en": "Energy", "de": "Energie", "nl": "Energie"}),
    )
    for place, (field, names) in enumerate(fields):
        ApplicationField.objects.create(programme=made, code=field, name=names, position=place)
    kinds = (
        (
            "innovation_project",
            {"en": "Innovation project", "de": "Innovationsprojekt", "nl": "Innovatieproject"},
        ),
        (
            "feasibility_study",
            {"en": "Feasibility study", "de": "Machbarkeitsstudie", "nl": "Haalbaarheidsstudie"},
        ),
    )
    for place, (kind, names) in enumerate(kinds):
        ProjectKind.objects.create(
            programme=made,
            code=kind,
            name=names,
            position=place,
            min_months=3,
            max_months=36,
            funding_rate=Decimal("0.6"),
            grant_cap_sme=Decimal("300000.00"),
        )
    CostCategory.objects.create(
        programme=made, code="staff", name={"en": "Staff", "de": "Personal", "nl": "Personeel"}
    )
    return made


def call(programme: Programme, slug: str = "", **values: Any) -> Call:
    slug = slug or f"call-{next(_serial)}"
    number = slug.rpartition("-")[2]
    return Call.objects.create(
        programme=programme,
        slug=f"{programme.code}-{slug}",
        **{
            "title": {"en": f"Call {number}", "de": f"Aufruf {number}", "nl": f"Oproep {number}"},
            "opens_at": CALL_OPENS,
            "closes_at": CALL_CLOSES,
            "published_at": CALL_OPENS,
            "state": CallState.PUBLISHED,
            **values,
        },
    )


def organisation(
    name: str = "", country: str = "DE", region: tuple[str, int] | None = BORKEN, is_sme: bool = True
) -> Organisation:
    serial = next(_serial)
    made = Organisation.objects.create(
        name=name or f"Organisation {serial}",
        kind=OrganisationKind.SME if is_sme else OrganisationKind.RESEARCH,
        country=country,
        region_code=region[0] if region else "",
        region_version=region[1] if region else None,
        created_at=START,
    )
    if is_sme:
        SmeDeclaration.objects.create(
            organisation=made,
            declared_class=SizeClass.SMALL,
            computed_class=SizeClass.SMALL,
            enterprise={},
            accounts_closed_on=START.date(),
            declared_by=person(),
            declared_at=START,
        )
    return made


def proposal(
    call: Call,
    title: str = "",
    *,
    kind: str = "innovation_project",
    ket: str | None = "NT",
    fields: Sequence[str] = ("health",),
    partners: Sequence[Organisation] | None = None,
    budget: str = "100000.00",
    grant: str = "60000.00",
    products: int = 1,
    received_at: datetime | None = RECEIVED,
    state: ProposalState = ProposalState.DECISION_PENDING,
) -> Proposal:
    """A proposal with confirmed partners; the first one leads, spends and promises everything."""
    serial, author = next(_serial), person()
    programme = call.programme
    if partners is None:
        partners = [organisation(), organisation(country="NL", region=TWENTE)]
    consortium = Consortium.objects.create(created_at=START, created_by=author)
    parts = [
        Partner.objects.create(
            consortium=consortium,
            organisation=each,
            role=PartnerRole.PROJECT if place else PartnerRole.LEAD,
            state=PartnerState.CONFIRMED,
            confirmed_at=START,
            added_at=START,
        )
        for place, each in enumerate(partners)
    ]
    made = Proposal.objects.create(
        number=f"R-2016-{serial:04d}",
        call=call,
        kind=ProjectKind.objects.get(programme=programme, code=kind),
        consortium=consortium,
        title=title or f"Project {serial}",
        main_ket=Ket.objects.get(programme=programme, code=ket) if ket else None,
        state=state,
        created_by=author,
        created_at=START,
        changed_at=received_at or START,
    )
    made.fields.set(ApplicationField.objects.filter(programme=programme, code__in=fields))
    BudgetLine.objects.create(
        proposal=made,
        partner=parts[0],
        category=CostCategory.objects.get(programme=programme, code="staff"),
        amount=Decimal(budget),
    )
    for source, amount in (
        (FundingSource.GRANT, Decimal(grant)),
        (FundingSource.OWN, Decimal(budget) - Decimal(grant)),
    ):
        FundingLine.objects.create(proposal=made, partner=parts[0], source=source, amount=amount)
    for place in range(products):
        ExpectedProduct.objects.create(
            proposal=made,
            name=f"{made.title} product {place + 1}",
            ket=made.main_ket or Ket.objects.filter(programme=programme).first(),
            owner=parts[0],
            trl_start=4,
            trl_end=8,
            market_year=2019,
        )
    if received_at:
        content = canonical_json(content_of(load(made.pk)))
        Submission.objects.create(
            proposal=made,
            version=1,
            receipt_number=f"E-2016-{serial:04d}",
            received_at=received_at,
            submitted_by=author,
            content=content,
            sha256=sha256_of(content),
            findings=EligibilityReport(()).to_json(),
            rule_set_version="1",
        )
    return made


def decision(proposal: Proposal, outcome: Outcome = Outcome.APPROVED, at: datetime = DECIDED) -> Decision:
    """A decision as it stands on record, with the proposal in the state that follows."""
    manager = person(manager=proposal.call.programme.code)
    made = Decision.objects.create(
        proposal=proposal,
        submission=proposal.submissions.get(),
        outcome=outcome,
        reason="The jury ranked it second.",
        decided_by=manager,
        decided_at=at,
    )
    proposal.state = ProposalState(str(outcome))
    proposal.changed_at = at
    proposal.save()
    return made


def project(call: Call, title: str = "", *, at: datetime = DECIDED, **values: Any) -> Project:
    """A funded project: proposal, submission, approval, project and products."""
    approved = decision(proposal(call, title, **values), at=at)
    return open_project(decision=approved, by=approved.decided_by, now=at)
