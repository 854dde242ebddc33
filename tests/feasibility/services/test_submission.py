"""Submission: one transaction, one receipt, no matter how often, when and by how many somebody presses."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import OperationalError, connection, connections
from django.urls import reverse

from consortia.models import Membership
from feasibility import services
from feasibility.eligibility import RULE_SET_VERSION, EligibilityReport
from feasibility.enums import SectionName
from feasibility.models import Proposal, Submission
from feasibility.selectors import content_of, load
from feasibility.services.sections import section_of
from rocket.core.audit import canonical_json, chain_is_whole
from rocket.core.errors import Refused, RocketError, Stale
from rocket.core.models import AuditEntry, NumberSequence, OutboxMessage
from rocket.core.states import NotPossible
from tests.feasibility.pages import number_of_submissions, press_submit, text_of

MICROSECOND = timedelta(microseconds=1)


def submit(
    cast: Any, proposal: Proposal, *, who: str = "lead", now: datetime | None = None, **over: Any
) -> Any:
    proposal.refresh_from_db()
    return services.submit(
        proposal=proposal,
        by=cast.people[who],
        **{"seen_version": proposal.version, "now": now or cast.now, **over},
    )


def change_title(cast: Any, proposal: Proposal, title: str, *, who: str = "lead") -> None:
    proposal.refresh_from_db()
    services.save_summary(
        proposal=proposal,
        title=title,
        summary=proposal.summary,
        starts_on=proposal.starts_on,
        months=proposal.months,
        is_completed=True,
        seen_version=section_of(proposal, SectionName.SUMMARY).version,
        by=cast.people[who],
        now=cast.now,
    )


def world() -> dict[str, Any]:
    """Everything that a refused submission must leave as it was."""
    return {
        "proposals": list(Proposal.objects.order_by("pk").values("pk", "state", "version", "changed_at")),
        "submissions": Submission.objects.count(),
        "audit": AuditEntry.objects.count(),
        "mails": OutboxMessage.objects.count(),
        "numbers": dict(NumberSequence.objects.values_list("series", "last")),
    }


class TestAccepted:
    def test_freezes_content_findings_moment_and_person(self, cast: Any) -> None:
        proposal = cast.draft()
        expected = canonical_json(content_of(load(proposal.pk)))
        submission = submit(cast, proposal)
        assert submission.content == expected
        assert submission.sha256 == hashlib.sha256(submission.content.encode()).hexdigest()
        assert json.loads(submission.content)["title"] == "LumiWeave"
        assert submission.received_at == cast.now
        assert submission.submitted_by == cast.people["lead"]
        assert submission.rule_set_version == RULE_SET_VERSION
        report = EligibilityReport.from_json(submission.findings)
        assert report.is_eligible
        assert {f.code for f in report.findings} == {rule["code"] for rule in proposal.kind.rules}
        proposal.refresh_from_db()
        assert (proposal.state, proposal.version) == ("submitted", submission.version)

    def test_canonical_content_is_sorted_and_compact(self, cast: Any) -> None:
        content = submit(cast, cast.draft()).content
        again = json.dumps(json.loads(content), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert content == again

    def test_receipt_and_proposal_have_numbers_of_their_own(self, cast: Any) -> None:
        proposal = cast.draft()
        submission = submit(cast, proposal)
        assert submission.receipt_number == "R-2026-0001"
        assert proposal.number == "P-2026-0001"

    def test_every_member_of_each_confirmed_partner_gets_one_mail_in_their_language(self, cast: Any) -> None:
        proposal = cast.draft()
        colleague = cast.people["newcomer"]
        Membership.objects.create(
            user=colleague, organisation=cast.builder.firms["partner"], role="member", joined_at=cast.now
        )
        # Acts for two partners: still one mail.
        Membership.objects.create(
            user=cast.people["research"],
            organisation=cast.builder.firms["partner"],
            role="member",
            joined_at=cast.now,
        )
        OutboxMessage.objects.all().delete()
        submission = submit(cast, proposal)
        mails = list(OutboxMessage.objects.order_by("to").values_list("to", "language"))
        assert mails == [
            ("lead@demo.example", "de"),
            ("newcomer@demo.example", "de"),
            ("partner@demo.example", "nl"),
            ("research@demo.example", "nl"),
        ]
        for mail in OutboxMessage.objects.all():
            assert submission.receipt_number in mail.subject
            assert submission.sha256 in mail.text
            assert submission.get_absolute_url() in mail.text

    def test_people_of_a_partner_that_has_not_confirmed_get_no_mail(self, cast: Any) -> None:
        proposal = cast.draft()
        proposal.consortium.partners.filter(organisation=cast.builder.firms["research"]).update(
            role="associated", state="withdrawn"
        )
        services.set_completed(
            proposal=Proposal.objects.get(pk=proposal.pk),
            name=SectionName.PARTNERS,
            is_completed=True,
            seen_version=section_of(proposal, SectionName.PARTNERS).version,
            by=cast.people["lead"],
            now=cast.now,
        )
        OutboxMessage.objects.all().delete()
        submit(cast, proposal)
        assert sorted(OutboxMessage.objects.values_list("to", flat=True)) == [
            "lead@demo.example",
            "partner@demo.example",
        ]

    def test_history_names_it_and_the_chain_is_whole(self, cast: Any) -> None:
        proposal = cast.draft()
        submit(cast, proposal)
        entry = AuditEntry.objects.about(proposal).order_by("-sequence").first()
        assert (entry.verb, entry.by, entry.at) == ("submitted", cast.people["lead"], cast.now)
        assert (entry.before, entry.after) == ({"state": "draft"}, {"state": "submitted"})
        assert chain_is_whole(proposal)


class TestOnce:
    def test_second_press_gives_the_same_receipt(self, cast: Any) -> None:
        proposal = cast.draft()
        first = submit(cast, proposal)
        before = world()
        second = submit(cast, proposal, now=cast.now + timedelta(seconds=1), seen_version=first.version)
        assert second.pk == first.pk
        assert second.received_at == cast.now
        assert world() == before

    def test_two_tabs_through_the_page_lead_to_one_receipt(self, cast: Any) -> None:
        proposal = cast.draft()
        version = proposal.version = Proposal.objects.get(pk=proposal.pk).version
        client = cast.client("lead")
        pages = [press_submit(client, proposal, version) for _tab in range(3)]
        assert len({page["Location"] for page in pages}) == 1
        assert [page.status_code for page in pages] == [302, 302, 302]
        assert number_of_submissions(proposal) == 1

    def test_earlier_submission_is_not_handed_to_somebody_else(self, cast: Any) -> None:
        proposal = cast.draft()
        first = submit(cast, proposal)
        with pytest.raises(Refused):
            submit(cast, proposal, who="newcomer", seen_version=first.version)

    def test_second_person_of_the_lead_partner_gets_the_same_receipt(self, cast: Any) -> None:
        proposal = cast.draft()
        Membership.objects.create(
            user=cast.people["newcomer"],
            organisation=cast.builder.firms["lead"],
            role="member",
            joined_at=cast.now,
        )
        first = submit(cast, proposal)
        second = submit(cast, proposal, who="newcomer", seen_version=first.version)
        assert second.pk == first.pk
        assert second.submitted_by == cast.people["lead"]
        assert number_of_submissions(proposal) == 1

    def test_late_second_press_still_shows_the_receipt(self, cast: Any) -> None:
        """The answer of the first press got lost on its way; after the deadline the receipt is the right answer."""
        proposal = cast.draft()
        first = submit(cast, proposal)
        again = submit(
            cast, proposal, now=proposal.call.closes_at + timedelta(days=1), seen_version=first.version
        )
        assert again.pk == first.pk


class TestRefused:
    def test_stale_version_writes_nothing(self, cast: Any) -> None:
        proposal = cast.draft()
        seen = Proposal.objects.get(pk=proposal.pk).version
        change_title(cast, proposal, "Changed by the partner", who="partner")
        before = world()
        with pytest.raises(Stale):
            submit(cast, proposal, seen_version=seen)
        assert world() == before

    def test_stale_page_shows_the_answers_again(self, cast: Any) -> None:
        proposal = cast.draft()
        seen = Proposal.objects.get(pk=proposal.pk).version
        change_title(cast, proposal, "Changed by the partner", who="partner")
        page = press_submit(cast.client("lead"), proposal, seen)
        assert page.status_code == 409
        assert "Somebody changed the proposal since you opened this page." in text_of(page)
        assert "Changed by the partner" in text_of(page)
        assert f'name="seen_version" value="{proposal.version}"' in page.content.decode()

    def test_nonsense_for_a_version_is_a_stale_page(self, cast: Any) -> None:
        proposal = cast.draft()
        client = cast.client("lead")
        for nonsense in ("", "x", "-1", "9" * 30, "1.5"):
            page = client.post(reverse("submit_proposal", args=[proposal.number]), {"seen_version": nonsense})
            assert page.status_code == 409, nonsense
        assert number_of_submissions(proposal) == 0

    def test_blocked_one_writes_nothing_and_carries_every_finding(self, cast: Any) -> None:
        proposal = cast.draft()
        proposal.annexes.filter(code="accounts").update(removed_at=cast.now)
        before = world()
        with pytest.raises(services.Ineligible) as blocked:
            submit(cast, proposal)
        assert world() == before
        codes = [finding.code for finding in blocked.value.report.findings]
        assert sorted(codes) == sorted(rule["code"] for rule in proposal.kind.rules)
        assert [f.code for f in blocked.value.report.findings if f.outcome != "passed"] == ["ANNEXES"]

    @pytest.mark.parametrize("who", ["partner", "consultant", "manager", "outsider"])
    def test_only_the_lead_partner_submits(self, cast: Any, who: str) -> None:
        proposal = cast.draft()
        before = world()
        with pytest.raises(Refused):
            submit(cast, proposal, who=who)
        assert world() == before

    def test_withdrawn_proposal_stays_withdrawn(self, cast: Any) -> None:
        proposal = cast.draft()
        services.withdraw(
            proposal=Proposal.objects.get(pk=proposal.pk),
            reason="No money",
            by=cast.people["lead"],
            now=cast.now,
        )
        before = world()
        with pytest.raises(NotPossible):
            submit(cast, proposal)
        assert world() == before

    def test_mail_that_cannot_be_made_takes_everything_back(
        self, cast: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The last step of the transaction fails: no state, no receipt and no number remain of it."""
        from feasibility.services import submission as module

        def fail(*args: Any, **kwargs: Any) -> None:
            raise RuntimeError("template")

        monkeypatch.setattr(module, "enqueue", fail)
        proposal = cast.draft()
        before = world()
        with pytest.raises(RuntimeError):
            submit(cast, proposal)
        assert world() == before


