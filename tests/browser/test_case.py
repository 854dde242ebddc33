"""One real case, from a call to the programme report, by people who have never seen the portal."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from tests.browser.hands import Hands
from tests.browser.journey import ENSCHEDE, MUENSTER, Writer, answer, declare_sme, register, sign_in, sign_up


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

    def hands(width: int = 1280) -> Hands:
        return Hands(visitor(language, width), base)

    # The manager publishes a call.
    desk = hands()
    desk.open("/account/login/")
    sign_in(desk, "manager@demo.example", DEMO_PASSWORD)
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
    public = hands(390)
    public.open("/calls/")
    public.follow(f"/calls/{call.slug}/")
    assert "SME-LED" in public.page.content()

    # Somebody who has never been here signs up, registers the firm and starts a proposal.
    lead = hands()
    lead.open(f"/account/signup/?next=/calls/{call.slug}/start/")
    sign_up(lead, "nina@example.org", "Nina Neumann")
    register(lead, MUENSTER)
    writer = Writer(lead, tmp_path)
    writer.start("LumiWeave")
    proposal = Proposal.objects.get()
    lead.follow("*/sme/*")
    declare_sme(lead, MUENSTER)
    writer.summary()
    writer.cross_border()
    writer.technology()
    writer.declarations()

    # Two organisations of the list are invited by mail and confirm it.
    for name, email in (("Weberei Enschede", "joris@example.org"), ("Sensorik Borken", "karla@example.org")):
        writer.invite(name, email)
        partner = hands(390)
        answer(partner, email, name)
        part = proposal.consortium.partners.get(organisation__name__contains=name)
        assert part.state == "confirmed", partner.at + partner.page.inner_text("main")
        partner.open(f"/organisations/{part.organisation_id}/sme/")
        declare_sme(partner, ENSCHEDE)
        Writer(partner, tmp_path, writer.number).declarations()
    writer.partners()
    writer.work_plan()
    writer.budgets()
    writer.products("LumiWeave sensor")
    writer.annexes()

    # The consultant in whose care it is reads the draft and leaves advice.
    consultant = hands()
    consultant.open("/account/login/")
    sign_in(consultant, "consultant@demo.example", DEMO_PASSWORD)
    consultant.open(f"/care/{proposal.number}/")
    consultant.write("text", "Say who buys it.")
    consultant.press()
    lead.open(writer.home)
    lead.is_told("Say who buys it.")

    # Check the answers, submit, get a receipt.
    writer.submit()

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
