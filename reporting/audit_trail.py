"""The audit trail of one programme: what its managers and auditors may read of it.

Drafts stay unseen: of a proposal only what the desk takes part in is listed, its submission and every step after it.
What an organisation declares is listed as a fact, without its figures.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import CharField, Model, Q, QuerySet, TextChoices
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from calls.models import Call, Programme
from consortia.models import Organisation
from feasibility.models import Proposal
from feasibility.transitions import PROPOSAL
from feasibility.transitions import event_words as proposal_words
from reporting.models import Product, Project
from reporting.transitions import event_words as project_words
from rocket.accounts.models import User
from rocket.core import audit
from rocket.core.models import AuditEntry
from rocket.core.tables import Column, Kind, Table

OF_PROPOSAL = frozenset({row.event for row in PROPOSAL} | {"derogation_granted"})
OF_ORGANISATION = frozenset({"registered", "claimed", "edited", "sme_declared", "de_minimis_declared"})
WORDS: dict[str, Any] = {
    "programme_loaded": _("Programme file loaded"),
    "call_created": _("Call created"),
    "call_edited": _("Call edited"),
    "call_amended": _("Call changed after its publication"),
    "call_published": _("Call published"),
    "call_decided": _("Call recorded as decided"),
    "call_archived": _("Call archived"),
    "question_answered": _("Question answered"),
    "role_offered": _("Role offered"),
    "role_declined": _("Role declined"),
    "role_offer_taken_back": _("Offer of a role taken back"),
    "role_granted": _("Role granted"),
    "role_revoked": _("Role revoked"),
    "product_staged": _("Stage of a product recorded"),
    "registered": _("Organisation registered"),
    "claimed": _("Organisation claimed"),
    "edited": _("Organisation edited"),
    "sme_declared": _("SME declaration made"),
    "de_minimis_declared": _("De minimis declaration made"),
}
"""Events that are no step of a proposal or project."""


class Subject(TextChoices):
    """What an entry is about."""

    CALL = "calls.call", _("Call")
    PROPOSAL = "feasibility.proposal", _("Proposal")
    PROJECT = "reporting.project", _("Project")
    PRODUCT = "reporting.product", _("Product")
    ORGANISATION = "consortia.organisation", _("Organisation")
    PERSON = "accounts.user", _("Person")
    PROGRAMME = "calls.programme", _("Programme")


@dataclass(frozen=True)
class TrailRow:
    """One entry in words. ``changes``: field, before, after."""

    at: datetime
    by: str
    what: str
    subject: str
    name: str
    url: str
    reason: str
    changes: tuple[tuple[str, str, str], ...]
    hash: str


def entries_of(programme: Programme) -> QuerySet[AuditEntry]:
    """Every entry about the programme that its desk may read, the latest first."""
    proposals = Proposal.objects.filter(call__programme=programme).on_desk()
    projects = Project.objects.of(programme)
    organisations = Organisation.objects.filter(partnerships__consortium__proposal__in=proposals)
    code = programme.code
    return (
        AuditEntry.objects.filter(
            _about(Subject.CALL, Call.objects.filter(programme=programme))
            | _about(Subject.PROGRAMME, Programme.objects.filter(pk=programme.pk))
            | (_about(Subject.PROPOSAL, proposals) & Q(verb__in=OF_PROPOSAL))
            | _about(Subject.PROJECT, projects)
            | _about(Subject.PRODUCT, Product.objects.filter(project__in=projects))
            | (_about(Subject.ORGANISATION, organisations) & Q(verb__in=OF_ORGANISATION))
            | (Q(subject_type=Subject.PERSON) & (Q(after__programme=code) | Q(before__programme=code)))
        )
        .select_related("by")
        .order_by("-at", "-pk")
    )


def _about(subject: Subject, rows: QuerySet[Any]) -> Q:
    keys = rows.order_by().annotate(key=Cast("pk", CharField())).values("key")
    return Q(subject_type=subject.value, subject_id__in=keys)


def in_words(entries: Iterable[AuditEntry], programme: Programme) -> list[TrailRow]:
    """The entries for a page: names and addresses of what they are about, one query a kind."""
    listed = list(entries)
    names = _names(listed, programme)
    rows = []
    for entry in listed:
        name, url = names.get((entry.subject_type, entry.subject_id), (entry.subject_id, ""))
        is_private = entry.subject_type == Subject.ORGANISATION
        rows.append(
            TrailRow(
                at=entry.at,
                by=str(entry.by) if entry.by else str(_("the portal itself")),
                what=words_of(entry),
                subject=str(Subject(entry.subject_type).label),
                name=name,
                url=url,
                reason=str(entry.after.get("reason", "")),
                changes=() if is_private else _changes(entry),
                hash=entry.hash,
            )
        )
    return rows


def words_of(entry: AuditEntry) -> str:
    if entry.verb in WORDS:
        return str(WORDS[entry.verb])
    if entry.subject_type == Subject.PROPOSAL:
        return proposal_words(entry.verb)
    return project_words(entry.verb)


def _changes(entry: AuditEntry) -> tuple[tuple[str, str, str], ...]:
    keys = dict.fromkeys([*entry.before, *entry.after])
    return tuple(
        (key, _plain(entry.before.get(key)), _plain(entry.after.get(key))) for key in keys if key != "reason"
    )


def _plain(value: Any) -> str:
    if value is None or value == "":
        return "–"
    text = audit.canonical_json(value) if isinstance(value, dict | list) else str(value)
    return text if len(text) <= 200 else f"{text[:199]}…"


def _names(entries: list[AuditEntry], programme: Programme) -> dict[tuple[str, str], tuple[str, str]]:
    code = programme.code
    sources: dict[Subject, tuple[type[Model], Any, Any]] = {
        Subject.CALL: (Call, lambda one: str(one), lambda one: reverse("desk_call", args=[code, one.slug])),
        Subject.PROPOSAL: (
            Proposal,
            lambda one: one.number,
            lambda one: reverse("desk_proposal", args=[code, one.number]),
        ),
        Subject.PROJECT: (
            Project,
            lambda one: f"{one.number} {one.title}",
            lambda one: reverse("desk_project", args=[code, one.number]),
        ),
        Subject.PRODUCT: (Product, lambda one: one.name, lambda one: ""),
        Subject.ORGANISATION: (Organisation, lambda one: one.name, lambda one: one.get_absolute_url()),
        Subject.PERSON: (User, lambda one: str(one), lambda one: ""),
        Subject.PROGRAMME: (Programme, lambda one: one.short_name, lambda one: ""),
    }
    found: dict[tuple[str, str], tuple[str, str]] = {}
    for subject, (model, name, url) in sources.items():
        keys = {entry.subject_id for entry in entries if entry.subject_type == subject}
        if keys:
            for row in model._default_manager.filter(pk__in=keys):
                found[subject.value, str(row.pk)] = (name(row), url(row))
    return found


def trail_table(rows: Iterable[TrailRow]) -> Table:
    """The trail as a file, entry by entry with its hash."""
    return Table(
        "audit_trail",
        str(_("Audit trail")),
        (
            Column("at", str(_("Moment")), Kind.MOMENT),
            Column("by", str(_("By"))),
            Column("what", str(_("What"))),
            Column("subject", str(_("About"))),
            Column("name", str(_("Name"))),
            Column("reason", str(_("Reason"))),
            Column("changes", str(_("Changes")), width=60),
            Column("hash", str(_("Hash"))),
        ),
        (
            (
                row.at,
                row.by,
                row.what,
                row.subject,
                row.name,
                row.reason,
                "; ".join(f"{key}: {before} → {after}" for key, before, after in row.changes),
                row.hash,
            )
            for row in rows
        ),
    )
