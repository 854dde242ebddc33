"""The table of a proposal's states is whole, and every way through it is recorded."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from feasibility import services
from feasibility.enums import BEFORE_ACCEPTANCE, EDITABLE, Outcome, ProposalState
from feasibility.models import Decision, Proposal, Submission
from feasibility.permissions import PROPOSAL as ACTIONS
from feasibility.services.mails import LETTERS
from feasibility.transitions import DECISION_VERBS, PROPOSAL, event_words
from rocket.core.audit import chain_is_whole
from rocket.core.errors import Refused, RocketError, Stale
from rocket.core.models import AuditEntry, OutboxMessage
from rocket.core.states import NotPossible


class TestTable:
    def test_every_state_is_reachable_from_a_draft(self) -> None:
        reached, todo = set(), {ProposalState.DRAFT}
        while todo:
            state = todo.pop()
            reached.add(state)
            todo |= {ProposalState(row.target) for row in PROPOSAL.from_state(state)} - reached
        assert reached == set(ProposalState)

    def test_only_the_end_states_lead_nowhere(self) -> None:
        ends = {state for state in ProposalState if not PROPOSAL.from_state(state)}
        assert ends == {ProposalState.ACCEPTED, ProposalState.WITHDRAWN}

    def test_every_verb_has_a_service_that_takes_it(self) -> None:
        own = {"submit", "reopen", "withdraw", "accept"}
        moved = {row.verb for row in PROPOSAL if row.action == "check"}
        decided = {row.verb for row in PROPOSAL if row.action == "decide"}
        assert own | moved | decided == {row.verb for row in PROPOSAL}
        assert decided == set(DECISION_VERBS.values())
        assert {outcome.value for outcome in Outcome} == set(DECISION_VERBS)
        assert all(callable(getattr(services, verb)) for verb in own)

    def test_every_permission_that_it_names_exists(self) -> None:
        assert {row.action for row in PROPOSAL} <= set(ACTIONS)

    def test_every_event_has_words_of_its_own(self) -> None:
        events = [row.event for row in PROPOSAL]
        assert len(set(events)) == len(events)
        for row in PROPOSAL:
            assert event_words(row.event) == ProposalState(row.target).desk_label
            assert str(row.label)

    def test_every_event_that_concerns_the_consortium_has_a_letter(self) -> None:
        silent = {"assessment_started", "decision_awaited"}
        decisions = {row.event for row in PROPOSAL if row.action == "decide"}
        told = {row.event for row in PROPOSAL} - silent - decisions
        assert told | {outcome.value for outcome in Outcome} <= set(LETTERS)

    def test_a_proposal_can_be_withdrawn_until_the_grant_is_accepted(self) -> None:
        row = next(row for row in PROPOSAL if row.verb == "withdraw")
        assert row.sources == BEFORE_ACCEPTANCE
        assert ProposalState.ACCEPTED not in row.sources

    @pytest.mark.parametrize("state", list(ProposalState))
    def test_nothing_leads_out_of_the_table(self, state: ProposalState) -> None:
        """A verb that the state does not know is refused, whatever else would hold."""
        possible = {row.verb for row in PROPOSAL.from_state(state)}
        for verb in {row.verb for row in PROPOSAL} - possible:
            with pytest.raises(NotPossible) as refused:
                PROPOSAL.find(verb, state)
            assert str(refused.value) == "This step is not possible in the present state."


def fresh(proposal: Proposal) -> Proposal:
    return Proposal.objects.get(pk=proposal.pk)


def move(cast: Any, proposal: Proposal, verb: str, *, who: str = "manager", **values: Any) -> None:
    services.move(
        proposal=fresh(proposal), verb=verb, by=cast.people[who], **{"now": cast.now, "reason": "", **values}
    )


def decide(
    cast: Any, proposal: Proposal, outcome: Outcome, *, who: str = "manager", **values: Any
) -> Decision:
    return services.decide(
        proposal=fresh(proposal),
        outcome=outcome,
        by=cast.people[who],
        **{"reason": "The jury ranked it first.", "now": cast.now, **values},
    )


def put_up(cast: Any, title: str = "GridSkin") -> Proposal:
    """A submitted proposal that waits for the decision."""
    proposal = cast.submitted(title)
    move(cast, proposal, "confirm_eligible")
    move(cast, proposal, "await_decision")
    return proposal


def is_blocked_in_its_submission(proposal: Proposal) -> None:
    """As an older rule set, or an import, may have left it."""
    latest = Submission.objects.filter(proposal=proposal).first()
    assert latest is not None
    latest.findings = {**latest.findings, "is_eligible": False}
    latest.save()


class TestWays:
    def test_from_submission_to_acceptance_every_step_is_recorded(self, cast: Any) -> None:
        proposal = cast.submitted()
        move(cast, proposal, "confirm_eligible")
        move(cast, proposal, "assess")
        move(cast, proposal, "await_decision")
        decision = decide(cast, proposal, Outcome.APPROVED)
        services.accept(proposal=fresh(proposal), by=cast.people["lead"], now=cast.now)
        entries = [
            (entry.verb, entry.before["state"], entry.after["state"], entry.by.email.partition("@")[0])
            for entry in AuditEntry.objects.about(proposal).order_by("sequence")
            if "state" in entry.after
        ]
        assert entries == [
            ("submitted", "draft", "submitted", "lead"),
            ("found_eligible", "submitted", "eligible", "manager"),
            ("assessment_started", "eligible", "in_assessment", "manager"),
            ("decision_awaited", "in_assessment", "decision_pending", "manager"),
            ("approved", "decision_pending", "approved", "manager"),
            ("accepted", "approved", "accepted", "lead"),
        ]
        assert chain_is_whole(proposal)
        assert decision.submission == proposal.submissions.first()

    def test_ineligible_appealed_and_approved_with_conditions(self, cast: Any) -> None:
        proposal = cast.submitted()
        move(cast, proposal, "find_ineligible", reason="No letter of partnership.")
        move(cast, proposal, "record_appeal", reason="The letter was in the wrong annex.")
        decide(cast, proposal, Outcome.APPROVED_WITH_CONDITIONS, conditions="Hand in the letter.")
        assert fresh(proposal).state == "approved_conditions"
        assert chain_is_whole(proposal)

    def test_reserve_then_rejected(self, cast: Any) -> None:
        proposal = put_up(cast)
        first = decide(cast, proposal, Outcome.RESERVE)
        last = decide(cast, proposal, Outcome.REJECTED, now=cast.now + timedelta(days=9))
        assert list(proposal.decisions.all()) == [last, first]
        with pytest.raises(NotPossible):
            decide(cast, proposal, Outcome.APPROVED)

    def test_withdrawn_with_a_reason_is_the_end(self, cast: Any) -> None:
        proposal = cast.submitted()
        with pytest.raises(RocketError) as missing:
            services.withdraw(proposal=fresh(proposal), reason=" \n", by=cast.people["lead"], now=cast.now)
        assert missing.value.code == "reason_missing"
        OutboxMessage.objects.all().delete()
        services.withdraw(proposal=fresh(proposal), reason="No money", by=cast.people["lead"], now=cast.now)
        assert fresh(proposal).state == "withdrawn"
        assert OutboxMessage.objects.count() == 3
        with pytest.raises(NotPossible):
            services.reopen(proposal=fresh(proposal), by=cast.people["lead"], now=cast.now)

    @pytest.mark.parametrize(
        ("verb", "event"), [("confirm_eligible", "found_eligible"), ("find_ineligible", "found_ineligible")]
    )
    def test_consortium_hears_of_the_formal_check(self, cast: Any, verb: str, event: str) -> None:
        proposal = cast.submitted()
        OutboxMessage.objects.all().delete()
        move(cast, proposal, verb, reason="Because of Article 6.")
        assert sorted(OutboxMessage.objects.values_list("to", flat=True)) == [
            "lead@demo.example",
            "partner@demo.example",
            "research@demo.example",
        ]
        assert AuditEntry.objects.about(proposal).order_by("-sequence").first().verb == event


class TestRefusals:
    def test_return_needs_a_moment_in_the_future_and_a_reason(self, cast: Any) -> None:
        proposal = cast.submitted()
        for due in (None, cast.now, cast.now - timedelta(days=1)):
            with pytest.raises(NotPossible) as refused:
                move(cast, proposal, "return", reason="Accounts", due=due)
            assert str(refused.value) == "Give a moment in the future for the completion."
        with pytest.raises(RocketError) as missing:
            move(cast, proposal, "return", reason="  ", due=cast.now + timedelta(days=3))
        assert missing.value.code == "reason_missing"
        assert fresh(proposal).state == "submitted"

    def test_returned_proposal_is_written_to_again(self, cast: Any) -> None:
        proposal = cast.submitted()
        due = cast.now + timedelta(days=3)
        OutboxMessage.objects.all().delete()
        move(cast, proposal, "return", reason="Accounts of 2025", due=due)
        now_open = fresh(proposal)
        assert (now_open.state, now_open.completion_due_at) == ("returned", due)
        assert now_open.is_editable
        assert now_open.version == proposal.version + 1
        mail = OutboxMessage.objects.get(to="partner@demo.example")
        assert "Accounts of 2025" in mail.text

    def test_only_ineligible_is_possible_where_a_blocking_rule_failed(self, cast: Any) -> None:
        proposal = cast.submitted()
        is_blocked_in_its_submission(proposal)
        before = AuditEntry.objects.count()
        with pytest.raises(NotPossible) as refused:
            move(cast, proposal, "confirm_eligible")
        assert str(refused.value) == (
            "A blocking rule failed in the submission, so only “ineligible” is possible."
        )
        assert AuditEntry.objects.count() == before
        move(cast, proposal, "find_ineligible", reason="SME-COUNT failed")
        assert fresh(proposal).state == "ineligible"

    @pytest.mark.parametrize("outcome", [Outcome.APPROVED, Outcome.APPROVED_WITH_CONDITIONS, Outcome.RESERVE])
    def test_no_approval_where_a_blocking_rule_failed(self, cast: Any, outcome: Outcome) -> None:
        proposal = put_up(cast)
        is_blocked_in_its_submission(proposal)
        mails = OutboxMessage.objects.count()
        with pytest.raises(NotPossible):
            decide(cast, proposal, outcome, conditions="None")
        assert (fresh(proposal).state, Decision.objects.count()) == ("decision_pending", 0)
        assert OutboxMessage.objects.count() == mails
        decide(cast, proposal, Outcome.REJECTED)
        assert fresh(proposal).state == "rejected"

    def test_decision_needs_reason_and_conditions(self, cast: Any) -> None:
        proposal = put_up(cast)
        with pytest.raises(RocketError) as missing:
            decide(cast, proposal, Outcome.APPROVED, reason=" ")
        assert missing.value.code == "reason_missing"
        with pytest.raises(NotPossible) as refused:
            decide(cast, proposal, Outcome.APPROVED_WITH_CONDITIONS, conditions=" ")
        assert str(refused.value) == "State the conditions."
        assert Decision.objects.count() == 0

    def test_only_managers_check_and_decide(self, cast: Any) -> None:
        proposal = cast.submitted()
        for who in ("auditor", "consultant", "lead", "assessor", "controller", "outsider"):
            with pytest.raises(Refused):
                move(cast, proposal, "confirm_eligible", who=who)
            with pytest.raises((Refused, NotPossible)):
                decide(cast, proposal, Outcome.REJECTED, who=who)
        assert fresh(proposal).state == "submitted"

    def test_of_two_managers_who_press_at_once_one_moves_it(self, cast: Any) -> None:
        """The second one holds a page, and an object, from before the first one's press."""
        proposal = cast.submitted()
        old = fresh(proposal)
        move(cast, proposal, "confirm_eligible")
        entries = AuditEntry.objects.count()
        with pytest.raises(Stale):
            services.move(
                proposal=old,
                verb="find_ineligible",
                by=cast.people["manager"],
                now=cast.now,
                reason="At the same time",
            )
        assert fresh(proposal).state == "eligible"
        assert AuditEntry.objects.count() == entries

    def test_lead_and_nobody_else_reopens_and_accepts(self, cast: Any) -> None:
        proposal = cast.submitted()
        for who in ("partner", "manager", "consultant"):
            with pytest.raises(Refused):
                services.reopen(proposal=fresh(proposal), by=cast.people[who], now=cast.now)
        assert fresh(proposal).state not in EDITABLE


