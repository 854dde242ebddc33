"""Each rule of an innovation project blocks a submission through the page, says why, and links to what mends it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from calls.models import AidBasis, CostCategory
from calls.programme_file import read_document
from consortia import sme
from consortia.enums import PartnerState, SizeClass
from consortia.models import Organisation, Partner
from consortia.services import EarlierAid, declare_de_minimis, declare_sme, invite_partner, note_organisation
from feasibility import services
from feasibility.enums import FundingSource, SectionName
from feasibility.models import FundingLine, Proposal
from feasibility.services.sections import section_of
from rocket.core.models import AuditEntry, OutboxMessage
from tests.feasibility.pages import findings_on, number_of_submissions, press_submit

PROGRAMME = settings.BASE_DIR / "programmes" / "rocket-next.toml"


def rule_codes() -> list[str]:
    """The codes of the kind's rules, from the programme's file itself: a new rule without a case fails here."""
    return [rule["code"] for rule in read_document(PROGRAMME)["kinds"]["innovation_project"]["rules"]]


def part_of(proposal: Proposal, cast: Any, who: str) -> Partner:
    return proposal.consortium.partners.get(organisation=cast.builder.firms[who])


def declare(cast: Any, who: str, declared: SizeClass, figures: tuple[int, int, int], *holds: str) -> None:
    """A new declaration: figures as staff, turnover and balance; ``holds`` are firms of which it holds everything."""
    firm = cast.builder.firms[who]
    key = f"organisation:{firm.pk}"
    year = timezone.localtime(cast.now).year - 1
    values = sme.Figures(*(Decimal(figure) for figure in figures))
    periods = tuple(sme.Period(date(y, 12, 31), values) for y in (year, year - 1))
    held = [cast.builder.firms[name] for name in holds]
    graph = sme.EnterpriseGraph(
        key,
        (
            sme.Enterprise(key, firm.name, periods=periods),
            *(sme.Enterprise(f"organisation:{one.pk}", one.name, periods=periods) for one in held),
        ),
        tuple(sme.Holding(key, f"organisation:{one.pk}", Decimal(1), Decimal(1)) for one in held),
    )
    declare_sme(
        organisation=firm,
        declared_class=declared,
        enterprise=sme.to_json(graph),
        by=cast.people[who],
        now=cast.now,
    )


SMALL_FIGURES = (24, 3_600_000, 2_100_000)
LARGE_FIGURES = (900, 90_000_000, 70_000_000)


def ask(proposal: Proposal, cast: Any, who: str, grant: Decimal, own: Decimal | None = None) -> None:
    """Ask for ``grant``; the rest of the cost is own money unless ``own`` says otherwise."""
    part = part_of(proposal, cast, who)
    cost = sum((line.amount for line in part.budget_lines.all()), Decimal(0))
    for source, amount in (
        (FundingSource.GRANT, grant),
        (FundingSource.OWN, cost - grant if own is None else own),
    ):
        FundingLine.objects.update_or_create(
            proposal=proposal, partner=part, source=source, defaults={"amount": amount}
        )


def spend(
    proposal: Proposal, cast: Any, who: str, staff: str, grant: str, basis: str = "gber_20", work: str = ""
) -> None:
    """A budget with this much staff; flat rates follow, own money covers the rest."""
    part = part_of(proposal, cast, who)
    category = CostCategory.objects.get(programme=proposal.call.programme, code="staff")
    values: dict[str, Any] = {
        "proposal": proposal,
        "partner": part,
        "costs": {category: Decimal(staff)},
        "aid_basis": AidBasis.objects.get(programme=proposal.call.programme, code=basis),
        "research_category": work,
        "is_completed": True,
        "by": cast.people["lead"],
        "now": cast.now,
    }
    for funding in ({}, None):
        if funding is None:
            cost = sum((line.amount for line in part.budget_lines.all()), Decimal(0))
            funding = {FundingSource.GRANT: Decimal(grant), FundingSource.OWN: cost - Decimal(grant)}
        version = section_of(proposal, SectionName.BUDGET, part).version
        services.save_budget(**values, funding=funding, seen_version=version)


def cost_of(proposal: Proposal, cast: Any, who: str) -> Decimal:
    return sum((line.amount for line in part_of(proposal, cast, who).budget_lines.all()), Decimal(0))


def without_a_lead(proposal: Proposal, cast: Any) -> None:
    proposal.consortium.partners.filter(role="lead").update(role="project")


def lead_is_large(proposal: Proposal, cast: Any) -> None:
    declare(cast, "lead", SizeClass.LARGE, LARGE_FIGURES)


def partner_is_large(proposal: Proposal, cast: Any) -> None:
    declare(cast, "partner", SizeClass.LARGE, LARGE_FIGURES)


def both_in_germany(proposal: Proposal, cast: Any) -> None:
    Organisation.objects.filter(pk=cast.builder.firms["partner"].pk).update(
        country="DE", region_code="DEA34", register_number=""
    )


def linked(proposal: Proposal, cast: Any) -> None:
    declare(cast, "lead", SizeClass.SMALL, SMALL_FIGURES, "partner")


def not_confirmed(proposal: Proposal, cast: Any) -> None:
    part = part_of(proposal, cast, "research")
    Partner.objects.filter(pk=part.pk).update(state=PartnerState.INVITED, confirmed_at=None)


def declares_another_class(proposal: Proposal, cast: Any) -> None:
    declare(cast, "lead", SizeClass.MICRO, SMALL_FIGURES)


def works_in_utrecht(proposal: Proposal, cast: Any) -> None:
    Organisation.objects.filter(pk=cast.builder.firms["research"].pk).update(region_code="NL310")


def call_without_photonics(proposal: Proposal, cast: Any) -> None:
    proposal.call.kets.remove(proposal.main_ket)


def call_without_health(proposal: Proposal, cast: Any) -> None:
    proposal.call.fields.remove(proposal.fields.get(code="health"))


def a_month_too_long(proposal: Proposal, cast: Any) -> None:
    Proposal.objects.filter(pk=proposal.pk).update(months=37)


def a_cent_above_the_rate(proposal: Proposal, cast: Any) -> None:
    spend(proposal, cast, "partner", "200000.00", "0.00", "none")
    cost = cost_of(proposal, cast, "partner")
    ask(proposal, cast, "partner", cost * Decimal("0.6") + Decimal("0.01"))


def a_cent_above_the_limit(proposal: Proposal, cast: Any) -> None:
    spend(proposal, cast, "lead", "600000.00", "300000.01")


def a_cent_above_the_intensity(proposal: Proposal, cast: Any) -> None:
    """Experimental development of a large enterprise in an effective collaboration: 25 % and 15 %."""
    spend(proposal, cast, "research", "200000.00", "1.00", "gber_25", "experimental_development")
    cost = cost_of(proposal, cast, "research")
    ask(proposal, cast, "research", cost * Decimal("0.4") + Decimal("0.01"))


def headroom_used_up(proposal: Proposal, cast: Any) -> None:
    basis = AidBasis.objects.get(programme=proposal.call.programme, code="de_minimis")
    budget = part_of(proposal, cast, "partner").budget
    budget.aid_basis = basis
    budget.save()
    declare_de_minimis(
        organisation=cast.builder.firms["partner"],
        aids=[
            EarlierAid(
                granted_on=(cast.now - timedelta(days=200)).date(),
                granting_body="Gemeente Enschede",
                country="NL",
                regulation="2023/2831",
                amount=Decimal("299999.99"),
            )
        ],
        by=cast.people["partner"],
        now=cast.now,
    )


def lead_carries_too_much(proposal: Proposal, cast: Any) -> None:
    spend(proposal, cast, "lead", "2000000.00", "100000.00")


def a_cent_is_missing(proposal: Proposal, cast: Any) -> None:
    cost = cost_of(proposal, cast, "lead")
    ask(proposal, cast, "lead", cost / 2, own=cost / 2 - Decimal("0.01"))


def readiness_does_not_rise(proposal: Proposal, cast: Any) -> None:
    proposal.products.update(trl_start=7, trl_end=7)


def a_package_delivers_nothing(proposal: Proposal, cast: Any) -> None:
    proposal.work_packages.first().deliverables.all().delete()


def the_institute_has_no_part(proposal: Proposal, cast: Any) -> None:
    part = part_of(proposal, cast, "research")
    for package in proposal.work_packages.all():
        package.partners.remove(part)


def a_declaration_taken_back(proposal: Proposal, cast: Any) -> None:
    part = part_of(proposal, cast, "partner")
    services.save_declarations(
        proposal=proposal,
        partner=part,
        codes=[one.code for one in part.declarations.exclude(code="no_double_funding")],
        seen_version=section_of(proposal, SectionName.DECLARATIONS, part).version,
        by=cast.people["partner"],
        now=cast.now,
    )


def section_unticked(proposal: Proposal, cast: Any) -> None:
    services.set_completed(
        proposal=proposal,
        name=SectionName.PRODUCTS,
        is_completed=False,
        seen_version=section_of(proposal, SectionName.PRODUCTS).version,
        by=cast.people["lead"],
        now=cast.now,
    )


def annex_removed(proposal: Proposal, cast: Any) -> None:
    services.remove_annex(
        annex=proposal.annexes.get(code="accounts"),
        seen_version=section_of(proposal, SectionName.ANNEXES).version,
        by=cast.people["lead"],
        now=cast.now,
    )


def call_closed(proposal: Proposal, cast: Any) -> None:
    proposal.call.closes_at = cast.now
    proposal.call.save()


Break = Callable[[Proposal, Any], None]
# The break; words of the message; where its remedy is done.
CASES: dict[str, tuple[Break, str, str]] = {
    "SME-LED": (lead_is_large, "Lichtmess Optik GmbH leads and is not an SME", "/lead/"),
    "SME-COUNT": (partner_is_large, "at most 1 can be counted", "/partners/#invite"),
    "BOTH-SIDES": (both_in_germany, "there is none yet from Netherlands", "/partners/#invite"),
    "SME-INDEPENDENT": (linked, "1 independent SME remains", "/partners/#invite"),
    "PARTNERS-CONFIRMED": (not_confirmed, "has not confirmed yet: Instituut Oppervlak Oost", "/partners/"),
    "SME-DECLARATION": (declares_another_class, "does not hold: Lichtmess Optik GmbH", "/sme/"),
    "PROGRAMME-AREA": (works_in_utrecht, "outside the programme area: Instituut Oppervlak", "/derogation/"),
    "KET-CALL": (call_without_photonics, "takes no proposals in Photonics", "/technology/#id_main_ket"),
    "FIELD-CALL": (call_without_health, "for the field", "/technology/#id_fields_of_application"),
    "DURATION": (a_month_too_long, "takes 37 months; at most 36 are allowed", "/summary/#id_months"),
    "FUNDING-RATE": (a_cent_above_the_rate, "more than 60 % of its eligible cost", "#id_funding_grant"),
    "GRANT-LIMIT": (a_cent_above_the_limit, "One grant is above its limit", "#id_funding_grant"),
    "AID-INTENSITY": (a_cent_above_the_intensity, "above the limit of its aid basis", "#id_funding_grant"),
    "DE-MINIMIS": (headroom_used_up, "more de minimis aid than it may still get", "#id_funding_grant"),
    "PARTNER-SHARE": (lead_carries_too_much, "share of the total eligible cost is outside", "/budget/"),
    "BUDGET-SUM": (a_cent_is_missing, "the sources are EUR 0.01 below the costs", "/budget/"),
    "WORK-PLAN": (
        a_package_delivers_nothing,
        "does not hold together in one place",
        "#id_deliverables-0-title",
    ),
    "PRODUCTS": (readiness_does_not_rise, "counted so far: 0", "#id_trl_end"),
    "SECTIONS": (section_unticked, "section is not complete: Expected products", "/products/"),
    "ANNEXES": (annex_removed, "annex is missing: Latest closed accounts", "/annexes/#accounts"),
    "DECLARATIONS": (
        a_declaration_taken_back,
        "One partner still has declarations to make",
        "/partners/#partner-",
    ),
    "CALL-OPEN": (call_closed, "The call closed on", "/copy/"),
}
WARNINGS: dict[str, tuple[Break, str, str]] = {
    "WORK-PLAN-PARTNERS": (
        the_institute_has_no_part,
        "no work package: Instituut Oppervlak Oost",
        "/work-plan/",
    ),
}
"""The rules that the programme's file lets warn."""


