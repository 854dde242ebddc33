"""A fixed cast and the dossier in which every rule passes; each test changes one thing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from feasibility.eligibility import (
    Budget,
    CallFacts,
    CostCategoryFacts,
    DeclarationFacts,
    DeliverableFacts,
    Dossier,
    Finding,
    PartnerFacts,
    ProductFacts,
    ProgrammeFacts,
    ProposalFacts,
    Region,
    Rule,
    WorkPackageFacts,
    build_rules,
    rule_class,
)

TWENTE = Region("NL213", 2013)
MUENSTER = Region("DEA33", 2013)
PROGRAMME = ProgrammeFacts(
    countries=("NL", "DE"),
    area=frozenset({TWENTE, MUENSTER}),
    zone="Europe/Amsterdam",
    rule_book="V",
    cost_categories=(
        CostCategoryFacts(code="staff"),
        CostCategoryFacts(code="office", flat_rate=Decimal("0.15"), flat_rate_of=("staff",)),
    ),
    funders=frozenset({"grant"}),
)
OPENS = datetime(2026, 9, 1, 7, 0, tzinfo=UTC)
CLOSES = datetime(2026, 9, 30, 15, 0, tzinfo=UTC)
CALL = CallFacts(
    opens_at=OPENS,
    closes_at=CLOSES,
    published=True,
    kets=frozenset({"NT", "PH"}),
    fields=frozenset({"health", "energy"}),
)
PROPOSAL = ProposalFacts(
    main_ket="NT",
    fields=frozenset({"health"}),
    months=6,
    starts_on=date(2027, 1, 1),
    sections=frozenset({"summary", "budget"}),
    annexes=frozenset({"letter"}),
)


def euro(text: str) -> Decimal:
    return Decimal(text)


def budget(staff: str = "100000.00", grant: str = "60000.00", **costs: str) -> Budget:
    """Staff, the office flat rate on it, and own money for what the grant leaves."""
    lines = {"staff": euro(staff), "office": (euro(staff) * 15 / 100).quantize(Decimal("0.01"))}
    lines |= {code: euro(amount) for code, amount in costs.items()}
    cost = sum(lines.values())
    return Budget(costs=lines, funding={"grant": euro(grant), "own": cost - euro(grant)}, grant=euro(grant))


def sme(key: str = "extra", country: str = "DE", **changes: Any) -> PartnerFacts:
    """A confirmed small enterprise with a standing declaration, linked to nobody, that asks for 60,000 EUR."""
    facts: dict[str, Any] = {
        "key": key,
        "name": f"{key.title()} GmbH",
        "country": country,
        "region": MUENSTER if country == "DE" else TWENTE,
        "declared_class": "small",
        "figures_class": "small",
        "declaration_valid": True,
        "identifiers": frozenset({f"id-{key}"}),
        "linked": frozenset({f"id-{key}"}),
        "budget": budget(),
        "aid_basis": "none",
        "declared": frozenset({"honest", "agreement"}),
    }
    return PartnerFacts(**{**facts, **changes})


LEAD = sme("lead", "DE", role="lead")
PARTNER = sme("partner", "NL")
GOOD = Dossier(
    programme=PROGRAMME,
    call=CALL,
    kind="feasibility_study",
    now=datetime(2026, 9, 15, 12, 0, tzinfo=UTC),
    proposal=PROPOSAL,
    partners=(LEAD, PARTNER),
    products=(ProductFacts(key="1", name="Sensor", trl_start=3, trl_target=6),),
    work_packages=(
        WorkPackageFacts(
            key="1",
            title="Sensor",
            lead="lead",
            partners=frozenset({"partner"}),
            first_month=1,
            last_month=4,
            deliverables=(DeliverableFacts(title="Prototype", due_month=4),),
        ),
    ),
    required_annexes=("letter",),
    required_declarations=(
        DeclarationFacts(code="honest"),
        DeclarationFacts(code="agreement", by="lead"),
    ),
    names={
        "country:NL": {"en": "the Netherlands", "de": "den Niederlanden", "nl": "Nederland"},
        "country:DE": {"en": "Germany", "de": "Deutschland", "nl": "Duitsland"},
        "declaration:honest": {"en": "Honesty", "de": "Ehrlichkeit", "nl": "Eerlijkheid"},
        "ket:NT": {"en": "nanotechnology", "de": "Nanotechnologie", "nl": "nanotechnologie"},
    },
)
RULES = [
    {"code": "LEAD-ONE"},
    {"code": "SME-LED"},
    {"code": "SME-COUNT", "parameters": {"minimum": 2}},
    {"code": "BOTH-SIDES"},
    {"code": "SME-INDEPENDENT"},
    {"code": "PARTNERS-CONFIRMED"},
    {"code": "SME-DECLARATION"},
    {"code": "PROGRAMME-AREA"},
    {"code": "KET-CALL"},
    {"code": "FIELD-CALL"},
    {"code": "GRANT-LIMIT", "parameters": {"per_sme": 300000, "per_project": 1000000}},
    {"code": "FUNDING-RATE", "parameters": {"rate": "0.60"}},
    {"code": "AID-INTENSITY"},
    {"code": "DE-MINIMIS"},
    {"code": "PARTNER-SHARE"},
    {"code": "BUDGET-SUM"},
    {"code": "DURATION", "parameters": {"minimum": 3, "maximum": 9}},
    {"code": "WORK-PLAN"},
    {"code": "WORK-PLAN-PARTNERS"},
    {"code": "PRODUCTS"},
    {"code": "SECTIONS", "parameters": {"required": ["summary", "budget"]}},
    {"code": "ANNEXES"},
    {"code": "DECLARATIONS"},
    {"code": "CALL-OPEN"},
]


def all_rules() -> tuple[Rule, ...]:
    return build_rules(RULES)


def check(code: str, dossier: Dossier, **parameters: Any) -> Finding:
    return rule_class(code)(**parameters).check(dossier)


def answer(code: str, dossier: Dossier, **parameters: Any) -> tuple[str, str]:
    """Outcome and reason."""
    finding = check(code, dossier, **parameters)
    return finding.outcome.value, finding.reason


def facts(finding: Finding) -> list[tuple[str, str]]:
    """Key and fact of each evidence."""
    return [(one.key, one.fact) for one in finding.evidence]


def remedies(finding: Finding) -> list[tuple[str, str]]:
    """Code and key of each remedy."""
    return [(one.code, str(one.parameters.get("key", ""))) for one in finding.remedies]


def with_partners(*partners: PartnerFacts, dossier: Dossier = GOOD) -> Dossier:
    return replace(dossier, partners=partners)


def with_proposal(**changes: Any) -> Dossier:
    return replace(GOOD, proposal=replace(PROPOSAL, **changes))


def with_call(**changes: Any) -> Dossier:
    return replace(GOOD, call=replace(CALL, **changes))
