"""The figures out of the database."""

from datetime import timedelta
from decimal import Decimal

import pytest

from consortia.enums import PartnerRole, PartnerState
from feasibility.enums import Outcome, ProposalState
from reporting.enums import Stage
from reporting.selectors import programme_figures
from reporting.services import set_product_stage
from tests.factories import reporting as make

pytestmark = pytest.mark.django_db
SECOND = timedelta(microseconds=1)


@pytest.fixture
def rocket(db):
    return make.programme()


@pytest.fixture
def call(rocket):
    return make.call(rocket)


def by_code(rows):
    return {row.code: (row.projects, row.budget, row.grant) for row in rows}


def test_an_empty_programme_has_figures(rocket):
    figures = programme_figures(rocket, make.AS_OF)
    assert (figures.projects, figures.organisations, figures.budget, figures.acceptance_rate) == (
        0,
        0,
        Decimal("0.00"),
        None,
    )
    assert figures.is_empty
    assert figures.products.target == 40


@pytest.mark.parametrize("count", [0, 1, 3, 30])
def test_thirteen_queries_however_many_projects(rocket, call, count, django_assert_num_queries):
    for _ in range(count):
        make.project(call)
    with django_assert_num_queries(13):
        figures = programme_figures(rocket, make.AS_OF)
    assert figures.projects == count


def test_money_is_exact_to_the_cent_by_call_kind_technology_and_field(rocket, call):
    second = make.call(rocket)
    make.project(call, budget="0.10", grant="0.06", ket="NT", fields=("health",))
    make.project(
        call, budget="0.20", grant="0.12", ket="PH", fields=("health", "energy"), kind="feasibility_study"
    )
    make.project(second, budget="9994868.46", grant="5996921.07", ket="NT", fields=())
    figures = programme_figures(rocket, make.AS_OF)
    assert (figures.budget, figures.grant) == (Decimal("9994868.76"), Decimal("5996921.25"))
    assert by_code(figures.by_call) == {
        call.slug: (2, Decimal("0.30"), Decimal("0.18")),
        second.slug: (1, Decimal("9994868.46"), Decimal("5996921.07")),
    }
    assert by_code(figures.by_kind) == {
        "innovation_project": (2, Decimal("9994868.56"), Decimal("5996921.13")),
        "feasibility_study": (1, Decimal("0.20"), Decimal("0.12")),
    }
    assert by_code(figures.by_ket) == {
        "NT": (2, Decimal("9994868.56"), Decimal("5996921.13")),
        "MS": (0, Decimal("0.00"), Decimal("0.00")),
        "PH": (1, Decimal("0.20"), Decimal("0.12")),
    }
    assert by_code(figures.by_field) == {
        "health": (2, Decimal("0.30"), Decimal("0.18")),
        "energy": (1, Decimal("0.20"), Decimal("0.12")),
    }


def test_a_project_without_a_technology_has_a_row_of_its_own(rocket, call):
    make.project(call, ket=None)
    assert by_code(programme_figures(rocket, make.AS_OF).by_ket)[""] == (
        1,
        Decimal("100000.00"),
        Decimal("60000.00"),
    )


def test_pioneer_rounds_are_no_calls_and_their_projects_are_projects(rocket, call):
    pioneers = make.call(rocket, is_pioneer_round=True)
    make.project(pioneers)
    make.project(call)
    figures = programme_figures(rocket, make.AS_OF)
    assert (figures.calls, figures.pioneer_rounds) == (1, 1)
    assert (figures.projects, figures.pioneer_projects) == (2, 1)
    assert figures.applications.submitted == 1


def test_drafts_of_calls_and_proposals_are_not_counted(rocket, call):
    make.call(rocket, state="draft", published_at=None)
    make.proposal(call, received_at=None, state=ProposalState.DRAFT)
    figures = programme_figures(rocket, make.AS_OF)
    assert (figures.calls, figures.applications.submitted) == (1, 0)