def test_every_rule_of_the_programme_file_has_a_case() -> None:
    assert {*CASES, *WARNINGS, "LEAD-ONE"} == set(rule_codes())


@pytest.mark.parametrize("code", [code for code in rule_codes() if code not in {"LEAD-ONE", *WARNINGS}])
def test_rule_blocks_the_submission_and_links_to_its_remedy(cast: Any, code: str) -> None:
    broken, words, remedy = CASES[code]
    proposal = cast.draft()
    broken(proposal, cast)
    client = cast.client("lead")
    before = AuditEntry.objects.count(), OutboxMessage.objects.count()

    response = press_submit(client, proposal)

    assert response.status_code == 422
    finding = findings_on(response)[code]
    assert finding.state != "passed"
    assert words in finding.message.replace("\u00a0", " ")
    assert finding.remedy
    assert finding.href.endswith(remedy) or remedy in finding.href
    path, _mark, anchor = finding.href.partition("#")
    page = client.get(path)
    assert page.status_code == 200
    if anchor:
        assert f'id="{anchor}"' in page.content.decode() or f'id="div_{anchor}"' in page.content.decode()
    assert number_of_submissions(proposal) == 0
    proposal.refresh_from_db()
    assert proposal.state == "draft"
    assert (AuditEntry.objects.count(), OutboxMessage.objects.count()) == before


