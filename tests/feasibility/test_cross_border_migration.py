"""Proposals from before the section: the text stays, and its section is as far as the summary was."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
from django.apps import apps

from feasibility.models import Proposal, Section

give_sections = import_module("feasibility.migrations.0003_cross_border_section").give_sections
pytestmark = pytest.mark.django_db


def before_the_section(cast: Any, *, text: str, is_completed: bool) -> Proposal:
    proposal: Proposal = cast.draft()
    Section.objects.filter(proposal=proposal, name="cross_border").delete()
    Section.objects.filter(proposal=proposal, name="summary").update(is_completed=is_completed)
    Proposal.objects.filter(pk=proposal.pk).update(cross_border_value=text)
    return proposal


@pytest.mark.parametrize(
    ("text", "is_completed", "expected"),
    [
        ("Both sides.", True, [(1, True)]),
        ("Both sides.", False, [(1, False)]),
        ("", True, []),
        ("", False, []),
    ],
)
def test_the_section_follows_the_summary_where_the_text_is_there(
    cast: Any, text: str, is_completed: bool, expected: list[tuple[int, bool]]
) -> None:
    proposal = before_the_section(cast, text=text, is_completed=is_completed)
    give_sections(apps, None)
    give_sections(apps, None)
    rows = Section.objects.filter(proposal=proposal, name="cross_border")
    assert [(row.version, row.is_completed) for row in rows] == expected


def test_who_has_the_section_already_keeps_it(cast: Any) -> None:
    proposal = cast.draft()
    before = Section.objects.get(proposal=proposal, name="cross_border").version
    give_sections(apps, None)
    assert Section.objects.get(proposal=proposal, name="cross_border").version == before
