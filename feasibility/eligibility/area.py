"""The rule on where partners work."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from .dossier import Dossier, PartnerFacts
from .finding import Evidence, Finding, Remedy
from .rule import DEROGATED, Rule, for_partner, names_of, of_partner
from .values import Value


@dataclass(frozen=True, kw_only=True)
class ProgrammeArea(Rule):
    """Every lead and project partner works in the programme area, or carries a recorded derogation.

    The establishment that does the work decides. A region is its NUTS code and version; a code of a version in which
    the programme lists no region cannot be compared. A partner from a third country always needs the derogation.
    Source: programme manual; Reg. (EU) 2021/1059, Art. 4 and 22(3); Reg. (EU) 1299/2013, Art. 20.
    """

    code = "PROGRAMME-AREA"
    title = _("Partners work in the programme area")
    requirement = _("Every partner works in the programme area, or has a derogation.")
    source = _("Programme manual; Regulation (EU) 2021/1059, Articles 4 and 22")
    derogable = True
    messages = {
        "passed": ngettext_lazy(
            "The only partner works in the programme area.",
            "Each of the %(count)s partners works in the programme area.",
            "count",
        ),
        "none": _("The consortium has no partner yet."),
        "failed": ngettext_lazy(
            "One partner works outside the programme area: %(partners)s.",
            "%(count)s partners work outside the programme area: %(partners)s.",
            "count",
        ),
        "unknown": ngettext_lazy(
            "Where one partner works is not known yet: %(partners)s.",
            "Where %(count)s partners work is not known yet: %(partners)s.",
            "count",
        ),
    }

    def judge(self, dossier: Dossier) -> Finding:
        outside: list[tuple[PartnerFacts, Evidence]] = []
        missing: list[tuple[PartnerFacts, Evidence]] = []
        excused: dict[str, tuple[Evidence, str]] = {}
        for partner in dossier.taking_part:
            fact = self._fact(dossier, partner)
            if fact is None:
                continue
            reason = dossier.derogations.get(f"{self.code}/{partner.key}")
            if reason is not None:
                excused[partner.key] = (fact, reason)
            elif fact.fact in {"outside_area", "third_country"}:
                outside.append((partner, fact))
            else:
                missing.append((partner, fact))
        if not dossier.taking_part:
            return self.unknown("none", remedies=[Remedy("invite_partner")])
        evidence = [fact for _partner, fact in (*outside, *missing)]
        evidence += [fact for fact, _reason in excused.values()]
        remedies = [
            for_partner("edit_region", partner)
            for partner, fact in (*missing, *outside)
            if fact.fact != "third_country"
        ]
        if outside:
            remedies.append(Remedy("ask_derogation", {"rule": self.code}))
        first = outside or missing
        if first:
            values: dict[str, Value] = {
                "count": len(first),
                "partners": names_of(partner for partner, _fact in first),
            }
            answer = self.failed if outside else self.unknown
            return answer("failed" if outside else "unknown", evidence, remedies, **values)
        finding = self.passed("passed", evidence, count=len(dossier.taking_part))
        if excused:
            reasons = dict.fromkeys(reason for _fact, reason in excused.values())
            return replace(finding, reason=DEROGATED, derogation="; ".join(reasons))
        return finding

    def _fact(self, dossier: Dossier, partner: PartnerFacts) -> Evidence | None:
        """What is against the partner, or None."""
        programme, region = dossier.programme, partner.region
        country = dossier.name_of("country", partner.country)
        if partner.country and partner.country not in programme.countries:
            return of_partner(partner, "third_country", country=country)
        if region is None or not partner.country:
            return of_partner(partner, "region_missing")
        if region in programme.area:
            return None
        values: dict[str, Value] = {"region": region.code, "version": str(region.version), "country": country}
        if region.version not in {known.version for known in programme.area}:
            return of_partner(partner, "region_not_comparable", **values)
        return of_partner(partner, "outside_area", **values)