@pytest.mark.parametrize("code", WARNINGS)
def test_a_warning_is_shown_with_its_remedy_and_blocks_nothing(cast: Any, code: str) -> None:
    broken, words, remedy = WARNINGS[code]
    proposal = cast.draft()
    broken(proposal, cast)
    client = cast.client("lead")
    page = client.get(reverse("check_answers", args=[proposal.number]))
    finding = findings_on(page)[code]
    assert finding.state == "warns"
    assert words in finding.message
    assert remedy in finding.href
    assert client.get(finding.href).status_code == 200
    assert "Warnings: these do not block submission" in page.content.decode()
    assert press_submit(client, proposal).status_code == 302
    assert number_of_submissions(proposal) == 1


def test_each_partner_is_sent_to_what_it_declares_itself(cast: Any) -> None:
    """The lead partner can only ask; the partner's own people are led to their own ticks."""
    proposal = cast.draft()
    a_declaration_taken_back(proposal, cast)
    url = reverse("section_declarations", args=[proposal.number])
    asked = findings_on(cast.client("lead").get(reverse("proposal_eligibility", args=[proposal.number])))
    assert asked["DECLARATIONS"].remedy == "Ask Weefwerk Twente B.V. to make its declarations."
    lead_reads = asked["DECLARATIONS"].href.partition("#")
    assert lead_reads[0] == reverse("section_partners", args=[proposal.number])
    client = cast.client("partner")
    page = client.get(reverse("proposal_eligibility", args=[proposal.number]))
    own = findings_on(page)["DECLARATIONS"]
    assert own.remedy == "Make the declarations of Weefwerk Twente B.V."
    path, _mark, anchor = own.href.partition("#")
    assert path == url
    assert f'id="{anchor}"' in client.get(path).content.decode()
    assert "Weefwerk Twente B.V. has not declared: No double funding." in page.content.decode()