class TestDeadline:
    """``opens_at`` is inside, ``closes_at`` is outside, to the microsecond."""

    @pytest.mark.parametrize(
        ("name", "offset", "is_accepted"),
        [
            ("opens_at", -MICROSECOND, False),
            ("opens_at", timedelta(0), True),
            ("closes_at", -MICROSECOND, True),
            ("closes_at", timedelta(0), False),
            ("closes_at", MICROSECOND, False),
        ],
    )
    def test_edges(self, cast: Any, name: str, offset: timedelta, is_accepted: bool) -> None:
        proposal = cast.draft()
        # The project's first day keeps its distance from every moment of this test.
        Proposal.objects.filter(pk=proposal.pk).update(starts_on=(cast.now + timedelta(days=400)).date())
        moment = getattr(proposal.call, name) + offset
        if is_accepted:
            assert submit(cast, proposal, now=moment).received_at == moment
            return
        with pytest.raises(services.Ineligible) as blocked:
            submit(cast, proposal, now=moment)
        assert [f.code for f in blocked.value.report.findings if f.outcome != "passed"] == ["CALL-OPEN"]
        assert number_of_submissions(proposal) == 0

    def test_five_o_clock_sharp_is_late_in_the_zone_of_the_programme(self, cast: Any) -> None:
        proposal = cast.draft()
        closes = datetime(2026, 12, 15, 16, 0, 0, 0, tzinfo=UTC)  # 17:00 in Amsterdam in winter
        proposal.call.closes_at = closes
        proposal.call.save()
        with pytest.raises(services.Ineligible):
            submit(cast, proposal, now=closes)
        assert submit(cast, proposal, now=datetime(2026, 12, 15, 15, 59, 59, 999999, tzinfo=UTC)).pk

    def test_page_opened_before_and_pressed_after_the_deadline(self, cast: Any) -> None:
        proposal = cast.draft()
        client = cast.client("lead")
        closes = proposal.call.closes_at
        with time_machine.travel(closes - timedelta(seconds=20), tick=False):
            client = cast.client("lead")
            page = client.get(reverse("check_answers", args=[proposal.number]))
            assert "Submit the proposal" in text_of(page)
        with time_machine.travel(closes, tick=False):
            page = press_submit(client, proposal)
        assert page.status_code == 422
        assert "The call closed on" in text_of(page)
        assert "Nothing was changed and nothing is lost." in text_of(page)
        proposal.refresh_from_db()
        assert (proposal.state, proposal.title, proposal.months) == ("draft", "LumiWeave", 30)
        assert number_of_submissions(proposal) == 0

    def test_arrival_counts_however_long_the_work_takes(
        self, cast: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The request arrives a microsecond before the deadline, and waits an hour before it is worked on."""
        from feasibility.views import submission as view

        proposal = cast.draft()
        arrives = proposal.call.closes_at - MICROSECOND
        with time_machine.travel(arrives, tick=False) as clock:
            find = view.find_light

            def find_slowly(*args: Any, **kwargs: Any) -> Any:
                clock.shift(timedelta(hours=1))
                return find(*args, **kwargs)

            client = cast.client("lead")
            monkeypatch.setattr(view, "find_light", find_slowly)
            page = press_submit(client, proposal)
        assert page.status_code == 302
        assert Submission.objects.get().received_at == arrives


class TestAgain:
    def test_reopened_proposal_must_be_submitted_again_and_the_last_one_stands(self, cast: Any) -> None:
        proposal = cast.draft()
        first = submit(cast, proposal)
        proposal.refresh_from_db()
        services.reopen(proposal=proposal, by=cast.people["lead"], now=cast.now + timedelta(minutes=1))
        assert proposal.state == "reopened"
        change_title(cast, proposal, "LumiWeave two")
        assert proposal.submissions.first() == first
        assert json.loads(proposal.submissions.first().content)["title"] == "LumiWeave"
        second = submit(cast, proposal, now=cast.now + timedelta(minutes=2))
        assert second.pk != first.pk
        assert second.receipt_number == "R-2026-0002"
        assert json.loads(second.content)["title"] == "LumiWeave two"
        assert list(proposal.submissions.all()) == [second, first]

    def test_unchanged_content_makes_a_second_submission(self, cast: Any) -> None:
        proposal = cast.draft()
        first = submit(cast, proposal)
        proposal.refresh_from_db()
        services.reopen(proposal=proposal, by=cast.people["lead"], now=cast.now + timedelta(minutes=1))
        second = submit(cast, proposal, now=cast.now + timedelta(minutes=2))
        assert (second.pk == first.pk, second.sha256) == (False, first.sha256)
        proposal.refresh_from_db()
        assert proposal.state == "submitted"

    def test_receipt_page_says_which_one_stands(self, cast: Any) -> None:
        proposal = cast.draft()
        first = submit(cast, proposal)
        proposal.refresh_from_db()
        services.reopen(proposal=proposal, by=cast.people["lead"], now=cast.now + timedelta(minutes=1))
        second = submit(cast, proposal, now=cast.now + timedelta(minutes=2))
        client = cast.client("partner")
        for submission, is_latest in ((first, False), (second, True)):
            page = client.get(submission.get_absolute_url())
            assert page.status_code == 200
            assert page.context["is_latest"] is is_latest
            assert submission.sha256 in text_of(page)

    def test_reopening_ends_with_the_call(self, cast: Any) -> None:
        proposal = cast.draft()
        submit(cast, proposal)
        proposal.refresh_from_db()
        before = world()
        with pytest.raises(NotPossible) as refused:
            services.reopen(proposal=proposal, by=cast.people["lead"], now=proposal.call.closes_at)
        assert str(refused.value) == "The call is closed. The last accepted submission stands."
        assert world() == before

    def test_reopened_and_forgotten_leaves_the_first_submission(self, cast: Any) -> None:
        proposal = cast.draft()
        first = submit(cast, proposal)
        proposal.refresh_from_db()
        services.reopen(proposal=proposal, by=cast.people["lead"], now=cast.now + timedelta(minutes=1))
        with pytest.raises(services.Ineligible):
            submit(cast, proposal, now=proposal.call.closes_at)
        assert list(proposal.submissions.all()) == [first]

    @pytest.mark.parametrize("changes", [True, False])
    def test_returned_proposal_is_open_until_its_own_moment(self, cast: Any, changes: bool) -> None:
        proposal = cast.submitted()
        closes = proposal.call.closes_at
        due = closes + timedelta(days=14)
        services.move(
            proposal=proposal,
            verb="return",
            by=cast.people["manager"],
            now=closes + timedelta(days=2),
            reason="The accounts of 2025 are missing.",
            due=due,
        )
        if changes:
            change_title(cast, proposal, "GridSkin, complete")
        else:
            proposal.refresh_from_db()
        Proposal.objects.filter(pk=proposal.pk).update(starts_on=(cast.now + timedelta(days=400)).date())
        with pytest.raises(services.Ineligible):
            submit(cast, proposal, now=due)
        second = submit(cast, proposal, now=due - MICROSECOND)
        assert second.received_at == due - MICROSECOND
        assert number_of_submissions(proposal) == 2
        proposal.refresh_from_db()
        assert proposal.state == "submitted"


class TestBroker:
    @pytest.mark.django_db(transaction=True)
    def test_broker_away_leaves_the_submission_and_waiting_mails(
        self, cast: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from rocket.core import tasks
        from rocket.core.outbox import deliver_due

        calls = []

        def away(*args: Any, **kwargs: Any) -> None:
            calls.append(args)
            raise ConnectionError("no broker")

        proposal = cast.draft()
        OutboxMessage.objects.all().delete()
        monkeypatch.setattr(tasks.deliver_outbox, "delay", away)
        page = press_submit(cast.client("lead"), proposal)
        assert page.status_code == 302
        assert calls
        assert number_of_submissions(proposal) == 1
        assert list(OutboxMessage.objects.values_list("state", flat=True)) == ["waiting"] * 3
        assert deliver_due(cast.now + timedelta(minutes=1)) == 3
        assert list(OutboxMessage.objects.values_list("state", flat=True)) == ["delivered"] * 3


THREADS = 6


def press_together(
    cast: Any, proposal: Proposal, prepare: Callable[[], None]
) -> tuple[list[Any], list[Exception]]:
    """The same button pressed in several processes at once; what each got, and what went wrong."""
    version = Proposal.objects.get(pk=proposal.pk).version
    barrier = threading.Barrier(THREADS)
    receipts: list[Any] = []
    errors: list[Exception] = []

    def press() -> None:
        prepare()
        try:
            barrier.wait(timeout=20)
            receipts.append(
                services.submit(
                    proposal=Proposal.objects.get(pk=proposal.pk),
                    by=cast.people["lead"],
                    seen_version=version,
                    now=cast.now,
                ).receipt_number
            )
        except (RocketError, OperationalError) as error:
            errors.append(error)
        finally:
            connections["default"].close()

    threads = [threading.Thread(target=press) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return receipts, errors


class TestAtOnce:
    @pytest.mark.services
    @pytest.mark.django_db(transaction=True)
    def test_postgresql_accepts_one_of_many(self, cast: Any) -> None:
        if connection.vendor != "postgresql":
            pytest.skip("The database of this run is not PostgreSQL; give DATABASE_URL.")
        proposal = cast.draft()
        OutboxMessage.objects.all().delete()
        receipts, errors = press_together(cast, proposal, lambda: None)
        assert errors == []
        assert receipts == ["R-2026-0001"] * THREADS
        assert Submission.objects.count() == 1
        assert OutboxMessage.objects.count() == 3
        assert AuditEntry.objects.about(proposal).filter(verb="submitted").count() == 1
        assert chain_is_whole(proposal)

    @pytest.mark.django_db(transaction=True)
    def test_sqlite_file_accepts_one_of_many(self, cast: Any, tmp_path: Path) -> None:
        """Several connections to one file, as several processes of an embedded portal have them."""
        if connection.vendor != "sqlite":
            pytest.skip("The database of this run is not SQLite.")
        from django.db.utils import ConnectionHandler

        proposal = cast.draft()
        OutboxMessage.objects.all().delete()
        path = tmp_path / "rocket.sqlite3"
        with sqlite3.connect(path) as copy:
            connection.connection.backup(copy)
        values = {**connection.settings_dict, "NAME": str(path)}

        def own_connection() -> None:
            connections["default"] = ConnectionHandler({"default": values}).create_connection("default")

        receipts, errors = press_together(cast, proposal, own_connection)
        assert errors == []
        assert receipts == ["R-2026-0001"] * THREADS
        with sqlite3.connect(path) as written:
            counts = [
                written.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
                for table in ("feasibility_submission", "core_outboxmessage")
            ]
        assert counts == [1, 3]
