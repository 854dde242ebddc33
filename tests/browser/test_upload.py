"""Handing in an annex: with progress where scripts run, and all the same without."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.urls import reverse

from tests.browser.conftest import pdf_file

pytestmark = pytest.mark.django_db(transaction=True)
FIELD = "input[name='accounts-file']"


def open_annexes(cast: Any, portal: Any, window: Any, proposal: Any) -> str:
    """Sign the lead partner in and go to the page of the annexes."""
    cookie = cast.client("lead").cookies[django_settings.SESSION_COOKIE_NAME]
    window.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": portal.url}])
    address: str = portal.url + reverse("section_annexes", args=[proposal.number])
    window.goto(address)
    return address


def send(window: Any) -> None:
    window.locator("form[action$='/annexes/accounts/'] button[type=submit]").click()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_file_is_handed_in_and_a_wrong_one_is_explained(
    cast: Any, portal: Any, visitor: Any, tmp_path: Path, scripts: bool
) -> None:
    proposal = cast.draft()
    window = visitor("en", 390, java_script_enabled=scripts)
    address = open_annexes(cast, portal, window, proposal)
    wrong = tmp_path / "wrong.pdf"
    wrong.write_bytes(b"MZ no document")
    window.set_input_files(FIELD, str(wrong))
    send(window)
    window.get_by_text("“wrong.pdf” is not a PDF file, though its name says so.").first.wait_for()
    if scripts:
        assert window.url == address
        assert window.locator("[data-upload-progress]:visible").count() == 0
    window.set_input_files(FIELD, pdf_file(tmp_path, "right"))
    with window.expect_navigation():
        send(window)
    window.get_by_text("The file is stored.").first.wait_for()
    assert window.url == address
    assert window.get_by_role("link", name="right.pdf").count() == 1


def test_a_file_that_is_too_large_is_never_sent(cast: Any, portal: Any, visitor: Any, tmp_path: Path) -> None:
    """Nobody waits for an upload that will be refused; the server refuses it all the same."""
    proposal = cast.draft()
    window = visitor("en", 1280)
    open_annexes(cast, portal, window, proposal)
    large = tmp_path / "large.pdf"
    with large.open("wb") as file:
        file.write(b"%PDF-1.4")
        file.truncate(21 * 1024 * 1024)
    posts: list[str] = []
    window.on("request", lambda request: posts.append(request.url) if request.method == "POST" else None)
    window.set_input_files(FIELD, str(large))
    problem = window.locator("form[action$='/annexes/accounts/'] [data-upload-problem]")
    assert problem.inner_text().replace("\u00a0", " ") == "The file is larger than 20.0 MB. Make it smaller."
    send(window)
    window.wait_for_timeout(300)
    assert posts == []
    window.set_input_files(FIELD, pdf_file(tmp_path, "small"))
    assert problem.is_hidden()
    with window.expect_navigation():
        send(window)
    assert len(posts) == 1
