"""Submissions: one after the other beside the bare view, and many at once beside a bare form."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from queue import Empty, SimpleQueue
from typing import Any

from feasibility.enums import ProposalState
from feasibility.models import Proposal, Submission
from rocket.accounts.models import User
from rocket.core.models import OutboxMessage
from tests.bench.client import Answer, Connection, request_bytes
from tests.bench.models import Entry
from tests.bench.sessions import open_sessions

CONCURRENCY = 32
SHARE = 0.2
"""Of the bare form's throughput."""


Post = tuple[str, str, dict[str, Any]]


def posts(drafts: Sequence[tuple[str, User]]) -> list[Post]:
    """For each draft what its lead submits it with: path, session of their own, fields."""
    sessions = open_sessions(lead for _number, lead in drafts)
    versions = dict(
        Proposal.objects.filter(number__in=[number for number, _lead in drafts]).values_list(
            "number", "version"
        )
    )
    return [
        (f"/proposals/{number}/submit/", session, {"seen_version": versions[number]})
        for (number, _lead), session in zip(drafts, sessions, strict=True)
    ]


def submissions(drafts: Sequence[tuple[str, User]]) -> list[bytes]:
    """The same as requests."""
    return [request_bytes(*post) for post in posts(drafts)]


def submit(connection: Connection, request: bytes) -> Answer:
    answer = connection.send(request)
    if answer.status != 302 or "/receipts/" not in answer.headers.get("location", ""):
        raise AssertionError(f"A submission was answered with {answer.status}")
    return answer


def at_once(port: int, requests: Iterable[bytes], concurrency: int) -> tuple[float, Counter[str]]:
    """Every request once over ``concurrency`` connections; the seconds of it all, and how many answers of each sort."""
    waiting: SimpleQueue[bytes] = SimpleQueue()
    for request in requests:
        waiting.put(request)
    gate, answers = threading.Barrier(concurrency + 1), Counter[str]()
    lock = threading.Lock()

    def work() -> None:
        connection, found = Connection(port), Counter[str]()
        gate.wait()
        while True:
            try:
                request = waiting.get_nowait()
            except Empty:
                break
            try:
                answer = connection.send(request)
                found[f"{answer.status} {answer.headers.get('location', '')}".split("/P-")[0]] += 1
            except OSError as error:
                found[type(error).__name__] += 1
                connection.close()
        connection.close()
        with lock:
            answers.update(found)

    threads = [threading.Thread(target=work) for _ in range(concurrency)]
    for thread in threads:
        thread.start()
    gate.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    return time.perf_counter() - began, answers


def rush(port: int, drafts: Sequence[tuple[str, User]], concurrency: int = CONCURRENCY) -> dict[str, Any]:
    """All drafts submitted at once, then as many bare forms; and what the database holds of it afterwards."""
    mails_before = OutboxMessage.objects.count()
    requests = submissions(drafts)
    seconds, answers = at_once(port, requests, concurrency)
    held = _held(drafts, mails_before)
    bare = request_bytes("/bench/form/", open_sessions([drafts[0][1]])[0], {"text": "A row of the bare form"})
    rows_before = Entry.objects.count()
    bare_seconds, bare_answers = at_once(port, [bare] * len(drafts), concurrency)
    share = bare_seconds / seconds
    return {
        "drafts": len(drafts),
        "concurrency": concurrency,
        "answers": dict(answers),
        **held,
        "seconds": round(seconds, 2),
        "per_second": round(len(drafts) / seconds, 1),
        "bare_form_rows": Entry.objects.count() - rows_before,
        "bare_form_answers": dict(bare_answers),
        "bare_form_per_second": round(len(drafts) / bare_seconds, 1),
        "share_of_bare_form": round(share, 3),
        "goal": {"lost": 0, "doubled": 0, "share_of_bare_form": SHARE},
        "met": {
            "lost": held["lost"] == 0,
            "doubled": held["doubled"] == 0,
            "share_of_bare_form": share >= SHARE,
        },
    }


def _held(drafts: Sequence[tuple[str, User]], mails_before: int) -> dict[str, Any]:
    numbers = [number for number, _lead in drafts]
    made = list(
        Submission.objects.filter(proposal__number__in=numbers).values_list("proposal_id", "receipt_number")
    )
    of_proposal = Counter(proposal for proposal, _receipt in made)
    receipts = Counter(receipt for _proposal, receipt in made)
    mails = OutboxMessage.objects.order_by("pk")[mails_before:]
    queued = Counter((mail.to, mail.subject) for mail in mails.only("to", "subject"))
    readers = sum(
        Proposal.objects.get(number=number).consortium.partners.filter(state="confirmed").count()
        for number in numbers[:1]
    )
    return {
        "submissions": len(made),
        "distinct_receipts": len(receipts),
        "proposals_submitted": Proposal.objects.filter(
            number__in=numbers, state=ProposalState.SUBMITTED
        ).count(),
        "lost": len(drafts) - len(of_proposal),
        "doubled": sum(count - 1 for count in (*of_proposal.values(), *receipts.values())),
        "mails_expected": readers * len(drafts),
        "mails_queued": sum(queued.values()),
        "mails_queued_twice": sum(count - 1 for count in queued.values()),
    }
