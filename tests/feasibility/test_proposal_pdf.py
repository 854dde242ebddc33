"""The file of a proposal: what was submitted and nothing else, whoever wrote what into it."""

from __future__ import annotations

import io
import json
import re
import subprocess
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pikepdf
import pytest
from django.utils import translation

from feasibility.eligibility import EligibilityReport
from feasibility.exporters import pdf as exporter
from feasibility.exporters.pdf import Receipt, draft_pdf, proposal_html, submission_pdf
from feasibility.models import ExpectedProduct, Proposal
from feasibility.selectors import content_of, load, report_of
from rocket.core import pdf as core_pdf
from rocket.core.audit import canonical_json
from rocket.core.pdf import html_to_pdf
from tests.core.test_pdf import SECRET, everything_in, needs_libraries

pytestmark = [pytest.mark.django_db, needs_libraries]
ZONE = ZoneInfo("Europe/Amsterdam")


def pages_of(content: bytes) -> list[str]:
    """The words of each page, with single spaces."""
    found = subprocess.run(["pdftotext", "-raw", "-", "-"], input=content, capture_output=True, check=True)
    return [re.sub(r"\s+", " ", page) for page in found.stdout.decode().split("\f")[:-1]]


def elements_of(node: Any, kind: str) -> list[Any]:
    if isinstance(node, pikepdf.Array):
        return [element for child in node for element in elements_of(child, kind)]
    if not isinstance(node, pikepdf.Dictionary):
        return []
    own = [node] if node.get("/S") == kind else []
    return own + (elements_of(node["/K"], kind) if "/K" in node else [])


def plain(proposal: Proposal) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(canonical_json(content_of(load(proposal.pk))))
    return content


RECEIPT = Receipt("R-2026-0007", datetime(2026, 11, 24, 10, 0, 1, 234567, tzinfo=UTC), "Mia", "ab" * 32, "3")


def html_of(content: dict[str, Any], report: EligibilityReport, receipt: Receipt | None = RECEIPT) -> str:
    return proposal_html(
        content, report, language="en", zone=ZONE, receipt=receipt, made_at=RECEIPT.received_at
    )


@pytest.mark.parametrize("language", ["en", "de", "nl"])
def test_it_is_tagged_in_the_readers_language_with_receipt_answers_money_files_and_findings(
    cast: Any, language: str
) -> None:
    proposal = cast.submitted()
    submission = proposal.submissions.get()
    content = submission_pdf(submission, language=language, zone=ZONE)
    with pikepdf.open(io.BytesIO(content)) as opened:
        root = opened.Root
        with opened.open_metadata() as meta:
            assert meta["pdfuaid:part"] == "1"
        assert (str(root.Lang), bool(root.MarkInfo.Marked)) == (language, True)
        assert len(elements_of(root.StructTreeRoot.K, "/H1")) == 1
        tables = elements_of(root.StructTreeRoot.K, "/Table")
        # A table that goes over a page's end is two in the structure.
        assert len(tables) in (9, 10, 11)
        assert [table for table in tables if not elements_of(table.K, "/TH")] == []
        assert len([table for table in tables if elements_of(table.K, "/Caption")]) >= 6
    words = " ".join(pages_of(content))
    joined = words.replace(" ", "")
    with translation.override(language):
        assert exporter.timezone.localtime(submission.received_at, ZONE).strftime("%H:%M:%S") in words
        assert "(Europe/Amsterdam)" in words
    frozen = json.loads(submission.content)
    assert submission.receipt_number in words
    assert submission.sha256 in joined
    for annex in frozen["annexes"]:
        assert annex["name"] in words
        assert annex["sha256"] in joined
    for partner in frozen["partners"]:
        assert partner["organisation"].replace(" ", "") in joined
    for product in frozen["products"]:
        assert product["name"] in words
        assert re.sub(r"\s+", "", product["description"])[:60] in joined
    for text in (frozen["summary"], frozen["cross_border_value"]):
        assert re.sub(r"\s+", "", text)[:80] in joined
    for package in frozen["work_packages"]:
        for text in (package["title"], package["aim"], *(one["proof"] for one in package["deliverables"])):
            assert re.sub(r"\s+", "", text)[:60] in joined
    for declaration in frozen["declarations"]:
        assert re.sub(r"\s+", "", declaration["text"][language])[:60] in joined
        assert declaration["source"][language].replace(" ", "") in joined
    assert joined.count(str(cast.people["research"]).replace(" ", "")) == 6
    assert "GridSkin" in words


