"""How the portal behaves under the fingers: by keyboard alone, without scripts, pressed twice, in another language."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from feasibility.models import Proposal
from rocket.demo.people import PASSWORD

RING = """() => {
  const at = document.activeElement, style = getComputedStyle(at), box = at.getBoundingClientRect();
  const seen = box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight;
  return seen && style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2
    ? '' : at.outerHTML.slice(0, 120);
}"""


@pytest.fixture
def now() -> datetime:
    """The portal that runs here has the clock of the machine."""
    return timezone.now()


@pytest.fixture
def draft(portal: Any, cast: Any) -> Proposal:
    """A draft of the lead partner; its people can sign in with the demonstration's password."""
    return cast.draft()


@pytest.fixture
def signed_in(portal: Any, visitor: Callable[..., Any], cast: Any) -> Callable[..., Any]:
    """``signed_in(who, …)`` opens a window in which that person is signed in already."""

    def open_window(who: str, language: str = "en", **options: Any) -> Any:
        page = visitor(language, **options)
        for name, cookie in cast.client(who, language).cookies.items():
            page.context.add_cookies([{"name": name, "value": cookie.value, "url": portal.url}])
        return page

    return open_window


def tab_to(page: Any, selector: str, *, at_most: int = 60) -> None:
    """Press Tab until the focus is on ``selector``; every stop on the way must show where the focus is."""
    for _ in range(at_most):
        page.keyboard.press("Tab")
        assert page.evaluate(RING) == ""
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{at_most} times Tab do not reach {selector}")


def enter(page: Any) -> None:
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_a_section_is_saved_by_keyboard_alone(portal: Any, visitor: Any, draft: Proposal) -> None:
    page = visitor()
    page.goto(portal.url)
    tab_to(page, "a.skip", at_most=1)
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"

    page.goto(portal.url)
    tab_to(page, f"a[href='{reverse('account_login')}']")
    enter(page)
    tab_to(page, "input[name=login]")
    page.keyboard.type("lead@demo.example")
    tab_to(page, "input[name=password]")
    page.keyboard.type(PASSWORD)
    enter(page)

    page.goto(portal.url + reverse("my_work"))
    tab_to(page, f"a[href='{draft.get_absolute_url()}']")
    enter(page)
    tab_to(page, f"main a[href='{reverse('section_summary', args=[draft.number])}']")
    enter(page)
    tab_to(page, "input[name=title]")
    page.keyboard.press("Control+A")
    page.keyboard.type("LumiLoom")
    tab_to(page, "main form [type=submit]")
    enter(page)
    draft.refresh_from_db()
    assert draft.title == "LumiLoom"
    assert page.inner_text("h1") == "LumiLoom"


def test_everything_works_without_scripts(portal: Any, visitor: Any, draft: Proposal) -> None:
    page = visitor(java_script_enabled=False)
    summary = reverse("section_summary", args=[draft.number])
    page.goto(f"{portal.url}{reverse('account_login')}?next={summary}")
    page.fill("input[name=login]", "lead@demo.example")
    page.fill("input[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    assert page.url == portal.url + summary

    page.fill("[name=title]", "")
    page.click("main form [type=submit]")
    links = page.locator(".error-summary a")
    assert links.count() == 1
    target = links.first.get_attribute("href")
    assert page.locator(f"{target}[aria-invalid=true]").count() == 1

    page.fill("[name=title]", "LumiLoom")
    page.click("main form [type=submit]")
    draft.refresh_from_db()
    assert draft.title == "LumiLoom"

    page.click("button[name=language][value=nl]")
    assert page.url == portal.url + draft.get_absolute_url()
    assert page.get_attribute("html", "lang") == "nl"


def test_a_button_pressed_twice_sends_once(portal: Any, signed_in: Any, draft: Proposal) -> None:
    page = signed_in("lead")
    page.goto(portal.url + reverse("start_proposal", args=[draft.call.slug]))
    page.fill("[name=title]", "TwinPress")
    # The first request is held back, as by a slow line, until the button has been pressed again.
    held: list[Any] = []
    page.route("**/start/", lambda route: held.append(route))
    box = page.locator("main form [type=submit]").bounding_box()
    for _ in range(2):
        page.mouse.click(box["x"] + 20, box["y"] + 20)
        page.wait_for_timeout(150)
    assert len(held) == 1
    held[0].continue_()
    page.wait_for_url("**/proposals/*/")
    assert Proposal.objects.filter(title="TwinPress").count() == 1


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_session_that_ends_in_mid_edit_costs_no_word(
    portal: Any, signed_in: Any, draft: Proposal, scripts: bool
) -> None:
    page = signed_in("lead", java_script_enabled=scripts)
    summary = portal.url + reverse("section_summary", args=[draft.number])
    page.goto(summary)
    page.fill("[name=title]", "LumiLoom")
    page.context.clear_cookies(name="sessionid")
    with page.expect_navigation(url="**/account/login/**"):
        page.click("main form:has([name=title]) [type=submit]")
    page.fill("input[name=login]", "lead@demo.example")
    page.fill("input[name=password]", PASSWORD)
    with page.expect_navigation(url=summary):
        page.click("main form:has([name=login]) [type=submit]")
    assert "Your text is still here" in page.inner_text("main")
    assert page.input_value("[name=title]") == "LumiLoom"
    draft.refresh_from_db()
    assert draft.title == "LumiWeave"
    with page.expect_navigation():
        page.click("main form:has([name=title]) [type=submit]")
    draft.refresh_from_db()
    assert draft.title == "LumiLoom"


def test_another_language_keeps_the_page_and_its_filter(portal: Any, signed_in: Any, draft: Proposal) -> None:
    page = signed_in("manager")
    page.goto(f"{portal.url}{reverse('desk_proposals', args=['rocket-next'])}?state=submitted")
    address = page.url
    with page.expect_navigation():
        page.click("button[name=language][value=de]")
    assert page.url == address
    assert page.get_attribute("html", "lang") == "de"


def test_the_summary_of_mistakes_takes_the_focus_and_leads_to_each_field(
    portal: Any, signed_in: Any, draft: Proposal
) -> None:
    page = signed_in("lead")
    # The mark of the skip link stays in the address, and must not take the focus away again.
    page.goto(portal.url + reverse("new_product", args=[draft.number]) + "#main")
    with page.expect_navigation():
        page.click("main form [type=submit]")
    assert page.evaluate("document.activeElement.matches('.error-summary')")
    assert page.title().startswith("Error: ")
    links = page.locator(".error-summary a")
    assert links.count() == 7
    for place in range(links.count()):
        link = links.nth(place)
        target = link.get_attribute("href")
        link.click()
        assert "#" + page.evaluate("document.activeElement.id") == target


def test_the_chosen_theme_stays(portal: Any, visitor: Any, draft: Proposal) -> None:
    page = visitor()
    page.goto(portal.url)
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    page.locator("[data-theme-switch]:visible").first.click()
    dark = page.evaluate(ground)
    assert dark != light
    page.goto(portal.url + reverse("calls"))
    assert page.get_attribute("html", "data-theme") == "dark"
    assert page.evaluate(ground) == dark
