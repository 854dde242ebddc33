"""The figures of a programme as they stood at one moment: one value that page, PDF, JSON and command line show.

Pure: no queries, no clock, no settings. ``docs/figures.md`` defines every figure.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum
from typing import Any

from reporting.enums import ProjectState, Stage
from rocket.core.text import LocalisedText

FORM = "rocket.programme-figures/1"
"""Name and version of the JSON form; the number grows when a figure changes its meaning or goes."""

NOTHING = Decimal("0.00")


def share(part: Decimal | int, whole: Decimal | int, places: str = "0.0001") -> Decimal | None:
    """``part`` of ``whole`` as a rate, four decimals, halves up; None where there is no whole to be part of."""
    if not whole:
        return None
    return (Decimal(part) / Decimal(whole)).quantize(Decimal(places), ROUND_HALF_UP)


@dataclass(frozen=True, kw_only=True)
class Applications:
    """Proposals in calls. Pioneer rounds are direct awards and have no part in them."""

    submitted: int = 0
    """Submitted at least once, whatever came after."""
    decided: int = 0
    approved: int = 0
    """By the latest decision, and not given back."""

    @property
    def acceptance_rate(self) -> Decimal | None:
        """Approved among decided; None as long as nothing is decided."""
        return share(self.approved, self.decided)

    def __add__(self, other: Applications) -> Applications:
        return Applications(
            submitted=self.submitted + other.submitted,
            decided=self.decided + other.decided,
            approved=self.approved + other.approved,
        )


@dataclass(frozen=True, kw_only=True)
class Money:
    """Projects and their money under one heading: a kind, a technology, an application field."""

    code: str
    name: LocalisedText
    projects: int = 0
    budget: Decimal = NOTHING
    """Total cost in EUR, own contribution included."""
    grant: Decimal = NOTHING


@dataclass(frozen=True, kw_only=True)
class KetMoney(Money):
    category: int = 0
    """Colour and pattern, 1 to 6; 0 for projects that name no technology."""


@dataclass(frozen=True, kw_only=True)
class CallMoney(Money):
    is_pioneer_round: bool = False
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    applications: Applications = Applications()


@dataclass(frozen=True, kw_only=True)
class CountryCount:
    """Organisations in projects by the country of the establishment that does the work."""

    code: str
    name: LocalisedText
    side: str = ""
    """West, east, or empty for a country that is no shore of the programme."""
    organisations: int = 0
    leads: int = 0
    """Distinct organisations from there that lead a project."""
    budget: Decimal = NOTHING
    """Total cost of the partners from there, in EUR."""
    grant: Decimal = NOTHING


@dataclass(frozen=True, kw_only=True)
class OrganisationCount:
    """Organisations in projects under one heading: a kind, a size class. Each counts under one."""

    code: str
    name: LocalisedText
    organisations: int = 0


@dataclass(frozen=True, kw_only=True)
class RegionCount:
    code: str
    version: int
    name: str
    short: str
    country: str
    side: str
    column: int
    row: int
    organisations: int = 0


@dataclass(frozen=True, kw_only=True)
class Crossing:
    """A project's way across the border: from its lead partner's region to a partner's on the other shore."""

    project: str
    start: tuple[int, int]
    """Column and row on the tile map."""
    end: tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class ProductFigures:
    """Products of the projects by stage, against the programme's target."""

    target: int
    on_market: int = 0
    in_development: int = 0
    planned: int = 0
    stopped: int = 0
    """Not counted in ``expected``."""

    @property
    def expected(self) -> int:
        return self.on_market + self.in_development + self.planned

    @property
    def above_target(self) -> int:
        return max(0, self.expected - self.target)

    @property
    def still_open(self) -> int:
        """How many are missing to the target."""
        return max(0, self.target - self.expected)


@dataclass(frozen=True, kw_only=True)
class PartnerLine:
    """A confirmed partner of a project, with its part of the money."""

    name: str
    country: str
    town: str
    is_lead: bool
    budget: Decimal
    grant: Decimal


@dataclass(frozen=True, kw_only=True)
class ProjectFigures:
    number: str
    title: str
    call: str
    kind: str
    main_ket: str
    application_fields: tuple[str, ...]
    opened_at: datetime
    state: ProjectState
    lead_partner: str
    lead_country: str
    partners: int
    budget: Decimal
    grant: Decimal
    summary: str = ""
    starts_on: date | None = None
    months: int | None = None
    partner_list: tuple[PartnerLine, ...] = ()
    """The lead partner first."""


