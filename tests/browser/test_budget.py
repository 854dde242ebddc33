"""A budget adds up while somebody types, in a real browser, as the server adds it up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.utils import timezone
from playwright.sync_api import expect

from rocket.core.money import InvalidAmount, parse_amount
from tests.browser.hands import Hands
from tests.browser.journey import sign_in

WRITTEN = [
    "1.234,56", "1,234.56", "1234.5", "1 234,56", "1\u00a0234,56 €", "EUR 300", "60000", "0,01", "1.234", "1,234",
    "1,2,3", "1.234.567,8", "1,234,567", "12,34,567", "0.001", "1,2345", "-5", "- 5", "−5", "+5", "5-", "+5-",
    "EUR 5 EUR", "1e6", "NaN", "twelve", "١٢٣", "1'234.50", "1'234'567", "999999999999,99", "9999999999999", ".5", "5.",
    "012", "1 23", "   7  ", "",
]  # fmt: skip


def test_sums_limits_and_rows_follow_while_somebody_types(portal: Any, visitor: Any) -> None:
    from django.conf import settings

    from calls.services import load_programme
    from feasibility.models import FundingLine, Proposal
    from rocket.demo.build import Builder
    from rocket.demo.people import PASSWORD, make_people

    now = timezone.now()
    load_programme(path=Path(settings.BASE_DIR) / "programmes" / "rocket-next.toml", by=None, now=now)
    builder = Builder(make_people(programmes=("rocket-next",), now=now), now)
    builder.people["lead"].language = "en"
    builder.people["lead"].save()
    builder.register_firms()
    builder.draft(builder.call("2026-2", "second", opens=-20, closes=45, published=25))
    proposal = Proposal.objects.get()
    part = proposal.consortium.lead_partner
    page = visitor("en", 390)
    hands = Hands(page, portal.url)
    hands.open("/account/login/")
    sign_in(hands, "lead@demo.example", PASSWORD)
    address = f"{portal.url}/proposals/{proposal.number}/budget/{part.pk}/"
    page.goto(address)
    staff = page.get_by_label("Staff", exact=True)
    grant = page.get_by_label("Grant asked for", exact=True)
    cost, funding = page.locator("[data-sum=cost]"), page.locator("[data-sum=funding]")

    # Every way to write an amount is read, or refused, as the server reads it.
    for text in WRITTEN:
        grant.fill(text)
        try:
            amount = parse_amount(text) if text.strip() else 0
            expected = f"{amount:,.2f}" if amount >= 0 else "–"
        except InvalidAmount:
            expected = "–"
        assert funding.inner_text().strip() == expected, text

    staff.fill("0,10")
    # 15 % of 0.10 are 0.015: halves of a cent go up, in two categories.
    expect(cost).to_have_text("0.14")
    staff.fill("1000")
    expect(cost).to_have_text("1,300.00")
    grant.fill("900")
    expect(page.locator("[data-ceiling]")).to_contain_text(
        "At most EUR\u00a0780.00: 60\u00a0% of the total eligible cost."
    )
    expect(page.locator("[data-above]")).to_have_text("EUR\u00a0120.00 too much")
    page.get_by_role("button", name="Use EUR 780.00").click()
    expect(grant).to_have_value("780.00")
    expect(page.locator("[data-difference]")).to_contain_text("EUR\u00a0520.00 is still missing")

    page.fill("[name='funder-0-name']", "Stadt Münster")
    page.fill("[name='funder-0-amount']", "500")
    page.get_by_role("button", name="Add another funder").click()
    expect(page.locator("[name='funder-1-name']")).to_be_focused()
    page.fill("[name='funder-1-name']", "Sparkasse")
    page.fill("[name='funder-1-amount']", "20")
    page.select_option("[name='funder-1-source']", "private")
    expect(page.locator("[data-difference]")).to_contain_text("Costs and sources agree.")

    # Article 25, experimental development by a small enterprise alone: 45 % of 1,300 EUR, less 500 EUR of the city.
    page.select_option("[name=aid_basis]", label="Research and development (GBER, Art. 25)")
    page.select_option("[name=research_category]", "experimental_development")
    expect(page.locator("[data-ceiling]")).to_contain_text(
        "At most EUR\u00a085.00: the aid intensity of 45\u00a0%"
    )
    page.get_by_role("button", name="Save and continue").last.click()
    page.wait_for_url(f"**/proposals/{proposal.number}/")
    lines = FundingLine.objects.filter(partner=part)
    assert [(line.source, line.funder, str(line.amount)) for line in lines] == [
        ("grant", "", "780.00"),
        ("public", "Stadt Münster", "500.00"),
        ("private", "Sparkasse", "20.00"),
    ]

    # What the server makes of it reads the same; a row is taken out by its button.
    page.goto(address)
    expect(page.locator("[data-ceiling]")).to_contain_text(
        "At most EUR\u00a085.00: the aid intensity of 45\u00a0%"
    )
    page.get_by_role("button", name="Remove Funder 2").click()
    expect(page.locator("[data-difference]")).to_contain_text("EUR\u00a020.00 is still missing")
    assert lines.all().count() == 2