def test_without_a_lead_partner_nobody_can_submit(cast: Any) -> None:
    """The database knows no second lead; without one, nobody has the right to press, and the panel says why."""
    proposal = cast.draft()
    without_a_lead(proposal, cast)
    for who in ("lead", "partner", "research"):
        response = press_submit(cast.client(who), proposal)
        assert response.status_code == 403
        assert "Only people of the lead partner may do this." in response.content.decode()
    client = cast.client("partner")
    finding = findings_on(client.get(reverse("proposal_eligibility", args=[proposal.number])))["LEAD-ONE"]
    assert (finding.state, finding.message) == ("failed", "No partner leads the consortium.")
    assert client.get(finding.href).status_code == 200
    assert number_of_submissions(proposal) == 0


def test_the_unbroken_draft_is_accepted(cast: Any) -> None:
    """Else every case above would be blocked by something of its own."""
    proposal = cast.draft()
    assert press_submit(cast.client("lead"), proposal).status_code == 302
    assert number_of_submissions(proposal) == 1


def test_all_findings_are_shown_with_one_page(cast: Any) -> None:
    """Whoever is blocked sees every rule at once, not one after the other."""
    proposal = cast.draft()
    a_month_too_long(proposal, cast)
    annex_removed(proposal, cast)
    call_without_photonics(proposal, cast)
    seen = findings_on(press_submit(cast.client("lead"), proposal))
    assert set(seen) == set(rule_codes())
    assert {code for code, one in seen.items() if one.state != "passed"} == {
        "DURATION",
        "ANNEXES",
        "KET-CALL",
    }