def test_each_moment_counts_from_itself_on(rocket, call):
    make.project(call)
    at = {
        name: (programme_figures(rocket, moment - SECOND), programme_figures(rocket, moment))
        for name, moment in (
            ("published", make.CALL_OPENS),
            ("closed", make.CALL_CLOSES),
            ("received", make.RECEIVED),
            ("decided", make.DECIDED),
        )
    }
    assert [f.calls for f in at["published"]] == [0, 1]
    assert [f.calls_completed for f in at["closed"]] == [0, 1]
    assert [f.applications.submitted for f in at["received"]] == [0, 1]
    assert [f.applications.approved for f in at["decided"]] == [0, 1]
    assert [f.projects for f in at["decided"]] == [0, 1]
    assert [f.products.planned for f in at["decided"]] == [0, 1]


def test_the_latest_decision_of_the_day_counts(rocket, call):
    proposal = make.proposal(call)
    make.decision(proposal, Outcome.RESERVE, at=make.DECIDED)
    make.decision(proposal, Outcome.APPROVED, at=make.DECIDED + timedelta(days=60))
    before = programme_figures(rocket, make.DECIDED + timedelta(days=59)).applications
    after = programme_figures(rocket, make.DECIDED + timedelta(days=60)).applications
    assert (before.decided, before.approved) == (1, 0)
    assert (after.decided, after.approved) == (1, 1)


def test_acceptance_rate_is_over_what_is_decided(rocket, call):
    make.project(call)
    make.decision(make.proposal(call), Outcome.REJECTED)
    make.decision(make.proposal(call), Outcome.REJECTED)
    make.proposal(call)
    figures = programme_figures(rocket, make.AS_OF)
    assert figures.applications.submitted == 4
    assert figures.acceptance_rate == Decimal("0.3333")


def test_a_project_given_back_before_acceptance_counts_until_that_moment(rocket, call):
    project = make.project(call)
    given_back = make.DECIDED + timedelta(days=10)
    project.proposal.state, project.proposal.changed_at = ProposalState.WITHDRAWN, given_back
    project.proposal.save()
    before, after = programme_figures(rocket, given_back - SECOND), programme_figures(rocket, given_back)
    assert (before.projects, before.applications.approved, before.products.planned) == (1, 1, 1)
    assert (after.projects, after.applications.approved, after.products.planned) == (0, 0, 0)
    assert after.applications.decided == 1


def test_an_organisation_in_two_projects_counts_once(rocket, call):
    both = make.organisation(country="NL", region=make.TWENTE)
    make.project(call, partners=[both, make.organisation()])
    make.project(call, partners=[make.organisation(region=make.MUENSTER), both])
    figures = programme_figures(rocket, make.AS_OF)
    assert figures.organisations == 3
    assert {row.code: row.organisations for row in figures.by_country} == {"NL": 1, "DE": 2}
    assert {row.short: row.organisations for row in figures.by_region} == {
        "Twe": 1,
        "Ach": 0,
        "Bor": 1,
        "Mün": 1,
    }


def test_unconfirmed_and_associated_partners_are_no_organisations_in_projects(rocket, call):
    project = make.project(
        call, partners=[make.organisation(), make.organisation(), make.organisation(), make.organisation()]
    )
    parts = list(project.proposal.consortium.partners.all())
    parts[1].state, parts[1].confirmed_at = PartnerState.INVITED, None
    parts[2].role = PartnerRole.ASSOCIATED
    parts[1].save()
    parts[2].save()
    assert programme_figures(rocket, make.AS_OF).organisations == 2


def test_a_region_is_a_code_and_its_version(rocket, call):
    code, _version = make.TWENTE
    make.project(call, partners=[make.organisation(country="NL", region=(code, 2021))])
    figures = programme_figures(rocket, make.AS_OF)
    assert figures.organisations_without_region == 1
    assert sum(row.organisations for row in figures.by_region) == 0


def test_organisations_count_for_their_region_whatever_the_version_of_its_code(rocket, call):
    rocket.regions.filter(code="NL213").update(other_codes={"nuts2013": "NL21A", "nuts2024": "NL21X"})
    codes = [make.TWENTE, ("NL21A", 2013), ("NL21X", 2024), ("NL21X", 2013)]
    make.project(
        call, partners=[make.organisation(), *(make.organisation(country="NL", region=key) for key in codes)]
    )
    figures = programme_figures(rocket, make.AS_OF)
    counted = {row.short: row.organisations for row in figures.by_region if row.organisations}
    assert (counted, figures.organisations_without_region) == ({"Twe": 3, "Bor": 1}, 1)


