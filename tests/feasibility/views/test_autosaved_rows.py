"""What saved itself row by row is still there after the button was pressed."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from feasibility.enums import SectionName
from feasibility.models import Deliverable
from feasibility.services.sections import section_of

pytestmark = pytest.mark.django_db


def test_a_deliverable_that_saved_itself_is_not_lost_by_the_button(cast: Any) -> None:
    """The page still counts the row as new, while the database holds the very same words: no change is no emptiness."""
    proposal, client = cast.draft(), cast.client("lead")
    Deliverable.objects.all().delete()
    form = {
        "title": "Optics on the loom", "aim": "A camera.", "lead": proposal.consortium.lead_partner.pk,
        "first_month": "1", "last_month": "12", "deliverables-TOTAL_FORMS": "1", "deliverables-INITIAL_FORMS": "0",
        "deliverables-0-title": "Prototype", "deliverables-0-proof": "It runs.", "deliverables-0-due_month": "12",
    }  # fmt: skip

    def seen() -> int:
        return section_of(proposal, SectionName.WORK_PLAN).version

    url = reverse("new_work_package", args=[proposal.number])
    saved = client.post(url, {**form, "seen_version": seen()}, headers={"X-Autosave": "1"})
    assert list(Deliverable.objects.values_list("title", flat=True)) == ["Prototype"]
    for more in ({"save": "1"}, {"add": "1"}, {"save": "1"}):
        assert client.post(saved.json()["url"], {**form, **more, "seen_version": seen()}).status_code == 302
        assert list(Deliverable.objects.values_list("title", flat=True)) == ["Prototype"], more
