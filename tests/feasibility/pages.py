"""What a reader sees on a page: findings with their state, words and link."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from typing import Any

from django.http import HttpResponse
from django.urls import reverse

from feasibility.models import Proposal, Submission


@dataclass(frozen=True)
class SeenFinding:
    state: str
    code: str
    message: str
    remedy: str
    href: str


def text_of(response: HttpResponse) -> str:
    """The page as text, without markup and with single spaces."""
    bare = re.sub(r"<[^>]+>", " ", response.content.decode())
    return " ".join(unescape(bare).split())


def findings_on(response: HttpResponse) -> dict[str, SeenFinding]:
    """Every finding of the page by the code of its rule."""
    found = {}
    for state, body in re.findall(
        r'<li class="finding finding--(\w+)">(.*?)</div></li>', response.content.decode(), re.DOTALL
    ):

        def part(name: str, body: str = body) -> str:
            match = re.search(rf'<p class="finding__{name}">(.*?)</p>', body, re.DOTALL)
            return match.group(1) if match else ""

        def words(html: str) -> str:
            return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())

        href = re.search(r'href="([^"]*)"', part("remedy"))
        code = words(part("source")).split(" · ")[0]
        found[code] = SeenFinding(
            state,
            code,
            words(part("message")),
            words(part("remedy")),
            unescape(href.group(1)) if href else "",
        )
    return found


def press_submit(client: Any, proposal: Proposal, version: int | None = None) -> HttpResponse:
    """Press the button of the check page, as it stands for the proposal's present version."""
    proposal.refresh_from_db()
    return client.post(
        reverse("submit_proposal", args=[proposal.number]),
        {"seen_version": proposal.version if version is None else version},
    )


def number_of_submissions(proposal: Proposal) -> int:
    return Submission.objects.filter(proposal=proposal).count()
