"""Rules on what partners declare about themselves."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from consortia.enums import OrganisationKind
from feasibility.cofinancing import AidBasis

from .dossier import Dossier, FiguresClass, PartnerFacts
from .finding import Evidence, Finding, Remedy
from .rule import Rule, for_partner, names_of, of_partner
from .values import Euro, Value


@dataclass(frozen=True, kw_only=True)
class SmeDeclaration(Rule):
    """Every SME has a declaration that stands, and the class it declares is the one that its figures give.

    It holds for every lead and project partner that registered as an SME or declares to be one.
    Source: Recommendation 2003/361/EC, Annex, Art. 3(5), 4 and 6; Reg. (EU) 651/2014, Annex I.
    """

    code = "SME-DECLARATION"
    title = _("Every SME has a valid declaration")
    requirement = _("Every SME has declared its size, and its figures give the class that it declares.")
    source = _("Recommendation 2003/361/EC, Annex, Articles 3 to 6; Regulation (EU) 651/2014, Annex I")
    messages = {
        "none": _("No partner is an SME, so none has to declare."),
        "passed": ngettext_lazy(
            "One SME has a valid declaration, and its figures give the declared class.",
            "%(count)s SMEs have valid declarations, and their figures give the declared classes.",
            "count",
        ),
        "failed": ngettext_lazy(
            "The SME declaration of one partner does not hold: %(partners)s.",
            "The SME declarations of %(count)s partners do not hold: %(partners)s.",
            "count",
        ),
        "unknown": ngettext_lazy(
            "The size of one partner is not known yet: %(partners)s.",
            "The sizes of %(count)s partners are not known yet: %(partners)s.",
            "count",
        ),
    }

    def judge(self, dossier: Dossier) -> Finding:
        concerned = [partner for partner in dossier.taking_part if _must_declare(partner)]
        wrong: list[tuple[PartnerFacts, Evidence]] = []
        missing: list[tuple[PartnerFacts, Evidence]] = []
        for partner in concerned:
            declared, figures = partner.declared_class, partner.figures_class
            if declared is None:
                missing.append((partner, of_partner(partner, "not_declared")))
            elif not partner.declaration_valid:
                wrong.append((partner, of_partner(partner, "declaration_ended", declared=declared.value)))
            elif figures is None or FiguresClass.UNKNOWN in {figures, declared}:
                missing.append((partner, of_partner(partner, "figures_missing", declared=declared.value)))
            elif _beyond(declared) != _beyond(figures):
                fact = of_partner(partner, "class_differs", declared=declared.value, figures=figures.value)
                wrong.append((partner, fact))
        if not concerned:
            return self.passed("none")
        if not wrong and not missing:
            return self.passed(count=len(concerned))
        first = wrong or missing
        values: dict[str, Value] = {
            "count": len(first),
            "partners": names_of(partner for partner, _fact in first),
        }
        evidence = [fact for _partner, fact in (*wrong, *missing)]
        remedies = [for_partner("declare_sme", partner) for partner, _fact in (*wrong, *missing)]
        if wrong:
            return self.failed("failed", evidence, remedies, **values)
        return self.unknown("unknown", evidence, remedies, **values)


def _must_declare(partner: PartnerFacts) -> bool:
    declared = partner.declared_class
    return partner.kind == OrganisationKind.SME or (declared is not None and declared.is_sme)


def _beyond(one: FiguresClass) -> FiguresClass:
    # Whoever is no SME because of public holdings declares to be none, and there is one word for that.
    return FiguresClass.LARGE if one is FiguresClass.NOT_SME else one


@dataclass(frozen=True, kw_only=True)
class DeMinimis(Rule):
    """Where the aid basis is de minimis, the grants of a single undertaking stay within its headroom.

    Partners of one single undertaking share the headroom; the lowest that one of them declares holds for all.
    Source: Reg. (EU) 2023/2831, Art. 2(2) and 3; before it Reg. (EU) 1407/2013, Art. 2(2) and 3.
    """

    code = "DE-MINIMIS"
    title = _("De minimis aid stays within the headroom")
    requirement = _("De minimis aid stays within what the undertaking and its group may still get.")
    source = _("Regulation (EU) 2023/2831, Articles 2(2) and 3; before it Regulation (EU) 1407/2013")
    messages = {
        "none": _("No partner is paid as de minimis aid."),
        "passed": _("The de minimis aid asked for stays within the headroom."),
        "failed": ngettext_lazy(
            "One undertaking asks for more de minimis aid than it may still get.",
            "%(count)s undertakings ask for more de minimis aid than they may still get.",
            "count",
        ),
        "unknown": _("Whether the de minimis aid asked for stays within the headroom is not known yet."),
    }

    def judge(self, dossier: Dossier) -> Finding:
        above: list[Evidence] = []
        within: list[Evidence] = []
        missing: list[tuple[Evidence, Remedy]] = []
        lower: list[Remedy] = []
        for undertaking in dossier.undertakings:
            for partner in undertaking:
                if partner.aid_basis is None:
                    fact = of_partner(partner, "no_aid_basis")
                    missing.append((fact, for_partner("choose_aid_basis", partner)))
            members = [p for p in undertaking if p.aid_basis is AidBasis.DE_MINIMIS]
            for partner in members:
                if partner.budget is None:
                    missing.append((of_partner(partner, "no_budget"), for_partner("edit_budget", partner)))
            asking = [p for p in members if p.budget is not None and p.budget.grant > 0]
            asked = sum((p.budget.grant for p in asking if p.budget), Decimal(0))
            rooms = [p.de_minimis_headroom for p in members if p.de_minimis_headroom is not None]
            undeclared = [p for p in asking if p.de_minimis_headroom is None]
            missing += [
                (of_partner(p, "de_minimis_not_declared"), for_partner("declare_de_minimis", p))
                for p in undeclared
            ]
            if not asking or not rooms:
                continue
            room = max(min(rooms), Decimal(0))
            figures = {"asked": Euro(asked), "headroom": Euro(room)}
            if len(asking) == 1:
                fact = of_partner(asking[0], "de_minimis", **figures)
            else:
                key = "+".join(p.key for p in asking)
                fact = Evidence("group", key, "de_minimis_group", {"partners": names_of(asking), **figures})
            if asked > room:
                above.append(fact)
                lower += [for_partner("lower_grant", p, largest=Euro(room)) for p in asking]
            else:
                within.append(fact)
        open_points = [remedy for _fact, remedy in missing]
        if above:
            return self.failed(evidence=above, remedies=[*lower, *open_points], count=len(above))
        if missing:
            return self.unknown(
                evidence=[*(fact for fact, _remedy in missing), *within], remedies=open_points
            )
        return self.passed("passed" if within else "none", within)


@dataclass(frozen=True, kw_only=True)
class Declarations(Rule):
    """Every lead and project partner has made the declarations that the kind of project asks of it.

    Source: programme manual; each declaration names its own.
    """

    code = "DECLARATIONS"
    title = _("Every partner has made its declarations")
    requirement = _("Every partner makes the declarations that the programme asks for.")
    source = _("Programme manual; each declaration names its own source")
    messages = {
        "none": _("The programme asks for no declarations."),
        "passed": _("Every partner has made its declarations."),
        "unknown": ngettext_lazy(
            "One partner still has declarations to make.",
            "%(count)s partners still have declarations to make.",
            "count",
        ),
    }

    def judge(self, dossier: Dossier) -> Finding:
        if not dossier.required_declarations:
            return self.passed("none")
        open_points: list[tuple[PartnerFacts, Evidence]] = []
        for partner in dossier.taking_part:
            missing = [
                one.code
                for one in dossier.required_declarations
                if one.is_asked_of(partner) and one.code not in partner.declared
            ]
            if missing:
                names: tuple[Value, ...] = tuple(dossier.name_of("declaration", code) for code in missing)
                open_points.append((partner, of_partner(partner, "declarations_open", declarations=names)))
        if not open_points:
            return self.passed()
        return self.unknown(
            "unknown",
            [fact for _partner, fact in open_points],
            [for_partner("declare", partner) for partner, _fact in open_points],
            count=len(open_points),
        )
