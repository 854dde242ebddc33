"""The work plan as pages and PDF show it: from a proposal's plain content alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from feasibility.models import Proposal
from feasibility.selectors.content import content_of
from rocket.core.display import day_text
from rocket.core.months import month_ends, month_starts


@dataclass(frozen=True)
class ShownDeliverable:
    """``number`` is 2.1 for the first deliverable of the second package; ``due`` says the month, with its last day
    where the project's start is known."""

    number: str
    title: str
    proof: str
    due_month: int | None
    due: str


@dataclass(frozen=True)
class ShownPackage:
    """One work package in the reader's language. ``span`` says its months, ``days`` the days that they stand for."""

    number: int
    title: str
    aim: str
    lead: str
    partners: list[str]
    first_month: int | None
    last_month: int | None
    span: str
    days: str
    deliverables: list[ShownDeliverable] = field(default_factory=list)
    key: int | None = None

    @property
    def name(self) -> str:
        """What it is called where its title is still open."""
        return self.title or _("Work package without a title")

    @property
    def due_months(self) -> list[int]:
        return [one.due_month for one in self.deliverables if one.due_month is not None]

    @property
    def has_span(self) -> bool:
        return self.first_month is not None and self.last_month is not None


@dataclass(frozen=True)
class ShownPlan:
    """The packages in their order; ``months`` and ``starts_on`` are the project's."""

    packages: list[ShownPackage]
    months: int | None
    starts_on: date | None

    @property
    def drawn(self) -> list[ShownPackage]:
        """The packages that a picture over time can show."""
        return [package for package in self.packages if package.has_span]


def work_plan_of(proposal: Proposal) -> ShownPlan:
    """The work plan of a loaded proposal, each package with its key; no query."""
    plan = work_plan_in(content_of(proposal))
    keys = [package.pk for package in proposal.work_packages.all()]
    packages = [
        ShownPackage(**{**package.__dict__, "key": key})
        for package, key in zip(plan.packages, keys, strict=True)
    ]
    return ShownPlan(packages, plan.months, plan.starts_on)


def work_plan_in(content: dict[str, Any]) -> ShownPlan:
    """The work plan in a proposal's plain content; an earlier content holds none."""
    starts_on = content["starts_on"]
    starts_on = parse_date(starts_on) if isinstance(starts_on, str) else starts_on
    names = {entry["key"]: entry["organisation"] for entry in content["partners"]}
    packages = []
    for number, entry in enumerate(content.get("work_packages") or (), 1):
        first, last = entry["first_month"], entry["last_month"]
        packages.append(
            ShownPackage(
                number=number,
                title=entry["title"],
                aim=entry["aim"],
                lead=names.get(entry["lead"], ""),
                partners=sorted(names[key] for key in entry["partners"] if key in names),
                first_month=first,
                last_month=last,
                span=_span(first, last),
                days=_days(starts_on, first, last),
                deliverables=[
                    ShownDeliverable(
                        number=f"{number}.{place}",
                        title=one["title"],
                        proof=one["proof"],
                        due_month=one["due_month"],
                        due=_due(starts_on, one["due_month"]),
                    )
                    for place, one in enumerate(entry["deliverables"], 1)
                ],
            )
        )
    return ShownPlan(packages, content["months"], starts_on)


def _span(first: int | None, last: int | None) -> str:
    if first is None and last is None:
        return ""
    if first == last:
        return _("Month %(month)s") % {"month": first}
    return _("Months %(first)s to %(last)s") % {"first": first or "?", "last": last or "?"}


def _days(starts_on: date | None, first: int | None, last: int | None) -> str:
    if starts_on is None or first is None or last is None or not 1 <= first <= last:
        return ""
    return _("%(from)s to %(to)s") % {
        "from": day_text(month_starts(starts_on, first), "short"),
        "to": day_text(month_ends(starts_on, last), "short"),
    }


def _due(starts_on: date | None, month: int | None) -> str:
    if month is None:
        return ""
    if starts_on is None or month < 1:
        return _("Month %(month)s") % {"month": month}
    return _("Month %(month)s (until %(day)s)") % {
        "month": month,
        "day": day_text(month_ends(starts_on, month), "short"),
    }