def test_every_amount_of_the_budget_stands_in_it(cast: Any) -> None:
    proposal = cast.draft()
    content = plain(proposal)
    words = html_of(content, report_of(load(proposal.pk), now=cast.now))
    from django.template import engines

    show = engines["django"].from_string("{{ x|amount }}").render
    with translation.override("en"):
        for entry in content["budget"]:
            others = [one["amount"] for one in entry["funders"]]
            for amount in [*entry["costs"].values(), *entry["funding"].values(), *others]:
                from decimal import Decimal

                if Decimal(amount):
                    assert show({"x": Decimal(amount)}) in words


def test_funders_stand_by_name_products_in_full_and_files_with_their_size(cast: Any) -> None:
    proposal = cast.draft()
    html = html_of(plain(proposal), report_of(load(proposal.pk), now=cast.now))
    for words in (
        "Province of Overijssel",
        "public, promised",
        "Stichting Slimme Oppervlakken",
        "private, not promised yet",
        "4: Validated in the laboratory",
        "7: Prototype demonstrated in operation",
        "accounts.pdf · 359\xa0bytes",
        "Finds coating faults on the running loom",
    ):
        assert words in html, words


def test_categories_keep_the_order_of_the_programme_once_frozen(cast: Any) -> None:
    proposal = cast.draft()
    html = html_of(plain(proposal), report_of(load(proposal.pk), now=cast.now))
    names = [str(c.name) for c in proposal.call.programme.cost_categories.all()]
    places = [html.find(f'class="num">{name}</th>') for name in names]
    assert [place for place in places if place > 0] == sorted(place for place in places if place > 0)
    assert places.index(min(place for place in places if place > 0)) == 0


def test_it_is_made_from_the_frozen_content_alone(cast: Any, django_assert_num_queries: Any) -> None:
    """Whatever changes afterwards, the file stays as it was, and no question goes to the database."""
    proposal = cast.submitted()
    submission = type(proposal.submissions.get()).objects.select_related("submitted_by").get()
    before = pages_of(submission_pdf(submission, language="en", zone=ZONE))
    Proposal.objects.filter(pk=proposal.pk).update(title="Changed afterwards", summary="Changed")
    ExpectedProduct.objects.filter(proposal=proposal).update(name="Changed product")
    proposal.annexes.all().delete()
    proposal.consortium.partners.first().organisation.__class__.objects.update(name="Changed firm")
    with django_assert_num_queries(0):
        after = pages_of(submission_pdf(submission, language="en", zone=ZONE))
    assert after == before


def test_content_of_an_earlier_portal_is_still_shown(cast: Any) -> None:
    """Submissions that were frozen before names stood beside every code."""
    proposal = cast.draft()
    content = plain(proposal)
    for key in ("programme", "aid_bases", "technologies", "work_packages", "declarations"):
        del content[key]
    del content["category_order"]
    for entry in content["budget"]:
        del entry["research_category"], entry["funders"]
    for annex in content["annexes"]:
        del annex["size"]
    assert html_to_pdf(html_of(content, report_of(load(proposal.pk), now=cast.now))).startswith(b"%PDF-")