def test_what_another_organisation_must_declare_leads_to_the_partners(cast: Any) -> None:
    """The declaration's page is open to its own people alone; for the lead the link must still work."""
    proposal = cast.draft()
    declare(cast, "partner", SizeClass.MICRO, SMALL_FIGURES)
    part = part_of(proposal, cast, "partner")
    own = f"/{cast.builder.firms['partner'].pk}/sme/"
    for who, target, words in (
        (
            "lead",
            f"/partners/#partner-{part.pk}",
            "Ask Weefwerk Twente B.V. to declare its size with its figures.",
        ),
        ("research", f"/partners/#partner-{part.pk}", "Ask Weefwerk Twente B.V. to declare its size"),
        ("partner", own, "Declare the size of Weefwerk Twente B.V. with its figures."),
    ):
        client = cast.client(who)
        page = client.get(reverse("proposal_eligibility", args=[proposal.number]))
        finding = findings_on(page)["SME-DECLARATION"]
        assert finding.href.partition("?")[0].endswith(target)
        assert words in finding.remedy
        page = client.get(finding.href)
        assert page.status_code == 200
        assert "#" not in target or f'id="partner-{part.pk}"' in page.content.decode()


def test_outside_of_the_area_is_an_answer_and_not_a_gap(cast: Any) -> None:
    """Whoever declares to work outside has no region to enter; a derogation is the way out."""
    proposal = cast.draft()
    Organisation.objects.filter(pk=cast.builder.firms["research"].pk).update(
        outside_area=True, region_code="", region_version=None, region_name="", town="Utrecht"
    )
    finding = findings_on(press_submit(cast.client("lead"), proposal))["PROGRAMME-AREA"]
    assert finding.state == "failed"
    assert "outside the programme area: Instituut Oppervlak Oost" in finding.message


def test_desk_and_consultant_get_findings_without_links(cast: Any) -> None:
    """They mend nothing, and the consortium's pages are closed to the desk."""
    proposal = cast.draft()
    a_month_too_long(proposal, cast)
    page = cast.client("consultant").get(reverse("draft_in_care", args=[proposal.number]))
    finding = findings_on(page)["DURATION"]
    assert (finding.remedy, finding.href) == ("", "")


def test_an_unconfirmed_guest_may_count_nothing(cast: Any) -> None:
    """A fourth firm that is only invited blocks by its own rule, through the service that invites."""
    proposal = cast.draft()
    firm = note_organisation(name="Coating Borken GmbH", country="DE", by=cast.people["lead"], now=cast.now)
    invite_partner(
        consortium=proposal.consortium,
        organisation=firm,
        email="guest@demo.example",
        role="associated",
        by=cast.people["lead"],
        now=cast.now,
    )
    finding = findings_on(press_submit(cast.client("lead"), proposal))["PARTNERS-CONFIRMED"]
    assert finding.message == "One partner has not confirmed yet: Coating Borken GmbH."
