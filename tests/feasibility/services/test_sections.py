"""Saving sections: nothing is overwritten unseen, flat rates follow, and only the right people write."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from calls.models import AidBasis, CostCategory
from feasibility import services
from feasibility.cofinancing import OtherFunder
from feasibility.eligibility import dossier_from_json, dossier_to_json
from feasibility.enums import FundingSource, SectionName
from feasibility.models import BudgetLine, FundingLine, Proposal
from feasibility.selectors import content_of, dossier_of, load
from feasibility.services.sections import bump, section_of
from rocket.core.audit import chain_is_whole
from rocket.core.errors import Refused, RocketError, Stale
from rocket.core.models import AuditEntry


@pytest.fixture
def proposal(cast: Any) -> Proposal:
    """Just started: no section is begun, and the lead partner is alone."""
    return services.start_proposal(
        call=cast.call,
        kind=cast.call.kinds.get(),
        organisation=cast.builder.firms["lead"],
        title="  LumiWeave ",
        by=cast.people["lead"],
        now=cast.now,
    )


def save_summary(
    cast: Any, proposal: Proposal, *, who: str = "lead", seen: int | None = None, **over: Any
) -> Any:
    version = section_of(proposal, SectionName.SUMMARY).version if seen is None else seen
    values = {
        "title": "LumiWeave",
        "summary": "Light on the loom.",
        "starts_on": date(2027, 6, 1),
        "months": 24,
        "is_completed": True,
    }
    return services.save_summary(
        proposal=proposal,
        by=cast.people[who],
        now=cast.now,
        seen_version=version,
        **{**values, **over},
    )


def save_budget(cast: Any, proposal: Proposal, *, who: str = "lead", whose: str = "lead", **over: Any) -> Any:
    part = proposal.consortium.partners.get(organisation=cast.builder.firms[whose])
    costs = over.pop("costs", {})
    categories = {c.code: c for c in CostCategory.objects.filter(programme=proposal.call.programme)}
    values = {
        "costs": {categories[code]: Decimal(amount) for code, amount in costs.items()},
        "funding": {},
        "aid_basis": None,
        "research_category": "",
        "is_completed": False,
        "seen_version": section_of(proposal, SectionName.BUDGET, part).version,
        "by": cast.people[who],
        "now": cast.now,
    }
    return services.save_budget(proposal=proposal, partner=part, **{**values, **over})


def costs_of(proposal: Proposal) -> dict[str, Decimal]:
    return {line.category.code: line.amount for line in BudgetLine.objects.filter(proposal=proposal)}


class TestSummary:
    def test_is_kept_as_written(self, cast: Any, proposal: Proposal) -> None:
        section = save_summary(cast, proposal)
        fresh = Proposal.objects.get(pk=proposal.pk)
        assert (fresh.title, fresh.summary, fresh.months) == ("LumiWeave", "Light on the loom.", 24)
        assert (section.version, section.is_completed, section.changed_by) == (1, True, cast.people["lead"])

    def test_each_save_is_a_new_version_of_the_proposal(self, cast: Any, proposal: Proposal) -> None:
        before = proposal.version
        save_summary(cast, proposal)
        save_summary(cast, proposal)
        assert Proposal.objects.get(pk=proposal.pk).version == before + 2

    def test_the_29th_of_february_is_a_day(self, cast: Any, proposal: Proposal) -> None:
        save_summary(cast, proposal, starts_on=date(2028, 2, 29))
        assert Proposal.objects.get(pk=proposal.pk).starts_on == date(2028, 2, 29)

    @pytest.mark.parametrize(
        ("typed", "kept"),
        [
            ("a\x00b", "ab"),
            ("a\ud800b", "ab"),
            ("one\r\ntwo\rthree", "one\ntwo\nthree"),
            ("\u200fשלום\u200f", "\u200fשלום\u200f"),
            ("e\u0301 🧵 <script>", "e\u0301 🧵 <script>"),
            ("x" * 200_000, "x" * 200_000),
        ],
        ids=["nul", "surrogate", "line ends", "right to left", "combined", "long"],
    )
    def test_texts_keep_what_a_database_can_keep(
        self, cast: Any, proposal: Proposal, typed: str, kept: str
    ) -> None:
        save_summary(cast, proposal, summary=typed)
        assert Proposal.objects.get(pk=proposal.pk).summary == kept

    def test_history_holds_what_changed_and_only_that(self, cast: Any, proposal: Proposal) -> None:
        save_summary(cast, proposal)
        save_summary(cast, proposal, months=30)
        entry = AuditEntry.objects.about(proposal).order_by("-sequence").first()
        assert (entry.verb, entry.before, entry.after) == ("saved_summary", {"months": 24}, {"months": 30})
        assert chain_is_whole(proposal)


class TestStale:
    def test_second_of_two_with_the_same_version_is_refused(self, cast: Any) -> None:
        proposal = cast.draft()
        seen = section_of(proposal, SectionName.SUMMARY).version
        save_summary(cast, proposal, who="partner", seen=seen, title="Of the partner")
        version = Proposal.objects.get(pk=proposal.pk).version
        entries = AuditEntry.objects.count()
        with pytest.raises(Stale) as stale:
            save_summary(cast, proposal, seen=seen, title="Of the lead")
        assert "Joris Veldhuis changed this section in the meantime." in str(stale.value)
        fresh = Proposal.objects.get(pk=proposal.pk)
        assert (fresh.title, fresh.version) == ("Of the partner", version)
        assert AuditEntry.objects.count() == entries

    def test_first_save_of_two_people_at_once(self, cast: Any, proposal: Proposal) -> None:
        save_summary(cast, proposal, seen=0)
        with pytest.raises(Stale):
            save_summary(cast, proposal, seen=0)

    def test_version_from_the_future_is_refused(self, cast: Any, proposal: Proposal) -> None:
        with pytest.raises(Stale):
            save_summary(cast, proposal, seen=7)

    def test_another_section_does_not_disturb(self, cast: Any) -> None:
        proposal = cast.draft()
        seen = section_of(proposal, SectionName.SUMMARY).version
        services.set_completed(
            proposal=proposal,
            name=SectionName.PRODUCTS,
            is_completed=False,
            seen_version=section_of(proposal, SectionName.PRODUCTS).version,
            by=cast.people["partner"],
            now=cast.now,
        )
        assert save_summary(cast, proposal, seen=seen).version == seen + 1


class TestBudget:
    def test_flat_rates_are_worked_out_half_up(self, cast: Any, proposal: Proposal) -> None:
        """15 % of EUR 0.30 is 4.5 cents: 5, where rounding to even gives 4."""
        save_budget(cast, proposal, costs={"staff": "0.30"})
        assert costs_of(proposal) == {
            "staff": Decimal("0.30"),
            "office": Decimal("0.05"),
            "travel": Decimal("0.05"),
        }

    def test_flat_rate_given_by_hand_is_overruled(self, cast: Any, proposal: Proposal) -> None:
        save_budget(cast, proposal, costs={"staff": "1000.00", "office": "999.00"})
        assert costs_of(proposal)["office"] == Decimal("150.00")

    def test_saving_again_replaces_and_zero_removes(self, cast: Any, proposal: Proposal) -> None:
        save_budget(cast, proposal, costs={"staff": "1000.00", "equipment": "5.00"})
        save_budget(cast, proposal, costs={"equipment": "7.01"})
        assert costs_of(proposal) == {"equipment": Decimal("7.01")}

    def test_basis_and_kind_of_work_are_kept(self, cast: Any, proposal: Proposal) -> None:
        basis = AidBasis.objects.get(programme=proposal.call.programme, code="gber_25")
        save_budget(
            cast, proposal, costs={"staff": "1.00"}, aid_basis=basis, research_category="industrial_research"
        )
        plan = proposal.consortium.lead_partner.budget
        assert (plan.aid_basis, plan.research_category) == (basis, "industrial_research")

    def test_whole_cents_survive_the_database(self, cast: Any, proposal: Proposal) -> None:
        save_budget(
            cast,
            proposal,
            costs={"equipment": "999999999999.99"},
            funding={FundingSource.OWN: Decimal("999999999999.99")},
        )
        part = proposal.consortium.lead_partner
        assert part.funding_lines.get().amount == Decimal("999999999999.99")

    def test_partner_saves_its_own(self, cast: Any) -> None:
        proposal = cast.draft()
        save_budget(cast, proposal, who="partner", whose="partner", costs={"staff": "77.00"})
        part = proposal.consortium.partners.get(organisation=cast.builder.firms["partner"])
        assert part.budget_lines.get(category__code="staff").amount == Decimal("77.00")

    def test_partner_does_not_save_that_of_another(self, cast: Any) -> None:
        proposal = cast.draft()
        before = costs_of(proposal)
        with pytest.raises(Refused) as refused:
            save_budget(cast, proposal, who="partner", whose="research", costs={"staff": "77.00"})
        assert str(refused.value) == "Only the partner itself and the lead partner may change these figures."
        assert costs_of(proposal) == before

    def test_lead_saves_that_of_a_partner(self, cast: Any) -> None:
        proposal = cast.draft()
        save_budget(cast, proposal, who="lead", whose="research", costs={"staff": "77.00"})


class TestFunders:
    """Money of neither the programme nor the partner has a name."""

    def lines(self, proposal: Proposal) -> list[tuple[str, str, Decimal, bool, str | None]]:
        part = proposal.consortium.lead_partner
        return [
            (
                line.source,
                line.funder,
                line.amount,
                line.is_secured,
                line.programme_funder and line.programme_funder.code,
            )
            for line in FundingLine.objects.filter(partner=part).select_related("programme_funder")
        ]

    def test_any_number_is_kept_in_order_and_empty_ones_are_left_out(
        self, cast: Any, proposal: Proposal
    ) -> None:
        stadt = OtherFunder("  Stadt   Münster\x00", FundingSource.PUBLIC, Decimal("10.00"))
        save_budget(
            cast,
            proposal,
            funding={FundingSource.GRANT: Decimal("5.00")},
            funders=[
                stadt,
                OtherFunder("", FundingSource.PUBLIC, Decimal("0.00")),
                stadt,
                OtherFunder("Sparkasse", FundingSource.PRIVATE, Decimal("0.00"), is_secured=True),
                OtherFunder(" ", FundingSource.PRIVATE, Decimal("0.01")),
            ],
        )
        assert self.lines(proposal) == [
            ("grant", "", Decimal("5.00"), False, None),
            ("public", "Stadt Münster", Decimal("10.00"), False, None),
            ("public", "Stadt Münster", Decimal("10.00"), False, None),
            ("private", "Sparkasse", Decimal("0.00"), True, None),
            ("private", "", Decimal("0.01"), False, None),
        ]

    @pytest.mark.parametrize(
        ("typed", "code"),
        [
            ("Province of Overijssel", "overijssel"),
            ("PROVINZ OVERIJSSEL", "overijssel"),
            (" provincie  overijssel", "overijssel"),
            ("Overijssel", None),
            ("European Regional Development Fund", None),
        ],
    )
    def test_a_funder_of_the_programme_is_known_by_its_name_in_any_language(
        self, cast: Any, proposal: Proposal, typed: str, code: str | None
    ) -> None:
        save_budget(cast, proposal, funders=[OtherFunder(typed, FundingSource.PUBLIC, Decimal("1.00"))])
        assert self.lines(proposal)[0][4] == code
        content = content_of(load(proposal.pk))["budget"][0]["funders"]
        names = {"en": "Province of Overijssel", "de": "Provinz Overijssel", "nl": "Provincie Overijssel"}
        assert content == [
            {
                "name": names if code else {"en": " ".join(typed.split())},
                "source": "public",
                "amount": "1.00",
                "secured": False,
            }
        ]

    def test_a_funder_that_leaves_the_programme_keeps_its_name(self, cast: Any, proposal: Proposal) -> None:
        save_budget(
            cast,
            proposal,
            funders=[OtherFunder("Provincie Drenthe", FundingSource.PUBLIC, Decimal("1.00"))],
        )
        proposal.call.programme.funders.get(code="drenthe").delete()
        assert self.lines(proposal) == [("public", "Provincie Drenthe", Decimal("1.00"), False, None)]

    def test_other_money_does_not_come_without_its_funder(self, cast: Any, proposal: Proposal) -> None:
        with pytest.raises(ValueError, match="funder"):
            save_budget(cast, proposal, funding={FundingSource.PUBLIC: Decimal("1.00")})

    def test_grant_and_own_money_stand_once(self, cast: Any, proposal: Proposal) -> None:
        part = proposal.consortium.lead_partner
        values = {"proposal": proposal, "partner": part, "amount": Decimal("1.00")}
        FundingLine.objects.create(source=FundingSource.GRANT, **values)
        with pytest.raises(IntegrityError), transaction.atomic():
            FundingLine.objects.create(source=FundingSource.GRANT, **values)

    def test_the_audit_trail_names_them(self, cast: Any, proposal: Proposal) -> None:
        one = OtherFunder("Sparkasse", FundingSource.PRIVATE, Decimal("2.00"), is_secured=True)
        save_budget(cast, proposal, funders=[one])
        entry = AuditEntry.objects.about(proposal).filter(verb="saved_budget").last()
        assert entry is not None
        assert entry.after["funders"] == [
            {"name": "Sparkasse", "source": "private", "amount": "2.00", "secured": True}
        ]

    def test_the_rules_see_sums_by_source_and_who_is_behind_them(self, cast: Any, proposal: Proposal) -> None:
        save_budget(
            cast,
            proposal,
            funding={FundingSource.OWN: Decimal("3.00")},
            funders=[
                OtherFunder("Provincie Overijssel", FundingSource.PUBLIC, Decimal("1.00")),
                OtherFunder("Stadt Münster", FundingSource.PUBLIC, Decimal("0.50"), is_secured=True),
                OtherFunder("Sparkasse", FundingSource.PRIVATE, Decimal("0.25")),
            ],
        )
        dossier = dossier_of(load(proposal.pk), now=cast.now)
        (partner,) = dossier.partners
        assert partner.budget is not None
        assert dict(partner.budget.funding) == {
            "own": Decimal("3.00"),
            "public": Decimal("1.50"),
            "private": Decimal("0.25"),
        }
        assert [(one.name, one.secured) for one in partner.budget.cofunders] == [
            ("overijssel", False),
            ("Stadt Münster", True),
            ("Sparkasse", False),
        ]
        assert dossier.public_money_of(partner) == Decimal("1.50")
        assert [str(name) for name in dossier.public_funders_of(partner)] == [
            "Province of Overijssel",
            "Stadt Münster",
        ]
        assert dossier_from_json(dossier_to_json(dossier)) == dossier


class TestWho:
    @pytest.mark.parametrize("who", ["outsider", "consultant", "manager", "auditor", "newcomer"])
    def test_nobody_outside_the_consortium_writes(self, cast: Any, who: str) -> None:
        proposal = cast.draft()
        with pytest.raises(Refused):
            save_summary(cast, proposal, who=who)

    def test_partner_that_has_not_confirmed_writes_nothing(self, cast: Any) -> None:
        proposal = cast.draft()
        proposal.consortium.partners.filter(organisation=cast.builder.firms["partner"]).update(
            state="invited", confirmed_at=None
        )
        with pytest.raises(Refused):
            save_summary(cast, Proposal.objects.get(pk=proposal.pk), who="partner")

    def test_submitted_proposal_is_closed_to_everybody(self, cast: Any) -> None:
        proposal = cast.submitted()
        before = AuditEntry.objects.count()
        version = proposal.version
        for change in (
            lambda: save_summary(cast, proposal),
            lambda: save_budget(cast, proposal),
            lambda: services.remove_annex(
                annex=proposal.annexes.first(),
                seen_version=section_of(proposal, SectionName.ANNEXES).version,
                by=cast.people["lead"],
                now=cast.now,
            ),
            lambda: services.remove_product(
                product=proposal.products.get(),
                seen_version=section_of(proposal, SectionName.PRODUCTS).version,
                by=cast.people["lead"],
                now=cast.now,
            ),
            lambda: services.set_completed(
                proposal=proposal,
                name=SectionName.PARTNERS,
                is_completed=False,
                seen_version=section_of(proposal, SectionName.PARTNERS).version,
                by=cast.people["lead"],
                now=cast.now,
            ),
        ):
            with pytest.raises(Refused):
                change()
        assert AuditEntry.objects.count() == before
        assert Proposal.objects.get(pk=proposal.pk).version == version

    def test_submission_in_the_meantime_wins_over_a_page_that_was_open(self, cast: Any) -> None:
        """The object in hand still says draft; the row says submitted."""
        old = cast.draft()
        old = Proposal.objects.get(pk=old.pk)
        cast.builder.submit(Proposal.objects.get(pk=old.pk), 1)
        with pytest.raises(Refused):
            save_summary(cast, old, title="Too late")
        # Where the submission comes between the look at the permission and the write:
        with pytest.raises(Refused) as refused:
            bump(old, cast.now)
        assert str(refused.value) == "The proposal was submitted in the meantime. Your change was not saved."
        assert Proposal.objects.get(pk=old.pk).title == "LumiWeave"


class TestProducts:
    def test_removing_one_leaves_the_others(self, cast: Any) -> None:
        proposal = cast.builder.proposal(cast.call, "TwoProducts", 5, products=2)
        first, second = proposal.products.all()
        services.remove_product(
            product=first,
            seen_version=section_of(proposal, SectionName.PRODUCTS).version,
            by=cast.people["partner"],
            now=cast.now,
        )
        assert list(proposal.products.all()) == [second]

    def test_stale_removal_removes_nothing(self, cast: Any) -> None:
        proposal = cast.draft()
        with pytest.raises(Stale):
            services.remove_product(
                product=proposal.products.get(), seen_version=0, by=cast.people["lead"], now=cast.now
            )
        assert proposal.products.count() == 1


class TestStart:
    def test_cluster_of_the_region_takes_care(self, cast: Any, proposal: Proposal) -> None:
        assert (proposal.title, proposal.cluster.code, proposal.state) == ("LumiWeave", "nmwp_nrw", "draft")

    def test_only_members_start_for_an_organisation(self, cast: Any) -> None:
        with pytest.raises(Refused):
            services.start_proposal(
                call=cast.call,
                kind=cast.call.kinds.get(),
                organisation=cast.builder.firms["partner"],
                title="Not mine",
                by=cast.people["lead"],
                now=cast.now,
            )

    def test_closed_call_and_foreign_kind_are_refused(self, cast: Any) -> None:
        values = {
            "call": cast.call,
            "organisation": cast.builder.firms["lead"],
            "title": "Late",
            "by": cast.people["lead"],
        }
        with pytest.raises(RocketError) as closed:
            services.start_proposal(kind=cast.call.kinds.get(), now=cast.call.closes_at, **values)
        assert closed.value.code == "call_closed"
        other = cast.call.programme.kinds.get(code="feasibility_study")
        with pytest.raises(RocketError) as foreign:
            services.start_proposal(kind=other, now=cast.now, **values)
        assert foreign.value.code == "kind"
        assert Proposal.objects.count() == 0
