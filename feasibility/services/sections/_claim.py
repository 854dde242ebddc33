"""What every save of a section does first: permission, versions, and at the end the entry in the audit trail."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from consortia.models import Partner
from feasibility.enums import EDITABLE, SectionName
from feasibility.models import Proposal, Section
from rocket.accounts.models import User
from rocket.core import audit
from rocket.core.errors import Refused, Stale
from rocket.core.permissions import demand


def section_of(proposal: Proposal, name: SectionName, partner: Partner | None = None) -> Section:
    """The section's row; where nobody has written yet, an unsaved one of version 0."""
    found = (
        Section.objects.filter(proposal=proposal, name=name, partner=partner)
        .select_related("changed_by")
        .first()
    )
    if found is None:
        return Section(proposal=proposal, name=name, partner=partner)
    found.proposal = proposal  # with what it has at hand already
    return found


def bump(proposal: Proposal, now: datetime) -> None:
    """Count a change by the consortium. Raises ``Refused`` where the proposal was submitted in the meantime."""
    if not Proposal.objects.filter(pk=proposal.pk, state__in=EDITABLE).update(
        version=F("version") + 1, changed_at=now
    ):
        raise Refused(
            "not_editable", _("The proposal was submitted in the meantime. Your change was not saved.")
        )
    proposal.refresh_from_db(fields=["version", "changed_at", "state"])


def claim(
    proposal: Proposal,
    name: SectionName,
    *,
    by: User,
    now: datetime,
    seen_version: int,
    is_completed: bool | None,
    partner: Partner | None = None,
) -> Section:
    """Check permission and versions, and move the section one version on; the caller then writes its content.

    The conditional update carries the promise on every database: of two people who saw the same version, one saves.
    """
    section = section_of(proposal, name, partner)
    demand(by, "edit", section)
    bump(proposal, now)
    changes: dict[str, Any] = {"changed_by": by, "changed_at": now}
    if is_completed is not None:
        changes["is_completed"] = is_completed
    if section.pk is None:
        if seen_version != 0:
            raise Stale
        try:
            with transaction.atomic():
                return Section.objects.create(
                    proposal=proposal, name=name, partner=partner, version=1, **changes
                )
        except IntegrityError as error:
            raise Stale from error
    if not Section.objects.filter(pk=section.pk, version=seen_version).update(
        version=F("version") + 1, **changes
    ):
        raise Stale(
            _("%(name)s changed this section in the meantime. Both texts are shown; yours is not lost.")
            % {"name": section.changed_by},
            changed_by=section.changed_by,
            changed_at=section.changed_at,
        )
    section.refresh_from_db()
    return section


def claim_row(
    proposal: Proposal,
    name: SectionName,
    *,
    row_version: Callable[[], int | None],
    by: User,
    now: datetime,
    seen_version: int,
) -> Section:
    """Claim a section for one of its rows: others may have moved the section on by saving rows of their own.

    ``row_version`` gives the version of the section in which the row was last saved, None for a new row. Only a
    change of this very row since ``seen_version`` is a conflict, so that two people can write two rows at once.
    """
    # The section first, then the row: a save in between is seen in the row, a later one in the section.
    version, saved_in = section_of(proposal, name).version, row_version()
    if saved_in is None or saved_in <= seen_version:
        seen_version = max(seen_version, version)
    return claim(proposal, name, by=by, now=now, seen_version=seen_version, is_completed=None)


def record(
    proposal: Proposal,
    section: Section,
    by: User,
    now: datetime,
    before: dict[str, Any],
    after: dict[str, Any],
) -> None:
    changed = {key for key in after if before.get(key) != after[key]}
    audit.record(
        subject=proposal,
        verb=f"saved_{section.name}",
        by=by,
        now=now,
        before={key: before.get(key) for key in sorted(changed)},
        after={key: after[key] for key in sorted(changed)},
    )


@transaction.atomic
def set_completed(
    *, proposal: Proposal, name: SectionName, is_completed: bool, seen_version: int, by: User, now: datetime
) -> Section:
    """Tick or untick a section whose content is saved piece by piece (partners, products, annexes)."""
    section = claim(proposal, name, by=by, now=now, seen_version=seen_version, is_completed=is_completed)
    record(proposal, section, by, now, {}, {"is_completed": is_completed})
    return section
