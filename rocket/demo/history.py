"""ROCKET as it was, replayed: each step through its service, by the person whose step it is, at its own moment.

``data/proposals.toml`` says what of it is real and what is invented.
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from allauth.account.models import EmailAddress
from django.core.files.uploadedfile import SimpleUploadedFile

from calls.models import Call, Ket, Programme
from calls.services import CallContent, create_call, decide_call, publish_call
from consortia import sme
from consortia.enums import OrganisationKind, PartnerRole, SizeClass
from consortia.models import Organisation
from consortia.services import confirm_partner, declare_sme, invite_partner, register_organisation
from feasibility import services
from feasibility.cofinancing import flat_rate_amount
from feasibility.enums import FundingSource, Outcome, Research, SectionName
from feasibility.models import Deliverable, ExpectedProduct, Proposal, WorkPackage
from feasibility.selectors import asked_of, parts_of
from feasibility.services.sections import section_of
from reporting.enums import Stage
from reporting.models import Project
from reporting.services import award, move_project, set_product_stage
from rocket.accounts.models import User
from rocket.core.text import LocalisedText
from rocket.demo.documents import small_pdf

DATA = Path(__file__).parent / "data"
FIRST_NAMES = {
    "DE": "Anke Bernd Claudia Dirk Elke Frank Gesa Holger Ines Jörg Katrin Lars Meike Nils Petra Ralf Silke Thorsten",
    "NL": "Anouk Bas Carlijn Daan Esther Freek Gerrit Hanneke Ilse Jeroen Karin Lotte Maarten Nienke Paul Rianne Stijn",
}
LAST_NAMES = {
    "DE": "Averbeck Brinkhoff Dornbusch Eilers Feldkamp Grothues Hagemann Isfort Kemper Lütkehaus Niehoff Oldenkott "
    "Pieper Rickers Schürmann Tenbrink Uphoff Vennemann Wessels",
    "NL": "Averink Boerkamp Dijkman Elsinga Goossen Hofstra Jansma Kolkman Lubbers Meijerink Nijhuis Oosterhof Pruim "
    "Reinders Slotman Tiemersma Wiegers",
}
STAFF = {
    "micro": ("7", "900000", "520000"),
    "small": ("26", "4100000", "2600000"),
    "medium": ("118", "19500000", "14200000"),
}
CATEGORIES = ("staff", "travel", "external", "equipment")


@dataclass(frozen=True)
class Round:
    """One round of the programme; its moments are days in the programme's own zone, its deadline is at 17:00."""

    key: str
    slug: str
    titles: tuple[str, str, str]
    published: date
    opens: date
    closes: date
    decided: date
    budget: str
    kinds: tuple[str, ...] = ("innovation_project", "feasibility_study")
    is_pioneer: bool = False


ROUNDS = (
    Round(
        "pioneer",
        "pioneer-projects-2016",
        ("Pioneer projects", "Pionierprojekte", "Pioniersprojecten"),
        date(2016, 4, 1),
        date(2016, 4, 1),
        date(2016, 4, 15),
        date(2016, 4, 29),
        "2400000.00",
        ("innovation_project",),
        is_pioneer=True,
    ),
    Round(
        "first",
        "rocket-first-call",
        ("First call", "Erster Aufruf", "Eerste oproep"),
        date(2016, 8, 22),
        date(2016, 9, 1),
        date(2016, 12, 15),
        date(2017, 3, 21),
        "2000000.00",
    ),
    Round(
        "second",
        "rocket-second-call",
        ("Second call", "Zweiter Aufruf", "Tweede oproep"),
        date(2017, 1, 16),
        date(2017, 2, 1),
        date(2017, 4, 28),
        date(2017, 8, 22),
        "1800000.00",
    ),
    Round(
        "third",
        "rocket-third-call",
        ("Third call", "Dritter Aufruf", "Derde oproep"),
        date(2017, 5, 29),
        date(2017, 6, 12),
        date(2017, 9, 15),
        date(2018, 2, 13),
        "1500000.00",
    ),
)
SUMMARY = LocalisedText(
    {
        "en": "Two or more companies from both sides of the border turn a key technology into a product.",
        "de": "Zwei oder mehr Unternehmen von beiden Seiten der Grenze machen aus einer Schlüsseltechnologie ein Produkt.",
        "nl": "Twee of meer bedrijven van beide kanten van de grens maken van een sleuteltechnologie een product.",
    }
)


