"""The consultant's desk: what stands on it, in which order, and what does not."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from calls.models import ClusterOrganisation
from consortia.models import Membership, Organisation
from feasibility import services
from feasibility.enums import SectionName
from feasibility.models import Advice, Proposal
from tests.factories.consortia import OrganisationFactory
from tests.feasibility.pages import findings_on, text_of


def care(cast: Any, who: str = "consultant", **chosen: str) -> Any:
    response = cast.client(who).get(reverse("in_my_care"), chosen)
    assert response.status_code == 200
    return response


def titles(response: Any) -> list[str]:
    return re.findall(r'<th scope="row"><a href="/care/[^"]*">([^<]*)</a>', response.content.decode())


def advise(cast: Any, proposal: Proposal, section: str = "summary", text: str = "Shorter.") -> Advice:
    return services.advise(
        proposal=Proposal.objects.get(pk=proposal.pk), section=SectionName(section), text=text,
        by=cast.people["consultant"], now=cast.now,
    )  # fmt: skip


class TestProposals:
    def test_in_care_are_those_of_the_own_cluster(self, cast: Any) -> None:
        cast.draft()
        assert titles(care(cast)) == ["LumiWeave"]
        assert "Nothing in your care yet" in text_of(care(cast, "consultant.nl"))

    def test_the_nearest_deadline_comes_first_and_what_is_over_last(self, cast: Any) -> None:
        """A returned proposal has its own deadline; what is submitted waits for nobody here."""
        now = timezone.now()
        made = {title: cast.draft(title) for title in ("Soon", "Later", "Over", "Sent", "Returned")}
        for title, days in (("Soon", 3), ("Later", 90), ("Over", -1), ("Sent", 1), ("Returned", -5)):
            call = cast.builder.call("2026-9", "second", opens=-20, closes=30, published=25)
            call.closes_at = now + timedelta(days=days)
            call.slug = f"call-{title.lower()}"
            call.save()
            Proposal.objects.filter(pk=made[title].pk).update(call=call)
        Proposal.objects.filter(title="Sent").update(state="submitted")
        Proposal.objects.filter(title="Returned").update(
            state="returned", completion_due_at=now + timedelta(days=2)
        )
        assert titles(care(cast)) == ["Returned", "Soon", "Later", "Sent", "Over"]
        assert titles(care(cast, due="near")) == ["Returned", "Soon"]
        assert titles(care(cast, due="running")) == ["Returned", "Soon", "Later"]
        Proposal.objects.filter(title="Over").update(changed_at=now)
        assert titles(care(cast, order="changed"))[0] == "Over"

    def test_narrowed_by_call_and_state(self, cast: Any) -> None:
        draft, sent = cast.draft("Draft one"), cast.submitted("Sent one")
        other = cast.builder.call("2026-9", "first", opens=-20, closes=30, published=25)
        Proposal.objects.filter(pk=draft.pk).update(call=other)
        assert titles(care(cast, state="submitted")) == ["Sent one"]
        assert titles(care(cast, call=str(other.pk))) == ["Draft one"]
        assert titles(care(cast, call=str(sent.call_id))) == ["Sent one"]
        none = care(cast, call=str(other.pk), state="submitted")
        assert "No proposal fits this choice" in text_of(none)
        assert "0 of 2 shown" in text_of(none)

    def test_calls_of_other_consultants_proposals_are_no_choice(self, cast: Any) -> None:
        cast.draft()
        other = cast.builder.call("2026-9", "first", opens=-20, closes=30, published=25)
        assert f'value="{other.pk}"' not in care(cast).content.decode()

    def test_narrowed_by_advice(self, cast: Any) -> None:
        asked, answered = cast.draft("Asked"), cast.draft("Answered")
        cast.draft("Silent")
        advise(cast, asked)
        advice = advise(cast, answered)
        services.answer_advice(advice=advice, text="Why?", by=cast.people["lead"], now=cast.now)
        assert titles(care(cast, advice="waits")) == ["Answered"]
        assert set(titles(care(cast, advice="open"))) == {"Asked", "Answered"}
        assert titles(care(cast, advice="none")) == ["Silent"]
        text = text_of(care(cast))
        assert text.count("Waits for your answer") == 1
        services.finish_advice(advice=advice, by=cast.people["lead"], now=cast.now)
        assert titles(care(cast, advice="waits")) == []

    def test_pages_of_50(self, cast: Any) -> None:
        model = cast.draft()
        for number in range(55):
            copy = Proposal.objects.get(pk=model.pk)
            consortium = copy.consortium
            partners = list(consortium.partners.all())
            consortium.pk = None
            consortium.save()
            copy.pk, copy.number, copy.title, copy.consortium = (
                None,
                f"P-1-{number}",
                f"Copy {number}",
                consortium,
            )
            copy.save(force_insert=True)
            lead = partners[0]
            lead.pk, lead.consortium = None, consortium
            lead.save(force_insert=True)
        first, second = titles(care(cast)), titles(care(cast, page="2"))
        assert (len(first), len(second), len(set(first + second))) == (50, 6, 56)

    def test_without_a_cluster_it_says_what_is_missing(self, cast: Any) -> None:
        cast.people["consultant"].consultancies.all().delete()
        assert "You advise for no cluster organisation yet" in text_of(care(cast))


class TestOrganisations:
    def page(self, cast: Any, who: str = "consultant", **chosen: str) -> Any:
        response = cast.client(who).get(reverse("organisations_in_care"), chosen)
        assert response.status_code == 200
        return response

    def names(self, response: Any) -> list[str]:
        return re.findall(
            r'<th scope="row"><a href="/organisations/\d+/">([^<]*)</a>', response.content.decode()
        )

    def test_those_of_the_own_regions(self, cast: Any) -> None:
        """Arnhem belongs to Oost NL, Münster to NMWP.NRW."""
        assert self.names(self.page(cast)) == ["Lichtmess Optik GmbH"]
        assert self.names(self.page(cast, "consultant.nl")) == ["Instituut Oppervlak Oost"]

    def test_name_town_country_technologies_and_the_proposals_in_care(self, cast: Any) -> None:
        cast.draft()
        firm = cast.builder.firms["lead"]
        firm.kets.set(cast.builder.programme.kets.filter(code="PH"))
        text = text_of(self.page(cast))
        for words in ("Lichtmess Optik GmbH", "DE Münster", "PH", "LumiWeave", "Not given"):
            assert words in text

    def test_proposals_that_somebody_else_cares_for_are_not_named(self, cast: Any) -> None:
        """The Dutch consultant sees the Dutch partner, but not the draft that its German lead writes."""
        cast.draft()
        text = text_of(self.page(cast, "consultant.nl"))
        assert "Instituut Oppervlak Oost" in text
        assert "LumiWeave" not in text

    @pytest.mark.parametrize("url", ["list", "page"])
    def test_never_a_figure_of_a_declaration(self, cast: Any, url: str) -> None:
        """Staff, turnover and balance of the SME declaration stay with the organisation."""
        firm = cast.builder.firms["lead"]
        response = (
            self.page(cast)
            if url == "list"
            else cast.client("consultant").get(reverse("organisation", args=[firm.pk]))
        )
        assert response.status_code == 200
        page = response.content.decode()
        for figure in ("3600000", "3,600,000", "2100000", "2,100,000", "24 staff"):
            assert figure not in page

    def test_people_only_where_the_organisation_allows_it(self, cast: Any) -> None:
        firm = cast.builder.firms["lead"]
        own = reverse("organisation", args=[firm.pk])
        consultant = cast.client("consultant")
        for response in (self.page(cast), consultant.get(own)):
            assert "Marlies Terhorst" not in text_of(response)
            assert "lead@demo.example" not in response.content.decode()
        Organisation.objects.update(consultants_may_write=True)
        for response in (self.page(cast), consultant.get(own)):
            assert "Marlies Terhorst" in text_of(response)
            assert "lead@demo.example" in response.content.decode()

    def test_the_organisation_says_so_itself(self, cast: Any) -> None:
        firm = cast.builder.firms["lead"]
        lead, url = cast.client("lead"), reverse("edit_organisation", args=[firm.pk])
        form = lead.get(url).context["form"]
        assert form.initial["consultants_may_write"] is False
        data = {name: form[name].value() or "" for name in form.fields} | {"consultants_may_write": "on"}
        data["kets"] = []
        assert lead.post(url, data).status_code == 302
        firm.refresh_from_db()
        assert firm.consultants_may_write

    def test_narrowed(self, cast: Any) -> None:
        cast.draft()
        outside = OrganisationFactory(name="Nano Münster GmbH", region_code="DEA33", region_version=2024)
        outside.kets.set(cast.builder.programme.kets.filter(code="NT"))
        assert self.names(self.page(cast)) == ["Lichtmess Optik GmbH", "Nano Münster GmbH"]
        assert self.names(self.page(cast, name="nano")) == ["Nano Münster GmbH"]
        assert self.names(self.page(cast, ket="NT")) == ["Nano Münster GmbH"]
        assert self.names(self.page(cast, proposals="none")) == ["Nano Münster GmbH"]
        assert self.names(self.page(cast, proposals="some")) == ["Lichtmess Optik GmbH"]
        assert "No organisation fits this choice" in text_of(self.page(cast, country="NL"))

    def test_an_empty_region(self, cast: Any) -> None:
        ClusterOrganisation.objects.get(
            programme=cast.builder.programme, consultants__user=cast.people["consultant"]
        ).regions.clear()
        assert "No organisation in your care yet" in text_of(self.page(cast))


class TestDraft:
    def url(self, proposal: Proposal) -> str:
        return reverse("draft_in_care", args=[proposal.number])

    def test_every_section_with_its_text_and_a_form_for_advice(self, cast: Any) -> None:
        proposal = cast.draft()
        page = cast.client("consultant").get(self.url(proposal))
        html = page.content.decode()
        assert re.findall(r'id="section-(\w+)"', html) == list(SectionName.values)
        assert "Today a mill finds them a day later" in html
        assert html.count("Advise on this section") == len(SectionName)
        # Nothing on the page changes the proposal.
        actions = set(re.findall(r'<form[^>]*action="(/proposals/[^"]*)"', html))
        assert actions == set()

    def test_findings_come_without_what_would_mend_them(self, cast: Any) -> None:
        proposal = cast.draft()
        proposal.products.all().delete()
        own = findings_on(cast.client("lead").get(proposal.get_absolute_url()))
        read = findings_on(cast.client("consultant").get(self.url(proposal)))
        assert {code: (f.state, f.message) for code, f in own.items()} == {
            code: (f.state, f.message) for code, f in read.items()
        }
        assert own["PRODUCTS"].remedy
        assert {(f.remedy, f.href) for f in read.values()} == {("", "")}

    def test_advice_is_given_beside_the_section_and_leads_back_to_it(self, cast: Any) -> None:
        proposal = cast.draft()
        client = cast.client("consultant")
        response = client.post(self.url(proposal), {"section": "budget", "text": "Travel looks low."})
        assert response["Location"] == f"{self.url(proposal)}#section-budget"
        advice = Advice.objects.get()
        assert (advice.section, advice.text, advice.of) == ("budget", "Travel looks low.", "Cluster NMWP.NRW")

    def test_an_answer_in_a_thread(self, cast: Any) -> None:
        proposal = cast.draft()
        advice = advise(cast, proposal)
        client = cast.client("consultant")
        response = client.post(self.url(proposal), {"advice": advice.pk, "text": "I mean the first line."})
        assert response["Location"] == f"{self.url(proposal)}#advice-{advice.pk}"
        assert advice.replies.get().side == "consultant"

    def test_what_is_empty_is_said_at_its_own_section(self, cast: Any) -> None:
        proposal = cast.draft()
        response = cast.client("consultant").post(self.url(proposal), {"section": "products", "text": " "})
        assert response.status_code == 422
        html = response.content.decode()
        here = html[html.index('id="section-products"') : html.index('id="section-annexes"')]
        assert 'class="error-summary"' in here
        assert html.count('class="error-summary"') == 1
        assert '<details class="threads__new" open>' in here

    @pytest.mark.parametrize("data", [{"section": "state", "text": "x"}, {"text": "x"}])
    def test_a_section_that_does_not_exist(self, cast: Any, data: dict[str, str]) -> None:
        proposal = cast.draft()
        assert cast.client("consultant").post(self.url(proposal), data).status_code == 404
        assert not Advice.objects.exists()

    def test_posted_fields_of_the_proposal_change_nothing(self, cast: Any) -> None:
        proposal = cast.draft()
        before = Proposal.objects.values().get(pk=proposal.pk)
        cast.client("consultant").post(
            self.url(proposal),
            {"section": "summary", "text": "Hello.", "title": "Mine", "state": "withdrawn", "version": "9"},
        )
        assert Proposal.objects.values().get(pk=proposal.pk) == before

    def test_the_history_holds_what_was_done(self, cast: Any) -> None:
        proposal = cast.draft()
        advice = advise(cast, proposal)
        services.finish_advice(advice=advice, by=cast.people["partner"], now=cast.now)
        text = text_of(cast.client("consultant").get(self.url(proposal)))
        assert "1 advice done" in text
        assert (
            "Joris Veldhuis , Weefwerk Twente B.V. 24 Nov 2026, 11:00 (Europe/Amsterdam) Marked as done"
            in text
        )
        assert "Open again" in text

    def test_advice_typed_after_the_session_ended_is_offered_again(self, cast: Any) -> None:
        proposal = cast.draft()
        cast.client("consultant", "en")
        client = Client()
        sent = {"section": "products", "text": "Typed for an hour."}
        client.post(self.url(proposal), sent, headers={"sec-fetch-site": "same-origin"})
        client.force_login(cast.people["consultant"], backend="django.contrib.auth.backends.ModelBackend")
        html = client.get(self.url(proposal)).content.decode()
        here = html[html.index('id="section-products"') :]
        assert "Typed for an hour." in here
        assert "Your text is still here" in html

    def test_own_firm_in_it_closes_the_draft(self, cast: Any) -> None:
        proposal = cast.draft()
        Membership.objects.create(
            user=cast.people["consultant"], organisation=cast.builder.firms["research"], role="member",
            joined_at=cast.now,
        )  # fmt: skip
        client = cast.client("consultant")
        assert client.get(self.url(proposal)).status_code == 403
        assert client.post(self.url(proposal), {"section": "summary", "text": "x"}).status_code == 403
        assert titles(client.get(reverse("in_my_care"))) == []
