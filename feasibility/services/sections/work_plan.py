"""The work plan: its packages, their order, their deliverables."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from consortia.models import Partner
from feasibility.enums import SectionName
from feasibility.models import Deliverable, Proposal, Section, WorkPackage
from feasibility.models.work_plan import MAX_DELIVERABLES, MAX_PACKAGES
from feasibility.services.sections._claim import claim_row, record, section_of
from rocket.accounts.models import User
from rocket.core.errors import RocketError, Stale
from rocket.core.permissions import demand
from rocket.core.text import without_controls


@transaction.atomic
def save_work_package(
    *,
    proposal: Proposal,
    package: WorkPackage,
    partners: Collection[Partner],
    deliverables: Sequence[Deliverable],
    seen_version: int,
    by: User,
    now: datetime,
) -> WorkPackage:
    """Add one work package at the end of the plan, or change it; ``package`` carries the checked values.

    ``deliverables`` are all of its deliverables in their order: they take the place of those that were there. A new
    package with the very content of one that is there is that one: somebody pressed twice.
    """
    package.title = without_controls(package.title).strip()
    package.aim = without_controls(package.aim)
    for one in deliverables:
        one.title, one.proof = without_controls(one.title).strip(), without_controls(one.proof)
    if package.pk is None:
        demand(by, "edit", section_of(proposal, SectionName.WORK_PLAN))
        if twin := _twin(proposal, package, deliverables):
            return twin
    section = _claim(proposal, package, by, now, seen_version)
    if any(one.consortium_id != proposal.consortium_id for one in (*partners, package.lead) if one):
        raise RocketError("partner", _("Only partners of this consortium take part in its work packages."))
    if len(deliverables) > MAX_DELIVERABLES:
        raise RocketError(
            "too_many", _("A work package has at most %(n)s deliverables.") % {"n": MAX_DELIVERABLES}
        )
    before: dict[str, Any] = {}
    if package.pk is None:
        places = list(WorkPackage.objects.filter(proposal=proposal).values_list("position", flat=True))
        if len(places) >= MAX_PACKAGES:
            raise RocketError(
                "too_many", _("A work plan has at most %(n)s work packages.") % {"n": MAX_PACKAGES}
            )
        package.proposal, package.position = proposal, max(places, default=0) + 1
    else:
        standing = _standing(package)
        before = _in_audit(standing, standing.partners.all(), standing.deliverables.all())
    package.saved_in = section.version
    package.save()
    beside = [partner for partner in partners if partner != package.lead]
    package.partners.set(beside)
    package.deliverables.all().delete()
    for position, one in enumerate(deliverables, 1):
        one.package, one.position = package, position
    Deliverable.objects.bulk_create(deliverables)
    after = {"package": package.pk, **_in_audit(package, beside, deliverables)}
    record(proposal, section, by, now, before, after)
    return package


@transaction.atomic
def move_work_package(*, package: WorkPackage, step: int, seen_version: int, by: User, now: datetime) -> None:
    """Put a work package ``step`` places further down the plan (up where it is negative); at an end it stays."""
    proposal = package.proposal
    section = _claim(proposal, package, by, now, seen_version)
    packages = list(proposal.work_packages.order_by("position", "pk"))
    place = packages.index(package)
    packages.insert(min(max(place + step, 0), len(packages) - 1), packages.pop(place))
    for position, one in enumerate(packages, 1):
        one.position = position
    WorkPackage.objects.bulk_update(packages, ["position"])
    record(proposal, section, by, now, {}, {"order": [one.title for one in packages]})


@transaction.atomic
def remove_work_package(*, package: WorkPackage, seen_version: int, by: User, now: datetime) -> None:
    proposal = package.proposal
    section = _claim(proposal, package, by, now, seen_version)
    gone = _in_audit(package, package.partners.all(), package.deliverables.all())
    record(proposal, section, by, now, gone, dict.fromkeys(gone))
    package.delete()


def _claim(proposal: Proposal, package: WorkPackage, by: User, now: datetime, seen_version: int) -> Section:
    return claim_row(
        proposal,
        SectionName.WORK_PLAN,
        row_version=lambda: None if package.pk is None else _standing(package).saved_in,
        by=by,
        now=now,
        seen_version=seen_version,
    )


def _standing(package: WorkPackage) -> WorkPackage:
    """The package as the database holds it now. Raises ``Stale`` where somebody has removed it."""
    found = (
        WorkPackage.objects.filter(pk=package.pk)
        .select_related("lead__organisation")
        .prefetch_related("partners__organisation", "deliverables")
        .first()
    )
    if found is None:
        raise Stale(_("Somebody removed this work package in the meantime."))
    return found


def _twin(
    proposal: Proposal, package: WorkPackage, deliverables: Sequence[Deliverable]
) -> WorkPackage | None:
    """A package of the plan with the same content."""
    rows = [(one.title, one.proof, one.due_month) for one in deliverables]
    same = {name: getattr(package, name) for name in ("title", "aim", "lead_id", "first_month", "last_month")}
    for one in proposal.work_packages.filter(**same).prefetch_related("deliverables"):
        if [(row.title, row.proof, row.due_month) for row in one.deliverables.all()] == rows:
            return one
    return None


def _in_audit(
    package: WorkPackage, partners: Iterable[Partner], deliverables: Iterable[Deliverable]
) -> dict[str, Any]:
    """Its content as the audit trail keeps it."""
    return {
        "work_package": package.title,
        "aim": package.aim,
        "lead": package.lead and str(package.lead.organisation),
        "partners": sorted(str(partner.organisation) for partner in partners),
        "months": [package.first_month, package.last_month],
        "deliverables": [[one.title, one.proof, one.due_month] for one in deliverables],
    }
