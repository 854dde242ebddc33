"""Rules on who takes part."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from consortia.enums import PartnerState

from .dossier import Dossier, Group, Known, PartnerFacts
from .finding import Evidence, Finding, Remedy
from .rule import Rule, Stricter, Unit, for_partner, names_of, of_partner, parameter
from .values import Value


@dataclass(frozen=True, kw_only=True)
class LeadOne(Rule):
    """Exactly one partner leads.

    Source: programme manual; Reg. (EU) 2021/1059, Art. 23(5); Reg. (EU) 1299/2013, Art. 13.
    """

    code = "LEAD-ONE"
    title = _("One lead partner")
    requirement = _("Exactly one partner leads the consortium.")
    source = _("Programme manual; Regulation (EU) 2021/1059, Article 23(5)")
    messages = {
        "passed": _("%(lead)s leads the consortium."),
        "none": _("No partner leads the consortium."),
        "several": _("%(count)s partners lead the consortium: %(leads)s."),
        "not_confirmed": _("%(lead)s is to lead the consortium and has not confirmed yet."),
    }

    def judge(self, dossier: Dossier) -> Finding:
        leads = dossier.leads
        if not leads:
            return self.failed("none", remedies=[Remedy("choose_lead")])
        if len(leads) > 1:
            return self.failed(
                "several",
                [of_partner(lead, "is_lead") for lead in leads],
                [Remedy("choose_lead")],
                count=len(leads),
                leads=names_of(leads),
            )
        (lead,) = leads
        if not lead.counts:
            return self.unknown(
                "not_confirmed",
                [of_partner(lead, "not_confirmed")],
                [for_partner("send_invitation", lead)],
                lead=lead.name,
            )
        return self.passed(evidence=[of_partner(lead, "is_lead")], lead=lead.name)


@dataclass(frozen=True, kw_only=True)
class SmeLed(Rule):
    """The lead partner is an SME.

    Source: programme manual; Recommendation 2003/361/EC, Annex, Art. 2 and 3.
    """

    code = "SME-LED"
    title = _("The lead partner is an SME")
    requirement = _("The lead partner is a small or medium-sized enterprise.")
    source = _("Programme manual; Recommendation 2003/361/EC, Annex, Articles 2 and 3")
    messages = {
        "passed": _("%(lead)s leads and is an SME."),
        "no_lead": _("No partner leads the consortium, so no SME does."),
        "failed": _("%(lead)s leads and is not an SME."),
        "unknown": _("Whether the lead partner is an SME is not known yet."),
    }

    def judge(self, dossier: Dossier) -> Finding:
        leads = dossier.leads
        if not leads:
            return self.failed("no_lead", remedies=[Remedy("choose_lead")])
        others = [lead for lead in leads if lead.is_sme is Known.NO]
        if others:
            return self.failed(
                evidence=[of_partner(lead, "not_an_sme") for lead in others],
                remedies=[Remedy("choose_lead")],
                lead=names_of(others),
            )
        open_points = [missing for lead in leads for missing in _open_points(lead, holdings=False)]
        if open_points:
            return self.unknown(
                evidence=[evidence for evidence, _remedy in open_points],
                remedies=[remedy for _evidence, remedy in open_points],
            )
        return self.passed(evidence=[of_partner(lead, "is_sme") for lead in leads], lead=names_of(leads))


@dataclass(frozen=True, kw_only=True)
class SmeCount(Rule):
    """At least ``minimum`` independent SMEs take part; a linked group counts as one.

    Source: programme manual; Recommendation 2003/361/EC, Annex, Art. 2 and 3.
    """

    code = "SME-COUNT"
    title = _("Enough independent SMEs")
    requirement = ngettext_lazy(
        "At least one independent SME takes part.",
        "At least %(minimum)s SMEs take part that are independent of each other; linked enterprises count once.",
        "minimum",
    )
    source = _("Programme manual; Recommendation 2003/361/EC, Annex, Articles 2 and 3")
    messages = {
        "passed": ngettext_lazy(
            "One independent SME takes part; at least %(minimum)s must.",
            "%(sure)s independent SMEs take part; at least %(minimum)s must.",
            "sure",
        ),
        "failed": ngettext_lazy(
            "At least one independent SME must take part; at most %(possible)s can be counted.",
            "At least %(minimum)s independent SMEs must take part; at most %(possible)s can be counted.",
            "minimum",
        ),
        "unknown": ngettext_lazy(
            "At least one independent SME must take part; counted so far: %(sure)s.",
            "At least %(minimum)s independent SMEs must take part; counted so far: %(sure)s.",
            "minimum",
        ),
    }

    minimum: int = parameter(Unit.COUNT, Stricter.HIGHER, default=2, least=1)

    def judge(self, dossier: Dossier) -> Finding:
        counted, undecided = _decided(dossier)
        sure, possible = _sure(dossier), len(counted) + len(undecided)
        evidence = [_counts(dossier, group) for group in counted]
        if sure >= self.minimum:
            return self.passed(evidence=evidence, sure=sure)
        if possible < self.minimum:
            return self.failed(
                evidence=[*evidence, *(_may_count(group) for group in undecided)],
                remedies=[Remedy("invite_sme", {"missing": self.minimum - possible})],
                sure=sure,
                possible=possible,
            )
        points = [point for group in undecided for point in _group_points(group)]
        return self.unknown(
            evidence=[*evidence, *(one for one, _remedy in points)],
            remedies=[remedy for _one, remedy in points],
            sure=sure,
            possible=possible,
        )


@dataclass(frozen=True, kw_only=True)
class BothSides(Rule):
    """In each of at least ``minimum`` countries of the programme an independent, confirmed SME works.

    The establishment that does the work decides. A linked group counts once, for the lead partner's country if that
    is inside, else for the one it chose. A third country is no side.
    Source: programme manual; Reg. (EU) 2021/1059, Art. 23(1); Reg. (EU) 1299/2013, Art. 12(2).
    """

    code = "BOTH-SIDES"
    title = _("SMEs from both sides of the border")
    requirement = ngettext_lazy(
        "Independent SMEs from at least one country of the programme take part.",
        "Independent SMEs from at least %(minimum)s countries of the programme take part.",
        "minimum",
    )
    source = _("Programme manual; Regulation (EU) 2021/1059, Article 23(1)")
    messages = {
        "passed": _("Independent SMEs from %(covered)s take part."),
        "failed": ngettext_lazy(
            "Independent SMEs from at least one country of the programme must take part; none of %(missing)s does.",
            "Independent SMEs from at least %(minimum)s countries of the programme must take part; "
            "there is none yet from %(missing)s.",
            "minimum",
        ),
        "unknown": _(
            "Whether independent SMEs from both sides of the border take part is not known yet: "
            "from %(missing)s none counts so far."
        ),
    }

    minimum: int = parameter(Unit.COUNT, Stricter.HIGHER, default=2, least=1)

    def judge(self, dossier: Dossier) -> Finding:
        countries = dossier.programme.countries
        counted, undecided = _decided(dossier)
        settled = [group for group in counted if len(group.countries) == 1]
        sure = _match(settled, countries)
        best = _match([*settled, *(g for g in counted if g not in settled), *undecided], countries)
        evidence = [_counts(dossier, group) for group in counted if set(group.countries) & set(countries)]
        evidence += [
            of_partner(p, "third_country", country=dossier.name_of("country", p.country))
            for p in dossier.taking_part
            if p.is_sme is not Known.NO and p.country and p.country not in countries
        ]

        def names(codes: Iterable[str]) -> tuple[Value, ...]:
            return tuple(dossier.name_of("country", code) for code in codes)

        if len(sure) >= self.minimum:
            return self.passed(evidence=evidence, covered=names(code for code in countries if code in sure))
        if len(best) < self.minimum:
            missing = [code for code in countries if code not in best]
            return self.failed(
                evidence=[*evidence, *(_may_count(group) for group in undecided)],
                remedies=[_invite_from(dossier, code) for code in missing]
                or [Remedy("invite_sme", {"missing": 1})],
                missing=names(missing),
            )
        points = [point for group in undecided for point in _group_points(group)]
        for group in (*counted, *undecided):
            if len(group.countries) > 1:
                points.append(_choice_of_country(dossier, group))
        return self.unknown(
            evidence=[*evidence, *(one for one, _remedy in points)],
            remedies=[remedy for _one, remedy in points],
            missing=names(code for code in countries if code not in sure),
        )


@dataclass(frozen=True, kw_only=True)
class SmeIndependent(Rule):
    """Links between SMEs of the consortium leave at least ``minimum`` that are independent of each other.

    Too few SMEs without any link between them is another rule's matter.
    Source: programme manual; Recommendation 2003/361/EC, Annex, Art. 3(3).
    """

    code = "SME-INDEPENDENT"
    title = _("The SMEs are independent of each other")
    requirement = ngettext_lazy(
        "Where SMEs are linked, at least one independent SME remains.",
        "Where SMEs are linked, at least %(minimum)s independent SMEs remain.",
        "minimum",
    )
    source = _("Programme manual; Recommendation 2003/361/EC, Annex, Article 3(3)")
    messages = {
        "passed": _("No two SMEs of the consortium are linked."),
        "enough": ngettext_lazy(
            "SMEs of the consortium are linked; one independent SME remains, and at least %(minimum)s must.",
            "SMEs of the consortium are linked; %(sure)s independent SMEs remain, and at least %(minimum)s must.",
            "sure",
        ),
        "failed": ngettext_lazy(
            "SMEs of the consortium are linked and count once; %(possible)s independent SME remains, "
            "at least %(minimum)s must.",
            "SMEs of the consortium are linked and count once; %(possible)s independent SMEs remain, "
            "at least %(minimum)s must.",
            "possible",
        ),
        "unknown": _("Whether enough SMEs are independent of each other is not known yet."),
    }

    minimum: int = parameter(Unit.COUNT, Stricter.HIGHER, default=2, least=1)

    def judge(self, dossier: Dossier) -> Finding:
        counted, undecided = _decided(dossier)
        sure, possible = _sure(dossier), len(counted) + len(undecided)
        smes = {group: _smes(group) for group in (*counted, *undecided)}
        links = [Group(tuple(members)) for members in smes.values() if len(members) > 1]
        undeclared = [p for members in smes.values() for p in members if p.linked is None]
        could_be_linked = bool(undeclared) and sum(map(len, smes.values())) > 1
        evidence = [_counts_once(group) for group in links]
        if sure >= self.minimum:
            return self.passed("enough" if links else "passed", evidence, sure=sure)
        if links and possible < self.minimum:
            return self.failed(
                evidence=evidence,
                remedies=[Remedy("invite_sme", {"missing": self.minimum - possible})],
                possible=possible,
            )
        if links or could_be_linked:
            points = [
                (of_partner(p, "holdings_not_declared"), for_partner("declare_holdings", p))
                for p in undeclared
            ]
            points = points or [point for group in undecided for point in _group_points(group)]
            return self.unknown(
                evidence=[*evidence, *(one for one, _remedy in points)],
                remedies=[remedy for _one, remedy in points],
                possible=possible,
            )
        return self.passed(sure=sure)


@dataclass(frozen=True, kw_only=True)
class PartnersConfirmed(Rule):
    """Every partner of the consortium, associated ones too, has confirmed that it takes part.

    Source: programme manual.
    """

    code = "PARTNERS-CONFIRMED"
    title = _("Every partner has confirmed")
    requirement = _("Every partner has confirmed that it takes part.")
    source = _("Programme manual")
    messages = {
        "passed": ngettext_lazy(
            "The only partner has confirmed.", "Each of the %(count)s partners has confirmed.", "count"
        ),
        "none": _("The consortium has no partner."),
        "failed": ngettext_lazy(
            "One partner has declined: %(declined)s.",
            "%(count)s partners have declined: %(declined)s.",
            "count",
        ),
        "unknown": ngettext_lazy(
            "One partner has not confirmed yet: %(waiting)s.",
            "%(count)s partners have not confirmed yet: %(waiting)s.",
            "count",
        ),
    }

    def judge(self, dossier: Dossier) -> Finding:
        partners = [p for p in dossier.partners if p.state != PartnerState.WITHDRAWN]
        declined = [p for p in partners if p.state == PartnerState.DECLINED]
        waiting = [p for p in partners if p.state == PartnerState.INVITED]
        evidence = [of_partner(p, "declined") for p in declined]
        evidence += [of_partner(p, "not_confirmed") for p in waiting]
        remedies = [for_partner("remove_partner", p) for p in declined]
        remedies += [for_partner("send_invitation", p) for p in waiting]
        if not partners:
            return self.failed("none", remedies=[Remedy("invite_partner")])
        if declined:
            return self.failed("failed", evidence, remedies, count=len(declined), declined=names_of(declined))
        if waiting:
            return self.unknown("unknown", evidence, remedies, count=len(waiting), waiting=names_of(waiting))
        return self.passed(count=len(partners))


def _smes(group: Group) -> list[PartnerFacts]:
    """Its partners that are, or may turn out to be, SMEs that take part."""
    return [partner for partner in group.partners if partner.is_sme is not Known.NO]


def _decided(dossier: Dossier) -> tuple[list[Group], list[Group]]:
    """Groups that count as an independent SME for sure, and those that may come to."""
    counted = [group for group in dossier.groups if group.counts and group.is_declared]
    return counted, [group for group in dossier.groups if group.may_count and group not in counted]


def _sure(dossier: Dossier) -> int:
    """Independent SMEs even if every undeclared holding is a link to another of the consortium."""
    return len(_decided(dossier)[0]) or min(1, len(dossier.sme_groups))


def _match(groups: Sequence[Group], countries: Sequence[str]) -> dict[str, Group]:
    """The most countries that the groups can stand for, each group for one of the countries open to it."""
    held: dict[str, Group] = {}

    def place(group: Group, tried: set[str]) -> bool:
        for code in countries:
            if code in group.countries and code not in tried:
                tried.add(code)
                if code not in held or place(held[code], tried):
                    held[code] = group
                    return True
        return False

    for group in groups:
        place(group, set())
    return held


def _open_points(partner: PartnerFacts, *, holdings: bool = True) -> list[tuple[Evidence, Remedy]]:
    """What keeps a partner from counting as an independent SME for sure, and what settles it."""
    points = []
    if not partner.counts:
        points.append((of_partner(partner, "not_confirmed"), for_partner("send_invitation", partner)))
    if partner.is_sme is Known.NOT_YET:
        points.append((of_partner(partner, "not_declared"), for_partner("declare_sme", partner)))
    elif holdings and partner.linked is None:
        points.append(
            (of_partner(partner, "holdings_not_declared"), for_partner("declare_holdings", partner))
        )
    return points


def _group_points(group: Group) -> list[tuple[Evidence, Remedy]]:
    return [point for partner in _smes(group) for point in _open_points(partner)]


def _counts(dossier: Dossier, group: Group) -> Evidence:
    members = _smes(group)
    if len(members) > 1:
        return _counts_once(group)
    countries = tuple(dossier.name_of("country", code) for code in group.countries)
    return of_partner(members[0], "counts", country=countries)


def _counts_once(group: Group) -> Evidence:
    members = _smes(group)
    return Evidence("group", "+".join(p.key for p in members), "counts_once", {"partners": names_of(members)})


def _may_count(group: Group) -> Evidence:
    members = _smes(group)
    return of_partner(members[0], "may_count") if len(members) == 1 else _counts_once(group)


def _choice_of_country(dossier: Dossier, group: Group) -> tuple[Evidence, Remedy]:
    members = _smes(group)
    keys, countries = tuple(p.key for p in members), group.countries
    shown = tuple(dossier.name_of("country", code) for code in countries)
    values: dict[str, Value] = {"partners": names_of(members), "countries": shown}
    return (
        Evidence("group", "+".join(keys), "country_open", values),
        Remedy("choose_country", {"keys": keys, "codes": countries, **values}),
    )


def _invite_from(dossier: Dossier, code: str) -> Remedy:
    return Remedy("invite_sme", {"missing": 1, "code": code, "country": dossier.name_of("country", code)})
