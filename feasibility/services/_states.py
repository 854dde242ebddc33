"""The one function through which every state of a proposal changes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from feasibility.enums import EDITABLE
from feasibility.models import Proposal
from feasibility.transitions import PROPOSAL
from rocket.core import audit
from rocket.core.errors import RocketError, Stale
from rocket.core.permissions import demand
from rocket.core.states import Transition


@transaction.atomic(savepoint=False)
def take(
    proposal: Proposal,
    verb: str,
    *,
    by: Any,
    now: datetime,
    reason: str = "",
    changes: dict[str, Any] | None = None,
    facts: dict[str, Any] | None = None,
) -> Transition:
    """Move ``proposal`` along the row of the table for ``verb``, and record it.

    ``changes`` are further columns to set, ``facts`` what the row's conditions need. Raises ``Refused``,
    ``NotPossible`` and, where somebody was faster, ``Stale``; then nothing is written.
    """
    from django.utils.translation import gettext_lazy as _

    row = PROPOSAL.find(verb, proposal.state, proposal=proposal, now=now, **(facts or {}))
    demand(by, row.action, proposal)
    if row.needs_reason and not reason.strip():
        raise RocketError("reason_missing", _("Give the reason; the consortium reads it."))
    before = proposal.state
    written = {"state": row.target, "changed_at": now, **(changes or {})}
    if row.target in EDITABLE:
        # A proposal that opens again is a new version: submitting it unchanged is a new submission, not the old one.
        written["version"] = proposal.version + 1
    # State and version in the condition carry the promise: of two people who press at once, one moves it.
    if not Proposal.objects.filter(pk=proposal.pk, state=before, version=proposal.version).update(**written):
        raise Stale
    for name, value in written.items():
        setattr(proposal, name, value)
    audit.record(
        subject=proposal,
        verb=row.event,
        by=by,
        now=now,
        before={"state": before},
        after={"state": row.target, **({"reason": reason.strip()} if reason.strip() else {})},
    )
    return row
