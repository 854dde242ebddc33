"""A proposal goes into another call: what belongs to the consortium goes along, what belongs to others is asked for."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from calls.models import AidBasis
from consortia.enums import PartnerState
from consortia.models import Invitation
from consortia.services import confirm_partner
from feasibility import services
from feasibility.enums import SectionName
from feasibility.models import Annex, Proposal, Section
from feasibility.selectors import load, parts_of
from rocket.core.audit import chain_is_whole
from rocket.core.errors import Refused, RocketError
from rocket.core.models import AuditEntry, OutboxMessage


@pytest.fixture
def other_call(cast: Any) -> Any:
    """Another open call for the same kind of project."""
    return cast.builder.call("2026-3", "first", opens=-5, closes=90, published=6)


def copy(cast: Any, source: Proposal, call: Any, *, who: str = "lead", **over: Any) -> Proposal:
    source.refresh_from_db()
    values = {
        "kind": call.kinds.get(),
        "title": source.title,
        "partners": [partner.pk for partner in source.consortium.partners.all()],
        **over,
    }
    done = services.copy_proposal(source=source, call=call, by=cast.people[who], now=cast.now, **values)
    return load(done.proposal.pk)


def part(proposal: Proposal, cast: Any, who: str) -> Any:
    return next(
        one for one in proposal.consortium.partners.all() if one.organisation == cast.builder.firms[who]
    )


def amounts(partner: Any) -> tuple[dict[str, Decimal], dict[str, Decimal]]:
    return (
        {line.category.code: line.amount for line in partner.budget_lines.all()},
        {str(line.source): line.amount for line in partner.funding_lines.all()},
    )


class TestWhatGoesAlong:
    def test_texts_technology_lead_budget_and_lead_products(self, cast: Any, other_call: Any) -> None:
        source = load(cast.draft().pk)
        made = copy(cast, source, other_call, title="LumiWeave II")
        assert (made.title, made.call, made.state) == ("LumiWeave II", other_call, "draft")
        for name in ("summary", "cross_border_value", "months", "starts_on", "main_ket"):
            assert getattr(made, name) == getattr(source, name), name
        assert set(made.kets.all()) == set(source.kets.all())
        assert set(made.fields.all()) == set(source.fields.all())
        old, new = part(source, cast, "lead"), part(made, cast, "lead")
        assert amounts(new) == amounts(old) != ({}, {})
        assert (new.budget.aid_basis, new.budget.research_category) == (
            old.budget.aid_basis, old.budget.research_category
        )  # fmt: skip
        assert (
            [(p.name, p.owner_id) for p in made.products.all()]
            == [(p.name, new.pk) for p in source.products.all() if p.owner_id == old.pk]
            != []
        )

    def test_it_is_a_proposal_of_its_own(self, cast: Any, other_call: Any) -> None:
        source = cast.draft()
        made = copy(cast, source, other_call)
        assert made.number != source.number
        assert made.consortium_id != source.consortium_id
        assert made.copied_from == source
        assert made.created_by == cast.people["lead"]
        services.save_summary(
            proposal=made, title="Other", summary="Other.", starts_on=None, months=None,
            is_completed=False, seen_version=1, by=cast.people["lead"], now=cast.now,
        )  # fmt: skip
        source.refresh_from_db()
        assert source.summary != "Other."
        entry = AuditEntry.objects.about(made).get(verb="copied")
        assert (entry.by, entry.after["from"]) == (cast.people["lead"], source.number)
        assert chain_is_whole(made)

    def test_the_work_plan_with_those_who_are_asked_again(self, cast: Any, other_call: Any) -> None:
        source = load(cast.draft().pk)
        old = list(source.work_packages.all())
        assert any(package.lead == part(source, cast, "partner") for package in old)
        made = copy(cast, source, other_call, partners=[part(source, cast, "research").pk])
        new = list(made.work_packages.all())
        assert [p.title for p in new] == [p.title for p in old]
        assert [[d.title for d in p.deliverables.all()] for p in new] == [
            [d.title for d in p.deliverables.all()] for p in old
        ]
        stand_in = {part(source, cast, who).pk: part(made, cast, who) for who in ("lead", "research")}
        for before, after in zip(old, new, strict=True):
            assert after.pk != before.pk
            assert after.lead == stand_in.get(before.lead_id)
            assert set(after.partners.all()) == {
                stand_in[partner.pk] for partner in before.partners.all() if partner.pk in stand_in
            }

    def test_no_section_counts_as_completed(self, cast: Any, other_call: Any) -> None:
        made = copy(cast, cast.draft(), other_call)
        rows = Section.objects.filter(proposal=made)
        assert {row.name for row in rows} == {
            "summary", "cross_border", "technology", "partners", "work_plan", "budget", "products"
        }  # fmt: skip
        assert not any(row.is_completed for row in rows)

    def test_annexes_advice_and_derogations_stay_behind(self, cast: Any, other_call: Any) -> None:
        source = cast.draft()
        services.advise(
            proposal=source, section=SectionName.SUMMARY, text="Shorter.", by=cast.people["consultant"], now=cast.now
        )  # fmt: skip
        services.grant_derogation(
            proposal=source, rule_code="ANNEXES", reason="Fire.", by=cast.people["manager"], now=cast.now
        )
        made = copy(cast, source, other_call)
        assert not Annex.objects.filter(proposal=made).exists()
        assert not made.advice.exists()
        assert not made.derogations.exists()
        assert source.annexes.exists()

    def test_a_first_day_that_is_over_stays_behind_and_is_named(self, cast: Any, other_call: Any) -> None:
        source = cast.draft()
        for days, stays in ((0, True), (1, False)):
            Proposal.objects.filter(pk=source.pk).update(starts_on=cast.now.date() + timedelta(days=days))
            Proposal.objects.filter(copied_from=source).update(state="withdrawn")
            source.refresh_from_db()
            done = services.copy_proposal(
                source=source, call=other_call, kind=other_call.kinds.get(), title="x", partners=[],
                by=cast.people["lead"], now=cast.now,
            )  # fmt: skip
            assert (done.proposal.starts_on is None) is stays
            assert any("First day" in str(name) for name in done.left_out) is stays


class TestAnotherCall:
    def test_technologies_and_fields_that_it_does_not_take_are_named(
        self, cast: Any, other_call: Any
    ) -> None:
        source = cast.draft()
        other_call.kets.remove(source.main_ket)
        other_call.fields.set(other_call.fields.exclude(code="health"))
        done = services.copy_proposal(
            source=source, call=other_call, kind=other_call.kinds.get(), title="x", partners=[],
            by=cast.people["lead"], now=cast.now,
        )  # fmt: skip
        made = load(done.proposal.pk)
        assert made.main_ket is None
        assert {field.code for field in made.fields.all()} == {"production"}
        assert [str(name) for name in done.left_out] == ["Photonics", "Health"]

    def test_an_aid_basis_that_the_kind_does_not_know_stays_behind(self, cast: Any) -> None:
        source = load(cast.draft().pk)
        study = cast.builder.studies(opens=-5, closes=90)
        assert part(source, cast, "lead").budget.aid_basis.code == "gber_20"
        made = copy(cast, source, study)
        assert made.kind.code == "feasibility_study"
        new = part(made, cast, "lead")
        assert new.budget.aid_basis is None
        assert amounts(new)[0] == amounts(part(source, cast, "lead"))[0]

    def test_parts_of_another_programme_go_by_their_code(self, cast: Any) -> None:
        """Other rows of the same code; a flat rate of the other programme is worked out by its own rates."""
        from pathlib import Path

        from django.conf import settings

        from calls.models import Call, Programme
        from calls.services import load_programme

        load_programme(path=Path(settings.BASE_DIR) / "programmes" / "rocket.toml", by=None, now=cast.now)
        programme = Programme.objects.get(code="rocket")
        call = Call.objects.create(
            programme=programme, slug="old", title={"en": "Old"}, state="published",
            opens_at=cast.now - timedelta(days=1), closes_at=cast.now + timedelta(days=9),
        )  # fmt: skip
        call.kinds.set([programme.kinds.get(code="innovation_project")])
        call.kets.set(programme.kets.all())
        call.fields.set(programme.application_fields.all())
        source = load(cast.draft().pk)
        made = copy(cast, source, call)
        assert made.main_ket.programme == programme
        assert made.main_ket.code == source.main_ket.code
        assert {f.programme for f in made.fields.all()} == {programme}
        lead = part(made, cast, "lead")
        assert {line.category.programme for line in lead.budget_lines.all()} == {programme}
        assert lead.budget.aid_basis.programme == programme
        costs = amounts(lead)[0]
        staff = amounts(part(source, cast, "lead"))[0]["staff"]
        assert costs["staff"] == staff
        assert costs["office"] == (staff * Decimal("0.15")).quantize(Decimal("0.01"))
        assert {product.ket.programme for product in made.products.all()} == {programme}

    def test_closed_call_and_foreign_kind_are_refused(self, cast: Any, other_call: Any) -> None:
        source = cast.draft()
        study = cast.builder.studies(opens=-5, closes=90)
        with pytest.raises(RocketError) as refused:
            copy(cast, source, other_call, kind=study.kinds.get())
        assert refused.value.code == "kind"
        with pytest.raises(RocketError) as refused:
            services.copy_proposal(
                source=source, call=other_call, kind=other_call.kinds.get(), title="x", partners=[],
                by=cast.people["lead"], now=other_call.closes_at,
            )  # fmt: skip
        assert refused.value.code == "call_closed"
        assert Proposal.objects.filter(copied_from=source).count() == 0


class TestPartners:
    def test_are_asked_again_at_the_same_address_and_have_confirmed_nothing(
        self, cast: Any, other_call: Any
    ) -> None:
        source = cast.draft()
        OutboxMessage.objects.all().delete()
        made = copy(cast, source, other_call)
        states = {p.organisation_id: p.state for p in made.consortium.partners.all()}
        firms = cast.builder.firms
        assert states == {
            firms["lead"].pk: PartnerState.CONFIRMED,
            firms["partner"].pk: PartnerState.INVITED,
            firms["research"].pk: PartnerState.INVITED,
        }
        letters = Invitation.objects.filter(partner__consortium=made.consortium)
        assert {letter.email for letter in letters} == {"partner@demo.example", "research@demo.example"}
        assert {mail.to for mail in OutboxMessage.objects.all()} == {letter.email for letter in letters}
        assert {p.role for p in made.consortium.partners.all()} == {"lead", "project"}

    def test_only_the_chosen_ones_and_none_that_declined_or_left(self, cast: Any, other_call: Any) -> None:
        source = cast.draft()
        partner, research = part(load(source.pk), cast, "partner"), part(load(source.pk), cast, "research")
        made = copy(cast, source, other_call, partners=[research.pk])
        assert {p.organisation for p in parts_of(made)} == {
            cast.builder.firms["lead"], cast.builder.firms["research"]
        }  # fmt: skip
        source.consortium.partners.filter(pk=partner.pk).update(state="declined")
        Proposal.objects.filter(pk=made.pk).update(state="withdrawn")
        again = copy(cast, source, other_call, partners=[partner.pk])
        assert [p.organisation for p in parts_of(again)] == [cast.builder.firms["lead"]]

    def test_figures_and_products_of_a_partner_stay_with_it(self, cast: Any, other_call: Any) -> None:
        source = cast.builder.proposal(cast.call, "Two products", 5, products=2)
        made = copy(cast, source, other_call)
        assert amounts(part(made, cast, "partner")) == ({}, {})
        assert {product.owner_id for product in made.products.all()} == {part(made, cast, "lead").pk}
        assert source.products.count() == 2

    def test_its_own_people_take_them_over_once_it_has_confirmed(self, cast: Any, other_call: Any) -> None:
        source = load(cast.builder.proposal(cast.call, "Two products", 5, products=2).pk)
        made = copy(cast, source, other_call)
        person, new = cast.people["partner"], part(made, cast, "partner")

        def take_over(who: str = "partner") -> Any:
            return services.take_over_figures(
                proposal=Proposal.objects.get(pk=made.pk), partner=part(load(made.pk), cast, "partner"),
                by=cast.people[who], now=cast.now,
            )  # fmt: skip

        with pytest.raises(Refused):
            take_over()  # has not confirmed, so it is not of the consortium yet
        confirm_partner(invitation=new.invitations.get(), by=person, now=cast.now)
        for who in ("lead", "research", "outsider"):
            with pytest.raises(Refused):
                take_over(who)
        version = Proposal.objects.get(pk=made.pk).version
        assert take_over() == ()
        fresh = load(made.pk)
        assert fresh.version == version + 1
        assert amounts(part(fresh, cast, "partner")) == amounts(part(source, cast, "partner")) != ({}, {})
        assert {p.owner_id for p in fresh.products.all()} == {
            part(fresh, cast, "lead").pk, part(fresh, cast, "partner").pk
        }  # fmt: skip
        with pytest.raises(RocketError) as refused:
            take_over()
        assert refused.value.code == "begun"
        assert load(made.pk).products.count() == 2

    def test_nothing_is_overwritten_and_nothing_is_taken_of_nothing(self, cast: Any, other_call: Any) -> None:
        source = cast.draft()
        with pytest.raises(RocketError) as refused:
            services.take_over_figures(
                proposal=source, partner=part(load(source.pk), cast, "partner"), by=cast.people["partner"], now=cast.now
            )  # fmt: skip
        assert refused.value.code == "nothing"
        made = copy(cast, source, other_call)
        new = part(made, cast, "partner")
        confirm_partner(invitation=new.invitations.get(), by=cast.people["partner"], now=cast.now)
        services.save_budget(
            proposal=Proposal.objects.get(pk=made.pk), partner=new, costs={}, funding={},
            aid_basis=AidBasis.objects.get(programme=cast.builder.programme, code="none"), research_category="",
            is_completed=False, seen_version=0, by=cast.people["partner"], now=cast.now,
        )  # fmt: skip
        with pytest.raises(RocketError) as refused:
            services.take_over_figures(
                proposal=Proposal.objects.get(pk=made.pk), partner=part(load(made.pk), cast, "partner"),
                by=cast.people["partner"], now=cast.now,
            )  # fmt: skip
        assert refused.value.code == "begun"
        assert part(load(made.pk), cast, "partner").budget.aid_basis.code == "none"


class TestWho:
    @pytest.mark.parametrize("who", ["partner", "research", "outsider", "consultant", "manager"])
    def test_only_the_lead_partners_people(self, cast: Any, other_call: Any, who: str) -> None:
        source = cast.draft()
        with pytest.raises(Refused):
            copy(cast, source, other_call, who=who)
        assert Proposal.objects.count() == 1

    def test_twice_is_refused_with_the_way_to_the_first(self, cast: Any, other_call: Any) -> None:
        source = cast.draft()
        made = copy(cast, source, other_call)
        OutboxMessage.objects.all().delete()
        with pytest.raises(RocketError) as refused:
            copy(cast, source, other_call)
        assert refused.value.code == "copied_already"
        assert refused.value.data["url"] == made.get_absolute_url()
        assert OutboxMessage.objects.count() == 0
        Proposal.objects.filter(pk=made.pk).update(state="withdrawn")
        assert copy(cast, source, other_call).pk != made.pk

    @pytest.mark.parametrize(
        ("state", "allowed"),
        [
            ("draft", True), ("submitted", True), ("rejected", True), ("ineligible", True), ("withdrawn", True),
            ("approved", False), ("approved_conditions", False), ("accepted", False),
        ],
    )  # fmt: skip
    def test_in_every_state_but_a_funded_one(
        self, cast: Any, other_call: Any, state: str, allowed: bool
    ) -> None:
        source = cast.draft()
        Proposal.objects.filter(pk=source.pk).update(state=state)
        if allowed:
            assert copy(cast, source, other_call).state == "draft"
        else:
            with pytest.raises(Refused, match="This project is funded"):
                copy(cast, source, other_call)
