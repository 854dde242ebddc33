"""The append-only audit trail, chained by hash per subject."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models
from django.db.transaction import TransactionManagementError

from rocket.core.models.audit import AuditEntry

DRAFT_WRITING = "saved_"
"""How the verbs begin that tell of somebody who writes at a draft."""


def canonical_json(value: Any) -> str:
    """The one way of writing ``value``: sorted keys, no spaces, UTF-8. Hashes are taken over it."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, cls=DjangoJSONEncoder)


def sha256_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _hash(entry: AuditEntry) -> str:
    return sha256_of(
        canonical_json(
            {
                "subject": [entry.subject_type, entry.subject_id, entry.sequence],
                "verb": entry.verb,
                "by": entry.by_id,
                "at": entry.at.timestamp(),
                "before": entry.before,
                "after": entry.after,
                "previous": entry.previous_hash,
            }
        )
    )


def record(
    *,
    subject: models.Model,
    verb: str,
    by: Any,
    now: datetime,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> AuditEntry:
    """Add one entry about ``subject``; two queries. Raises outside a transaction: an entry without its change lies.

    Two writers on one subject meet at the unique sequence number; the second one's transaction fails whole.
    """
    if not connection.in_atomic_block:
        raise TransactionManagementError("An audit entry belongs into the transaction of its change.")
    label, key = subject._meta.label_lower, str(subject.pk)
    last = AuditEntry.objects.filter(subject_type=label, subject_id=key).order_by("-sequence").first()
    plain = json.loads(canonical_json({"before": before or {}, "after": after or {}}))
    entry = AuditEntry(
        subject_type=label,
        subject_id=key,
        sequence=last.sequence + 1 if last else 1,
        verb=verb,
        by=by if by is not None and by.pk else None,
        at=now,
        previous_hash=last.hash if last else "",
        **plain,
    )
    entry.hash = _hash(entry)
    entry.save(force_insert=True)
    return entry


def latest_change() -> int:
    """Key of the newest entry beside those of drafts that are being written; 0 before the first. One query."""
    entries = AuditEntry.objects.exclude(verb__startswith=DRAFT_WRITING).order_by("-pk")
    return entries.values_list("pk", flat=True).first() or 0


def chain_is_whole(subject: models.Model) -> bool:
    """Nobody changed, removed or slipped in an entry about ``subject``."""
    previous, expected = "", 1
    for entry in AuditEntry.objects.about(subject).order_by("sequence"):
        if entry.sequence != expected or entry.previous_hash != previous or entry.hash != _hash(entry):
            return False
        previous, expected = entry.hash, expected + 1
    return True


def broken_chains(using: str = "default") -> list[str]:
    """Subjects (``calls.call 7``) whose entries were changed, removed or slipped in; one query over the whole trail."""
    broken: dict[str, None] = {}
    subject, previous, expected = "", "", 1
    entries = AuditEntry.objects.using(using).order_by("subject_type", "subject_id", "sequence")
    for entry in entries.iterator(chunk_size=2000):
        if subject != (subject := f"{entry.subject_type} {entry.subject_id}"):
            previous, expected = "", 1
        if entry.sequence != expected or entry.previous_hash != previous or entry.hash != _hash(entry):
            broken[subject] = None
        previous, expected = entry.hash, expected + 1
    return list(broken)
