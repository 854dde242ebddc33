"""What somebody writes is saved while they write, in a real browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.utils import timezone
from playwright.sync_api import expect

from tests.browser.hands import Hands
from tests.browser.journey import sign_in


def test_a_section_saves_itself_and_the_panel_follows(portal: Any, visitor: Any) -> None:
    from django.conf import settings

    from calls.services import load_programme
    from feasibility.models import Proposal
    from rocket.demo.build import Builder
    from rocket.demo.people import PASSWORD, make_people

    now = timezone.now()
    load_programme(path=Path(settings.BASE_DIR) / "programmes" / "rocket-next.toml", by=None, now=now)
    builder = Builder(make_people(programmes=("rocket-next",), now=now), now)
    builder.register_firms()
    builder.draft(builder.call("2026-2", "second", opens=-20, closes=45, published=25))
    proposal = Proposal.objects.get()
    page = visitor("de", 390)
    hands = Hands(page, portal.url)
    hands.open("/account/login/")
    sign_in(hands, "lead@demo.example", PASSWORD)
    page.goto(f"{portal.url}/proposals/{proposal.number}/summary/")
    page.fill("[name=months]", "500")
    page.locator("[name=summary]").focus()
    expect(page.locator("[data-autosave-status]")).not_to_have_text("")
    page.fill("[name=months]", "40")
    page.locator("[name=summary]").focus()
    page.wait_for_selector(".finding--failed")
    proposal.refresh_from_db()
    assert proposal.months == 40
    page.fill("[name=months]", "24")
    page.locator("[name=summary]").focus()
    page.wait_for_selector(".finding--failed", state="detached")
    page.locator("form[data-autosave] [type=submit]").click()
    page.wait_for_url(f"**/proposals/{proposal.number}/")
    proposal.refresh_from_db()
    assert proposal.months == 24


def test_what_a_restarting_server_did_not_take_is_sent_again_by_itself(portal: Any, visitor: Any) -> None:
    from django.conf import settings

    from calls.services import load_programme
    from feasibility.models import Proposal
    from rocket.demo.build import Builder
    from rocket.demo.people import PASSWORD, make_people

    now = timezone.now()
    load_programme(path=Path(settings.BASE_DIR) / "programmes" / "rocket-next.toml", by=None, now=now)
    builder = Builder(make_people(programmes=("rocket-next",), now=now), now)
    builder.register_firms()
    builder.draft(builder.call("2026-2", "second", opens=-20, closes=45, published=25))
    proposal = Proposal.objects.get()
    page = visitor("en", 1280)
    hands = Hands(page, portal.url)
    hands.open("/account/login/")
    sign_in(hands, "lead@demo.example", PASSWORD)
    page.goto(f"{portal.url}/proposals/{proposal.number}/summary/")
    page.route(
        "**/summary/",
        lambda route: route.fulfill(status=503, content_type="text/html", body="<p>away</p>"),
        times=1,
    )
    page.fill("[name=months]", "31")
    page.locator("[name=summary]").focus()
    status = page.locator("[data-autosave-status]")
    expect(status).to_have_text(status.get_attribute("data-offline") or "?")
    expect(status).not_to_have_text(status.get_attribute("data-offline") or "?", timeout=15_000)
    proposal.refresh_from_db()
    assert proposal.months == 31