class TestDerogation:
    def grant(self, cast: Any, proposal: Proposal, code: str = "ANNEXES", **values: Any) -> Any:
        return services.grant_derogation(
            proposal=fresh(proposal),
            rule_code=code,
            **{"reason": "Fire in the archive.", "by": cast.people["manager"], "now": cast.now, **values},
        )

    def test_makes_the_rule_pass_and_says_so(self, cast: Any) -> None:
        proposal = cast.draft()
        proposal.annexes.filter(code="accounts").update(removed_at=cast.now)
        with pytest.raises(services.Ineligible):
            cast.builder.submit(fresh(proposal), 1)
        self.grant(cast, proposal)
        cast.builder.submit(fresh(proposal), 1)
        submission = proposal.submissions.get()
        finding = next(f for f in submission.findings["findings"] if f["code"] == "ANNEXES")
        assert (finding["outcome"], finding["derogation"]) == ("passed", "Fire in the archive.")
        entry = AuditEntry.objects.about(proposal).get(verb="derogation_granted")
        assert entry.after == {"rule": "ANNEXES", "reason": "Fire in the archive."}

    def test_is_refused_without_reason_right_or_derogable_rule(self, cast: Any) -> None:
        proposal = cast.draft()
        with pytest.raises(RocketError) as missing:
            self.grant(cast, proposal, reason=" ")
        with pytest.raises(RocketError) as fixed:
            self.grant(cast, proposal, "CALL-OPEN")
        assert (missing.value.code, fixed.value.code) == ("reason_missing", "not_derogable")
        for who in ("auditor", "lead", "consultant"):
            with pytest.raises(Refused):
                self.grant(cast, proposal, by=cast.people[who])
        assert proposal.derogations.count() == 0

    def test_second_one_for_a_rule_takes_the_place_of_the_first_and_both_are_recorded(
        self, cast: Any
    ) -> None:
        proposal = cast.draft()
        self.grant(cast, proposal)
        self.grant(cast, proposal, reason="And flood.")
        assert [d.reason for d in proposal.derogations.all()] == ["And flood."]
        assert AuditEntry.objects.about(proposal).filter(verb="derogation_granted").count() == 2


