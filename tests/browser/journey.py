"""What an applicant does, page by page, with whatever hands: each section of a proposal is one method."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.urls import reverse
from django.utils import timezone

from tests.browser.conftest import latest_link, pdf_file
from tests.browser.hands import Hands

PASSWORD = "ein langes Wort 7"


@dataclass(frozen=True)
class Firm:
    """What somebody types about the own organisation."""

    name: str
    country: str
    postcode: str
    town: str
    register_number: str
    headcount: str = "24"
    region: str = ""
    """Chosen by hand; empty where the postcode tells it."""


MUENSTER = Firm("Erfundene Optik Münster", "DE", "48149", "Münster", "Münster HRB 55501")
ENSCHEDE = Firm("Erfundene Weberei Enschede", "NL", "7521 XA", "Enschede", "12345678", headcount="31")


def sign_in(hands: Hands, email: str, password: str = PASSWORD) -> None:
    """On the page that asks for it."""
    hands.write("login", email)
    hands.write("password", password)
    hands.press("main form:has([name=login]) [type=submit]")


def sign_up(hands: Hands, email: str, name: str) -> None:
    """From the page of sign-up through the mail to the page that was asked for before."""
    hands.write("name", name)
    hands.write("email", email)
    hands.write("password1", PASSWORD)
    hands.press("main form:has([name=password1]) [type=submit]")
    hands.open(latest_link(email, "/account/confirm-email/"))
    hands.press()
    if "/account/login/" in hands.at:
        sign_in(hands, email)


def details(hands: Hands, firm: Firm) -> None:
    """The form of an organisation; its name stands in it already."""
    hands.choose("kind", "sme")
    if hands.field("country").input_value() != firm.country:
        country = hands.field("country").locator(f"option[value='{firm.country}']").inner_text()
        hands.pick("country", label=country.strip())
    hands.write("postcode", firm.postcode)
    hands.write("town", firm.town)
    if firm.region:
        hands.pick("region", label=firm.region)
    hands.write("register_number", firm.register_number)
    hands.press("main form:has([name=postcode]) [type=submit]")


def register(hands: Hands, firm: Firm) -> None:
    """Look whether the portal knows it, then register it as new."""
    hands.write("q", firm.name)
    hands.press("main form:has([name=q]) [type=submit]")
    hands.follow("*/register/details/*")
    details(hands, firm)


def declare_sme(hands: Hands, firm: Firm) -> None:
    """On the page of the declaration: figures of the last year, and the class that they give."""
    hands.write_day(
        "closed_on", timezone.localdate().replace(month=12, day=31, year=timezone.localdate().year - 1)
    )
    hands.write("headcount", firm.headcount)
    hands.write("turnover", "3600000")
    hands.write("balance_sheet", "2100000")
    hands.choose("declared_class", "small")
    hands.press("button[name=declare]")
    assert hands.page.locator(".error-summary").count() == 0, hands.page.inner_text("main")


@dataclass
class Writer:
    """Somebody who writes one proposal, from its task list into each section and back."""

    hands: Hands
    folder: Path
    number: str = ""

    @property
    def proposal(self) -> Any:
        from feasibility.models import Proposal

        return Proposal.objects.get(number=self.number)

    @property
    def home(self) -> str:
        return f"/proposals/{self.number}/"

    def start(self, title: str) -> None:
        """On the page that starts a proposal."""
        self.hands.write("title", title)
        self.hands.press("main form:has([name=title]) [type=submit]")
        self.number = self.hands.at.rstrip("/").rsplit("/", 1)[1]
        assert self.hands.at == self.home

    def into(self, section: str) -> None:
        """From the task list into a section."""
        if self.hands.at != self.home:
            self.hands.open(self.home)
        self.hands.follow(f"{self.home}{section}/")

    def finish(self, form: str = "main form:has([name=is_completed])") -> None:
        """Say that the section is complete, and come back to the task list."""
        self.hands.choose("is_completed")
        self.hands.press(f"{form} [type=submit]")
        assert self.hands.at == self.home, self.hands.page.inner_text("main")

    # --- the sections -------------------------------------------------------------------------------------------------

    def summary(self) -> None:
        """With a slip first: a section that is empty is no completed one."""
        self.into("summary")
        self.hands.choose("is_completed")
        self.hands.press("main form:has([name=is_completed]) [type=submit]")
        self.hands.refused()
        self.hands.write("summary", "Optical inspection on the loom.")
        self.hands.write_day("starts_on", timezone.localdate() + timedelta(days=200))
        self.hands.write("months", "24")
        self.finish()

    def cross_border(self) -> None:
        self.into("cross-border")
        self.hands.write("cross_border_value", "Optics from Münster, cloth from Twente.")
        self.finish()

    def technology(self) -> None:
        self.into("technology")
        self.hands.choose("main_ket")
        self.hands.choose("fields_of_application")
        self.finish()

    def invite(self, name: str, email: str, *, country: str = "") -> None:
        """Ask an organisation of the list to take part, or a new one of ``country``."""
        if not self.hands.at.endswith("/partners/"):
            self.into("partners")
        form = "form:has(input[name=is_inviting]) [type=submit]"
        self.hands.write("name", name)
        if country:
            self.hands.pick("country", label=country)
        self.hands.write("email", email)
        self.hands.press(form)
        if self.hands.page.locator("input[name=chosen]").count():
            self.hands.choose("chosen")
            self.hands.press(form)

    def partners(self) -> None:
        if not self.hands.at.endswith("/partners/"):
            self.into("partners")
        self.finish()

    def work_plan(self) -> None:
        """Two work packages, led by one partner each."""
        self.into("work-plan")
        self.package("Optics on the loom", 1, (1, 12), [("Prototype", 12)])
        self.package("Test in the shed", 2, (12, 24), [("Protocol of the test", 18), ("Report", 24)])
        self.finish()

    def package(
        self, title: str, lead: int, months: tuple[int, int], deliverables: list[tuple[str, int]]
    ) -> None:
        """A work package with its deliverables; each row beyond the first comes by a press."""
        self.hands.follow("*/work-plan/new/")
        self.hands.write("title", title)
        self.hands.write("aim", "A camera sees coating faults while the cloth runs.")
        self.hands.pick("lead", index=lead)
        for box in self.hands.page.locator("main [name=partners]").all():
            self.hands.tick(box)
        self.hands.write("first_month", str(months[0]))
        self.hands.write("last_month", str(months[1]))
        for row, (name, due) in enumerate(deliverables):
            if row:
                self.hands.press("button[name=add]")
            self.hands.write(f"deliverables-{row}-title", name)
            self.hands.write(f"deliverables-{row}-proof", "It lies in the weaving shed.")
            self.hands.write(f"deliverables-{row}-due_month", str(due))
        self.hands.press("main form:has([name=aim]) button[name=save]")
        self.hands.is_told(title, *(name for name, _due in deliverables))

    def declarations(self) -> None:
        """Each tick of the own organisation, then the button: nothing is declared before."""
        self.into("declarations")
        for box in self.hands.page.locator("main form [type=checkbox]").all():
            self.hands.tick(box)
        self.hands.press("main form:has([type=checkbox]) [type=submit]")

    def budget(self, partner: Any) -> None:
        """Costs of 100,000.00 and half of their sum as grant; the first save works the flat rates out."""
        from calls.models import AidBasis
        from feasibility.models import BudgetLine

        basis = AidBasis.objects.get(programme=self.proposal.call.programme, code="gber_20").pk
        page, save = f"{self.home}budget/{partner.pk}/", "main form:has([name=funding_grant]) [name=save]"
        self.into("budget")
        self.hands.follow(page)
        costs = self.hands.page.locator("input[name^=cost_]:not([disabled])")
        self.hands.write(costs.first.get_attribute("name"), "100000")
        self.hands.press(save)
        total = sum((line.amount for line in BudgetLine.objects.filter(partner=partner)), Decimal(0))
        half = (total / 2).quantize(Decimal("0.01"))
        self.into("budget")
        self.hands.follow(page)
        self.hands.write("funding_grant", str(half))
        self.hands.write("funding_own", str(total - half))
        option = self.hands.field("aid_basis").locator(f"option[value='{basis}']")
        self.hands.pick("aid_basis", label=option.inner_text().strip())
        self.hands.choose("is_completed")
        self.hands.press(save)

    def budgets(self) -> None:
        for partner in self.proposal.consortium.partners.order_by("pk"):
            self.budget(partner)

    def products(self, name: str) -> None:
        self.into("products")
        self.hands.follow("*/products/new/")
        self.hands.write("name", name)
        self.hands.write("description", "Weaving mills buy it.")
        self.hands.pick("ket", index=1)
        self.hands.pick("owner", index=1)
        self.hands.pick("trl_start", index=4)
        self.hands.pick("trl_end", index=7)
        self.hands.write("market_year", str(timezone.localdate().year + 3))
        self.hands.press("main form:has([name=trl_end]) [type=submit]")
        self.finish()

    def annexes(self) -> None:
        codes = [annex["code"] for annex in self.proposal.kind.annexes]
        self.into("annexes")
        for code in codes:
            self.hands.attach(f"{code}-file", pdf_file(self.folder, code))
            self.hands.press(f"form[action$='/annexes/{code}/'] [type=submit]")
        self.finish()

    # --- the end ------------------------------------------------------------------------------------------------------

    def submit(self) -> Any:
        """Check the answers, press the button, and stand before the receipt."""
        if self.hands.at != self.home:
            self.hands.open(self.home)
        assert self.hands.page.locator(".finding--failed, .finding--unknown").all_inner_texts() == []
        self.hands.follow(f"{self.home}check/")
        self.hands.press("form[action$='/submit/'] [type=submit]")
        submission = self.proposal.submissions.get()
        assert f"/receipts/{submission.receipt_number}/" in self.hands.at
        self.hands.is_told(submission.receipt_number, submission.sha256)
        return submission


def answer(hands: Hands, email: str, name: str) -> None:
    """From the mail of an invitation over an own account to a confirmed partner."""
    invitation = latest_link(email, "/invitations/")
    hands.open(invitation)
    hands.follow(f"{reverse('account_signup')}?next={invitation.removeprefix(hands.base)}")
    sign_up(hands, email, name)
    if "/invitations/" not in hands.at:
        hands.open(invitation)
    hands.press("button[name=answer][value=accept]")
