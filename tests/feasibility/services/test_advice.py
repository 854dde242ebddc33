"""Advice: from the consultant in care to the consortium, and to nobody else."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consortia.models import Consultant, Membership
from feasibility import services
from feasibility.enums import AdviceSide, SectionName
from feasibility.models import Advice, AdviceReply, Proposal
from feasibility.selectors import load
from feasibility.selectors.advice import threads_of
from rocket.accounts.models import User
from rocket.accounts.roles import Role
from rocket.accounts.services import grant_role
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
    folded = partner.get(section).content.decode()
    assert TEXT in folded[folded.index("threads-done") :]
    assert TEXT not in folded[: folded.index("threads-done")]
    assert TEXT in text_of(cast.client("consultant").get(reverse("draft_in_care", args=[proposal.number])))


def test_done_twice_keeps_the_first(cast: Any) -> None:
    advice = advise(cast, cast.draft())
    services.finish_advice(advice=advice, by=cast.people["partner"], now=cast.now)
    services.finish_advice(advice=advice, by=cast.people["lead"], now=cast.now + timedelta(days=1))
    advice.refresh_from_db()
    assert (advice.done_by, advice.done_at) == (cast.people["partner"], cast.now)
    assert AuditEntry.objects.filter(verb="advice_done").count() == 1


def answer(
    cast: Any, advice: Advice, who: str, text: str = "The nurses buy it.", minutes: int = 1
) -> AdviceReply:
    return services.answer_advice(
        advice=Advice.objects.get(pk=advice.pk),
        text=text,
        by=User.objects.get(pk=cast.people[who].pk),
        now=cast.now + timedelta(minutes=minutes),
    )


def mails() -> list[tuple[str, str, str]]:
    """To whom each mail goes, in which language, and where its button leads."""
    found = OutboxMessage.objects.order_by("to")
    return [(m.to, m.language, re.findall(r"http://\S+", m.text)[0].split("8000")[1]) for m in found]


def test_each_step_says_who_for_whom_and_when(cast: Any) -> None:
    advice = advise(cast, cast.draft())
    assert (advice.of, advice.by, advice.at) == ("Cluster NMWP.NRW", cast.people["consultant"], cast.now)
    answer(cast, advice, "partner")
    answer(cast, advice, "consultant", "Then say so.", 2)
    services.finish_advice(advice=advice, by=cast.people["lead"], now=cast.now + timedelta(minutes=3))
    services.reopen_advice(advice=advice, by=cast.people["consultant"], now=cast.now + timedelta(minutes=4))
    steps = AdviceReply.objects.values_list("step", "side", "of", "by__name", "text", "at")
    at = [cast.now + timedelta(minutes=n) for n in range(5)]
    assert list(steps) == [
        ("answered", "consortium", "Weefwerk Twente B.V.", "Joris Veldhuis", "The nurses buy it.", at[1]),
        ("answered", "consultant", "Cluster NMWP.NRW", "Carsten Wolff", "Then say so.", at[2]),
        ("done", "consortium", "Lichtmess Optik GmbH", "Marlies Terhorst", "", at[3]),
        ("reopened", "consultant", "Cluster NMWP.NRW", "Carsten Wolff", "", at[4]),
    ]
    advice.refresh_from_db()
    assert (advice.done_at, advice.done_by) == (None, None)
    verbs = (
        AuditEntry.objects.filter(verb__startswith="advi").order_by("sequence").values_list("verb", flat=True)
    )
    assert list(verbs) == ["advised", "advice_answered", "advice_answered", "advice_done", "advice_reopened"]
    assert not any("nurses" in str((entry.before, entry.after)) for entry in AuditEntry.objects.all())


@pytest.mark.parametrize(
    ("who", "told"),
    [
        ("partner", ["consultant", "lead", "research"]),
        ("lead", ["consultant", "partner", "research"]),
        ("consultant", ["lead", "partner", "research"]),
    ],
)
def test_an_answer_goes_to_the_others_by_mail_with_the_way_to_the_section(
    cast: Any, who: str, told: list[str]
) -> None:
    proposal = cast.draft()
    advice = advise(cast, proposal)
    OutboxMessage.objects.all().delete()
    answer(cast, advice, who)
    place = f"#advice-{advice.pk}"
    expected = []
    for name in told:
        page = "draft_in_care" if name == "consultant" else "section_summary"
        person = cast.people[name]
        expected.append((person.email, person.language, reverse(page, args=[proposal.number]) + place))
    assert mails() == expected
    assert all("The nurses buy it." in mail.text for mail in OutboxMessage.objects.all())


@pytest.mark.parametrize("step", ["finish_advice", "reopen_advice"])
def test_marks_go_to_the_others_too_and_only_once(cast: Any, step: str) -> None:
    advice = advise(cast, cast.draft())
    if step == "reopen_advice":
        services.finish_advice(advice=advice, by=cast.people["partner"], now=cast.now)
    OutboxMessage.objects.all().delete()
    for _press in range(2):
        getattr(services, step)(advice=advice, by=cast.people["partner"], now=cast.now)
    assert [to for to, _language, _path in mails()] == [
        "consultant@demo.example", "lead@demo.example", "research@demo.example",
    ]  # fmt: skip
    marked = "done" if step == "finish_advice" else "reopened"
    assert AdviceReply.objects.filter(step=marked).count() == 1


def test_desk_reads_no_subject_of_advice(cast: Any) -> None:
    proposal = cast.submitted()
    OutboxMessage.objects.all().delete()
    advice = advise(cast, proposal)
    answer(cast, advice, "partner")
    services.finish_advice(advice=advice, by=cast.people["partner"], now=cast.now)
    services.reopen_advice(advice=advice, by=cast.people["partner"], now=cast.now)
    assert set(OutboxMessage.objects.values_list("desk_sees_subject", flat=True)) == {False}


def test_consultant_who_left_is_followed_by_the_others_of_the_cluster(cast: Any) -> None:
    proposal = cast.draft()
    advice = advise(cast, proposal)
    colleague = User.objects.create_user("colleague@demo.example", "x", name="Clara", language="de")
    Consultant.objects.create(user=colleague, cluster=proposal.cluster)
    grant_role(
        user=colleague,
        role=Role.CONSULTANT,
        programme_code=proposal.call.programme.code,
        by=None,
        now=cast.now,
    )
    OutboxMessage.objects.all().delete()
    answer(cast, advice, "lead")
    assert "colleague@demo.example" not in [to for to, *_rest in mails()]
    cast.people["consultant"].consultancies.all().delete()
    OutboxMessage.objects.all().delete()
    answer(cast, advice, "lead", "And the clinics.")
    assert [to for to, *_rest in mails()] == [
        "colleague@demo.example", "partner@demo.example", "research@demo.example",
    ]  # fmt: skip


@pytest.mark.parametrize("who", ["manager", "auditor", "consultant.nl", "assessor", "controller", "outsider"])
@pytest.mark.parametrize("verb", ["answer_advice", "finish_advice", "reopen_advice"])
def test_nobody_else_has_a_word_in_it(cast: Any, who: str, verb: str) -> None:
    advice = advise(cast, cast.submitted())
    if verb == "reopen_advice":
        services.finish_advice(advice=advice, by=cast.people["partner"], now=cast.now)
    before = AdviceReply.objects.count()
    words = {"text": "Me too."} if verb == "answer_advice" else {}
    with pytest.raises(Refused):
        getattr(services, verb)(advice=advice, by=cast.people[who], now=cast.now, **words)
    assert AdviceReply.objects.count() == before


@pytest.mark.parametrize("state", ["confirmed", "invited"])
def test_consultant_with_a_conflict_answers_nothing(cast: Any, state: str) -> None:
    proposal = cast.draft()
    advice = advise(cast, proposal)
    firm = cast.builder.firms["research"]
    Membership.objects.create(
        user=cast.people["consultant"], organisation=firm, role="member", joined_at=cast.now
    )
    if state == "invited":
        proposal.consortium.partners.filter(organisation=firm).update(state="invited", confirmed_at=None)
        with pytest.raises(Refused):
            answer(cast, advice, "consultant")
        return
    # Of a confirmed partner the person is one of the consortium, and speaks for it.
    assert answer(cast, advice, "consultant").side == "consortium"


def test_partner_who_has_not_confirmed_reads_nothing(cast: Any) -> None:
    proposal = cast.draft()
    advice = advise(cast, proposal)
    partner = proposal.consortium.partners.filter(organisation=cast.builder.firms["partner"])
    partner.update(state="invited", confirmed_at=None)
    with pytest.raises(Refused):
        answer(cast, advice, "partner")
    assert cast.client("partner").get(reverse("proposal_advice", args=[proposal.number])).status_code == 404


def test_pressing_twice_leaves_one(cast: Any) -> None:
    proposal = cast.draft()
    first = advise(cast, proposal)
    assert advise(cast, proposal) == first
    assert answer(cast, first, "lead") == answer(cast, first, "lead", minutes=2)
    assert (Advice.objects.count(), AdviceReply.objects.count()) == (1, 1)


@pytest.mark.parametrize(("text", "code"), [("", "empty"), (" \n\x00", "empty"), ("x" * 4001, "too_long")])
def test_an_answer_has_words_and_not_too_many(cast: Any, text: str, code: str) -> None:
    advice = advise(cast, cast.draft())
    with pytest.raises(RocketError) as refused:
        answer(cast, advice, "lead", text)
    assert refused.value.code == code


def test_what_is_done_takes_no_answer_until_it_is_open_again(cast: Any) -> None:
    advice = advise(cast, cast.draft())
    services.finish_advice(advice=advice, by=cast.people["lead"], now=cast.now)
    with pytest.raises(RocketError) as refused:
        answer(cast, advice, "lead")
    assert refused.value.code == "done"
    services.reopen_advice(advice=advice, by=cast.people["lead"], now=cast.now)
    answer(cast, advice, "lead")


class TestTurn:
    """Whose turn it is: asked of the database for lists, and of rows at hand for pages; both say the same."""

    STEPS = (
        ("answer", "lead"), ("answer", "consultant"), ("finish", "partner"), ("reopen", "lead"),
        ("reopen", "consultant"),
    )  # fmt: skip

    @settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(steps=st.lists(st.sampled_from(STEPS), max_size=6))
    def test_page_and_list_agree(self, cast: Any, steps: list[tuple[str, str]]) -> None:
        with transaction.atomic():
            proposal = Proposal.objects.first() or cast.draft()
            advice = advise(cast, proposal, text=f"{len(steps)} {steps}")
            for number, (verb, who) in enumerate(steps):
                words = {"text": f"Word {number}"} if verb == "answer" else {}
                with suppress(RocketError):
                    getattr(services, f"{verb}_advice")(
                        advice=Advice.objects.get(pk=advice.pk),
                        by=cast.people[who],
                        now=cast.now + timedelta(minutes=number),
                        **words,
                    )
            (thread,) = [t for t in threads_of(load(proposal.pk)) if t.pk == advice.pk]
            for side in AdviceSide:
                waits = Advice.objects.waiting_for(side).filter(pk=advice.pk).exists()
                assert waits == (thread.waits_for == side), (steps, side)
            transaction.set_rollback(True)

    def test_opening_again_alone_asks_the_consultant_nothing(self, cast: Any) -> None:
        advice = advise(cast, cast.draft())
        services.finish_advice(advice=advice, by=cast.people["lead"], now=cast.now)
        services.reopen_advice(advice=advice, by=cast.people["lead"], now=cast.now)
        assert not Advice.objects.waiting_for(AdviceSide.CONSULTANT).exists()
        assert Advice.objects.waiting_for(AdviceSide.CONSORTIUM).exists()


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
            reverse("proposal_advice", args=[number]),
            reverse("in_my_care"),
            reverse("audit_trail", args=[code]),
            reverse("desk_mails", args=[code]),
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
            # The audit trail names the consultant once: for the role, which is not the proposal's.
            assert page.count("Carsten Wolff") == ("Role granted" in page)

    @pytest.mark.parametrize("who", ["manager", "auditor"])
    def test_texts_after_reopening_stay_with_the_consortium(self, cast: Any, who: str) -> None:
        proposal = cast.submitted()
        services.reopen(proposal=Proposal.objects.get(pk=proposal.pk), by=cast.people["lead"], now=cast.now)
        Proposal.objects.filter(pk=proposal.pk).update(title="Secret new title", summary="Secret new summary")
        for page in self.pages(cast, proposal, who):
            assert "Secret new summary" not in page
            assert "Secret new title" not in page