class TestTheLastSubmissionStands:
    """Reopened or returned and not submitted again in time: the desk goes on with what was submitted last."""

    @pytest.mark.parametrize("verb", ["confirm_eligible", "return", "find_ineligible"])
    def test_a_reopened_one_from_the_deadline_on(self, cast: Any, verb: str) -> None:
        proposal = cast.submitted()
        services.reopen(proposal=fresh(proposal), by=cast.people["lead"], now=cast.now)
        end = proposal.call.closes_at
        values = {"reason": "Because.", "due": end + timedelta(days=9)}
        with pytest.raises(NotPossible) as refused:
            services.move(
                proposal=fresh(proposal),
                verb=verb,
                by=cast.people["manager"],
                now=end - timedelta(microseconds=1),
                **values,
            )
        assert refused.value.code == "submission_stands"
        services.move(proposal=fresh(proposal), verb=verb, by=cast.people["manager"], now=end, **values)
        assert fresh(proposal).state in {"eligible", "returned", "ineligible"}
        assert proposal.submissions.count() == 1

    def test_a_returned_one_from_the_end_of_its_completion_on(self, cast: Any) -> None:
        proposal = cast.submitted()
        manager, due = cast.people["manager"], cast.now + timedelta(days=2)
        services.move(
            proposal=fresh(proposal), verb="return", by=manager, now=cast.now, reason="Accounts.", due=due
        )
        with pytest.raises(NotPossible):
            services.move(
                proposal=fresh(proposal),
                verb="confirm_eligible",
                by=manager,
                now=due - timedelta(microseconds=1),
            )
        services.move(proposal=fresh(proposal), verb="confirm_eligible", by=manager, now=due)
        assert fresh(proposal).state == "eligible"
