"""Advice on the pages of the consortium: beside the sections, on a page of its own, in the list of what waits."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from feasibility import services
from feasibility.enums import SectionName
from feasibility.models import Advice, AdviceReply, Proposal
from feasibility.services.sections import section_of
from rocket.core.models import OutboxMessage
from tests.feasibility.pages import text_of

READERS = (
    "Read by: the consortium (Lichtmess Optik GmbH, Weefwerk Twente B.V., Instituut Oppervlak Oost) "
    "and the consultants of Cluster NMWP.NRW. Not by the programme office."
)


def advise(cast: Any, proposal: Proposal, section: str = "summary", text: str = "Shorter.") -> Advice:
    return services.advise(
        proposal=Proposal.objects.get(pk=proposal.pk),
        section=SectionName(section),
        text=text,
        by=cast.people["consultant"],
        now=cast.now,
    )


def url(proposal: Proposal, name: str = "proposal_advice", *args: Any) -> str:
    return reverse(name, args=[proposal.number, *args])


def finish(cast: Any, advice: Advice, who: str = "lead") -> None:
    services.finish_advice(advice=advice, by=cast.people[who], now=cast.now)


def test_who_reads_it_stands_on_every_thread(cast: Any) -> None:
    proposal = cast.draft()
    for section in SectionName:
        advise(cast, proposal, section)
    lead = cast.client("lead")
    assert text_of(lead.get(url(proposal))).count(READERS) == len(SectionName)
    for section in SectionName:
        assert text_of(lead.get(url(proposal, f"section_{section}"))).count(READERS) == 1
    # Beside each form for new advice the consultant reads it before writing.
    draft = text_of(cast.client("consultant").get(url(proposal, "draft_in_care")))
    assert draft.count(READERS) == 2 * len(SectionName)


def test_partners_that_have_not_confirmed_are_not_named_as_readers(cast: Any) -> None:
    proposal = cast.draft()
    advise(cast, proposal)
    proposal.consortium.partners.filter(organisation=cast.builder.firms["research"]).update(
        state="invited", confirmed_at=None
    )
    assert "the consortium (Lichtmess Optik GmbH, Weefwerk Twente B.V.)" in text_of(
        cast.client("lead").get(url(proposal))
    )


def test_sections_stand_in_the_order_of_the_proposal_open_ones_first(cast: Any) -> None:
    proposal = cast.draft()
    finish(cast, advise(cast, proposal, "summary"))
    advise(cast, proposal, "annexes")
    advise(cast, proposal, "partners")
    page = cast.client("lead").get(url(proposal)).content.decode()
    assert re.findall(r'<h2 id="of-(\w+)"', page) == ["partners", "annexes", "summary"]


def test_within_a_section_open_threads_come_first_and_done_ones_are_folded(cast: Any) -> None:
    proposal = cast.draft()
    first = advise(cast, proposal, text="The first.")
    advise(cast, proposal, text="The second.")
    finish(cast, first)
    for page in (url(proposal), url(proposal, "section_summary")):
        html = cast.client("lead").get(page).content.decode()
        fold = html.index('<details class="threads-done">')
        assert html.index("The second.") < fold < html.index("The first.")


@pytest.mark.parametrize("back", ["", "summary"])
def test_an_answer_leads_back_to_where_it_was_given(cast: Any, back: str) -> None:
    proposal = cast.draft()
    advice = advise(cast, proposal)
    partner = cast.client("partner")
    sent = {"advice": advice.pk, "text": "Half as long now.", "back": back}
    response = partner.post(url(proposal), sent)
    page = url(proposal, "section_summary" if back else "proposal_advice")
    assert response["Location"] == f"{page}#advice-{advice.pk}"
    text = text_of(partner.get(page))
    assert "Half as long now." in text
    assert "Joris Veldhuis , Weefwerk Twente B.V." in text
    assert "Your answer is sent." in text


def test_back_leads_nowhere_else(cast: Any) -> None:
    proposal = cast.draft()
    advice = advise(cast, proposal)
    sent = {"advice": advice.pk, "text": "Done.", "back": "//evil.example/"}
    assert cast.client("lead").post(url(proposal), sent)["Location"].startswith(url(proposal))


def test_whose_turn_it_is_reads_for_each_side(cast: Any) -> None:
    proposal = cast.draft()
    advice = advise(cast, proposal)
    lead, consultant = cast.client("lead"), cast.client("consultant")
    draft = url(proposal, "draft_in_care")
    assert "Waits for you" in text_of(lead.get(url(proposal)))
    assert "Waits for the consortium" in text_of(consultant.get(draft))
    lead.post(url(proposal), {"advice": advice.pk, "text": "Which part?"})
    assert "Waits for the consultant" in text_of(lead.get(url(proposal)))
    assert "Waits for your answer" in text_of(consultant.get(draft))
    lead.post(url(proposal, "advice_done", advice.pk))
    for page in (lead.get(url(proposal)), consultant.get(draft)):
        assert "1 advice done" in text_of(page)
        assert "Waits" not in text_of(page).partition("1 advice done")[2][:400]


def test_a_section_that_changed_since_says_so(cast: Any) -> None:
    proposal = cast.draft()
    advise(cast, proposal, "summary")
    advise(cast, proposal, "products")
    lead = cast.client("lead")
    assert "was changed since" not in text_of(lead.get(url(proposal)))
    services.save_summary(
        proposal=proposal, title="LumiWeave", summary="Shorter.", starts_on=None,
        months=None, is_completed=False, seen_version=section_of(proposal, SectionName.SUMMARY).version,
        by=cast.people["partner"], now=cast.now + timedelta(minutes=5),
    )  # fmt: skip
    note = "The section was changed since, on 24 Nov 2026, 11:05 (Europe/Amsterdam)"
    assert note in text_of(lead.get(url(proposal, "section_summary")))
    assert note in text_of(cast.client("consultant").get(url(proposal, "draft_in_care")))
    assert text_of(lead.get(url(proposal))).count("was changed since") == 1


def test_a_partner_who_confirms_changes_the_partnership(cast: Any) -> None:
    proposal = cast.draft()
    advise(cast, proposal, "partners")
    proposal.consortium.partners.filter(organisation=cast.builder.firms["research"]).update(
        confirmed_at=cast.now + timedelta(hours=1)
    )
    assert "was changed since" in text_of(cast.client("lead").get(url(proposal)))


@pytest.mark.parametrize("text", ["", " ", "x" * 4001])
def test_an_answer_that_is_none_keeps_what_was_typed(cast: Any, text: str) -> None:
    proposal = cast.draft()
    advice = advise(cast, proposal)
    for client, page in (
        (cast.client("lead"), url(proposal)),
        (cast.client("consultant"), url(proposal, "draft_in_care")),
    ):
        response = client.post(page, {"advice": advice.pk, "text": text})
        assert response.status_code == 422
        assert response.content.decode().count('class="error-summary"') == 1
        assert "<details open>" in response.content.decode()
    assert not AdviceReply.objects.exists()


def test_an_answer_to_what_was_marked_done_meanwhile_is_kept_on_the_page(cast: Any) -> None:
    proposal = cast.draft()
    advice = advise(cast, proposal)
    finish(cast, advice, "partner")
    response = cast.client("lead").post(url(proposal), {"advice": advice.pk, "text": "My long answer."})
    assert response.status_code == 422
    assert "Open it again, then answer" in text_of(response)
    assert "My long answer." in response.content.decode()


@pytest.mark.parametrize("pk", ["", "x", "0", "²", "99999999999999999999"])
def test_a_thread_that_is_not_of_this_proposal_is_not_found(cast: Any, pk: str) -> None:
    proposal, other = cast.draft(), cast.draft("Other")
    foreign = advise(cast, other)
    lead = cast.client("lead")
    assert lead.post(url(proposal), {"advice": pk, "text": "Hello"}).status_code == 404
    assert lead.post(url(proposal), {"advice": foreign.pk, "text": "Hello"}).status_code == 404
    for name in ("advice_done", "advice_reopen"):
        assert lead.post(url(proposal, name, foreign.pk)).status_code == 404


def test_an_answer_typed_after_the_session_ended_is_offered_again(cast: Any) -> None:
    proposal = cast.draft()
    advice = advise(cast, proposal)
    cast.client("lead", "en")
    client = Client()
    sent = {"advice": advice.pk, "text": "Typed for an hour."}
    assert client.post(url(proposal), sent, headers={"sec-fetch-site": "same-origin"}).status_code == 302
    client.force_login(cast.people["lead"], backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(url(proposal))
    assert "Typed for an hour." in page.content.decode()
    assert "Your text is still here" in text_of(page)
    assert client.post(url(proposal), sent).status_code == 302
    assert "Your text is still here" not in text_of(client.get(url(proposal)))
    assert AdviceReply.objects.get().text == "Typed for an hour."


def test_open_advice_waits_for_the_consortium_until_it_answers(cast: Any) -> None:
    proposal = cast.draft()
    words = "Read the advice on LumiWeave"
    partner = cast.client("partner")
    assert words not in text_of(partner.get(reverse("my_work")))
    advice = advise(cast, proposal)
    assert words in text_of(partner.get(reverse("my_work")))
    assert words not in text_of(cast.client("manager").get(reverse("my_work")))
    partner.post(url(proposal), {"advice": advice.pk, "text": "Yes."})
    assert words not in text_of(partner.get(reverse("my_work")))
    assert "Read 1 answer to your advice" in text_of(cast.client("consultant").get(reverse("my_work")))


def test_the_proposal_names_open_advice_alone(cast: Any) -> None:
    proposal = cast.draft()
    advice = advise(cast, proposal, text="Say who buys it.")
    lead = cast.client("lead")
    assert "Say who buys it." in text_of(lead.get(proposal.get_absolute_url()))
    finish(cast, advice)
    page = text_of(lead.get(proposal.get_absolute_url()))
    assert "Say who buys it." not in page
    assert "Advice from your consultant" in page


def test_no_advice_yet(cast: Any) -> None:
    text = text_of(cast.client("lead").get(url(cast.draft())))
    assert "The consultants of Cluster NMWP.NRW can read your draft" in text


def test_markup_in_words_is_shown_as_it_was_typed(cast: Any) -> None:
    proposal = cast.draft()
    advise(cast, proposal, text="<script>alert(1)</script>")
    page = cast.client("lead").get(url(proposal)).content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert" not in page


def test_mails_lead_to_the_thread(cast: Any) -> None:
    proposal = cast.draft()
    OutboxMessage.objects.all().delete()
    advice = advise(cast, proposal, "budget")
    place = f"{url(proposal, 'section_budget')}#advice-{advice.pk}"
    assert all(place in mail.text for mail in OutboxMessage.objects.all())
    assert f'id="advice-{advice.pk}"' in cast.client("lead").get(place).content.decode()
