"""The work plan: what contradicts itself fails, what is open is not yet known."""

from __future__ import annotations

from dataclasses import replace

import pytest

from feasibility.eligibility import DeliverableFacts, WorkPackageFacts, describe

from .cast import (
    GOOD,
    LEAD,
    PARTNER,
    answer,
    budget,
    check,
    facts,
    remedies,
    sme,
    with_partners,
    with_proposal,
)

PACKAGE = GOOD.work_packages[0]


def plan(*changes: dict, dossier=GOOD):
    """A work plan with one package for each of ``changes``, each else as in the good dossier."""
    packages = (replace(PACKAGE, key=str(number), **change) for number, change in enumerate(changes, 1))
    return replace(dossier, work_packages=tuple(packages))


class TestWorkPlan:
    @pytest.mark.parametrize(
        ("change", "expected", "fact"),
        [
            ({"title": ""}, ("unknown", "unknown"), "package_without_title"),
            ({"lead": None}, ("unknown", "unknown"), "package_without_lead"),
            ({"lead": "gone"}, ("failed", "failed"), "package_lead_gone"),
            ({"first_month": None}, ("unknown", "unknown"), "package_without_first_month"),
            ({"last_month": None}, ("unknown", "unknown"), "package_without_last_month"),
            ({"first_month": 5}, ("failed", "failed"), "package_months_reversed"),
            ({"first_month": 0}, ("failed", "failed"), "package_before_project"),
            ({"last_month": 7}, ("failed", "failed"), "package_beyond_project"),
            ({"deliverables": ()}, ("failed", "failed"), "no_deliverable"),
            (
                {"deliverables": (DeliverableFacts(due_month=4),)},
                ("unknown", "unknown"),
                "deliverable_without_title",
            ),
            (
                {"deliverables": (DeliverableFacts(title="P"),)},
                ("unknown", "unknown"),
                "deliverable_without_month",
            ),
            (
                {"deliverables": (DeliverableFacts(title="P", due_month=5),)},
                ("failed", "failed"),
                "deliverable_outside_package",
            ),
        ],
    )
    def test_each_gap_and_each_contradiction_is_named_with_its_remedy(self, change, expected, fact):
        dossier = plan(change)
        assert answer("WORK-PLAN", dossier) == expected
        finding = check("WORK-PLAN", dossier)
        assert ("1", fact) in facts(finding)
        assert remedies(finding)[0][1] == "1"
        assert all(describe(finding).evidence)

    @pytest.mark.parametrize(
        ("first", "last", "due", "outcome"),
        [
            (1, 6, 6, "passed"),
            (6, 6, 6, "passed"),
            (1, 1, 1, "passed"),
            (1, 6, 7, "failed"),
            (2, 6, 1, "failed"),
        ],
    )
    def test_the_ends_of_package_and_project_belong_to_them(self, first, last, due, outcome):
        change = {
            "first_month": first,
            "last_month": last,
            "deliverables": (DeliverableFacts(title="P", due_month=due),),
        }
        assert answer("WORK-PLAN", plan(change))[0] == outcome

    @pytest.mark.parametrize(
        ("count", "outcome"), [(0, "failed"), (1, "failed"), (2, "passed"), (3, "passed")]
    )
    def test_at_least_the_minimum(self, count, outcome):
        assert answer("WORK-PLAN", plan(*[{}] * count), minimum=2)[0] == outcome

    def test_too_few_packages_offer_to_add_one_after_what_is_to_mend(self):
        finding = check("WORK-PLAN", plan({"lead": None}), minimum=2)
        assert (finding.outcome, finding.reason) == ("failed", "too_few")
        assert [one.code for one in finding.remedies] == ["choose_package_lead", "add_work_package"]

    def test_a_contradiction_outweighs_a_gap(self):
        finding = check("WORK-PLAN", plan({"lead": None}, {"last_month": 7}))
        assert finding.outcome == "failed"
        assert facts(finding) == [("2", "package_beyond_project"), ("1", "package_without_lead")]

    def test_without_a_duration_nothing_lies_beyond_it_and_the_rule_is_open(self):
        dossier = plan({"last_month": 60}, dossier=with_proposal(months=None))
        finding = check("WORK-PLAN", dossier)
        assert finding.outcome == "unknown"
        assert dict(finding.remedy.parameters) == {"section": "summary", "field": "months"}

    @pytest.mark.parametrize(
        ("change", "leads"),
        [
            ({"state": "invited"}, True),
            ({"state": "declined"}, False),
            ({"state": "withdrawn"}, False),
            ({"role": "associated"}, False),
        ],
    )
    def test_only_who_has_a_part_in_the_project_leads_a_package(self, change, leads):
        dossier = plan({"lead": "partner"}, dossier=with_partners(LEAD, replace(PARTNER, **change)))
        assert (answer("WORK-PLAN", dossier)[0] == "passed") is leads

    def test_a_package_is_named_by_its_place_and_title(self):
        text = describe(check("WORK-PLAN", plan({}, {"title": "Trial", "lead": None})))
        assert text.evidence == ("Work package 2 (Trial) has no leading partner yet.",)
        assert text.remedy == "Choose the leading partner of work package 2 (Trial)."

    def test_the_remedy_of_a_deliverable_knows_its_row(self):
        rows = (DeliverableFacts(title="A", due_month=4), DeliverableFacts(title="B", due_month=9))
        remedy = check("WORK-PLAN", plan({"deliverables": rows})).remedy
        assert (remedy.code, remedy.parameters["row"]) == ("edit_deliverable", 1)


class TestPartners:
    def test_whoever_has_a_budget_and_no_part_is_named(self):
        dossier = with_partners(LEAD, PARTNER, sme("idle"))
        finding = check("WORK-PLAN-PARTNERS", dossier)
        assert finding.outcome == "failed"
        assert facts(finding) == [("idle", "in_no_package")]
        assert remedies(finding) == [("assign_partner", "idle")]

    @pytest.mark.parametrize(
        "change",
        [
            {"state": "invited"},
            {"role": "associated"},
            {"budget": None},
            {"budget": budget(staff="0.00", grant="0.00")},
        ],
    )
    def test_who_has_no_budget_or_is_not_confirmed_is_not(self, change):
        dossier = with_partners(LEAD, PARTNER, sme("idle", **change))
        assert answer("WORK-PLAN-PARTNERS", dossier) == ("passed", "passed")

    def test_to_lead_is_to_take_part(self):
        dossier = plan({"lead": "partner", "partners": frozenset({"lead"})})
        assert answer("WORK-PLAN-PARTNERS", dossier)[0] == "passed"

    def test_without_a_plan_it_is_open(self):
        assert answer("WORK-PLAN-PARTNERS", replace(GOOD, work_packages=())) == ("unknown", "no_plan")

    def test_it_may_warn_instead_of_block(self):
        finding = check("WORK-PLAN-PARTNERS", with_partners(LEAD, PARTNER, sme("idle")), blocks=False)
        assert not finding.is_blocking


def test_a_bare_package_reports_every_gap():
    dossier = replace(GOOD, work_packages=(WorkPackageFacts(key="7"),))
    assert [fact for _key, fact in facts(check("WORK-PLAN", dossier))] == [
        "no_deliverable",
        "package_without_title",
        "package_without_lead",
        "package_without_first_month",
        "package_without_last_month",
    ]
