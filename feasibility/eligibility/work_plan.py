"""Rules on the work plan: its packages hold together, and everybody with a budget has a part in it."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from .call import edit_section
from .dossier import Dossier, WorkPackageFacts
from .finding import Evidence, Finding, Remedy
from .rule import Rule, Stricter, Unit, for_partner, names_of, of_partner, parameter
from .values import Value

Point = tuple[Evidence, Remedy]
"""One place where the plan does not hold, and what mends it."""


@dataclass(frozen=True, kw_only=True)
class WorkPlan(Rule):
    """At least ``minimum`` work packages, each with a title, a leading partner of the consortium, months in order and
    within the project, and at least one deliverable that is due within the months of its package.

    What is not given yet is not known yet; what contradicts itself fails. Source: programme manual.
    """

    code = "WORK-PLAN"
    title = _("The work plan holds together")
    requirement = ngettext_lazy(
        "The work plan has at least one work package, with a leading partner, months and deliverables.",
        "The work plan has at least %(minimum)s work packages, each with a leading partner, months and deliverables.",
        "minimum",
    )
    source = _("Programme manual")
    messages = {
        "passed": ngettext_lazy(
            "One work package with leading partner, months and deliverables; at least %(minimum)s must be there.",
            "%(count)s work packages with leading partner, months and deliverables; at least %(minimum)s must be there.",
            "count",
        ),
        "too_few": ngettext_lazy(
            "At least one work package is needed; there are %(count)s.",
            "At least %(minimum)s work packages are needed; there are %(count)s.",
            "minimum",
        ),
        "failed": ngettext_lazy(
            "The work plan does not hold together in one place.",
            "The work plan does not hold together in %(count)s places.",
            "count",
        ),
        "unknown": ngettext_lazy(
            "One answer in the work plan is still open.",
            "%(count)s answers in the work plan are still open.",
            "count",
        ),
    }

    minimum: int = parameter(Unit.COUNT, Stricter.HIGHER, default=1, least=1)

    def judge(self, dossier: Dossier) -> Finding:
        months = dossier.proposal.months
        leaders = frozenset(partner.key for partner in dossier.taking_part)
        bad: list[Point] = []
        gaps: list[Point] = []
        for number, package in enumerate(dossier.work_packages, 1):
            _check_package(number, package, leaders, months, bad, gaps)
        if dossier.work_packages and months is None:
            gaps.append((Evidence("project", "", "no_duration"), edit_section("summary", "months")))
        count = len(dossier.work_packages)
        evidence = [fact for fact, _remedy in (*bad, *gaps)]
        remedies = [remedy for _fact, remedy in (*bad, *gaps)]
        if count < self.minimum:
            return self.failed("too_few", evidence, [*remedies, Remedy("add_work_package")], count=count)
        if bad:
            return self.failed("failed", evidence, remedies, count=len(bad))
        if gaps:
            return self.unknown("unknown", evidence, remedies, count=len(gaps))
        return self.passed(count=count)


def _check_package(
    number: int,
    package: WorkPackageFacts,
    leaders: frozenset[str],
    months: int | None,
    bad: list[Point],
    gaps: list[Point],
) -> None:
    shown: Value = _shown(str(number), package.title)
    of: dict[str, Value] = {"key": package.key, "package": shown}

    def fact(what: str, **values: Value) -> Evidence:
        return Evidence("work_package", package.key, what, {"package": shown, **values})

    if not package.title:
        gaps.append((fact("package_without_title"), Remedy("name_work_package", of)))
    choose = Remedy("choose_package_lead", of)
    if package.lead is None:
        gaps.append((fact("package_without_lead"), choose))
    elif package.lead not in leaders:
        bad.append((fact("package_lead_gone"), choose))
    first, last = package.first_month, package.last_month
    for field, month in (("first_month", first), ("last_month", last)):
        change = Remedy("edit_package_months", {**of, "field": field})
        if month is None:
            gaps.append((fact(f"package_without_{field}"), change))
        elif month < 1:
            bad.append((fact("package_before_project", month=month), change))
        elif months is not None and month > months:
            bad.append((fact("package_beyond_project", month=month, months=months), change))
    if first is not None and last is not None and last < first:
        change = Remedy("edit_package_months", {**of, "field": "last_month"})
        bad.append((fact("package_months_reversed", first=first, last=last), change))
    if not package.deliverables:
        bad.append((fact("no_deliverable"), Remedy("add_deliverable", of)))
    for row, deliverable in enumerate(package.deliverables):
        name: Value = _shown(f"{number}.{row + 1}", deliverable.title)
        mend = Remedy("edit_deliverable", {**of, "deliverable": name, "row": row})
        due = deliverable.due_month
        if not deliverable.title:
            gaps.append((fact("deliverable_without_title", deliverable=name), mend))
        if due is None:
            gaps.append((fact("deliverable_without_month", deliverable=name), mend))
        elif first is not None and last is not None and first <= last and not first <= due <= last:
            outside = fact("deliverable_outside_package", deliverable=name, month=due, first=first, last=last)
            bad.append((outside, mend))


def _shown(number: str, title: str) -> str:
    """A work package or deliverable as sentences name it: 2 (Laser head)."""
    return f"{number} ({title})" if title else number


@dataclass(frozen=True, kw_only=True)
class WorkPlanPartners(Rule):
    """Every confirmed partner whose budget has costs leads a work package or takes part in one.

    Source: programme manual.
    """

    code = "WORK-PLAN-PARTNERS"
    title = _("Every partner with a budget has work to do")
    requirement = _("Every partner with a budget takes part in at least one work package.")
    source = _("Programme manual")
    messages = {
        "passed": _("Every confirmed partner with a budget takes part in a work package."),
        "failed": ngettext_lazy(
            "One partner has a budget and takes part in no work package: %(partners)s.",
            "%(count)s partners have a budget and take part in no work package: %(partners)s.",
            "count",
        ),
        "no_plan": _("Who takes part in which work package is not given yet."),
    }

    def judge(self, dossier: Dossier) -> Finding:
        if not dossier.work_packages:
            return self.unknown("no_plan", remedies=[Remedy("add_work_package")])
        at_work = frozenset(key for package in dossier.work_packages for key in package.participants)
        idle = [
            partner
            for partner in dossier.taking_part
            if partner.counts and partner.budget is not None and partner.budget.cost > 0
            if partner.key not in at_work
        ]
        if not idle:
            return self.passed()
        return self.failed(
            "failed",
            [of_partner(partner, "in_no_package") for partner in idle],
            [for_partner("assign_partner", partner) for partner in idle],
            count=len(idle),
            partners=names_of(idle),
        )
