"""Submission: one transaction, one receipt, no matter how often somebody presses."""

from __future__ import annotations

from datetime import datetime
from secrets import token_hex

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from feasibility.eligibility import RULE_SET_VERSION, EligibilityReport, evaluate
from feasibility.models import Proposal, Submission
from feasibility.selectors import complete, content_of, dossier_of, rules_of, whole
from feasibility.services._states import take
from feasibility.services.mails import fill_in, letters_to_consortium, tell_consortium
from feasibility.transitions import PROPOSAL
from rocket.accounts.models import User
from rocket.core.audit import canonical_json, sha256_of
from rocket.core.errors import RocketError, Stale
from rocket.core.numbers import next_number
from rocket.core.outbox import enqueue
from rocket.core.permissions import demand


class Ineligible(RocketError):
    """A blocking rule failed or is not yet known; nothing was changed. ``report`` holds every finding."""

    def __init__(self, report: EligibilityReport) -> None:
        super().__init__("ineligible", _("The proposal can't be submitted yet: a rule blocks it."))
        self.report = report


def submit(*, proposal: Proposal, by: User, seen_version: int, now: datetime) -> Submission:
    """Submit ``proposal`` as the person saw it, at the moment ``now`` at which the request arrived.

    A second call for the same version gives the same submission. Raises ``Ineligible`` (blocked, with the whole
    report), ``Stale`` (somebody changed it since), ``Refused`` and ``NotPossible``; in each case nothing is written.
    """
    with transaction.atomic():
        demand(by, "submit", proposal)
        # PostgreSQL lets one through at a time here. SQLite knows no row locks: there the version in the update
        # of ``take`` carries the promise alone.
        current = complete(whole(Proposal.objects.select_for_update(of=("self",))).get(pk=proposal.pk))
        if earlier := _earlier(proposal, seen_version):
            return earlier
        if current.version != seen_version:
            raise Stale(
                _("Somebody changed the proposal since you opened this page. Read it again, then submit.")
            )
        PROPOSAL.find("submit", current.state, proposal=current, now=now)
        report = evaluate(rules_of(current), dossier_of(current, now=now))
        if not report.is_eligible:
            raise Ineligible(report)
        content = canonical_json(content_of(current))
        take(current, "submit", by=by, now=now)
        submission = Submission(
            proposal=current,
            version=seen_version,
            received_at=now,
            submitted_by=by,
            content=content,
            sha256=sha256_of(content),
            findings=report.to_json(),
            rule_set_version=RULE_SET_VERSION,
            receipt_number=token_hex(8),  # stands for the number until there is one
        )
        blank = submission.receipt_number
        letters = letters_to_consortium(
            current,
            "submitted",
            now=now,
            path=submission.get_absolute_url(),
            words={"receipt": blank, "received_at": now, "sha256": submission.sha256},
        )
        # Last, since it locks the year's series until the commit: nobody waits while findings and mails are written.
        submission.receipt_number = next_number("R", now)
        submission.save(force_insert=True)
        enqueue(fill_in(letters, blank, submission.receipt_number))
        return submission


def _earlier(proposal: Proposal, version: int) -> Submission | None:
    return Submission.objects.filter(proposal=proposal, version=version).first()


@transaction.atomic
def reopen(*, proposal: Proposal, by: User, now: datetime) -> None:
    """Open a submitted proposal for changes, before the deadline. Until it is submitted again, the last one stands."""
    take(proposal, "reopen", by=by, now=now)
    tell_consortium(proposal, "reopened", now=now, words={"closes_at": proposal.closes_at})


@transaction.atomic
def accept(*, proposal: Proposal, by: User, now: datetime) -> None:
    """The lead partner accepts the grant with its conditions."""
    take(proposal, "accept", by=by, now=now)
    tell_consortium(proposal, "accepted", now=now)