@dataclass(frozen=True, kw_only=True)
class ProductLine:
    name: str
    project: str
    ket: str
    owner: str
    country: str
    trl_start: int
    trl_end: int
    market_year: int
    stage: Stage


class DoNotAddUp(ValueError):
    """Parts of the figures disagree with their total: they must not be shown."""


@dataclass(frozen=True, kw_only=True)
class ProgrammeFigures:
    """What a programme has come to by ``as_of``. Raises ``DoNotAddUp`` where a breakdown misses its total.

    Breakdowns by call, kind, main technology and year each hold every project once. By application field a project
    appears in each of its fields, so those rows may come to more than the total.
    """

    programme: str
    programme_name: str
    as_of: datetime
    funding_rate: Decimal
    calls: int
    """Published rounds, without pioneer rounds."""
    calls_completed: int
    pioneer_rounds: int
    applications: Applications
    projects: int
    pioneer_projects: int
    """Among ``projects``."""
    organisations: int
    """Distinct, in projects."""
    smes: int
    """Among ``organisations``: with a declaration that stood then and figures that give an SME."""
    leads: int
    """Among ``organisations``: they lead at least one project."""
    organisations_without_region: int
    """Among ``organisations``: outside the area, or with a region that the programme does not know."""
    budget: Decimal
    grant: Decimal
    by_call: tuple[CallMoney, ...] = ()
    by_kind: tuple[Money, ...] = ()
    by_ket: tuple[KetMoney, ...] = ()
    by_field: tuple[Money, ...] = ()
    by_year: tuple[Money, ...] = ()
    """By year of the decision, in the programme's zone."""
    by_country: tuple[CountryCount, ...] = ()
    by_organisation_kind: tuple[OrganisationCount, ...] = ()
    by_size: tuple[OrganisationCount, ...] = ()
    """By the class that the figures of the declaration gave that stood then; those without one come last."""
    by_region: tuple[RegionCount, ...] = ()
    crossings: tuple[Crossing, ...] = ()
    products: ProductFigures
    project_list: tuple[ProjectFigures, ...] = ()
    product_list: tuple[ProductLine, ...] = ()

    def __post_init__(self) -> None:
        for name in ("by_call", "by_kind", "by_ket", "by_year"):
            rows: tuple[Money, ...] = getattr(self, name)
            added = (
                sum(row.projects for row in rows),
                sum((row.budget for row in rows), NOTHING),
                sum((row.grant for row in rows), NOTHING),
            )
            if added != (self.projects, self.budget, self.grant):
                raise DoNotAddUp(f"{name} comes to {added}, not {(self.projects, self.budget, self.grant)}")
        for name, count in (
            ("by_country", 0),
            ("by_region", self.organisations_without_region),
            ("by_organisation_kind", 0),
            ("by_size", 0),
        ):
            found = sum(row.organisations for row in getattr(self, name)) + count
            if found != self.organisations:
                raise DoNotAddUp(f"{name} comes to {found} organisations, not {self.organisations}")
        money = (
            sum((row.budget for row in self.by_country), NOTHING),
            sum((row.grant for row in self.by_country), NOTHING),
        )
        if money != (self.budget, self.grant):
            raise DoNotAddUp(f"by_country comes to {money}, not {(self.budget, self.grant)}")
        if len(self.project_list) != self.projects:
            raise DoNotAddUp(f"{len(self.project_list)} projects are listed, not {self.projects}")

    @property
    def acceptance_rate(self) -> Decimal | None:
        return self.applications.acceptance_rate

    @property
    def is_empty(self) -> bool:
        """Nothing is funded yet."""
        return not self.projects

    def as_json(self) -> dict[str, Any]:
        """The whole value in JSON's own kinds: amounts and rates as decimal texts, moments in UTC."""
        value = _plain(self)
        assert isinstance(value, dict)
        value["form"] = FORM
        value["acceptance_rate"] = _plain(self.acceptance_rate)
        value["products"]["expected"] = self.products.expected
        return value

    def to_json(self) -> str:
        """The one text of the value: sorted keys, two spaces, UTF-8, a line end. Equal figures, equal bytes."""
        return json.dumps(self.as_json(), sort_keys=True, indent=2, ensure_ascii=False) + "\n"


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    return value
