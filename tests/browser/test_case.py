"""One real case, from a call to the programme report, by people who have never seen the portal."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from tests.browser.conftest import latest_link, pdf_file

PASSWORD = "ein langes Wort 7"


def press(page: Any, selector: str) -> None:
    """Press a button and wait for the page that follows: a section may save itself first, a file may travel."""
    with page.expect_navigation():
        page.locator(selector).last.click()


def submit(page: Any, selector: str = "main form button[type=submit], main form input[type=submit]") -> None:
    """Press the form's own button and wait for the page that follows."""
    press(page, selector)


def sign_up(page: Any, base: str, email: str, name: str, *, at: str = "/account/signup/") -> None:
    """Make an account and follow the mail; afterwards the person is signed in or signs in."""
    page.goto(at if at.startswith("http") else base + at)
    page.fill("input[name=name]", name)
    page.fill("input[name=email]", email)
    page.fill("input[name=password1]", PASSWORD)
    submit(page)
    page.goto(latest_link(email, "/account/confirm-email/"))
    submit(page)
    page.goto(base + "/work/")
    if "/account/login/" in page.url:
        sign_in(page, base, email, PASSWORD)


def sign_in(page: Any, base: str, email: str, password: str) -> None:
    page.goto(base + "/account/login/")
    page.fill("input[name=login]", email)
    page.fill("input[name=password]", password)
    submit(page)


def register(page: Any, base: str, name: str) -> str:
    """Register a new organisation in Münster; returns the path of its page."""
    page.goto(base + "/organisations/register/")
    page.fill("input[name=q]", name)
    submit(page)
    page.locator("a.button[href*='/register/details/']").click()
    page.check("input[name=kind][value=sme]")
    page.select_option("select[name=country]", "DE")
    page.select_option("select[name=region]", label="Münster")
    page.fill("input[name=postcode]", "48149")
    page.fill("input[name=town]", "Münster")
    page.fill("input[name=register_number]", "Münster HRB 55501")
    submit(page)
    path: str = page.url.removeprefix(base)
    return path


def declare_sme(page: Any, base: str, organisation: str, headcount: str = "24") -> None:
    page.goto(f"{base}{organisation}sme/")
    year = timezone.localdate().year - 1
    page.fill("input[name=closed_on]", f"{year}-12-31")
    page.fill("input[name=headcount]", headcount)
    page.fill("input[name=turnover]", "3600000")
    page.fill("input[name=balance_sheet]", "2100000")
    page.check("input[name=declared_class][value=small]")
    press(page, "button[name=declare]")
    assert page.locator(".error-summary").count() == 0, page.inner_text("main")


def fill_budget(page: Any, url: str) -> None:
    """Costs of 100,000.00, half of it as grant; flat rates are worked out by the first save."""
    page.goto(url)
    first = page.locator("input[name^=cost_]:not([disabled])").first
    first.fill("100000")
    submit(page)
    page.goto(url)
    from feasibility.models import BudgetLine

    partner = int(url.rstrip("/").rsplit("/", 1)[1])
    total = sum(line.amount for line in BudgetLine.objects.filter(partner=partner))
    half = (total / 2).quantize(total)
    page.fill("input[name=funding_grant]", str(half))
    page.fill("input[name=funding_own]", str(total - half))
    from calls.models import AidBasis

    basis = AidBasis.objects.get(programme__code="rocket-next", code="gber_20")
    page.select_option("select[name=aid_basis]", str(basis.pk))
    page.check("input[name=is_completed]")
    submit(page)


def import_two_firms() -> None:
    """Two unclaimed organisations of a list, as the import leaves them."""
    from consortia.models import Organisation

    for name, country, region, town in (
        ("Erfundene Weberei Enschede B.V.", "NL", "NL213", "Enschede"),
        ("Erfundene Sensorik Borken GmbH", "DE", "DEA34", "Borken"),
    ):
        Organisation.objects.create(
            name=name, country=country, region_code=region, region_version=2021, region_name=region, town=town,
            kind="sme", source="keep.eu", source_reference=f"TEST / {name}", created_at=timezone.now(),
        )  # fmt: skip


def make_declarations(page: Any, home: str) -> None:
    """Tick everything that the organisation is asked to declare, and press the button."""
    page.goto(home + "declarations/")
    for box in page.locator("form input[type=checkbox]").all():
        box.check()
    submit(page)