def test_a_third_country_has_a_row_without_a_shore(rocket, call):
    make.project(call, partners=[make.organisation(), make.organisation(country="BE", region=None)])
    figures = programme_figures(rocket, make.AS_OF)
    assert [(row.code, row.side, row.organisations) for row in figures.by_country] == [
        ("NL", "west", 0),
        ("DE", "east", 1),
        ("BE", "", 1),
    ]


def test_smes_are_those_whose_declaration_stood_then(rocket, call):
    project = make.project(call, partners=[make.organisation(), make.organisation(is_sme=False)])
    declaration = project.proposal.consortium.lead_partner.organisation.sme_declarations.get()
    assert programme_figures(rocket, make.AS_OF).smes == 1
    declaration.superseded_at = make.AS_OF
    declaration.save()
    assert programme_figures(rocket, make.AS_OF - SECOND).smes == 1
    assert programme_figures(rocket, make.AS_OF).smes == 0


def test_a_product_stands_where_it_stood_that_day(rocket, call):
    product = make.project(call).products.get()
    manager = make.person(manager="rocket")
    tested, sold = make.DECIDED + timedelta(days=30), make.DECIDED + timedelta(days=90)
    set_product_stage(product=product, stage=Stage.IN_DEVELOPMENT, by=manager, now=tested)
    set_product_stage(
        product=product,
        stage=Stage.ON_MARKET,
        by=manager,
        now=sold,
        evidence="Invoice 17",
        first_sold_on=sold.date(),
    )

    def stages(moment):
        products = programme_figures(rocket, moment).products
        return products.planned, products.in_development, products.on_market

    assert [stages(moment) for moment in (tested - SECOND, tested, sold - SECOND, sold)] == [
        (1, 0, 0),
        (0, 1, 0),
        (0, 1, 0),
        (0, 0, 1),
    ]


def test_crossings_go_from_the_lead_partner_to_the_other_shore(rocket, call):
    make.project(
        call,
        partners=[
            make.organisation(region=make.MUENSTER),
            make.organisation(region=make.BORKEN),
            make.organisation(country="NL", region=make.TWENTE),
        ],
    )
    make.project(call, partners=[make.organisation(), make.organisation()])
    assert [(c.start, c.end) for c in programme_figures(rocket, make.AS_OF).crossings] == [((4, 1), (2, 0))]


def test_programmes_do_not_mix(rocket, call):
    make.project(call)
    other = make.programme("other")
    make.project(make.call(other))
    assert programme_figures(other, make.AS_OF).projects == 1
    assert programme_figures(rocket, make.AS_OF).budget == Decimal("100000.00")


def test_organisations_by_kind_and_size_and_leads_add_up(rocket, call):
    make.project(call)
    make.project(call)
    figures = programme_figures(rocket, make.AS_OF)
    assert figures.projects == 2
    assert sum(row.organisations for row in figures.by_organisation_kind) == figures.organisations
    assert sum(row.organisations for row in figures.by_size) == figures.organisations
    smes = sum(row.organisations for row in figures.by_size if row.code in ("micro", "small", "medium"))
    assert smes == figures.smes
    assert sum(row.leads for row in figures.by_country) == figures.leads <= figures.projects
    assert sum(row.budget for row in figures.by_country) == figures.budget


def test_by_year_is_the_year_of_the_decision_in_the_programmes_zone(rocket, call):
    make.project(call)
    figures = programme_figures(rocket, make.AS_OF)
    assert [row.code for row in figures.by_year] == ["2017"]
    assert figures.by_year[0].budget == figures.budget


def test_a_project_stands_in_the_state_of_that_day(rocket, call):
    from datetime import timedelta

    from reporting.services import move_project

    project = make.project(call)
    started = make.AS_OF - timedelta(days=30)
    move_project(project=project, verb="start", by=make.person(manager="rocket"), now=started)
    before, after = (
        {p.number: p.state for p in programme_figures(rocket, moment).project_list}[project.number]
        for moment in (started - timedelta(seconds=1), started)
    )
    assert (before, after) == ("contracting", "running")
