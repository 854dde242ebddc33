"""The letter of partnership: every partner with a place to sign, in the reader's language, whatever a title holds."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from feasibility.exporters.letter import letter_html, partnership_letter_pdf
from feasibility.models import Proposal
from feasibility.selectors import load
from tests.core.test_pdf import needs_libraries
from tests.feasibility.test_proposal_pdf import pages_of

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("Europe/Amsterdam")


def html(cast: Any, proposal: Proposal, language: str = "en") -> str:
    return letter_html(load(proposal.pk), language=language, zone=ZONE, now=cast.now)


def test_names_all_who_take_part_the_lead_first_and_nobody_else(cast: Any) -> None:
    proposal = cast.draft()
    proposal.consortium.partners.filter(organisation=cast.builder.firms["research"]).update(state="withdrawn")
    page = html(cast, proposal)
    assert page.count('<div class="signature">') == 2
    assert page.index("Lichtmess Optik GmbH") < page.index("Weefwerk Twente B.V.")
    assert "Instituut Oppervlak Oost" not in page
    assert "48149 Münster, Germany" in page
    assert "Münster HRB 98761" in page
    assert "Lichtmess Optik GmbH leads the project" in page


def test_what_a_title_holds_is_text(cast: Any) -> None:
    proposal = cast.draft()
    Proposal.objects.filter(pk=proposal.pk).update(title='<img src="file:///etc/passwd"> & <script>')
    page = html(cast, proposal)
    assert "<img" not in page
    assert "<script" not in page
    assert "&lt;img" in page


@needs_libraries
@pytest.mark.parametrize("language", ["en", "de", "nl"])
def test_is_a_pdf_of_few_pages_that_can_be_read(cast: Any, language: str) -> None:
    proposal = cast.draft()
    content = partnership_letter_pdf(load(proposal.pk), language=language, zone=ZONE, now=cast.now)
    pages = pages_of(content)
    assert 1 <= len(pages) <= 3
    text = " ".join(pages)
    for name in ("Lichtmess Optik GmbH", "Weefwerk Twente B.V.", "Instituut Oppervlak Oost", "LumiWeave"):
        assert name in text


@needs_libraries
def test_is_sent_as_a_download(cast: Any) -> None:
    from django.urls import reverse

    proposal = cast.draft()
    answer = cast.client("lead", "nl").get(
        reverse("annex_template", args=[proposal.number, "partnership_letter"])
    )
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == (
        f'attachment; filename="{proposal.number}-partnership_letter-nl.pdf"'
    )
    assert answer.content.startswith(b"%PDF")
