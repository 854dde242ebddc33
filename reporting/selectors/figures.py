"""The figures of a programme as they stood at one moment."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar

from django.db.models import Count, Exists, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from calls.enums import CallState
from calls.models import ApplicationField, Call, Country, Ket, Programme, ProjectKind, Region
from consortia.enums import ComputedClass, OrganisationKind, PartnerRole, PartnerState, SizeClass
from consortia.models import Partner, SmeDeclaration
from feasibility.enums import FundingSource, Outcome, ProposalState
from feasibility.models import BudgetLine, Decision, FundingLine, Proposal, Submission
from reporting.enums import ProjectState, Stage
from reporting.figures import (
    NOTHING,
    Applications,
    CallMoney,
    CountryCount,
    Crossing,
    KetMoney,
    Money,
    OrganisationCount,
    PartnerLine,
    ProductFigures,
    ProductLine,
    ProgrammeFigures,
    ProjectFigures,
    RegionCount,
)
from reporting.models import Product, Project
from rocket.core.text import LocalisedText, in_all_languages

APPROVALS = frozenset(outcome.value for outcome in Outcome if outcome.is_approval)
SME_CLASSES = [size for size in SizeClass if size.is_sme]
RATE = Decimal("0.0001")
NO_KET = LocalisedText(
    {"en": "No technology named", "de": "Keine Technologie genannt", "nl": "Geen technologie genoemd"}
)
NOT_STATED = _("Not stated")
NOT_DECLARED = _("Without an SME declaration")
M = TypeVar("M", bound=Money)


def programme_figures(programme: Programme, as_of: datetime) -> ProgrammeFigures:
    """The figures of ``programme`` as they stood at ``as_of``, that moment included. Thirteen queries, always.

    Counted by ``published_at`` (calls), ``received_at`` (submissions), ``decided_at`` (decisions), ``opened_at``
    (projects), ``declared_at`` (SME declarations) and ``staged_at`` (products).
    """
    projects = Project.objects.of(programme).as_of(as_of)
    ids = projects.values("pk")
    published = Q(published_at__lte=as_of) & ~Q(state=CallState.DRAFT)
    calls = list(
        Call.objects.filter(
            published | Q(pk__in=projects.values("proposal__call")), programme=programme
        ).order_by("opens_at", "pk")
    )
    kinds = list(ProjectKind.objects.filter(programme=programme))
    kets = list(Ket.objects.filter(programme=programme))
    application_fields = list(ApplicationField.objects.filter(programme=programme))
    countries = list(Country.objects.filter(programme=programme))
    regions = list(Region.objects.filter(programme=programme).select_related("country"))
    applications = _applications(programme, as_of)

    rows = list(
        projects.select_related("proposal__call", "proposal__kind", "proposal__main_ket", "decision")
        .with_state_at(as_of)
        .order_by("number")
    )
    fields_of: dict[int, list[str]] = defaultdict(list)
    for project, code in (
        projects.filter(proposal__fields__isnull=False)
        .order_by("pk", "proposal__fields__position", "proposal__fields__code")
        .values_list("pk", "proposal__fields__code")
    ):
        fields_of[project].append(code)
    costs = _sums(BudgetLine.objects.filter(proposal__project__in=ids))
    grants = _sums(FundingLine.objects.filter(proposal__project__in=ids, source=FundingSource.GRANT))
    budget, grant = _added(costs, 0), _added(grants, 0)
    costs_of, grants_of = _added(costs, 2), _added(grants, 2)
    partners = list(_partners(ids, as_of))
    products = list(
        Product.objects.filter(project__in=ids)
        .with_stage_at(as_of)
        .select_related("project", "ket", "owner")
        .order_by("project__number", "pk")
    )

    of_project: dict[int, list[Partner]] = defaultdict(list)
    for partner in partners:
        of_project[partner.consortium_id].append(partner)
    organisations = {partner.organisation_id: partner for partner in partners}
    tiles = {key: region for region in regions for key in region.keys}
    in_region: dict[int, int] = defaultdict(int)
    for partner in organisations.values():
        if (place := _region_of(partner)) in tiles:
            in_region[tiles[place].pk] += 1

    listed = tuple(
        _project_figures(
            project,
            fields_of[project.pk],
            of_project[project.proposal.consortium_id],
            budget.get(project.pk, NOTHING),
            grant.get(project.pk, NOTHING),
            costs_of,
            grants_of,
        )
        for project in rows
    )
    stages = [Stage(product.stage_then) for product in products]
    return ProgrammeFigures(
        programme=programme.code,
        programme_name=programme.short_name,
        as_of=as_of,
        funding_rate=programme.funding_rate.quantize(RATE),
        calls=sum(not call.is_pioneer_round for call in calls),
        calls_completed=sum(
            not call.is_pioneer_round and call.closes_at is not None and call.closes_at <= as_of
            for call in calls
        ),
        pioneer_rounds=sum(call.is_pioneer_round for call in calls),
        applications=sum(
            (applications[call.pk] for call in calls if not call.is_pioneer_round), Applications()
        ),
        projects=len(rows),
        pioneer_projects=sum(project.proposal.call.is_pioneer_round for project in rows),
        organisations=len(organisations),
        smes=sum(partner.class_then in SME_CLASSES for partner in organisations.values()),
        leads=len({partner.organisation_id for partner in partners if partner.is_lead}),
        organisations_without_region=len(organisations) - sum(in_region.values()),
        budget=sum((project.budget for project in listed), NOTHING),
        grant=sum((project.grant for project in listed), NOTHING),
        by_call=_by(
            (
                CallMoney(
                    code=call.slug,
                    name=call.title,
                    is_pioneer_round=call.is_pioneer_round,
                    opens_at=call.opens_at,
                    closes_at=call.closes_at,
                    applications=applications[call.pk],
                )
                for call in calls
            ),
            listed,
            lambda project: (project.call,),
        ),
        by_kind=_by(
            (Money(code=kind.code, name=kind.name) for kind in kinds), listed, lambda project: (project.kind,)
        ),
        by_ket=_by(
            [
                *(KetMoney(code=ket.code, name=ket.name, category=ket.category) for ket in kets),
                *_without_ket(listed),
            ],
            listed,
            lambda project: (project.main_ket,),
        ),
        by_field=_by(
            (Money(code=field.code, name=field.name) for field in application_fields),
            listed,
            lambda project: project.application_fields,
        ),
        by_year=_by_year(rows, listed, programme),
        by_country=_by_country(countries, partners, _added(costs, 1), _added(grants, 1)),
        by_organisation_kind=_by_organisation_kind(organisations.values()),
        by_size=_by_size(organisations.values()),
        by_region=tuple(
            RegionCount(
                code=region.code,
                version=region.version,
                name=region.name,
                short=region.short,
                country=region.country.code,
                side=region.country.side,
                column=region.column,
                row=region.row,
                organisations=in_region[region.pk],
            )
            for region in regions
        ),
        crossings=tuple(
            crossing
            for project in rows
            if (crossing := _crossing(project, of_project[project.proposal.consortium_id], tiles))
        ),
        products=ProductFigures(
            target=programme.product_target,
            on_market=stages.count(Stage.ON_MARKET),
            in_development=stages.count(Stage.IN_DEVELOPMENT),
            planned=stages.count(Stage.PLANNED),
            stopped=stages.count(Stage.STOPPED),
        ),
        project_list=listed,
        product_list=tuple(
            ProductLine(
                name=product.name,
                project=product.project.number,
                ket=product.ket.code,
                owner=product.owner.name,
                country=product.owner.country,
                trl_start=product.trl_start,
                trl_end=product.trl_end,
                market_year=product.market_year,
                stage=stage,
            )
            for product, stage in zip(products, stages, strict=True)
        ),
    )


def _applications(programme: Programme, as_of: datetime) -> dict[int, Applications]:
    """Per call: submitted, decided, approved by ``as_of``. One query."""
    decisions = Decision.objects.filter(proposal=OuterRef("pk"), decided_at__lte=as_of)
    given_back = Q(state=ProposalState.WITHDRAWN, changed_at__lte=as_of)
    counts = (
        Proposal.objects.filter(
            Exists(Submission.objects.filter(proposal=OuterRef("pk"), received_at__lte=as_of)),
            call__programme=programme,
        )
        .annotate(outcome_then=Subquery(decisions.order_by("-decided_at", "-pk").values("outcome")[:1]))
        .order_by()
        .values("call_id", "outcome_then")
        .annotate(submitted=Count("pk"), kept=Count("pk", filter=~given_back))
    )
    found: dict[int, Applications] = defaultdict(Applications)
    for row in counts:
        outcome = row["outcome_then"]
        found[row["call_id"]] += Applications(
            submitted=row["submitted"],
            decided=row["submitted"] if outcome else 0,
            approved=row["kept"] if outcome in APPROVALS else 0,
        )
    return found


Sums = dict[tuple[int, str, int], Decimal]


def _sums(lines: Any) -> Sums:
    """Exact cents by project, country and id of the confirmed partner. One query."""
    return {
        (project, country, partner): amount
        for project, country, partner, amount in lines.filter(partner__state=PartnerState.CONFIRMED)
        .order_by()
        .values_list("proposal__project", "partner__organisation__country", "partner")
        .annotate(amount=Sum("amount"))
    }


def _added(sums: Sums, place: int) -> dict[Any, Decimal]:
    """The sums by one part of their key."""
    found: dict[Any, Decimal] = defaultdict(lambda: NOTHING)
    for key, amount in sums.items():
        found[key[place]] += amount
    return found


def _partners(projects: Any, as_of: datetime) -> Iterable[Any]:
    """Confirmed lead and project partners, lead partners first, with ``class_then`` (empty without a declaration).
    One query."""
    stood = SmeDeclaration.objects.filter(
        Q(superseded_at=None) | Q(superseded_at__gt=as_of),
        organisation=OuterRef("organisation"),
        declared_at__lte=as_of,
    ).order_by("-declared_at", "-pk")
    return (
        Partner.objects.confirmed()
        .filter(consortium__proposal__project__in=projects)
        .exclude(role=PartnerRole.ASSOCIATED)
        .select_related("organisation")
        .annotate(class_then=Coalesce(Subquery(stood.values("computed_class")[:1]), Value("")))
    )


def _region_of(partner: Partner) -> tuple[str, int]:
    return partner.organisation.region_code, partner.organisation.region_version or 0


def _project_figures(
    project: Project,
    fields: list[str],
    partners: list[Partner],
    budget: Decimal,
    grant: Decimal,
    costs_of: dict[int, Decimal],
    grants_of: dict[int, Decimal],
) -> ProjectFigures:
    lead = next((partner.organisation for partner in partners if partner.is_lead), None)
    ket = project.proposal.main_ket
    return ProjectFigures(
        number=project.number,
        title=project.title,
        call=project.proposal.call.slug,
        kind=project.proposal.kind.code,
        main_ket=ket.code if ket else "",
        application_fields=tuple(fields),
        opened_at=project.opened_at,
        state=ProjectState(project.state_then),
        lead_partner=lead.name if lead else "",
        lead_country=lead.country if lead else "",
        partners=len(partners),
        budget=budget,
        grant=grant,
        summary=project.proposal.summary,
        starts_on=project.proposal.starts_on,
        months=project.proposal.months,
        partner_list=tuple(
            PartnerLine(
                name=partner.organisation.name,
                country=partner.organisation.country,
                town=partner.organisation.town,
                is_lead=partner.is_lead,
                budget=costs_of.get(partner.pk, NOTHING),
                grant=grants_of.get(partner.pk, NOTHING),
            )
            for partner in sorted(partners, key=lambda one: (not one.is_lead, one.pk))
        ),
    )


def _by(
    headings: Iterable[M],
    projects: Iterable[ProjectFigures],
    of: Callable[[ProjectFigures], Iterable[str]],
) -> tuple[M, ...]:
    """Each heading with the projects that belong to it; the order of the headings is kept."""
    under: dict[str, list[ProjectFigures]] = defaultdict(list)
    for project in projects:
        for code in of(project):
            under[code].append(project)
    return tuple(
        replace(
            heading,
            projects=len(under[heading.code]),
            budget=sum((project.budget for project in under[heading.code]), NOTHING),
            grant=sum((project.grant for project in under[heading.code]), NOTHING),
        )
        for heading in headings
    )


def _without_ket(projects: Iterable[ProjectFigures]) -> list[KetMoney]:
    if all(project.main_ket for project in projects):
        return []
    return [KetMoney(code="", name=NO_KET)]


def _by_year(
    rows: Iterable[Project], listed: Iterable[ProjectFigures], programme: Programme
) -> tuple[Money, ...]:
    years = {row.number: str(row.decision.decided_at.astimezone(programme.zone).year) for row in rows}
    headings = (Money(code=year, name=LocalisedText(year)) for year in sorted(set(years.values())))
    return _by(headings, listed, lambda project: (years[project.number],))


def _by_country(
    countries: list[Country],
    partners: Iterable[Partner],
    budget: dict[str, Decimal],
    grant: dict[str, Decimal],
) -> tuple[CountryCount, ...]:
    """The programme's countries in its order, then third countries by code."""
    organisations: dict[str, set[int]] = defaultdict(set)
    leads: dict[str, set[int]] = defaultdict(set)
    for partner in partners:
        organisations[partner.organisation.country].add(partner.organisation_id)
        if partner.is_lead:
            leads[partner.organisation.country].add(partner.organisation_id)
    known = [(country.code, country.name, country.side) for country in countries]
    third = sorted(set(organisations) - {code for code, _name, _side in known})
    return tuple(
        CountryCount(
            code=code,
            name=name,
            side=side,
            organisations=len(organisations[code]),
            leads=len(leads[code]),
            budget=budget.get(code, NOTHING),
            grant=grant.get(code, NOTHING),
        )
        for code, name, side in [*known, *((code, LocalisedText(code), "") for code in third)]
    )


