"""The sections that are mostly text."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction

from calls.models import ApplicationField, Ket
from feasibility.enums import SectionName
from feasibility.models import Proposal, Section
from feasibility.services.sections._claim import claim, record
from rocket.accounts.models import User
from rocket.core.text import without_controls


@transaction.atomic
def save_summary(
    *,
    proposal: Proposal,
    title: str,
    summary: str,
    starts_on: date | None,
    months: int | None,
    is_completed: bool,
    seen_version: int,
    by: User,
    now: datetime,
) -> Section:
    """Save title, texts, first day and duration."""
    section = claim(
        proposal, SectionName.SUMMARY, by=by, now=now, seen_version=seen_version, is_completed=is_completed
    )
    after = {
        "title": without_controls(title).strip(),
        "summary": without_controls(summary),
        "starts_on": starts_on,
        "months": months,
    }
    before = {name: getattr(proposal, name) for name in after}
    Proposal.objects.filter(pk=proposal.pk).update(**after)
    for name, value in after.items():
        setattr(proposal, name, value)
    record(proposal, section, by, now, before, after)
    return section


@transaction.atomic
def save_cross_border(
    *,
    proposal: Proposal,
    cross_border_value: str,
    is_completed: bool,
    seen_version: int,
    by: User,
    now: datetime,
) -> Section:
    """Save what each side of the border brings."""
    section = claim(
        proposal,
        SectionName.CROSS_BORDER,
        by=by,
        now=now,
        seen_version=seen_version,
        is_completed=is_completed,
    )
    text = without_controls(cross_border_value)
    before = {"cross_border_value": proposal.cross_border_value}
    Proposal.objects.filter(pk=proposal.pk).update(cross_border_value=text)
    proposal.cross_border_value = text
    record(proposal, section, by, now, before, {"cross_border_value": text})
    return section


@transaction.atomic
def save_technology(
    *,
    proposal: Proposal,
    main_ket: Ket | None,
    kets: Collection[Ket],
    fields: Collection[ApplicationField],
    is_completed: bool,
    seen_version: int,
    by: User,
    now: datetime,
) -> Section:
    """Save the one main technology, further ones and the fields of application."""
    section = claim(
        proposal, SectionName.TECHNOLOGY, by=by, now=now, seen_version=seen_version, is_completed=is_completed
    )
    before = {
        "main_ket": proposal.main_ket.code if proposal.main_ket else None,
        "kets": sorted(ket.code for ket in proposal.kets.all()),
        "fields": sorted(field.code for field in proposal.fields.all()),
    }
    Proposal.objects.filter(pk=proposal.pk).update(main_ket=main_ket)
    proposal.main_ket = main_ket
    proposal.kets.set([ket for ket in kets if ket != main_ket])
    proposal.fields.set(fields)
    after = {
        "main_ket": main_ket.code if main_ket else None,
        "kets": sorted(ket.code for ket in kets if ket != main_ket),
        "fields": sorted(field.code for field in fields),
    }
    record(proposal, section, by, now, before, after)
    return section
