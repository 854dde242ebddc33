"""Advice: from the consultant in care to the consortium, and to nobody else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from consortia.models import Membership
from feasibility import services
from feasibility.enums import SectionName
from feasibility.models import Advice, Proposal
from rocket.core.errors import Refused, RocketError
from rocket.core.models import AuditEntry, OutboxMessage
from tests.feasibility.pages import text_of

TEXT = "Say who buys the patch. The jury asks that first."


def advise(cast: Any, proposal: Proposal, *, who: str = "consultant", text: str = TEXT) -> Advice:
    return services.advise(
        proposal=Proposal.objects.get(pk=proposal.pk),
        section=SectionName.SUMMARY,
        text=text,
        by=cast.people[who],
        now=cast.now,
    )


def test_everybody_in_the_consortium_gets_it_by_mail(cast: Any) -> None:
    proposal = cast.draft()
    OutboxMessage.objects.all().delete()
    advise(cast, proposal)
    mails = list(OutboxMessage.objects.order_by("to").values_list("to", "language"))
    assert mails == [
        ("lead@demo.example", "de"),
        ("partner@demo.example", "nl"),
        ("research@demo.example", "nl"),
    ]
    assert all(TEXT in mail.text for mail in OutboxMessage.objects.all())


@pytest.mark.parametrize("who", ["consultant.nl", "manager", "auditor", "lead", "outsider"])
def test_only_the_consultant_in_care_advises(cast: Any, who: str) -> None:
    proposal = cast.draft()
    mails = OutboxMessage.objects.count()
    with pytest.raises(Refused):
        advise(cast, proposal, who=who)
    assert (Advice.objects.count(), OutboxMessage.objects.count()) == (0, mails)


@pytest.mark.parametrize("state", ["confirmed", "invited"])
def test_consultant_whose_own_firm_takes_part_is_refused(cast: Any, state: str) -> None:
    proposal = cast.draft()
    consultant = cast.people["consultant"]
    firm = cast.builder.firms["research"]
    Membership.objects.create(user=consultant, organisation=firm, role="member", joined_at=cast.now)
    if state == "invited":
        proposal.consortium.partners.filter(organisation=firm).update(state="invited", confirmed_at=None)
    with pytest.raises(Refused) as refused:
        advise(cast, proposal)
    assert str(refused.value) == "You may not advise a proposal in which your own organisation takes part."
    client = cast.client("consultant")
    assert "LumiWeave" not in text_of(client.get(reverse("in_my_care")))
    assert client.get(reverse("draft_in_care", args=[proposal.number])).status_code in (403, 404)


@pytest.mark.parametrize("text", ["", "  \n ", "\x00"])
def test_empty_advice_is_none(cast: Any, text: str) -> None:
    proposal = cast.draft()
    with pytest.raises(RocketError) as refused:
        advise(cast, proposal, text=text)
    assert refused.value.code == "empty"


def test_consortium_reads_it_beside_the_section_and_marks_it_done(cast: Any) -> None:
    proposal = cast.draft()
    advice = advise(cast, proposal)
    partner = cast.client("partner")
    section = reverse("section_summary", args=[proposal.number])
    assert TEXT in text_of(partner.get(section))
    assert TEXT in text_of(partner.get(proposal.get_absolute_url()))
    assert partner.post(reverse("advice_done", args=[proposal.number, advice.pk])).status_code == 302
    advice.refresh_from_db()
    assert advice.done_by == cast.people["partner"]
    assert advice.done_at is not None
    assert TEXT not in text_of(partner.get(section))
    assert TEXT in text_of(cast.client("consultant").get(reverse("draft_in_care", args=[proposal.number])))


def test_done_twice_keeps_the_first(cast: Any) -> None:
    advice = advise(cast, cast.draft())
    services.finish_advice(advice=advice, by=cast.people["partner"], now=cast.now)
    services.finish_advice(advice=advice, by=cast.people["lead"], now=cast.now + timedelta(days=1))
    advice.refresh_from_db()
    assert (advice.done_by, advice.done_at) == (cast.people["partner"], cast.now)
    assert AuditEntry.objects.filter(verb="advice_done").count() == 1


def test_consultant_does_not_mark_it_done(cast: Any) -> None:
    advice = advise(cast, cast.draft())
    with pytest.raises(Refused):
        services.finish_advice(advice=advice, by=cast.people["consultant"], now=cast.now)


def test_advice_of_another_proposal_is_not_found(cast: Any) -> None:
    proposal, other = cast.draft(), cast.draft("Other")
    advice = advise(cast, other)
    assert (
        cast.client("lead").post(reverse("advice_done", args=[proposal.number, advice.pk])).status_code == 404
    )
    advice.refresh_from_db()
    assert advice.done_at is None


class TestUnseen:
    """What the desk never sees: drafts, their texts, and what consultants advise on them."""

    def pages(self, cast: Any, proposal: Proposal, who: str) -> list[str]:
        client = cast.client(who)
        code, number = proposal.call.programme.code, proposal.number
        urls = [
            reverse("desk_proposals", args=[code]),
            f"{reverse('desk_proposals', args=[code])}?state=draft",
            reverse("desk_proposal", args=[code, number]),
            reverse("grant_derogation", args=[code, number]),
            reverse("my_work"),
            proposal.get_absolute_url(),
            reverse("draft_in_care", args=[number]),
            reverse("check_answers", args=[number]),
            reverse("section_summary", args=[number]),
        ]
        return [client.get(url).content.decode() for url in urls]

    @pytest.mark.parametrize("who", ["manager", "auditor"])
    def test_drafts_and_advice(self, cast: Any, who: str) -> None:
        proposal = cast.draft()
        advise(cast, proposal)
        for page in self.pages(cast, proposal, who):
            assert "LumiWeave" not in page
            assert TEXT not in page
            assert "Today a mill finds them a day later" not in page

    @pytest.mark.parametrize("who", ["manager", "auditor"])
    def test_draft_that_was_withdrawn_before_it_was_submitted(self, cast: Any, who: str) -> None:
        proposal = cast.draft()
        services.withdraw(
            proposal=Proposal.objects.get(pk=proposal.pk),
            reason="Secret of the loom",
            by=cast.people["lead"],
            now=cast.now,
        )
        for page in self.pages(cast, proposal, who):
            assert "LumiWeave" not in page
            assert "Secret of the loom" not in page

    @pytest.mark.parametrize("who", ["manager", "auditor"])
    def test_advice_stays_unseen_after_the_submission(self, cast: Any, who: str) -> None:
        proposal = cast.draft()
        advise(cast, proposal)
        cast.builder.submit(proposal, 1)
        pages = self.pages(cast, proposal, who)
        assert any("LumiWeave" in page for page in pages)
        for page in pages:
            assert TEXT not in page
            assert "Carsten Wolff" not in page

    @pytest.mark.parametrize("who", ["manager", "auditor"])
    def test_texts_after_reopening_stay_with_the_consortium(self, cast: Any, who: str) -> None:
        proposal = cast.submitted()
        services.reopen(proposal=Proposal.objects.get(pk=proposal.pk), by=cast.people["lead"], now=cast.now)
        Proposal.objects.filter(pk=proposal.pk).update(title="Secret new title", summary="Secret new summary")
        for page in self.pages(cast, proposal, who):
            assert "Secret new summary" not in page
            assert "Secret new title" not in page
