"""Build the demonstration: two programmes, invented organisations, and a case in every state."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone

from calls.models import AidBasis, Call, CostCategory, Programme
from calls.services import CallContent, create_call, decide_call, load_programme, publish_call, questions
from consortia import sme
from consortia.enums import OrganisationKind, PartnerRole, SizeClass
from consortia.models import Organisation
from consortia.services import (
    confirm_partner,
    declare_de_minimis,
    declare_sme,
    invite_partner,
    register_organisation,
)
from feasibility import services
from feasibility.enums import FundingSource, Outcome, SectionName
from feasibility.models import Deliverable, ExpectedProduct, Proposal, WorkPackage
from feasibility.selectors import asked_of, parts_of
from feasibility.services.sections import section_of
from reporting.enums import ReportFormat
from reporting.moments import as_of
from reporting.services import ask_report, award, make_report
from rocket.accounts.models import User
from rocket.core.text import LocalisedText
from rocket.demo.documents import small_pdf
from rocket.demo.firms import FIRMS, MONEY, OTHER_FUNDERS, PLAN, Firm, Package
from rocket.demo.history import History
from rocket.demo.people import make_people
from rocket.demo.states import States

PROGRAMME_FILES = ("rocket.toml", "rocket-next.toml")
OPEN_PROGRAMME = "rocket-next"


def build(now: datetime) -> bool:
    """Make what is missing; False where the demonstration was there already. One transaction a step, in order."""
    for name in PROGRAMME_FILES:
        load_programme(path=Path(settings.BASE_DIR) / "programmes" / name, by=None, now=now)
    people = make_people(programmes=("rocket", OPEN_PROGRAMME), now=now)
    if Proposal.objects.exists():
        return False
    with transaction.atomic():
        past = History(people)
        past.replay()
        Builder(people, now).run(past)
    return True


class Builder:
    """Writes cases through the services, at moments before ``now``, so that the history reads as it happened."""

    def __init__(self, people: dict[str, User], now: datetime) -> None:
        self.people, self.now = people, now
        self.programme = Programme.objects.get(code=OPEN_PROGRAMME)
        self.firms: dict[str, Organisation] = {}

    def ago(self, days: float) -> datetime:
        return self.now - timedelta(days=days)

    def at_five(self, days: int) -> datetime:
        day = timezone.localtime(self.now + timedelta(days=days)).date()
        return datetime.combine(day, time(17), tzinfo=timezone.get_current_timezone())

    def run(self, past: History) -> None:
        self.register_firms()
        earlier = self.studies(
            opens=-760,
            closes=-700,
            slug="feasibility-studies-earlier",
            published=765,
            rounds=(", first round", ", erste Runde", ", eerste ronde"),
        )
        first = self.call("2026-1", "first", opens=-110, closes=-40, published=120)
        second = self.call("2026-2", "second", opens=-20, closes=45, published=25)
        self.studies(opens=-20, closes=150)
        self.call("2027-1", "third", opens=60, closes=130, published=5)
        self.call_in_preparation()
        approved = self.proposal(first, "LumiWeave", 100, products=2)
        self.submit(approved, 60)
        self.decide(approved)
        waiting = self.proposal(second, "GridSkin", 15)
        self.submit(waiting, 6)
        self.draft(second)
        calls = {"earlier": earlier, "first": first, "second": second}
        States(self.people, self.now, past=past, firms=self.firms, calls=calls).replay()
        self.close(earlier, 600)
        self.questions(second)
        self.reports()

    def register_firms(self) -> None:
        for firm in FIRMS:
            self.firms[firm.owner] = self.register(firm, self.ago(120))

    def register(self, firm: Firm, now: datetime) -> Organisation:
        owner = self.people[firm.owner]
        region = self.programme.regions.get(code=firm.region)
        code, version = region.newest_key
        organisation = register_organisation(
            name=firm.name,
            country=firm.country,
            kind=firm.kind,
            region_code=code,
            region_version=version,
            region_name=region.name,
            postcode=firm.postcode,
            town=firm.town,
            register_number=firm.register_number,
            consultants_may_write=firm.may_be_written_to,
            by=owner,
            now=now,
        )
        if firm.kind == OrganisationKind.SME:
            declare_sme(
                organisation=organisation,
                declared_class=SizeClass.SMALL,
                enterprise=sme.to_json(accounts_of(firm, organisation, now)),
                by=owner,
                now=now,
            )
            declare_de_minimis(organisation=organisation, aids=[], by=owner, now=now)
        return organisation

    def call(self, number: str, word: str, *, opens: int, closes: int, published: int) -> Call:
        words = {
            "first": ("first", "erster", "eerste"),
            "second": ("second", "zweiter", "tweede"),
            "third": ("third", "dritter", "derde"),
        }[word]
        return self.publish(
            LocalisedText(
                {
                    "en": f"Innovation projects, {words[0]} call",
                    "de": f"Innovationsprojekte, {words[1]} Aufruf",
                    "nl": f"Innovatieprojecten, {words[2]} oproep",
                }
            ),
            LocalisedText(
                {
                    "en": "Take a tested idea to a product: two or more companies, both countries, up to three years.",
                    "de": "Von der erprobten Idee zum Produkt: zwei oder mehr Unternehmen, beide Länder, bis zu drei Jahre.",
                    "nl": "Van beproefd idee naar product: twee of meer bedrijven, beide landen, tot drie jaar.",
                }
            ),
            "innovation_project",
            slug=f"innovation-projects-{number}",
            budget="4000000.00",
            opens=opens,
            closes=closes,
            published=published,
        )

    def studies(
        self,
        *,
        opens: int,
        closes: int,
        slug: str = "feasibility-studies-2026",
        published: int = 25,
        rounds: tuple[str, str, str] = ("", "", ""),
    ) -> Call:
        """``rounds`` tells one round from another, in English, German and Dutch."""
        titles = ("Feasibility studies", "Machbarkeitsstudien", "Haalbaarheidsstudies")
        words = [title + part for title, part in zip(titles, rounds, strict=True)]
        return self.publish(
            LocalisedText(dict(zip(("en", "de", "nl"), words, strict=True))),
            LocalisedText(
                {
                    "en": "Find out in nine months whether the idea holds: technology, market and partner.",
                    "de": "In neun Monaten klären, ob die Idee trägt: Technologie, Markt und Partner.",
                    "nl": "In negen maanden uitzoeken of het idee klopt: technologie, markt en partner.",
                }
            ),
            "feasibility_study",
            slug=slug,
            budget="600000.00",
            opens=opens,
            closes=closes,
            published=published,
        )

    def close(self, call: Call, days: float) -> None:
        """Every proposal of the call has its decision."""
        call.refresh_from_db()
        decide_call(call=call, by=self.people["manager"], now=self.ago(days), seen_version=call.version)

    def questions(self, call: Call) -> None:
        """One that was answered for everybody, and one that waits for the office."""
        asked = questions.ask(
            call=call,
            text="May a university of applied sciences be the lead partner?",
            language="en",
            by=self.people["research"],
            now=self.ago(9),
        )
        questions.answer(
            question=asked,
            text="No. The lead partner is an SME; a university takes part as a partner.",
            is_public=True,
            by=self.people["manager"],
            now=self.ago(8),
        )
        questions.ask(
            call=call,
            text="Zählt eine Hochschule in Belgien als Partner von außerhalb des Programmgebiets?",
            language="de",
            by=self.people["newcomer"],
            now=self.ago(1),
        )

    def reports(self) -> None:
        """The published figures of the first programme, and those of today, as somebody of the desk asked for them."""
        first = Programme.objects.get(code="rocket")
        for programme, form, moment in (
            (first, ReportFormat.XLSX, as_of("2017-10-31", first.zone)),
            (self.programme, ReportFormat.CSV, self.now),
        ):
            report = ask_report(
                programme=programme,
                format=form,
                language="en",
                as_of=moment,
                by=self.people["manager"],
                now=self.now,
            )
            make_report(report.pk)

    def call_in_preparation(self) -> Call:
        """A draft that lacks what a call needs before it can be published."""
        return create_call(
            programme=self.programme,
            content=CallContent(
                title=LocalisedText(
                    {
                        "en": "Feasibility studies, with hydrogen in view",
                        "de": "Machbarkeitsstudien mit Blick auf Wasserstoff",
                        "nl": "Haalbaarheidsstudies met het oog op waterstof",
                    }
                ),
                opens_at=self.at_five(90),
                kinds=[self.programme.kinds.get(code="feasibility_study")],
            ),
            by=self.people["manager"],
            now=self.ago(2),
        )

    def publish(
        self,
        title: LocalisedText,
        summary: LocalisedText,
        kind: str,
        *,
        slug: str,
        budget: str,
        opens: int,
        closes: int,
        published: int,
    ) -> Call:
        manager = self.people["manager"]
        call = create_call(
            programme=self.programme,
            content=CallContent(
                title=title,
                summary=summary,
                text=summary,
                slug=slug,
                opens_at=self.at_five(opens),
                closes_at=self.at_five(closes),
                decision_expected_on=self.at_five(closes + 84).date(),
                budget=Decimal(budget),
                kinds=[self.programme.kinds.get(code=kind)],
                kets=list(self.programme.kets.all()),
                fields=list(self.programme.application_fields.all()),
            ),
            by=manager,
            now=self.ago(published),
        )
        return publish_call(call=call, by=manager, now=self.ago(published), seen_version=call.version)

    def proposal(self, call: Call, title: str, days: float, *, products: int = 1) -> Proposal:
        """A whole proposal, written over some days and ready to be submitted."""
        lead, partner = self.people["lead"], self.people["partner"]
        now = self.ago(days)
        proposal = services.start_proposal(
            call=call, kind=call.kinds.get(), organisation=self.firms["lead"], title=title, by=lead, now=now
        )
        for key in ("partner", "research"):
            invitation = invite_partner(
                consortium=proposal.consortium,
                organisation=self.firms[key],
                email=self.people[key].email,
                role=PartnerRole.PROJECT,
                by=lead,
                now=now + timedelta(hours=1),
            )
            confirm_partner(invitation=invitation, by=self.people[key], now=now + timedelta(hours=5))
        now += timedelta(days=1)
        self.write(proposal, title, now)
        self.plan(proposal, now)
        for part in parts_of(proposal):
            self.budget(proposal, part, now)
        for number in range(products):
            services.add_product(
                proposal=proposal,
                product=ExpectedProduct(
                    name=f"{title} {('sensor', 'service', 'kit')[number]}",
                    description="Finds coating faults on the running loom; weaving mills on both sides buy it.",
                    ket=self.programme.kets.get(code="PH"),
                    owner=parts_of(proposal)[number % 2],
                    trl_start=4,
                    trl_end=7,
                    market_year=self.now.year + 3,
                ),
                seen_version=section_of(proposal, SectionName.PRODUCTS).version,
                by=partner,
                now=now,
            )
        for annex in proposal.kind.annexes:
            services.save_annex(
                proposal=proposal,
                code=annex["code"],
                file=SimpleUploadedFile(f"{annex['code']}.pdf", small_pdf(annex["code"]), "application/pdf"),
                seen_version=section_of(proposal, SectionName.ANNEXES).version,
                by=lead,
                now=now,
            )
        self.declare(proposal, now)
        for name in (
            SectionName.PARTNERS,
            SectionName.WORK_PLAN,
            SectionName.PRODUCTS,
            SectionName.ANNEXES,
        ):
            services.set_completed(
                proposal=proposal,
                name=name,
                is_completed=True,
                seen_version=section_of(proposal, name).version,
                by=lead,
                now=now,
            )
        return proposal

    def write(self, proposal: Proposal, title: str, now: datetime) -> None:
        lead = self.people["lead"]
        services.save_summary(
            proposal=proposal,
            title=title,
            summary=(
                f"{title} brings optical inspection onto the loom: light sources and cameras from Münster see coating "
                "faults while the cloth still runs. Today a mill finds them a day later, when metres are lost."
            ),
            starts_on=(now + timedelta(days=200)).date(),
            months=30,
            is_completed=True,
            seen_version=section_of(proposal, SectionName.SUMMARY).version,
            by=lead,
            now=now,
        )
        services.save_cross_border(
            proposal=proposal,
            cross_border_value=(
                "Münster builds the optics, Enschede weaves and coats; neither region has both. Mills on both sides "
                "buy from the same few makers of looms, so what works in Enschede sells in the Münsterland."
            ),
            is_completed=True,
            seen_version=section_of(proposal, SectionName.CROSS_BORDER).version,
            by=lead,
            now=now,
        )
        services.save_technology(
            proposal=proposal,
            main_ket=self.programme.kets.get(code="PH"),
            kets=[self.programme.kets.get(code="IM")],
            fields=list(self.programme.application_fields.filter(code__in=["health", "production"])),
            is_completed=True,
            seen_version=section_of(proposal, SectionName.TECHNOLOGY).version,
            by=lead,
            now=now,
        )

    def plan(self, proposal: Proposal, now: datetime, packages: Sequence[Package] = PLAN) -> None:
        """The work plan of the demonstration; who is not a partner yet is left out."""
        parts = {part.organisation_id: part for part in parts_of(proposal)}
        at_work = {key: parts[firm.pk] for key, firm in self.firms.items() if firm.pk in parts}
        for package in packages:
            services.save_work_package(
                proposal=proposal,
                package=WorkPackage(
                    title=package.title,
                    aim=package.aim,
                    lead=at_work.get(package.lead),
                    first_month=package.months[0],
                    last_month=package.months[1],
                ),
                partners=[at_work[key] for key in package.partners if key in at_work],
                deliverables=[
                    Deliverable(title=title, proof=proof, due_month=month)
                    for title, proof, month in package.deliverables
                ],
                seen_version=section_of(proposal, SectionName.WORK_PLAN).version,
                by=self.people["lead"],
                now=now,
            )

    def declare(self, proposal: Proposal, now: datetime) -> None:
        """Everybody declares for the own organisation."""
        owners = {firm.pk: self.people[key] for key, firm in self.firms.items()}
        for part in parts_of(proposal):
            services.save_declarations(
                proposal=proposal,
                partner=part,
                codes=[one.code for one in asked_of(proposal.kind, part)],
                seen_version=section_of(proposal, SectionName.DECLARATIONS, part).version,
                by=owners[part.organisation_id],
                now=now,
            )

    def budget(self, proposal: Proposal, part: Any, now: datetime) -> None:
        categories = {
            c.code: c for c in CostCategory.objects.filter(programme=self.programme) if not c.is_flat_rate
        }
        costs = {
            category: Decimal(MONEY.get(code.split("_")[0], "0.00"))
            for code, category in categories.items()
            if not category.is_flat_rate
        }
        services.save_budget(
            proposal=proposal,
            partner=part,
            costs=costs,
            funding={},
            aid_basis=None,
            research_category="",
            is_completed=False,
            seen_version=section_of(proposal, SectionName.BUDGET, part).version,
            by=self.people["lead"],
            now=now,
        )
        total = sum((line.amount for line in part.budget_lines.all()), Decimal(0))
        grant = (total * Decimal("0.5")).quantize(Decimal("0.01"))
        is_firm = part.organisation.kind == OrganisationKind.SME
        others = OTHER_FUNDERS.get(part.organisation.name, ())
        services.save_budget(
            proposal=proposal,
            partner=part,
            costs=costs,
            funding={
                FundingSource.GRANT: grant,
                FundingSource.OWN: total - grant - sum(one.amount for one in others),
            },
            funders=others,
            aid_basis=AidBasis.objects.get(programme=self.programme, code="gber_20" if is_firm else "none"),
            research_category="",
            is_completed=True,
            seen_version=section_of(proposal, SectionName.BUDGET, part).version,
            by=self.people["lead"],
            now=now,
        )

    def submit(self, proposal: Proposal, days: float) -> None:
        proposal.refresh_from_db()
        services.submit(
            proposal=proposal, by=self.people["lead"], seen_version=proposal.version, now=self.ago(days)
        )

    def decide(self, proposal: Proposal) -> None:
        manager = self.people["manager"]
        proposal.refresh_from_db()
        services.move(proposal=proposal, verb="confirm_eligible", by=manager, now=self.ago(35))
        services.move(proposal=proposal, verb="await_decision", by=manager, now=self.ago(34))
        award(
            proposal=proposal,
            outcome=Outcome.APPROVED,
            reason="Convincing technology and two mills that wait for it; the jury ranked it first.",
            by=manager,
            now=self.ago(20),
        )

    def draft(self, call: Call) -> None:
        """A draft with gaps, and advice on it, so that the panel has something to say."""
        lead = self.people["lead"]
        proposal = services.start_proposal(
            call=call,
            kind=call.kinds.get(),
            organisation=self.firms["lead"],
            title="PulsePatch",
            by=lead,
            now=self.ago(4),
        )
        self.write(proposal, "PulsePatch", self.ago(3))
        self.plan(proposal, self.ago(3), PLAN[:2])
        invite_partner(
            consortium=proposal.consortium,
            organisation=self.firms["partner"],
            email=self.people["partner"].email,
            role=PartnerRole.PROJECT,
            by=lead,
            now=self.ago(3),
        )
        self.talk(proposal)

    def talk(self, proposal: Proposal) -> None:
        """Advice in each of its states: answered, done, and waiting for the consortium."""
        lead, consultant = self.people["lead"], self.people["consultant"]
        for section, text, answer in (
            (
                SectionName.TECHNOLOGY,
                "Say which innovative material carries the sensor. One sentence is enough.",
                "It is the hydrogel; the summary names it now.",
            ),
            (
                SectionName.SUMMARY,
                "Say who buys the patch and what they use today. The jury asks that first.",
                "Outpatient clinics; they change adhesive electrodes twice a day. Should we name them?",
            ),
            (SectionName.PARTNERS, "Call Weefwerk: the invitation may lie in the wrong folder.", ""),
        ):
            advice = services.advise(
                proposal=proposal, section=section, text=text, by=consultant, now=self.ago(1.5)
            )
            if answer:
                services.answer_advice(advice=advice, text=answer, by=lead, now=self.ago(1))
            if section == SectionName.TECHNOLOGY:
                services.finish_advice(advice=advice, by=lead, now=self.ago(1))


def accounts_of(firm: Firm, organisation: Organisation, now: datetime) -> sme.EnterpriseGraph:
    """Two closed periods with the same figures and no holdings."""
    key = f"organisation:{organisation.pk}"
    figures = sme.Figures(Decimal(firm.staff), Decimal(firm.turnover), Decimal(firm.balance))
    year = timezone.localtime(now).year - 1
    periods = tuple(sme.Period(date(y, 12, 31), figures) for y in (year, year - 1))
    return sme.EnterpriseGraph(key, (sme.Enterprise(key, organisation.name, periods=periods),))
