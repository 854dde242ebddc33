"""What is invented for the demonstration's three firms: who they are, their work plan, their money and its funders."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from consortia.enums import OrganisationKind
from feasibility.cofinancing import OtherFunder
from feasibility.enums import FundingSource

OTHER_FUNDERS = {
    "Weefwerk Twente B.V.": (
        OtherFunder("Provincie Overijssel", FundingSource.PUBLIC, Decimal("28800.00"), is_secured=True),
    ),
    "Instituut Oppervlak Oost": (
        OtherFunder("Provincie Gelderland", FundingSource.PUBLIC, Decimal("43200.00"), is_secured=True),
        OtherFunder("Stichting Slimme Oppervlakken", FundingSource.PRIVATE, Decimal("14400.00")),
    ),
}
MONEY = {"staff": "180000.00", "travel": "6000.00", "external": "24000.00", "equipment": "30000.00"}


@dataclass(frozen=True)
class Firm:
    """An invented organisation of the demonstration."""

    owner: str
    name: str
    country: str
    region: str
    postcode: str
    town: str
    register_number: str
    kind: OrganisationKind = OrganisationKind.SME
    staff: str = "24"
    turnover: str = "3600000"
    balance: str = "2100000"
    may_be_written_to: bool = False


FIRMS = (
    Firm("lead", "Lichtmess Optik GmbH", "DE", "DEA33", "48149", "Münster", "Münster HRB 98761"),
    Firm("partner", "Weefwerk Twente B.V.", "NL", "NL213", "7521 XA", "Enschede", "98765432", staff="31"),
    Firm(
        "research",
        "Instituut Oppervlak Oost",
        "NL",
        "NL226",
        "6812 XA",
        "Arnhem",
        "98765441",
        OrganisationKind.RESEARCH,
        may_be_written_to=True,
    ),
)


@dataclass(frozen=True)
class Package:
    """A work package of the demonstration; firms by their owner. Deliverables: title, proof, month."""

    title: str
    aim: str
    lead: str
    partners: tuple[str, ...]
    months: tuple[int, int]
    deliverables: tuple[tuple[str, str, int], ...]


PLAN = (
    Package(
        "What mills need",
        "Two mills, one on each side of the border, show their faults and say at which speed, in which light and for "
        "how much money a machine has to see them.",
        "partner",
        ("lead",),
        (1, 6),
        (("Requirements of two mills", "List of faults, speeds and tolerances, signed by both mills.", 5),),
    ),
    Package(
        "Light and camera on the loom",
        "Light sources and cameras are built, tried on a test loom and made small enough to fit between shaft and "
        "beam. The institute measures how many faults are seen.",
        "lead",
        ("research",),
        (4, 20),
        (
            ("Prototype on the test loom", "Runs for a week; 80 of 100 known faults are seen.", 12),
            ("Prototype for production", "Half the size, fitted in an hour by the mill's own people.", 20),
        ),
    ),
    Package(
        "Trial in production and market entry",
        "The machine runs in daily production in both mills. What it finds is compared with what people find a day "
        "later, and price, service and first customers are settled.",
        "partner",
        ("lead", "research"),
        (19, 30),
        (
            (
                "Report of three months of production",
                "Figures of both mills, read against by the institute.",
                28,
            ),
            ("Price list and letters of two buyers", "Both letters are part of the final report.", 30),
        ),
    ),
)
