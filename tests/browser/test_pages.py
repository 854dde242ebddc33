"""Every page as people meet it: nothing that axe finds, nothing that runs over the edge, one heading, a title.

The pages are the rows of ``tests/test_access.py``, so that a new address is visited here too. To them come the states
that no plain visit reaches: refusals, mistakes, a text that somebody else changed meanwhile, and an empty portal.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.test_access import ROWS, Case

LOOKS = (("en", 1280, "light"), ("nl", 390, "dark"), ("de", 320, "light"))
"""Language, width and theme. The narrowest takes the longest words and looks at the edges only."""

READER_FIRST = ("lead", "manager", "consultant")
NOT_PAGES = {
    "healthz", "readyz", "programme_colours", "figures_file", "report_file", "annex_file", "receipt_pdf", "receipt_json", "draft_pdf",
    "annex_template", "calls_calendar", "call_calendar", "calls_feed",
}  # fmt: skip

IN_PAGE = """() => ({
  width: document.documentElement.scrollWidth,
  wide: [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1
    && !e.closest('.table-region, .bar__nav, svg, .visually-hidden')).slice(0, 3).map(e => e.outerHTML.slice(0, 90)),
  headings: document.querySelectorAll('h1').length,
  title: document.title,
  language: document.documentElement.lang,
  broken: [...document.images].filter(i => !i.complete || !i.naturalWidth).map(i => i.src),
  summaries: [...document.querySelectorAll('.error-summary')].filter(e => !e.querySelector('li')).length,
})"""


@pytest.fixture
def now() -> datetime:
    """The portal that runs here has the clock of the machine."""
    return timezone.now()


@dataclass
class Visit:
    """Windows of one look, one for each person, and what was found wrong."""

    base: str
    open_window: Callable[..., Any]
    language: str
    width: int
    scheme: str
    pages: dict[str, Any] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    visited: int = 0

    def page(self, who: str, client: Client | None = None) -> Any:
        if who not in self.pages:
            page = self.open_window(self.language, self.width, self.scheme)
            for name, cookie in (client.cookies if client else {}).items():
                page.context.add_cookies([{"name": name, "value": cookie.value, "url": self.base}])
            self.pages[who] = page
        return self.pages[who]

    def go(self, page: Any, path: str, *, status: int = 200) -> None:
        response = page.goto(self.base + path)
        if response.status != status:
            self.wrong.append(f"{path}: {response.status}, not {status}")
        self.look(page, path)

    def look(self, page: Any, name: str) -> None:
        self.visited += 1
        found = page.evaluate(IN_PAGE)
        say = self.wrong.append
        if found["width"] > self.width:
            say(f"{name}: {found['width']} px wide: {found['wide']}")
        if found["headings"] != 1:
            say(f"{name}: {found['headings']} headings of the first level")
        if found["title"].startswith("–"):
            say(f"{name}: no title")
        if found["language"] != self.language:
            say(f"{name}: the language is {found['language']}")
        if found["broken"]:
            say(f"{name}: broken {found['broken']}")
        if found["summaries"]:
            say(f"{name}: a summary of errors without an error")
        if self.width == 320:
            return
        for violation in Axe().run(page).response["violations"]:
            for node in violation["nodes"]:
                say(f"{name}: {violation['id']}: {node['html'][:140]}")

    def press(self, page: Any, selector: str, name: str) -> None:
        with page.expect_navigation():
            page.locator(selector).last.click()
        self.look(page, name)


@pytest.fixture(params=LOOKS, ids=lambda look: "-".join(map(str, look)))
def visit(request: Any, portal: Any, visitor: Callable[..., Any]) -> Visit:
    language, width, scheme = request.param
    return Visit(portal.url, visitor, language, width, scheme)


def reader_of(open_to: tuple[str, ...]) -> str:
    """Who looks at a page: nobody in particular where everybody may, else the person who has most to see."""
    if "anonymous" in open_to:
        return "anonymous"
    return next((who for who in READER_FIRST if who in open_to), open_to[0])


def test_every_page(visit: Visit, cast: Any) -> None:
    case = Case(cast)
    for row in ROWS:
        if row.method != "get" or not row.open_to or row.name in NOT_PAGES:
            continue
        who = reader_of(row.open_to)
        visit.go(visit.page(who, cast.client(who, visit.language)), reverse(row.name, args=row.args(case)))
    # The same address as somebody else sees it, and the states that no row names.
    for who, path in (
        ("lead", "/"),
        ("newcomer", reverse("my_work")),
        ("newcomer", reverse("my_organisations")),
        ("newcomer", reverse("start_proposal", args=[case.call.slug])),
        ("partner", reverse("my_work")),
        ("manager", reverse("my_work")),
        ("assessor", reverse("my_work")),
        ("assessor", reverse("assessed_proposal", args=[case.programme.code, case.checked.number])),
        ("controller", reverse("my_work")),
        ("controller", reverse("control", args=[case.programme.code])),
        ("manager", reverse("desk_search", args=[case.programme.code]) + "?q=nowhere+at+all"),
        ("manager", reverse("desk_search", args=[case.programme.code]) + "?q=Enschede"),
        ("lead", case.submitted.get_absolute_url()),
        ("lead", reverse("section_summary", args=[case.submitted.number])),
        ("lead", reverse("section_budget", args=[case.submitted.number])),
        ("lead", reverse("section_work_plan", args=[case.submitted.number])),
        (
            "lead",
            reverse(
                "edit_work_package", args=[case.submitted.number, case.submitted.work_packages.first().pk]
            ),
        ),
        ("lead", reverse("section_declarations", args=[case.submitted.number])),
        ("lead", reverse("section_work_plan", args=[open_draft()])),
        ("lead", reverse("section_declarations", args=[open_draft()])),
        ("lead", reverse("check_answers", args=[case.submitted.number])),
    ):
        visit.go(visit.page(who, cast.client(who, visit.language)), path)
    assert visit.visited > 70
    assert visit.wrong == []


def test_refusals_and_mistakes(visit: Visit, cast: Any) -> None:
    case = Case(cast)
    nobody, lead = visit.page("anonymous"), visit.page("lead", cast.client("lead", visit.language))
    auditor, manager = (visit.page(who, cast.client(who, visit.language)) for who in ("auditor", "manager"))
    visit.go(nobody, "/nowhere/", status=404)
    visit.go(auditor, reverse("desk_call_new", args=[case.programme.code]), status=403)
    visit.go(lead, reverse("invitation", args=[case.token]), status=403)
    submit = "main form [type=submit]"
    for page, path in (
        (nobody, reverse("account_login")),
        (nobody, reverse("account_signup")),
        (lead, reverse("start_proposal", args=[case.call.slug])),
        (lead, reverse("new_product", args=[case.draft.number])),
        (lead, reverse("new_work_package", args=[case.draft.number])),
        (lead, reverse("edit_work_package", args=[case.draft.number, case.package.pk])),
        (lead, reverse("register_organisation_details")),
        (lead, reverse("sme_declaration", args=[case.organisation.pk])),
        (manager, reverse("desk_call_new", args=[case.programme.code])),
        (manager, reverse("grant_derogation", args=[case.programme.code, case.draft.number])),
    ):
        page.goto(visit.base + path)
        for box in page.locator("main input:is([type=text], [inputmode=decimal]), main textarea").all():
            if box.is_enabled() and box.is_visible():
                box.fill("")
        visit.press(page, submit, f"{path} with mistakes")
        assert page.locator(".error-summary").count() == 1, path

    # A budget that can't be read.
    path = reverse("partner_budget", args=[case.draft.number, case.lead_part.pk])
    lead.goto(visit.base + path)
    lead.locator("input[name^=cost_]:not([disabled])").first.fill("about ten")
    lead.fill("input[name=funding_own]", "1,2,3")
    visit.press(lead, submit, f"{path} with mistakes")
    assert lead.locator(".field--error").count() == 2

    # Somebody else saved the same text meanwhile: both stand on the page.
    path = reverse("section_summary", args=[case.draft.number])
    lead.goto(visit.base + path)
    write_meanwhile(case)
    lead.fill("[name=summary]", "My own words.")
    with lead.expect_navigation() as answer:
        lead.locator("form[data-autosave] [type=submit]").last.click()
    assert answer.value.status == 409
    visit.look(lead, f"{path} changed by somebody else")
    assert "Theirs." in lead.inner_text("main")
    assert lead.input_value("[name=summary]") == "My own words."

    # A proposal that rules still block.
    number = open_draft()
    lead.goto(visit.base + reverse("check_answers", args=[number]))
    visit.press(lead, "form[action$='/submit/'] button", f"{number} blocked")
    assert lead.locator(".finding--failed").count() > 0

    # A form that another site sends.
    lead.goto(visit.base + reverse("check_answers", args=[number]))
    lead.evaluate(
        "document.querySelector(\"form[action$='/submit/'] input[name=csrfmiddlewaretoken]\").value = 'x'"
    )
    visit.press(lead, "form[action$='/submit/'] button", "a form without its token")
    assert visit.wrong == []


def open_draft() -> str:
    """The number of the second proposal of the case, which has nothing but a title."""
    from feasibility.models import Proposal

    return Proposal.objects.get(title="PulsePatch").number


def write_meanwhile(case: Case) -> None:
    from feasibility import services
    from feasibility.enums import SectionName
    from feasibility.services.sections import section_of

    services.save_summary(
        proposal=case.draft, title="LumiWeave", summary="Theirs.", starts_on=None, months=None,
        is_completed=False, seen_version=section_of(case.draft, SectionName.SUMMARY).version,
        by=case.cast.people["partner"], now=timezone.now(),
    )  # fmt: skip


def test_an_empty_portal(visit: Visit, now: datetime, settings: Any) -> None:
    from calls.services import load_programme
    from rocket.demo.people import make_people

    nobody = visit.page("anonymous")
    for name in ("home", "calls", "projects", "demo_mail"):
        visit.go(nobody, reverse(name))

    load_programme(path=Path(settings.BASE_DIR) / "programmes" / "rocket.toml", by=None, now=now)
    people = make_people(programmes=("rocket",), now=now)
    for name in ("home", "calls", "projects"):
        visit.go(nobody, reverse(name))
    for who, name, arguments in (
        ("newcomer", "my_work", []),
        ("newcomer", "my_organisations", []),
        ("consultant", "in_my_care", []),
        ("manager", "desk", ["rocket"]),
        ("manager", "desk_calls", ["rocket"]),
        ("manager", "desk_proposals", ["rocket"]),
        ("manager", "desk_projects", ["rocket"]),
        ("manager", "desk_derogations", ["rocket"]),
        ("manager", "desk_organisations", ["rocket"]),
        ("assessor", "assessment", ["rocket"]),
        ("controller", "control", ["rocket"]),
    ):
        client = Client()
        people[who].language = visit.language
        people[who].save(update_fields=["language"])
        client.force_login(people[who], backend="django.contrib.auth.backends.ModelBackend")
        visit.go(visit.page(who, client), reverse(name, args=arguments))
    assert visit.wrong == []
