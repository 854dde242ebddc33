"""On a phone one works on the form: above it stands the verdict alone, its findings follow below. No script is needed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from feasibility.enums import SectionName
from feasibility.models import Proposal
from feasibility.services import advise

TOP = "element => element.getBoundingClientRect().top + scrollY"
LINES = """element => {
  const style = getComputedStyle(element);
  return Math.round((element.clientHeight - parseFloat(style.paddingTop) - parseFloat(style.paddingBottom)) / parseFloat(style.lineHeight));
}"""


@pytest.fixture
def now() -> datetime:
    """The portal that runs here has the clock of the machine."""
    return timezone.now()


@pytest.fixture
def draft(portal: Any, cast: Any) -> Proposal:
    """A draft whose annexes are missing, so that rules fail."""
    draft: Proposal = cast.draft()
    draft.annexes.all().delete()
    return draft


@pytest.fixture
def phone(portal: Any, visitor: Callable[..., Any], cast: Any, draft: Proposal) -> Callable[..., Any]:
    """``phone(page)`` opens a page of the draft for its lead partner, without scripts."""

    def open_page(name: str, *, width: int = 390) -> Any:
        page = visitor("de", width, java_script_enabled=False)
        for key, cookie in cast.client("lead", "de").cookies.items():
            page.context.add_cookies([{"name": key, "value": cookie.value, "url": portal.url}])
        page.goto(portal.url + reverse(name, args=[draft.number]))
        return page

    return open_page


def top(page: Any, selector: str) -> float:
    return float(page.locator(selector).first.evaluate(TOP))


@pytest.mark.parametrize("name", ["proposal", "section_annexes"])
def test_the_verdict_stands_above_and_the_findings_below(phone: Any, name: str) -> None:
    page = phone(name)
    assert page.locator(".finding--failed").count() >= 1
    assert top(page, "h1") < top(page, ".verdict__bar") < top(page, ".page-content")
    assert top(page, ".eligibility__part") > top(page, ".page-content") + 300
    assert page.locator(".page-aside .verdict__words").evaluate("element => element.clientHeight") < 30
    page.locator(".eligibility__jump").click()
    page.wait_for_url("**#eligibility-findings")
    assert page.locator(".finding--failed").first.evaluate(
        "element => element.getBoundingClientRect().top < innerHeight"
    )


def test_beside_the_form_the_panel_is_whole(phone: Any) -> None:
    page = phone("section_annexes", width=1280)
    assert not page.locator(".eligibility__jump").is_visible()
    assert abs(top(page, ".eligibility__part") - top(page, ".verdict__bar")) < 200


@pytest.mark.parametrize("width", [360, 768, 1280])
def test_the_button_under_an_advice_is_one_line(phone: Any, cast: Any, draft: Proposal, width: int) -> None:
    advise(
        proposal=draft,
        section=SectionName.SUMMARY,
        text="Say who buys it.",
        by=cast.people["consultant"],
        now=timezone.now(),
    )
    button = phone("section_summary", width=width).locator("form[action*='/done/'] button")
    assert button.evaluate(LINES) == 1