def _by_organisation_kind(partners: Iterable[Partner]) -> tuple[OrganisationCount, ...]:
    counted = Counter(partner.organisation.kind for partner in partners)
    return tuple(
        OrganisationCount(code=code, name=in_all_languages(label), organisations=counted[code])
        for code, label in (*((kind.value, kind.label) for kind in OrganisationKind), ("", NOT_STATED))
        if code or counted[code]
    )


def _by_size(partners: Iterable[Any]) -> tuple[OrganisationCount, ...]:
    classes = [(size.value, size.label) for size in ComputedClass if size is not ComputedClass.UNKNOWN]
    codes = {code for code, _label in classes}
    counted = Counter(one.class_then if one.class_then in codes else "" for one in partners)
    return tuple(
        OrganisationCount(code=code, name=in_all_languages(label), organisations=counted[code])
        for code, label in (*classes, ("", NOT_DECLARED))
        if code or counted[code]
    )


def _crossing(
    project: Project, partners: list[Partner], tiles: dict[tuple[str, int], Region]
) -> Crossing | None:
    """From the lead partner's tile to the first partner's on the other shore; None where one has no tile."""
    places = [tiles[place] for partner in partners if (place := _region_of(partner)) in tiles]
    leads = [partner for partner in partners if partner.is_lead and _region_of(partner) in tiles]
    if not leads:
        return None
    start = tiles[_region_of(leads[0])]
    end = next((place for place in places if place.country.side != start.country.side), None)
    if end is None:
        return None
    return Crossing(project=project.number, start=(start.column, start.row), end=(end.column, end.row))
