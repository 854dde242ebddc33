"""One case from the publication of a call to the programme report, in each language.

How a proposal is written, ``test_whole_runs.py`` shows; here it lies written, up to its submission.
"""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from tests.browser.hands import Hands
from tests.browser.journey import Writer, sign_in


@pytest.mark.parametrize("language", ["en", "de", "nl"])
def test_one_case_from_call_to_report(language: str, portal: Any, visitor: Any, tmp_path: Path) -> None:
    from django.conf import settings

    from calls.models import Call, Programme
    from calls.services import load_programme
    from rocket.demo.build import Builder
    from rocket.demo.people import PASSWORD, make_people

    base = portal.url
    now = timezone.now()
    load_programme(path=Path(settings.BASE_DIR) / "programmes" / "rocket-next.toml", by=None, now=now)
    builder = Builder(make_people(programmes=("rocket-next",), now=now), now)
    builder.register_firms()
    programme = Programme.objects.get(code="rocket-next")

    def somebody(who: str = "", width: int = 1280) -> Hands:
        hands = Hands(visitor(language, width), base)
        if who:
            hands.open("/account/login/")
            sign_in(hands, f"{who}@demo.example", PASSWORD)
        return hands

    # The manager publishes a call.
    desk = somebody("manager")
    manager = desk.page
    desk.open("/desk/rocket-next/calls/new/")
    for code in ("en", "de", "nl"):
        desk.write(f"title_{code}", f"Innovation {code}")
        desk.write(f"summary_{code}", "Two firms, both countries.")
        desk.write(f"text_{code}", "Two firms from both countries build one product.")
    desk.write_day("opens_on", timezone.localdate() - timedelta(days=1))
    desk.write_day("closes_on", timezone.localdate() + timedelta(days=60))
    desk.write("budget", "4000000")
    for name in ("kets", "fields_of_application"):
        for box in manager.locator(f"input[name={name}]").all():
            desk.tick(box)
    kind = programme.kinds.get(code="innovation_project")
    desk.choose("kinds", str(kind.pk))
    desk.press()
    call = Call.objects.get()
    desk.open(f"/desk/rocket-next/calls/{call.slug}/")
    desk.press("form[action$='/step/publish/'] button")
    call.refresh_from_db()
    assert call.state == "published"

    # Everybody reads it, with its rules in words.
    public = somebody(width=390)
    public.open("/calls/")
    public.follow(f"/calls/{call.slug}/")
    assert "SME-LED" in public.page.content()

    proposal = builder.proposal(call, "LumiWeave", 5)

    # The consultant in whose care it is reads the draft and leaves advice.
    consultant = somebody("consultant")
    consultant.open(f"/care/{proposal.number}/")
    consultant.touch(consultant.one("#section-products details.threads__new > summary"))
    products = "#section-products form:has([name=text])"
    consultant.page.fill(f"{products} [name=text]", "Say who buys it.")
    consultant.press(f"{products} [type=submit]")
    lead = somebody("lead", 390)
    lead.open(proposal.get_absolute_url())
    lead.is_told("Say who buys it.")

    # Check the answers, submit, get a receipt.
    Writer(lead, tmp_path, proposal.number).submit()

    # Formal check and decision with a reason; the project appears.
    desk.open(f"/desk/rocket-next/proposals/{proposal.number}/")
    desk.press("form[action$='/step/confirm_eligible/'] button")
    desk.press("form[action$='/step/await_decision/'] button")
    desk.open(f"/desk/rocket-next/proposals/{proposal.number}/decide/")
    desk.choose("outcome", "approved")
    desk.write("reason", "Convincing technology.")
    desk.tick(manager.locator("main form input[type=checkbox]"))
    desk.press()
    proposal.refresh_from_db()
    assert proposal.state == "approved"
    public.open("/projects/")
    public.is_told("LumiWeave")

    # The figures at once as JSON, and the report as PDF, made beside the request.
    figures = json.loads(manager.request.get(f"{base}/desk/rocket-next/figures.json").text())
    assert "LumiWeave" in json.dumps(figures)
    desk.open("/desk/rocket-next/reports/")
    desk.choose("format", "pdf")
    desk.press("main form:has([name=format]) [type=submit]")
    file = manager.locator("main a[href$='/file/']").first
    file.wait_for()
    assert manager.request.get(base + str(file.get_attribute("href"))).body().startswith(b"%PDF-")