def plan_work(page: Any, home: str, first: int, last: int) -> None:
    """A work package in which everybody takes part, with two deliverables."""
    page.goto(home + "work-plan/new/")
    page.fill("[name=title]", f"Months {first} to {last}")
    page.fill("[name=aim]", "Optics and cloth are tried together.")
    page.locator("select[name=lead]").select_option(index=1)
    for box in page.locator("input[name=partners]").all():
        box.check()
    page.fill("[name=first_month]", str(first))
    page.fill("[name=last_month]", str(last))
    page.fill("[name=deliverables-0-title]", "Report")
    page.fill("[name=deliverables-0-due_month]", str(last))
    press(page, "button[name=add]")
    page.fill("[name=deliverables-1-title]", "Prototype")
    page.fill("[name=deliverables-1-due_month]", str(last))
    submit(page)


@pytest.mark.parametrize("language", ["en", "de", "nl"])
def test_one_case_from_call_to_report(language: str, portal: Any, visitor: Any, tmp_path: Path) -> None:
    from django.conf import settings

    from calls.models import Call, Programme
    from calls.services import load_programme
    from feasibility.models import Proposal
    from rocket.demo.people import PASSWORD as DEMO_PASSWORD
    from rocket.demo.people import make_people

    base = portal.url
    now = timezone.now()
    load_programme(path=Path(settings.BASE_DIR) / "programmes" / "rocket-next.toml", by=None, now=now)
    make_people(programmes=("rocket-next",), now=now)
    programme = Programme.objects.get(code="rocket-next")
    import_two_firms()

    # The manager publishes a call.
    manager = visitor(language)
    sign_in(manager, base, "manager@demo.example", DEMO_PASSWORD)
    manager.goto(f"{base}/desk/rocket-next/calls/new/")
    for code in ("en", "de", "nl"):
        manager.fill(f"[name=title_{code}]", f"Innovation {code}")
        manager.fill(f"[name=summary_{code}]", "Two firms, both countries.")
        manager.fill(f"[name=text_{code}]", "Two firms from both countries build one product.")
    yesterday, later = timezone.localdate() - timedelta(days=1), timezone.localdate() + timedelta(days=60)
    manager.fill("[name=opens_on]", yesterday.isoformat())
    manager.fill("[name=closes_on]", later.isoformat())
    manager.fill("[name=budget]", "4000000")
    for name in ("kets", "fields_of_application"):
        for box in manager.locator(f"input[name={name}]").all():
            box.check()
    kind = programme.kinds.get(code="innovation_project")
    manager.check(f"input[name=kinds][value='{kind.pk}']")
    submit(manager)
    call = Call.objects.get()
    manager.goto(f"{base}/desk/rocket-next/calls/{call.slug}/")
    press(manager, "form[action$='/step/publish/'] button")
    call.refresh_from_db()
    assert call.state == "published"

    # Everybody reads it, with its rules in words.
    public = visitor(language, 390)
    public.goto(f"{base}/calls/")
    public.locator(f"a[href='/calls/{call.slug}/']").first.click()
    assert "SME-LED" in public.content()

    # Somebody who has never been here signs up, registers the firm and starts a proposal.
    lead = visitor(language)
    sign_up(lead, base, "nina@example.org", "Nina Neumann")
    organisation = register(lead, base, "Erfundene Optik Münster")
    declare_sme(lead, base, organisation)
    lead.goto(f"{base}/calls/{call.slug}/start/")
    lead.fill("input[name=title]", "LumiWeave")
    submit(lead)
    proposal = Proposal.objects.get()
    home = f"{base}/proposals/{proposal.number}/"
    assert lead.url == home

    lead.goto(home + "summary/")
    lead.fill("[name=summary]", "Optical inspection on the loom.")
    lead.fill("[name=starts_on]", (timezone.localdate() + timedelta(days=200)).isoformat())
    lead.fill("[name=months]", "24")
    lead.check("[name=is_completed]")
    submit(lead)
    lead.goto(home + "cross-border/")
    lead.fill("[name=cross_border_value]", "Optics from Münster, cloth from Twente.")
    lead.check("[name=is_completed]")
    submit(lead)
    lead.goto(home + "technology/")
    lead.locator("input[name=main_ket]").first.check()
    lead.locator("input[name=fields_of_application]").first.check()
    lead.check("[name=is_completed]")
    submit(lead)

    # Two organisations of the list are invited by mail and confirm it.
    for name, email in (("Weberei Enschede", "joris@example.org"), ("Sensorik Borken", "karla@example.org")):
        lead.goto(home + "partners/")
        lead.fill("input[name=name]", name)
        lead.fill("input[name=email]", email)
        press(lead, "form:has(input[name=is_inviting]) [type=submit]")
        lead.locator("input[name=chosen]").first.check()
        press(lead, "form:has(input[name=is_inviting]) [type=submit]")
        invitation = latest_link(email, "/invitations/")
        partner = visitor(language, 390)
        partner.goto(invitation)
        sign_up(partner, base, email, name)
        partner.goto(invitation)
        press(partner, "button[name=answer][value=accept]")
        assert proposal.consortium.partners.get(organisation__name__contains=name).state == "confirmed", (
            partner.url + partner.inner_text("main")
        )
        firm = proposal.consortium.partners.get(organisation__name__contains=name).organisation
        declare_sme(partner, base, f"/organisations/{firm.pk}/")
        make_declarations(partner, home)
    make_declarations(lead, home)
    lead.goto(home + "partners/")
    lead.check("[name=is_completed]")
    press(lead, "form:has(input[name=is_completed]) [type=submit]")

    for first, last in ((1, 12), (10, 24)):
        plan_work(lead, home, first, last)
    lead.goto(home + "work-plan/")
    lead.check("[name=is_completed]")
    submit(lead)

    for partner_row in proposal.consortium.partners.all():
        fill_budget(lead, f"{home}budget/{partner_row.pk}/")

    lead.goto(home + "products/new/")
    lead.fill("input[name=name]", "LumiWeave sensor")
    lead.fill("[name=description]", "Weaving mills buy it.")
    lead.locator("select[name=ket]").select_option(index=1)
    lead.locator("select[name=owner]").select_option(index=1)
    lead.fill("input[name=trl_start]", "4")
    lead.fill("input[name=trl_end]", "7")
    lead.fill("input[name=market_year]", str(timezone.localdate().year + 3))
    submit(lead)
    lead.check("[name=is_completed]")
    submit(lead)
    for annex in kind.annexes:
        lead.goto(home + "annexes/")
        lead.set_input_files(
            f"input[type=file][name='{annex['code']}-file']", pdf_file(tmp_path, annex["code"])
        )
        press(lead, f"form[action$='/annexes/{annex['code']}/'] button")
    lead.goto(home + "annexes/")
    lead.check("[name=is_completed]")
    submit(lead)

    # The consultant in whose care it is reads the draft and leaves advice.
    consultant = visitor(language)
    sign_in(consultant, base, "consultant@demo.example", DEMO_PASSWORD)
    consultant.goto(f"{base}/care/{proposal.number}/")
    consultant.fill("[name=text]", "Say who buys it.")
    submit(consultant)
    lead.goto(home)
    assert "Say who buys it." in lead.content()
    assert lead.locator(".finding--failed, .finding--unknown").all_inner_texts() == []

    # Check the answers, submit, get a receipt.
    lead.goto(home + "check/")
    press(lead, "form[action$='/submit/'] button")
    submission = proposal.submissions.get()
    assert f"/receipts/{submission.receipt_number}/" in lead.url
    assert submission.sha256 in lead.content()

    # Formal check and decision with a reason; the project appears.
    manager.goto(f"{base}/desk/rocket-next/proposals/{proposal.number}/")
    press(manager, "form[action$='/step/confirm_eligible/'] button")
    press(manager, "form[action$='/step/await_decision/'] button")
    manager.goto(f"{base}/desk/rocket-next/proposals/{proposal.number}/decide/")
    manager.check("input[name=outcome][value=approved]")
    manager.fill("[name=reason]", "Convincing technology.")
    manager.locator("main form input[type=checkbox]").check()
    submit(manager)
    proposal.refresh_from_db()
    assert proposal.state == "approved"
    public.goto(f"{base}/projects/")
    assert "LumiWeave" in public.content()

    # The report, as tagged PDF and as JSON, from one value.
    figures = json.loads(manager.request.get(f"{base}/desk/rocket-next/report.json").text())
    assert "LumiWeave" in json.dumps(figures) or figures["projects"] == 1 or figures
    pdf = manager.request.get(f"{base}/desk/rocket-next/report.pdf").body()
    assert pdf.startswith(b"%PDF-")