@dataclass(order=True)
class Step:
    """What happens at one moment. Steps of one moment keep the order in which they were written down."""

    at: datetime
    number: int
    do: Callable[[datetime], Any] = field(compare=False)


class History:
    """Collects the steps of the whole programme, then takes them in the order of their moments."""

    def __init__(self, people: dict[str, User], programme: str = "rocket") -> None:
        self.programme = Programme.objects.get(code=programme)
        self.manager = people["manager"]
        self.zone = ZoneInfo(self.programme.time_zone)
        self.kets = {ket.code: ket for ket in self.programme.kets.all()}
        self.fields = {one.code: one for one in self.programme.application_fields.all()}
        self.kinds = {kind.code: kind for kind in self.programme.kinds.all()}
        self.categories = {c.code: c for c in self.programme.cost_categories.all()}
        self.bases = {basis.code: basis for basis in self.programme.aid_bases.all()}
        self.calls: dict[str, Call] = {}
        self.firms: dict[str, Organisation] = {}
        self.owners: dict[str, User] = {}
        self.declared: set[tuple[int, int]] = set()
        self.steps: list[Step] = []

    def replay(self) -> None:
        rows = {row["key"]: row for row in read_organisations()}
        plans = read_proposals()
        for one in ROUNDS:
            self.plan_round(one)
        for plan in plans:
            Case(self, plan, rows).plan()
        for step in sorted(self.steps):
            step.do(step.at)

    def then(self, at: datetime, do: Callable[[datetime], Any]) -> None:
        self.steps.append(Step(at, len(self.steps), do))

    def moment(self, day: date, hour: int = 9, minute: int = 0) -> datetime:
        return datetime.combine(day, time(hour, minute), tzinfo=self.zone)

    def local(self, moment: datetime) -> datetime:
        return moment.replace(tzinfo=self.zone)

    # Rounds

    def plan_round(self, one: Round) -> None:
        self.then(self.moment(one.published, 8), lambda now: self.publish(one, now))
        self.then(self.moment(one.decided, 17), lambda now: self.close(one, now))

    def publish(self, one: Round, now: datetime) -> None:
        text = LocalisedText(dict(zip(("en", "de", "nl"), one.titles, strict=True)))
        call = create_call(
            programme=self.programme,
            content=CallContent(
                title=text,
                summary=SUMMARY,
                text=SUMMARY,
                slug=one.slug,
                opens_at=self.moment(one.opens, 8),
                closes_at=self.moment(one.closes, 17),
                budget=Decimal(one.budget),
                kinds=[self.kinds[kind] for kind in one.kinds],
                kets=list(self.kets.values()),
                fields=list(self.fields.values()),
                is_pioneer_round=one.is_pioneer,
            ),
            by=self.manager,
            now=now,
        )
        self.calls[one.key] = publish_call(call=call, by=self.manager, now=now, seen_version=call.version)

    def close(self, one: Round, now: datetime) -> None:
        call = Call.objects.get(pk=self.calls[one.key].pk)
        decide_call(call=call, by=self.manager, now=now, seen_version=call.version)

    # Organisations

    def firm(self, row: dict[str, str], now: datetime) -> Organisation:
        """The organisation, registered by its owner the first time that it is needed."""
        key = row["key"]
        if key not in self.firms:
            self.owners[key] = owner = self.owner(row, now)
            region = self.programme.regions.get(code=row["region"])
            code, version = region.newest_key
            self.firms[key] = register_organisation(
                name=row["name"],
                legal_form=row["legal_form"],
                country=row["country"],
                kind=OrganisationKind(row["kind"]),
                region_code=code,
                region_version=version,
                region_name=region.name,
                postcode=row["postcode"],
                town=row["town"],
                register_number=register_number(row["country"], len(self.firms)),
                offers=f"{row['offers']}. Invented for the demonstration.",
                kets=[self.kets[ket] for ket in row["kets"].split()],
                by=owner,
                now=now,
            )
        return self.firms[key]

    def owner(self, row: dict[str, str], now: datetime) -> User:
        """A person of the organisation; nobody can sign in as them."""
        number, country = len(self.owners), row["country"]
        first, last = FIRST_NAMES[country].split(), LAST_NAMES[country].split()
        email = f"{row['key'].replace('_', '-')}@demo.example"
        user = User.objects.create_user(
            email,
            None,
            name=f"{first[number % len(first)]} {last[(number * 7) % len(last)]}",
            language=country.lower(),
            joined_at=now,
        )
        EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
        return user

    def declare(self, row: dict[str, str], now: datetime) -> None:
        """An SME declares its size once a year, from its latest closed accounts."""
        firm = self.firms[row["key"]]
        if firm.kind != OrganisationKind.SME or (firm.pk, now.year) in self.declared:
            return
        self.declared.add((firm.pk, now.year))
        figures = sme.Figures(*(Decimal(figure) for figure in STAFF[row["size"]]))
        key = f"organisation:{firm.pk}"
        periods = tuple(sme.Period(date(now.year - back, 12, 31), figures) for back in (1, 2))
        graph = sme.EnterpriseGraph(key, (sme.Enterprise(key, firm.name, periods=periods),))
        declare_sme(
            organisation=firm,
            declared_class=SizeClass(row["size"]),
            enterprise=sme.to_json(graph),
            by=self.owners[row["key"]],
            now=now,
        )


