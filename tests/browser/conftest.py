"""Chromium against a running portal. Without a browser these tests are named as not run."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = os.environ.get("ROCKET_TEST_CHROMIUM") or shutil.which("chromium") or ""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser" in str(item.fspath):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """One Chromium for the session."""
    if not CHROMIUM:
        pytest.skip("Chromium is not installed")
    from playwright.sync_api import sync_playwright

    # Playwright's synchronous interface runs a loop in this thread, in which Django would refuse its database.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--disable-component-update",
            ],
        )
        yield browser
        browser.close()


@pytest.fixture
def portal(transactional_db: None, live_server: Any, settings: Any) -> Any:
    """A running portal in demonstration mode, so that mails can be read in the browser."""
    settings.DEMO = True
    settings.SITE_URL = live_server.url
    return live_server


@pytest.fixture
def visitor(chromium: Any, portal: Any) -> Iterator[Callable[..., Any]]:
    """``visitor(language, width, scheme)`` opens a window of its own; a script error on any page fails the test."""
    contexts, errors = [], []

    def open_window(language: str = "en", width: int = 1280, scheme: str = "light", **options: Any) -> Any:
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, locale=language, **options
        )
        context.add_cookies([{"name": "django_language", "value": language, "url": portal.url}])
        context.set_default_timeout(15000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on(
            "console",
            lambda message: (
                errors.append(message.text)
                if message.type == "error" and "Content Security Policy" in message.text
                else None
            ),
        )
        return page

    yield open_window
    if failures := os.environ.get("ROCKET_TEST_PICTURES"):
        for number, context in enumerate(contexts):
            for page in context.pages:
                page.screenshot(path=f"{failures}/window-{number}.png", full_page=True)
    for context in contexts:
        context.close()
    assert errors == []


def latest_link(email: str, pattern: str) -> str:
    """The address in the newest mail to ``email`` that holds ``pattern``."""
    from rocket.core.models import OutboxMessage

    for mail in OutboxMessage.objects.filter(to=email).order_by("-pk"):
        if found := re.search(rf"https?://\S*{pattern}\S*", mail.text):
            return found.group(0).rstrip(".,)")
    raise AssertionError(f"no mail to {email} with {pattern}")


def pdf_file(folder: Path, name: str) -> str:
    """A small PDF on disk, to be uploaded."""
    from rocket.demo.documents import small_pdf

    path = folder / f"{name}.pdf"
    path.write_bytes(small_pdf(name))
    return str(path)
