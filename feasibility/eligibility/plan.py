"""Rules on the plan: duration, products, sections and annexes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from rocket.core.text import LocalisedText

from .call import edit_section
from .dossier import Dossier, ProductFacts
from .finding import Evidence, Finding, Remedy
from .rule import Rule, Stricter, Unit, parameter
from .values import Day, Value


@dataclass(frozen=True, kw_only=True)
class Duration(Rule):
    """The project takes ``minimum`` to ``maximum`` months, and starts after the day of the application.

    Work that begins before the application loses the incentive effect; ``after_application`` switches that off for
    programmes whose aid needs none.
    Source: programme manual; Reg. (EU) 651/2014, Art. 6(2).
    """

    code = "DURATION"
    title = _("Start and duration keep their limits")
    requirement = _("The project takes %(minimum)s to %(maximum)s months.")
    source = _("Programme manual; Regulation (EU) 651/2014, Article 6(2)")
    derogable = True
    messages = {
        "passed": ngettext_lazy(
            "The project takes one month; %(minimum)s to %(maximum)s are allowed.",
            "The project takes %(months)s months; %(minimum)s to %(maximum)s are allowed.",
            "months",
        ),
        "too_short": ngettext_lazy(
            "The project takes one month; at least %(minimum)s are needed.",
            "The project takes %(months)s months; at least %(minimum)s are needed.",
            "months",
        ),
        "too_long": ngettext_lazy(
            "The project takes one month; at most %(maximum)s are allowed.",
            "The project takes %(months)s months; at most %(maximum)s are allowed.",
            "months",
        ),
        "starts_too_early": _(
            "The project starts on %(starts)s. Work may only start after the day of the application, %(today)s."
        ),
        "no_months": _("The duration of the project is not given yet."),
        "no_start": _("The start of the project is not given yet."),
    }

    minimum: int = parameter(Unit.MONTHS, Stricter.HIGHER, default=1, least=1)
    maximum: int = parameter(Unit.MONTHS, Stricter.LOWER, default=36, least=1)
    after_application: bool = parameter(Unit.YES_NO, Stricter.YES, default=True)

    def __post_init__(self) -> None:
        if self.minimum > self.maximum:
            raise ValueError(f"minimum {self.minimum} is above maximum {self.maximum}")

    def judge(self, dossier: Dossier) -> Finding:
        months, starts = dossier.proposal.months, dossier.proposal.starts_on
        today: date = dossier.now.astimezone(ZoneInfo(dossier.programme.zone)).date()
        edit_months, edit_start = edit_section("summary", "months"), edit_section("summary", "starts_on")
        evidence = [] if months is None else [Evidence("project", "", "duration", {"months": months})]
        if months is not None and months < self.minimum:
            return self.failed("too_short", evidence, [edit_months], months=months)
        if months is not None and months > self.maximum:
            return self.failed("too_long", evidence, [edit_months], months=months)
        if self.after_application and starts is not None and starts <= today:
            values: dict[str, Value] = {"starts": Day(starts), "today": Day(today)}
            fact = Evidence("project", "", "start", values)
            return self.failed("starts_too_early", [fact], [edit_start], **values)
        if months is None:
            return self.unknown("no_months", remedies=[edit_months])
        if self.after_application and starts is None:
            return self.unknown("no_start", remedies=[edit_start])
        return self.passed("passed", evidence, months=months)


@dataclass(frozen=True, kw_only=True)
class Products(Rule):
    """At least ``minimum`` products are expected whose technology readiness level rises.

    Levels run from 1 to 9. Source: programme manual.
    """

    code = "PRODUCTS"
    title = _("Expected products with a readiness path")
    requirement = ngettext_lazy(
        "At least one product is expected whose readiness level rises.",
        "At least %(minimum)s products are expected whose readiness levels rise.",
        "minimum",
    )
    source = _("Programme manual")
    messages = {
        "passed": ngettext_lazy(
            "One expected product has a readiness path; at least %(minimum)s must.",
            "%(count)s expected products have a readiness path; at least %(minimum)s must.",
            "count",
        ),
        "failed": ngettext_lazy(
            "At least one expected product must have a readiness path; counted so far: %(count)s.",
            "At least %(minimum)s expected products must have a readiness path; counted so far: %(count)s.",
            "minimum",
        ),
        "unknown": ngettext_lazy(
            "At least one expected product must have a readiness path; not every level is given yet.",
            "At least %(minimum)s expected products must have a readiness path; not every level is given yet.",
            "minimum",
        ),
    }

    minimum: int = parameter(Unit.COUNT, Stricter.HIGHER, default=1, least=1)
    lowest_start: int | None = parameter(Unit.TRL, Stricter.HIGHER, default=None)
    lowest_target: int | None = parameter(Unit.TRL, Stricter.HIGHER, default=None)

    def judge(self, dossier: Dossier) -> Finding:
        good: list[Evidence] = []
        gaps: list[Evidence] = []
        bad: list[Evidence] = []
        for product in sorted(dossier.products, key=lambda one: (one.name, one.key)):
            start, target = product.trl_start, product.trl_target
            if start is None or target is None:
                gaps.append(_of_product(product, "no_levels"))
            elif not 1 <= start < target <= 9:
                bad.append(_of_product(product, "no_path", start=start, target=target))
            elif start < (self.lowest_start or 1) or target < (self.lowest_target or 1):
                bad.append(_of_product(product, "levels_too_low", start=start, target=target))
            else:
                good.append(_of_product(product, "path", start=start, target=target))
        if len(good) >= self.minimum:
            return self.passed("passed", good, count=len(good))
        evidence = [*good, *gaps, *bad]
        remedies = [Remedy("edit_product", {"key": one.key, **one.values}) for one in (*gaps, *bad)]
        if len(good) + len(gaps) >= self.minimum:
            return self.unknown("unknown", evidence, remedies, count=len(good))
        return self.failed("failed", evidence, [*remedies, Remedy("add_product")], count=len(good))


@dataclass(frozen=True, kw_only=True)
class Sections(Rule):
    """Each section of ``required`` is complete.

    Source: programme manual.
    """

    code = "SECTIONS"
    title = _("Every mandatory section is complete")
    requirement = _("Every mandatory section is complete.")
    source = _("Programme manual")
    messages = {
        "passed": _("Every mandatory section is complete."),
        "failed": ngettext_lazy(
            "One mandatory section is not complete: %(missing)s.",
            "%(count)s mandatory sections are not complete: %(missing)s.",
            "count",
        ),
    }

    required: tuple[str, ...] = parameter(Unit.CODES, Stricter.MORE, default=())

    def judge(self, dossier: Dossier) -> Finding:
        missing = [code for code in self.required if code not in dossier.proposal.sections]
        if not missing:
            return self.passed()
        names = tuple(_section_name(dossier, code) for code in missing)
        return self.failed(
            "failed",
            [
                Evidence("section", code, "section_open", {"section": name})
                for code, name in zip(missing, names, strict=True)
            ],
            [Remedy("edit_section", {"section": code}) for code in missing],
            count=len(missing),
            missing=names,
        )


@dataclass(frozen=True, kw_only=True)
class Annexes(Rule):
    """Every annex that the kind of project asks for, and each of ``required``, is uploaded.

    Source: programme manual.
    """

    code = "ANNEXES"
    title = _("Every mandatory annex is there")
    requirement = _("Every mandatory annex is uploaded.")
    source = _("Programme manual; text of the call")
    derogable = True
    messages = {
        "passed": _("Every mandatory annex is there."),
        "failed": ngettext_lazy(
            "One mandatory annex is missing: %(missing)s.",
            "%(count)s mandatory annexes are missing: %(missing)s.",
            "count",
        ),
    }

    required: tuple[str, ...] = parameter(Unit.CODES, Stricter.MORE, default=())

    def judge(self, dossier: Dossier) -> Finding:
        asked = dict.fromkeys((*dossier.required_annexes, *self.required))
        missing = [code for code in asked if code not in dossier.proposal.annexes]
        if not missing:
            return self.passed()
        names = tuple(dossier.name_of("annex", code) for code in missing)
        annexes = list(zip(missing, names, strict=True))
        return self.failed(
            "failed",
            [Evidence("annex", code, "annex_missing", {"annex": name}) for code, name in annexes],
            [Remedy("add_annex", {"annex": code, "name": name}) for code, name in annexes],
            count=len(missing),
            missing=names,
        )


def _of_product(product: ProductFacts, fact: str, **values: Value) -> Evidence:
    return Evidence("product", product.key, fact, {"product": product.name, **values})


def _section_name(dossier: Dossier, code: str) -> LocalisedText:
    return dossier.name_of("section", code)