class Case:
    """One proposal, from its first draft to the last product."""

    def __init__(self, history: History, plan: dict[str, Any], rows: dict[str, dict[str, str]]) -> None:
        self.history, self.plan_of, self.rows = history, plan, rows
        self.keys = [entry["organisation"] for entry in plan["partners"]]
        self.proposal: Proposal
        self.project: Project | None = None

    @property
    def lead(self) -> User:
        return self.history.owners[self.keys[0]]

    def plan(self) -> None:
        """Write down every step with its moment; a proposal is written in the ten days before it is submitted."""
        history, plan = self.history, self.plan_of
        submitted, decided = history.local(plan["submitted_at"]), history.local(plan["decided_at"])
        history.then(submitted - timedelta(days=10), self.start)
        history.then(submitted - timedelta(days=3), self.write)
        history.then(submitted, self.submit)
        outcome = plan["outcome"]
        if outcome == "ineligible":
            history.then(decided, self.find_ineligible)
            return
        checked = (
            submitted + timedelta(days=20) if plan["call"] != "pioneer" else submitted + timedelta(days=8)
        )
        closes = history.moment(next(one.closes for one in ROUNDS if one.key == plan["call"]), 17)
        history.then(max(checked, closes + timedelta(days=4)), self.check)
        if outcome == "withdrawn":
            history.then(decided, self.withdraw)
            return
        history.then(decided, self.decide)
        if Outcome(outcome).is_approval:
            history.then(decided + timedelta(days=6), self.accept)
            history.then(history.moment(plan["starts_on"], 10), self.begin)
            for product in plan["products"]:
                for stage in product["stages"]:
                    history.then(history.moment(stage["on"], 11), self.stage_of(product, stage))

    def start(self, now: datetime) -> None:
        history, plan = self.history, self.plan_of
        for key in self.keys:
            history.firm(self.rows[key], now)
            history.declare(self.rows[key], now)
        self.proposal = services.start_proposal(
            call=history.calls[plan["call"]],
            kind=history.kinds[plan["kind"]],
            organisation=history.firms[self.keys[0]],
            title=plan["title"],
            by=self.lead,
            now=now,
        )
        for hours, key in enumerate(self.keys[1:], 1):
            person = history.owners[key]
            invitation = invite_partner(
                consortium=self.proposal.consortium,
                organisation=history.firms[key],
                email=person.email,
                role=PartnerRole.PROJECT,
                by=self.lead,
                now=now + timedelta(hours=hours),
            )
            confirm_partner(invitation=invitation, by=person, now=now + timedelta(hours=hours + 20))

    def write(self, now: datetime) -> None:
        history, plan, proposal = self.history, self.plan_of, self.proposal
        services.save_summary(
            proposal=proposal,
            title=plan["title"],
            summary=plan["summary"],
            starts_on=plan["starts_on"],
            months=plan["months"],
            **self.as_seen(SectionName.SUMMARY, now),
        )
        services.save_cross_border(
            proposal=proposal,
            cross_border_value=plan["cross_border_value"],
            **self.as_seen(SectionName.CROSS_BORDER, now),
        )
        services.save_technology(
            proposal=proposal,
            main_ket=history.kets[plan["main_ket"]],
            kets=[history.kets[ket] for ket in plan["kets"]],
            fields=[history.fields[one] for one in plan["fields"]],
            **self.as_seen(SectionName.TECHNOLOGY, now),
        )
        self.write_work_plan(now)
        self.write_budgets(now)
        self.write_products(now)
        self.add_annexes(now)
        for name in (
            SectionName.PARTNERS,
            SectionName.WORK_PLAN,
            SectionName.PRODUCTS,
            SectionName.ANNEXES,
        ):
            services.set_completed(proposal=proposal, name=name, **self.as_seen(name, now))
        self.make_declarations(now)

    def as_seen(
        self, name: SectionName, now: datetime, part: Any = None, by: User | None = None
    ) -> dict[str, Any]:
        version = section_of(self.proposal, name, part).version
        return {"is_completed": True, "seen_version": version, "by": by or self.lead, "now": now}

    def write_work_plan(self, now: datetime) -> None:
        """Who leads no package helps in each of them; in the last one everybody takes part."""
        parts = {part.organisation_id: part for part in parts_of(self.proposal)}
        part_of = {key: parts[firm.pk] for key, firm in self.history.firms.items() if firm.pk in parts}
        packages = self.plan_of["work_packages"]
        leaders = {package["lead"] for package in packages}
        helpers = [part for key, part in part_of.items() if key not in leaders]
        for place, package in enumerate(packages, 1):
            first, last = package["months"]
            services.save_work_package(
                proposal=self.proposal,
                package=WorkPackage(
                    title=package["title"],
                    aim=package.get("aim", ""),
                    lead=part_of[package["lead"]],
                    first_month=first,
                    last_month=last,
                ),
                partners=list(part_of.values()) if place == len(packages) else helpers,
                deliverables=[
                    Deliverable(title=one["title"], due_month=one["month"]) for one in package["deliverables"]
                ],
                seen_version=section_of(self.proposal, SectionName.WORK_PLAN).version,
                by=self.lead,
                now=now,
            )

    def make_declarations(self, now: datetime) -> None:
        """Everybody declares for the own organisation."""
        owners = {self.history.firms[key].pk: self.history.owners[key] for key in self.keys}
        for part in parts_of(self.proposal):
            services.save_declarations(
                proposal=self.proposal,
                partner=part,
                codes=[one.code for one in asked_of(self.proposal.kind, part)],
                seen_version=section_of(self.proposal, SectionName.DECLARATIONS, part).version,
                by=owners[part.organisation_id],
                now=now,
            )

    def write_budgets(self, now: datetime) -> None:
        history = self.history
        parts = {part.organisation_id: part for part in parts_of(self.proposal)}
        for entry in self.plan_of["partners"]:
            firm = history.firms[entry["organisation"]]
            entered = [c for code in CATEGORIES if not (c := history.categories[code]).is_flat_rate]
            costs = dict(zip(entered, map(Decimal, entry["costs"]), strict=True))
            staff = costs[history.categories["staff"]]
            rates = [c.flat_rate for c in history.categories.values() if c.flat_rate is not None]
            total = sum(costs.values()) + sum(flat_rate_amount(staff, rate) for rate in rates)
            grant = Decimal(entry["grant"])
            is_aid = firm.kind in (OrganisationKind.SME, OrganisationKind.LARGE)
            is_study = self.plan_of["kind"] == "feasibility_study"
            services.save_budget(
                proposal=self.proposal,
                partner=parts[firm.pk],
                costs=costs,
                funding={FundingSource.GRANT: grant, FundingSource.OWN: total - grant},
                aid_basis=history.bases["gber_25" if is_aid else "none"],
                research_category="" if is_study or not is_aid else Research.INDUSTRIAL_RESEARCH,
                **self.as_seen(
                    SectionName.BUDGET, now, parts[firm.pk], by=history.owners[entry["organisation"]]
                ),
            )

    def write_products(self, now: datetime) -> None:
        parts = {part.organisation_id: part for part in parts_of(self.proposal)}
        for product in self.plan_of["products"]:
            start, end = product["trl"]
            services.add_product(
                proposal=self.proposal,
                product=ExpectedProduct(
                    name=product["name"],
                    description=product["description"],
                    ket=self.ket(product["ket"]),
                    owner=parts[self.history.firms[product["owner"]].pk],
                    trl_start=start,
                    trl_end=end,
                    market_year=product["market_year"],
                ),
                seen_version=section_of(self.proposal, SectionName.PRODUCTS).version,
                by=self.lead,
                now=now,
            )

    def ket(self, code: str) -> Ket:
        return self.history.kets[code]

    def add_annexes(self, now: datetime) -> None:
        for annex in self.proposal.kind.annexes:
            if annex.get("required", True):
                services.save_annex(
                    proposal=self.proposal,
                    code=annex["code"],
                    file=SimpleUploadedFile(
                        f"{annex['code']}.pdf", small_pdf(annex["code"]), "application/pdf"
                    ),
                    seen_version=section_of(self.proposal, SectionName.ANNEXES).version,
                    by=self.lead,
                    now=now,
                )

    def submit(self, now: datetime) -> None:
        self.proposal.refresh_from_db()
        services.submit(proposal=self.proposal, by=self.lead, seen_version=self.proposal.version, now=now)

    def move(self, verb: str, now: datetime, **values: Any) -> None:
        self.proposal.refresh_from_db()
        services.move(proposal=self.proposal, verb=verb, by=self.history.manager, now=now, **values)

    def check(self, now: datetime) -> None:
        self.move("confirm_eligible", now)
        self.move("await_decision", now)

    def find_ineligible(self, now: datetime) -> None:
        self.move("find_ineligible", now, reason=self.plan_of["reason"])

    def withdraw(self, now: datetime) -> None:
        self.proposal.refresh_from_db()
        services.withdraw(
            proposal=self.proposal, reason="The turbine maker has left the consortium.", by=self.lead, now=now
        )

    def decide(self, now: datetime) -> None:
        self.proposal.refresh_from_db()
        _decision, self.project = award(
            proposal=self.proposal,
            outcome=Outcome(self.plan_of["outcome"]),
            reason=self.plan_of["reason"],
            conditions=self.plan_of.get("conditions", ""),
            by=self.history.manager,
            now=now,
        )

    def accept(self, now: datetime) -> None:
        self.proposal.refresh_from_db()
        services.accept(proposal=self.proposal, by=self.lead, now=now)

    def begin(self, now: datetime) -> None:
        assert self.project is not None
        move_project(project=self.project, verb="start", by=self.history.manager, now=now)

    def stage_of(self, product: dict[str, Any], stage: dict[str, Any]) -> Callable[[datetime], None]:
        def take(now: datetime) -> None:
            assert self.project is not None
            set_product_stage(
                product=self.project.products.get(name=product["name"]),
                stage=Stage(stage["stage"]),
                evidence=stage.get("evidence", ""),
                first_sold_on=stage.get("first_sold_on"),
                by=self.history.manager,
                now=now,
            )

        return take


def read_organisations() -> Iterator[dict[str, str]]:
    with (DATA / "organisations.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def read_proposals() -> list[dict[str, Any]]:
    proposals: list[dict[str, Any]] = tomllib.loads((DATA / "proposals.toml").read_text("utf-8"))["proposals"]
    return proposals


def register_number(country: str, place: int) -> str:
    """A number of the right form in a range that no register has given out yet."""
    return str(99000000 + place) if country == "NL" else f"Münster HRB {90000 + place}"
