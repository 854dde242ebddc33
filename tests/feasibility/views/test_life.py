"""The life of a proposal through its pages: after the deadline, copied, handed over, reminded, withdrawn, looked after."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from calls.models import ClusterOrganisation
from consortia.enums import PartnerRole
from consortia.models import Consultant, LeadOffer, Membership, Partner, SmeDeclaration
from consortia.services import offer_lead
from feasibility import services
from feasibility.enums import Outcome, SectionName
from feasibility.models import DerogationRequest, Proposal
from feasibility.services.sections import section_of
from rocket.core.models import OutboxMessage
from tests.feasibility.pages import findings_on, press_submit, text_of
from tests.feasibility.views.test_rules_block import SMALL_FIGURES, declare


def url(name: str, proposal: Proposal, *rest: Any) -> str:
    return reverse(name, args=[proposal.number, *rest])


def fresh(proposal: Proposal) -> Proposal:
    return Proposal.objects.get(pk=proposal.pk)


def part(proposal: Proposal, cast: Any, who: str) -> Partner:
    return proposal.consortium.partners.get(organisation=cast.builder.firms[who])


@pytest.fixture
def later(cast: Any) -> Any:
    """A call that is still open when the one of the cast has closed."""
    return cast.builder.call("2026-3", "first", opens=-5, closes=90, published=6)


class TestAfterTheDeadline:
    def test_a_draft_can_be_written_and_copied_and_says_that_it_is_too_late(
        self, cast: Any, later: Any
    ) -> None:
        proposal = cast.draft()
        with time_machine.travel(proposal.call.closes_at, tick=False):
            client = cast.client("lead")
            page = client.get(proposal.get_absolute_url())
            assert "This draft can no longer be submitted in this call" in text_of(page)
            assert url("copy_proposal", proposal) in page.content.decode()
            assert "and submit" not in text_of(page)
            saved = client.post(
                url("section_summary", proposal),
                {
                    "title": "Later", "summary": "Written later.", "cross_border_value": "x", "starts_on": "",
                    "months": "", "seen_version": section_of(proposal, SectionName.SUMMARY).version,
                },
            )  # fmt: skip
            assert saved.status_code == 302
            assert fresh(proposal).summary == "Written later."
            check = client.get(url("check_answers", proposal))
            assert "can no longer be submitted" in text_of(check)
            assert 'action="' + url("submit_proposal", proposal) not in check.content.decode()
            assert press_submit(client, proposal).status_code == 422
            assert "copied into an open one" in text_of(client.get(reverse("my_work")))
            target = f"{later.slug}:innovation_project"
            made = client.post(url("copy_proposal", proposal), {"target": target, "title": "Again"})
            copy = Proposal.objects.get(copied_from=proposal)
            assert made["Location"] == copy.get_absolute_url()
            assert copy.call == later

    def test_a_second_before_it_can_still_be_submitted(self, cast: Any) -> None:
        proposal = cast.draft()
        with time_machine.travel(proposal.call.closes_at - timedelta(seconds=1), tick=False):
            client = cast.client("lead")
            assert "can no longer" not in text_of(client.get(proposal.get_absolute_url()))
            assert press_submit(client, proposal).status_code == 302

    def test_a_reopened_one_says_that_the_last_submission_stands(self, cast: Any) -> None:
        proposal = cast.submitted()
        services.reopen(proposal=fresh(proposal), by=cast.people["lead"], now=cast.now)
        with time_machine.travel(proposal.call.closes_at, tick=False):
            page = cast.client("partner").get(proposal.get_absolute_url())
            assert "The last submission stands" in text_of(page)
            assert "must be submitted again" not in text_of(page)


class TestCopyPage:
    def test_names_what_goes_along_what_stays_and_whom_it_asks(self, cast: Any, later: Any) -> None:
        proposal = cast.draft()
        page = cast.client("lead").get(url("copy_proposal", proposal), {"call": later.slug})
        text = text_of(page)
        for words in (
            "Budget and products of Lichtmess Optik GmbH",
            "Budgets and products of the other partners",
            "Annexes: upload them anew",
            "Weefwerk Twente B.V. (partner@demo.example)",
        ):
            assert words in text
        assert page.context["form"].initial["target"] == f"{later.slug}:innovation_project"

    def test_both_show_each_other_to_those_who_may_see_both(self, cast: Any, later: Any) -> None:
        proposal = cast.draft()
        target = f"{later.slug}:innovation_project"
        partner = part(proposal, cast, "partner").pk
        client = cast.client("lead")
        client.post(url("copy_proposal", proposal), {"target": target, "title": "II", "partners": [partner]})
        copy = Proposal.objects.get(copied_from=proposal)
        assert f'href="{copy.get_absolute_url()}"' in client.get(proposal.get_absolute_url()).content.decode()
        assert f'href="{proposal.get_absolute_url()}"' in client.get(copy.get_absolute_url()).content.decode()
        # The research partner is not asked again: it learns nothing of the copy.
        theirs = cast.client("research").get(proposal.get_absolute_url()).content.decode()
        assert copy.number not in theirs
        assert cast.client("research").get(copy.get_absolute_url()).status_code == 404

    def test_a_new_partner_of_the_copy_reads_the_number_alone(self, cast: Any, later: Any) -> None:
        proposal = cast.draft("Secret title")
        copy = services.copy_proposal(
            source=proposal, call=later, kind=later.kinds.get(), title="II", partners=[],
            by=cast.people["lead"], now=cast.now,
        ).proposal  # fmt: skip
        Partner.objects.filter(consortium=proposal.consortium, role="project").update(state="declined")
        Partner.objects.create(
            consortium=copy.consortium, organisation=cast.builder.firms["research"], role="project",
            state="confirmed", confirmed_at=cast.now, added_at=cast.now,
        )  # fmt: skip
        page = cast.client("research").get(copy.get_absolute_url()).content.decode()
        assert proposal.number in page
        assert "Secret title" not in page
        assert proposal.get_absolute_url() not in page

    @pytest.mark.parametrize(
        ("who", "status"),
        [("partner", 403), ("consultant", 403), ("outsider", 404), ("manager", 404), ("newcomer", 404)],
    )
    def test_anothers_proposal_is_not_copied(self, cast: Any, later: Any, who: str, status: int) -> None:
        proposal = cast.draft()
        target = f"{later.slug}:innovation_project"
        client = cast.client(who)
        assert client.get(url("copy_proposal", proposal)).status_code == status
        answer = client.post(url("copy_proposal", proposal), {"target": target, "title": "Mine"})
        assert answer.status_code == status
        assert Proposal.objects.count() == 1

    def test_pressing_twice_makes_one_copy_and_leads_to_it(self, cast: Any, later: Any) -> None:
        proposal = cast.draft()
        client, data = cast.client("lead"), {"target": f"{later.slug}:innovation_project", "title": "II"}
        client.post(url("copy_proposal", proposal), data)
        again = client.post(url("copy_proposal", proposal), data)
        copy = Proposal.objects.get(copied_from=proposal)
        assert again.status_code == 422
        assert f'href="{copy.get_absolute_url()}"' in again.content.decode()

    def test_closed_and_foreign_calls_are_no_choice(self, cast: Any, later: Any) -> None:
        proposal = cast.draft()
        for target in ("", "nonsense", f"{later.slug}:feasibility_study", "../x:innovation_project"):
            page = cast.client("lead").post(url("copy_proposal", proposal), {"target": target, "title": "II"})
            assert list(page.context["form"].errors) == ["target"]
        assert Proposal.objects.count() == 1

    def test_without_an_open_call_it_says_so(self, cast: Any) -> None:
        proposal = cast.draft()
        with time_machine.travel(proposal.call.closes_at, tick=False):
            page = cast.client("lead").get(url("copy_proposal", proposal))
        assert "No call is open" in text_of(page)

    def test_a_partner_takes_its_figures_over_by_a_button(self, cast: Any, later: Any) -> None:
        proposal = cast.draft()
        partner = part(proposal, cast, "partner")
        copy = services.copy_proposal(
            source=proposal, call=later, kind=later.kinds.get(), title="II", partners=[partner.pk],
            by=cast.people["lead"], now=cast.now,
        ).proposal  # fmt: skip
        new = part(copy, cast, "partner")
        Partner.objects.filter(pk=new.pk).update(state="confirmed", confirmed_at=cast.now)
        button = url("take_over_figures", copy, new.pk)
        assert button not in cast.client("lead").get(copy.get_absolute_url()).content.decode()
        client = cast.client("partner")
        assert button in client.get(copy.get_absolute_url()).content.decode()
        assert client.post(button)["Location"] == url("partner_budget", copy, new.pk)
        assert new.budget_lines.count() == partner.budget_lines.count() > 0
        assert button not in client.get(copy.get_absolute_url()).content.decode()


class TestNext:
    def test_submitted_says_whose_turn_it_is_and_offers_to_reopen(self, cast: Any) -> None:
        proposal = cast.submitted()
        receipt = proposal.submissions.get().receipt_number
        page = text_of(cast.client("lead").get(proposal.get_absolute_url()))
        assert "Next: The formal check" in page
        assert "The programme office's turn" in page
        assert "You must then submit it again." in page
        assert f"Until you do, the submission {receipt}" in page
        assert "Reopen to change it" in page
        partner = text_of(cast.client("partner").get(proposal.get_absolute_url()))
        assert "Reopen to change it" not in partner
        assert "the lead partner can reopen it" in partner
        assert "The programme office's turn" in text_of(cast.client("lead").get(reverse("my_work")))

    def test_after_the_deadline_the_button_is_gone(self, cast: Any) -> None:
        proposal = cast.submitted()
        with time_machine.travel(proposal.call.closes_at, tick=False):
            page = text_of(cast.client("lead").get(proposal.get_absolute_url()))
        assert "Reopen to change it" not in page

    def test_withdrawing_an_approved_one_names_what_is_given_up(self, cast: Any) -> None:
        draft, proposal = cast.draft("Draft"), cast.submitted()
        manager = cast.people["manager"]
        for verb in ("confirm_eligible", "await_decision"):
            services.move(proposal=fresh(proposal), verb=verb, by=manager, now=cast.now)
        services.decide(
            proposal=fresh(proposal), outcome=Outcome.APPROVED, reason="Good.", by=manager, now=cast.now
        )
        client = cast.client("lead")
        page = client.get(url("withdraw_proposal", proposal))
        assert "You give up an approved grant" in text_of(page)
        assert "EUR 432,000.00" in text_of(page).replace("\u00a0", " ")
        assert "button--danger" in page.content.decode()
        assert "You give up" not in text_of(client.get(url("withdraw_proposal", draft)))

    @pytest.mark.parametrize(
        ("who", "name", "args"),
        [
            ("lead", "proposal", ("{number}",)),
            ("consultant", "draft_in_care", ("{number}",)),
            ("manager", "desk_proposal", ("rocket-next", "{number}")),
            ("auditor", "desk_proposal", ("rocket-next", "{number}")),
        ],
    )
    def test_the_way_back_from_a_receipt_is_one_that_opens(
        self, cast: Any, who: str, name: str, args: tuple[str, ...]
    ) -> None:
        proposal = cast.submitted()
        client = cast.client(who)
        receipt = url("receipt", proposal, proposal.submissions.get().receipt_number)
        page = client.get(receipt).content.decode()
        back = reverse(name, args=[arg.format(number=proposal.number) for arg in args])
        assert page.count(f'href="{back}"') == 2
        assert client.get(back).status_code == 200

    def test_the_desk_reads_no_title_that_was_not_submitted(self, cast: Any) -> None:
        proposal = cast.submitted("As submitted")
        services.reopen(proposal=fresh(proposal), by=cast.people["lead"], now=cast.now)
        Proposal.objects.filter(pk=proposal.pk).update(title="Still secret")
        receipt = url("receipt", proposal, proposal.submissions.get().receipt_number)
        page = text_of(cast.client("manager").get(receipt))
        assert "As submitted" in page
        assert "Still secret" not in page


class TestCare:
    def test_consultants_are_named_with_their_address(self, cast: Any) -> None:
        proposal = cast.draft()
        ClusterOrganisation.objects.filter(pk=proposal.cluster_id).update(contact_phone="+49 251 1234")
        for who in ("lead", "partner"):
            page = cast.client(who).get(proposal.get_absolute_url())
            text = text_of(page)
            assert "Who looks after it" in text
            assert "Carsten Wolff consultant@demo.example" in text
            assert "They advise, and change nothing." in text
            assert 'href="tel:+492511234"' in page.content.decode()

    def test_one_whose_own_organisation_takes_part_is_not(self, cast: Any) -> None:
        proposal = cast.draft()
        Consultant.objects.create(user=cast.people["newcomer"], cluster=proposal.cluster)
        Membership.objects.create(
            user=cast.people["consultant"], organisation=cast.builder.firms["research"], joined_at=cast.now
        )
        text = text_of(cast.client("lead").get(proposal.get_absolute_url()))
        assert "Nina Neumann" in text
        assert "Carsten Wolff" not in text


class TestLead:
    def test_a_rule_that_asks_for_another_lead_leads_to_the_page(self, cast: Any) -> None:
        proposal = cast.draft()
        SmeDeclaration.objects.filter(organisation=cast.builder.firms["lead"]).update(computed_class="large")
        finding = findings_on(cast.client("lead").get(url("proposal_eligibility", proposal)))["SME-LED"]
        assert finding.href == url("lead_of_proposal", proposal)
        theirs = findings_on(cast.client("partner").get(url("proposal_eligibility", proposal)))["SME-LED"]
        assert (theirs.remedy, theirs.href) == ("Ask the lead partner to hand the lead over to an SME.", "")

    def test_offered_accepted_and_the_rules_see_the_new_lead(self, cast: Any) -> None:
        proposal = cast.draft()
        version = proposal.version
        partner = part(proposal, cast, "partner")
        page = cast.client("lead").get(url("lead_of_proposal", proposal))
        assert "Weefwerk Twente B.V. (an SME)" in text_of(page)
        assert "Instituut Oppervlak Oost (not an SME)" in text_of(page)
        OutboxMessage.objects.all().delete()
        cast.client("lead").post(
            url("lead_of_proposal", proposal), {"do": "offer", "partner": str(partner.pk)}
        )
        assert [mail.to for mail in OutboxMessage.objects.all()] == ["partner@demo.example"]
        assert fresh(proposal).version == version
        client = cast.client("partner")
        for where in (proposal.get_absolute_url(), reverse("my_work")):
            assert url("lead_of_proposal", proposal) in client.get(where).content.decode()
        offer = LeadOffer.objects.get()
        done = client.post(url("lead_of_proposal", proposal), {"do": "accept", "offer": str(offer.pk)})
        assert done["Location"] == proposal.get_absolute_url()
        assert part(proposal, cast, "partner").role == PartnerRole.LEAD
        assert part(proposal, cast, "lead").role == PartnerRole.PROJECT
        assert fresh(proposal).version == version + 1
        assert press_submit(cast.client("lead"), proposal).status_code == 403
        # What only a lead partner declares, the new one has not declared yet.
        assert press_submit(client, proposal).status_code == 422
        cast.builder.declare(fresh(proposal), cast.now)
        assert press_submit(client, proposal).status_code == 302

    def test_the_consultant_follows_the_region_of_the_lead(self, cast: Any) -> None:
        proposal = cast.draft()
        assert proposal.cluster.code == "nmwp_nrw"
        offer = offer_lead(partner=part(proposal, cast, "partner"), by=cast.people["lead"], now=cast.now)
        cast.client("partner").post(
            url("lead_of_proposal", proposal), {"do": "accept", "offer": str(offer.pk)}
        )
        assert fresh(proposal).cluster.code == "novel_t"
        assert cast.client("consultant").get(proposal.get_absolute_url()).status_code == 404

    def test_declined_and_taken_back(self, cast: Any) -> None:
        proposal = cast.draft()
        page = url("lead_of_proposal", proposal)
        for who, do, state in (("partner", "decline", "declined"), ("lead", "take_back", "taken_back")):
            offer = offer_lead(partner=part(proposal, cast, "partner"), by=cast.people["lead"], now=cast.now)
            assert cast.client(who).post(page, {"do": do, "offer": str(offer.pk)}).status_code == 302
            offer.refresh_from_db()
            assert offer.state == state
        assert part(proposal, cast, "lead").is_lead

    @pytest.mark.parametrize("offer", ["", "x", "0", "9" * 30])
    def test_an_offer_that_is_none_is_not_found(self, cast: Any, offer: str) -> None:
        proposal = cast.draft()
        answer = cast.client("partner").post(
            url("lead_of_proposal", proposal), {"do": "accept", "offer": offer}
        )
        assert answer.status_code == 404

    def test_an_offer_of_another_proposal_is_not_found(self, cast: Any) -> None:
        one, other = cast.draft("One"), cast.draft("Other")
        offer = offer_lead(partner=part(other, cast, "partner"), by=cast.people["lead"], now=cast.now)
        data = {"do": "accept", "offer": str(offer.pk)}
        assert cast.client("partner").post(url("lead_of_proposal", one), data).status_code == 404
        assert part(other, cast, "lead").is_lead

    def test_a_submitted_proposal_keeps_its_lead_and_its_offer_can_be_declined(self, cast: Any) -> None:
        proposal = cast.draft()
        offer = offer_lead(partner=part(proposal, cast, "partner"), by=cast.people["lead"], now=cast.now)
        cast.builder.submit(proposal, 0)
        page, client = url("lead_of_proposal", proposal), cast.client("partner")
        refused = client.post(page, {"do": "accept", "offer": str(offer.pk)}, follow=True)
        assert "The proposal is submitted; its consortium can't change." in text_of(refused)
        assert part(proposal, cast, "lead").is_lead
        client.post(page, {"do": "decline", "offer": str(offer.pk)})
        offer.refresh_from_db()
        assert offer.state == "declined"


class TestStart:
    def data(self, cast: Any, who: str, **over: Any) -> dict[str, Any]:
        return {
            "organisation": cast.builder.firms[who].pk,
            "kind": cast.call.kinds.get().pk,
            "title": "Loom eye",
            **over,
        }

    def test_an_sme_is_not_warned(self, cast: Any) -> None:
        page = cast.client("lead").get(reverse("start_proposal", args=[cast.call.slug]))
        assert "is not an SME" not in text_of(page)
        assert "anyway" not in page.context["form"].fields

    def test_another_is_warned_before_and_starts_all_the_same_where_it_insists(self, cast: Any) -> None:
        start, client = reverse("start_proposal", args=[cast.call.slug]), cast.client("research")
        page = client.get(start)
        assert "Instituut Oppervlak Oost is not an SME" in text_of(page)
        assert "hand over the lead" in text_of(page)
        page = client.post(start, self.data(cast, "research"))
        assert list(page.context["form"].errors) == ["anyway"]
        assert Proposal.objects.count() == 0
        assert client.post(start, self.data(cast, "research", anyway="on")).status_code == 302
        assert Proposal.objects.get().consortium.lead_partner.organisation == cast.builder.firms["research"]

    def test_where_the_figures_give_a_large_one_it_is_warned_too(self, cast: Any) -> None:
        SmeDeclaration.objects.filter(organisation=cast.builder.firms["lead"]).update(computed_class="large")
        page = cast.client("lead").get(reverse("start_proposal", args=[cast.call.slug]))
        assert "Lichtmess Optik GmbH is not an SME" in text_of(page)

    def test_only_the_chosen_organisation_counts(self, cast: Any) -> None:
        Membership.objects.create(
            user=cast.people["lead"], organisation=cast.builder.firms["research"], joined_at=cast.now
        )
        start, client = reverse("start_proposal", args=[cast.call.slug]), cast.client("lead")
        assert client.post(start, self.data(cast, "lead")).status_code == 302
        assert client.post(start, self.data(cast, "research")).status_code == 200
        assert Proposal.objects.count() == 1

    def test_a_kind_without_the_rule_asks_nobody(self, cast: Any) -> None:
        kind = cast.call.kinds.get()
        kind.rules = [rule for rule in kind.rules if rule["code"] != "SME-LED"]
        kind.save()
        page = cast.client("research").get(reverse("start_proposal", args=[cast.call.slug]))
        assert "is not an SME" not in text_of(page)


class TestPartners:
    def test_declarations_are_shown_without_figures(self, cast: Any) -> None:
        proposal = cast.draft()
        SmeDeclaration.objects.filter(organisation=cast.builder.firms["partner"]).delete()
        for who in ("lead", "partner", "research"):
            text = text_of(cast.client(who).get(url("section_partners", proposal)))
            assert "SME: There" in text
            assert "SME: Missing" in text
            assert "None needed" in text
            assert "3,600,000" not in text
            assert "2,100,000" not in text

    def test_a_reminder_goes_once(self, cast: Any) -> None:
        proposal = cast.draft()
        SmeDeclaration.objects.filter(organisation=cast.builder.firms["partner"]).delete()
        partner = part(proposal, cast, "partner")
        button = url("remind_partner", proposal, partner.pk)
        client = cast.client("lead")
        assert button in client.get(url("section_partners", proposal)).content.decode()
        OutboxMessage.objects.all().delete()
        page = client.post(button, follow=True)
        assert "1 mail is on its way to Weefwerk Twente B.V." in text_of(page)
        assert button not in page.content.decode()
        again = client.post(button, follow=True)
        assert "was reminded within the last 24 hours" in text_of(again)
        assert OutboxMessage.objects.count() == 1
        assert button not in cast.client("research").get(url("section_partners", proposal)).content.decode()

    def test_partner_of_another_proposal_is_not_reminded(self, cast: Any) -> None:
        one, other = cast.draft("One"), cast.draft("Other")
        SmeDeclaration.objects.filter(organisation=cast.builder.firms["partner"]).delete()
        answer = cast.client("lead").post(url("remind_partner", one, part(other, cast, "partner").pk))
        assert answer.status_code == 404


class TestCountry:
    @pytest.fixture
    def linked(self, cast: Any) -> Proposal:
        """The institute leads; the two SMEs, one on each side, are linked: the German one holds the Dutch one."""
        proposal: Proposal = cast.draft()
        research = part(proposal, cast, "research")
        Partner.objects.filter(pk=part(proposal, cast, "lead").pk).update(role="project")
        Partner.objects.filter(pk=research.pk).update(role="lead")
        declare(cast, "lead", SmeDeclaration.objects.first().declared_class, SMALL_FIGURES, "partner")
        return proposal

    def both_sides(self, cast: Any, proposal: Proposal, who: str = "research") -> Any:
        return findings_on(cast.client(who).get(url("proposal_eligibility", proposal)))["BOTH-SIDES"]

    def test_the_lead_settles_it_for_the_group(self, cast: Any, linked: Proposal) -> None:
        page = cast.client("research").get(url("section_partners", linked))
        assert 'id="countries"' in page.content.decode()
        group, form = page.context["groups"][0]
        assert form is not None
        assert (group.settled, group.countries) == ("", ("DE", "NL"))
        answer = cast.client("research").post(
            url("choose_country", linked), {"group": group.key, "country": "NL"}
        )
        assert answer.status_code == 302
        assert {part(linked, cast, who).chosen_country for who in ("lead", "partner")} == {"NL"}
        page = cast.client("research").get(url("section_partners", linked))
        assert page.context["groups"][0][0].settled == "NL"
        assert "they count for Netherlands" in text_of(page).replace("the Netherlands", "Netherlands")

    def test_a_linked_partner_settles_it_for_itself(self, cast: Any, linked: Proposal) -> None:
        client = cast.client("partner")
        group, form = client.get(url("section_partners", linked)).context["groups"][0]
        assert form is not None
        client.post(url("choose_country", linked), {"group": group.key, "country": "NL"})
        assert part(linked, cast, "partner").chosen_country == "NL"
        assert part(linked, cast, "lead").chosen_country == ""

    def test_nonsense_and_groups_of_others_change_nothing(self, cast: Any, linked: Proposal) -> None:
        client = cast.client("research")
        group = client.get(url("section_partners", linked)).context["groups"][0][0]
        for data in (
            {"group": group.key, "country": "FR"},
            {"group": group.key},
            {"group": "998-999", "country": "NL"},
            {"country": "NL"},
        ):
            assert client.post(url("choose_country", linked), data).status_code == 302
        assert {part(linked, cast, who).chosen_country for who in ("lead", "partner")} == {""}

    def test_partners_that_are_not_linked_choose_nothing(self, cast: Any) -> None:
        proposal = cast.draft()
        page = cast.client("lead").get(url("section_partners", proposal))
        assert page.context["groups"] == []
        assert 'id="countries"' not in page.content.decode()


class TestDerogations:
    @pytest.fixture
    def draft(self, cast: Any) -> Proposal:
        proposal: Proposal = cast.draft("Secret title")
        proposal.annexes.update(removed_at=cast.now)
        return proposal

    def test_asked_on_the_panel_answered_on_the_desk_shown_to_all(self, cast: Any, draft: Proposal) -> None:
        lead, manager = cast.client("lead"), cast.client("manager")
        ask = url("ask_derogation", draft)
        assert f"{ask}?rule=ANNEXES" in lead.get(draft.get_absolute_url()).content.decode()
        assert ask not in cast.client("partner").get(draft.get_absolute_url()).content.decode()
        lead.post(ask, {"rule_code": "ANNEXES", "reason": "Fire in the archive."})
        asked = DerogationRequest.objects.get()
        for who in ("lead", "partner"):
            text = text_of(cast.client(who).get(draft.get_absolute_url()))
            assert "A derogation was asked for on 24 November 2026" in text
            assert "Derogation: Every mandatory annex is there" in text
            assert "Asked for" in text
        answer = reverse("answer_derogation", args=["rocket-next", asked.pk])
        assert answer in manager.get(reverse("my_work")).content.decode()
        desk = reverse("desk_derogations", args=["rocket-next"])
        for where in (desk, answer):
            page = manager.get(where)
            assert "Fire in the archive." in text_of(page)
            assert draft.number in text_of(page)
            assert "Secret title" not in page.content.decode()
            assert draft.summary not in page.content.decode()
        assert manager.post(answer, {"answer": "grant", "reason": ""}).status_code == 422
        assert manager.post(answer, {"answer": "maybe", "reason": "x"}).status_code == 422
        assert manager.post(answer, {"answer": "grant", "reason": "Seen."})["Location"] == desk
        seen = findings_on(cast.client("partner").get(url("proposal_eligibility", draft)))["ANNEXES"]
        assert "Seen." in seen.message
        assert answer not in manager.get(reverse("my_work")).content.decode()
        assert manager.post(answer, {"answer": "refuse", "reason": "No."}).status_code == 422

    def test_a_refusal_stands_beside_the_rule_and_leaves_the_way_to_ask_again(
        self, cast: Any, draft: Proposal
    ) -> None:
        asked = services.ask_for_derogation(
            proposal=draft, rule_code="ANNEXES", reason="Fire.", by=cast.people["lead"], now=cast.now
        )
        cast.client("manager").post(
            reverse("answer_derogation", args=["rocket-next", asked.pk]),
            {"answer": "refuse", "reason": "Copies are at the register."},
        )
        page = cast.client("lead").get(url("proposal_eligibility", draft))
        assert "The programme office refused a derogation: Copies are at the register." in text_of(page)
        assert f"{url('ask_derogation', draft)}?rule=ANNEXES" in page.content.decode()

    def test_only_rules_that_allow_it_and_do_not_pass_are_offered(self, cast: Any, draft: Proposal) -> None:
        page = cast.client("lead").get(url("ask_derogation", draft))
        assert [code for code, _text in page.context["form"].fields["rule_code"].choices] == ["ANNEXES"]
        answer = cast.client("lead").post(
            url("ask_derogation", draft), {"rule_code": "CALL-OPEN", "reason": "Late."}
        )
        assert answer.status_code == 422
        assert DerogationRequest.objects.count() == 0

    def test_a_manager_of_another_programme_sees_none(self, cast: Any, draft: Proposal) -> None:
        asked = services.ask_for_derogation(
            proposal=draft, rule_code="ANNEXES", reason="Fire.", by=cast.people["lead"], now=cast.now
        )
        cast.people["manager"].grants.filter(programme_code="rocket-next").update(revoked_at=cast.now)
        from rocket.accounts.models import User

        cast.people["manager"] = User.objects.get(pk=cast.people["manager"].pk)
        client = cast.client("manager")
        assert client.get(reverse("answer_derogation", args=["rocket-next", asked.pk])).status_code == 404
        assert client.get(reverse("answer_derogation", args=["rocket", asked.pk])).status_code == 404

    def test_taken_back_waits_no_longer(self, cast: Any, draft: Proposal) -> None:
        asked = services.ask_for_derogation(
            proposal=draft, rule_code="ANNEXES", reason="Fire.", by=cast.people["lead"], now=cast.now
        )
        cast.client("lead").post(url("take_back_derogation", draft, asked.pk))
        asked.refresh_from_db()
        assert asked.state == "taken_back"
        assert "Asked for" not in text_of(cast.client("lead").get(draft.get_absolute_url()))


def test_the_letter_names_the_partners_of_the_proposal(cast: Any) -> None:
    proposal = cast.draft()
    page = cast.client("partner").get(url("section_annexes", proposal))
    letter = url("annex_template", proposal, "partnership_letter")
    assert letter in page.content.decode()
    assert url("annex_template", proposal, "accounts") not in page.content.decode()
    for code in ("accounts", "nonsense"):
        assert cast.client("lead").get(url("annex_template", proposal, code)).status_code == 404
    assert cast.client("outsider").get(letter).status_code == 404