@pytest.mark.parametrize(("language", "mark"), [("en", "DRAFT, not submitted")])
def test_a_draft_says_so_on_every_page_and_a_submission_on_none(cast: Any, language: str, mark: str) -> None:
    proposal = cast.draft()
    Proposal.objects.filter(pk=proposal.pk).update(summary="Long. " * 1500)
    pages = pages_of(draft_pdf(load(proposal.pk), language=language, zone=ZONE, now=cast.now))
    assert len(pages) > 3
    assert [number for number, page in enumerate(pages, 1) if mark not in page] == []
    assert "SHA-256 ab" not in " ".join(pages)
    submitted = cast.submitted()
    pages = pages_of(submission_pdf(submitted.submissions.get(), language=language, zone=ZONE))
    assert [number for number, page in enumerate(pages, 1) if mark in page] == []


HOSTILE = (
    '<img src="{url}"><link rel="attachment" href="{url}"><script>alert(1)</script>'
    "<style>@import url({url}); p {{ content: url({url}) }}</style></p></dd></section>"
    '@import url({url}); {{{{ settings.SECRET_KEY }}}} \u202ertl & "quoted"'
)


def _strings(node: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to every text in plain content."""
    if isinstance(node, dict):
        return [found for key, value in node.items() for found in _strings(value, (*way, key))]
    if isinstance(node, list):
        return [found for key, value in enumerate(node) for found in _strings(value, (*way, key))]
    return [way] if isinstance(node, str) else []


CODES = {
    "state", "role", "starts_on", "confirmed_at", "amount", "costs", "funding", "code", "slug", "aid_basis",
    "declared_class", "computed_class", "research_category", "kind", "source", "by", "declared_at",
}  # fmt: skip
"""What people choose and do not type: no text of theirs gets there."""


def hostile(content: dict[str, Any], text: str) -> int:
    """Put ``text`` into every text that somebody types. Returns how many."""
    ways = [
        way
        for way in _strings(content)
        if way[-1] not in CODES and not {"costs", "funding", "category_order"} & set(way)
    ]
    for way in ways:
        node: Any = content
        for key in way[:-1]:
            node = node[key]
        node[way[-1]] = text
    return len(ways)


@pytest.mark.parametrize("aim", ["file", "http", "static"])
def test_hostile_texts_in_every_field_fetch_nothing_and_are_shown_as_typed(
    cast: Any, tmp_path: Any, monkeypatch: Any, aim: str
) -> None:
    canary = tmp_path / "canary.txt"
    canary.write_text(SECRET)
    url = {"file": canary.as_uri(), "http": "http://127.0.0.1:9/x", "static": "static:css/print.css"}[aim]
    proposal = cast.draft()
    content = plain(proposal)
    report = report_of(load(proposal.pk), now=cast.now)
    text = HOSTILE.format(url=url)
    assert hostile(content, text) > 30
    asked: list[str] = []
    own_file = core_pdf._own_file
    monkeypatch.setattr(core_pdf, "_own_file", lambda address: asked.append(address) or own_file(address))
    page = html_of(content, report, Receipt(text, RECEIPT.received_at, text, text, text))
    made = html_to_pdf(page)
    assert set(asked) == {"static:css/report.css", "static:css/proposal.css", "font:inter"}
    assert SECRET.encode() not in everything_in(made)
    with pikepdf.open(io.BytesIO(made)) as opened:
        assert not opened.attachments
        assert "/JavaScript" not in str(opened.Root.get("/Names", ""))
        links = [a for p in opened.pages for a in p.get("/Annots", [])]
        assert links == []
    words = "".join("".join(pages_of(made)).split())
    for piece in (
        "<script>alert(1)</script>",
        f'<imgsrc="{url}">',
        f"@importurl({url});",
        "{{settings.SECRET_KEY}}",
    ):
        assert piece in words


def test_the_hostile_texts_would_be_seen_if_they_were_markup(cast: Any, monkeypatch: Any) -> None:
    """The same text taken as markup does ask for the file: the test above can fail."""
    asked: list[str] = []
    monkeypatch.setattr(core_pdf, "_own_file", lambda address: asked.append(address) or 1 / 0)
    html_to_pdf(f"<html lang=en><title>x</title>{HOSTILE.format(url='static:css/print.css')}")
    assert "static:css/print.css" in asked
