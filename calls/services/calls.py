"""Creating, editing and publishing calls."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from calls.models import ApplicationField, Call, Ket, Programme, ProjectKind
from calls.transitions import CALL
from rocket.accounts.models import User
from rocket.core import audit
from rocket.core.errors import RocketError, Stale
from rocket.core.money import euro_text
from rocket.core.permissions import demand
from rocket.core.text import LANGUAGES, LocalisedText

RESERVED_SLUGS = frozenset({"new"})
"""Addresses on the desk that no call can have."""

LANGUAGE_NAMES = {"en": _("English"), "de": _("German"), "nl": _("Dutch")}


@dataclass(frozen=True)
class CallContent:
    """What a manager writes about a call. Times are aware; amounts are EUR; None leaves open."""

    title: LocalisedText
    summary: LocalisedText = field(default_factory=LocalisedText)
    text: LocalisedText = field(default_factory=LocalisedText)
    slug: str = ""
    """Last part of the call's address; empty makes one of the title."""
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    decision_expected_on: date | None = None
    budget: Decimal | None = None
    grant_cap_sme: Decimal | None = None
    grant_cap_project: Decimal | None = None
    is_pioneer_round: bool = False
    kinds: Sequence[ProjectKind] = ()
    kets: Sequence[Ket] = ()
    fields: Sequence[ApplicationField] = ()


@dataclass(frozen=True)
class Gap:
    """Something that is missing or wrong about a call; ``field`` is the name of the field that mends it."""

    field: str
    message: str


class CallRefused(RocketError):
    """The content can't stand. ``gaps`` names every field that is wrong."""

    def __init__(self, gaps: Sequence[Gap]) -> None:
        self.gaps = tuple(gaps)
        super().__init__("call_refused", " ".join(gap.message for gap in self.gaps))


class NotComplete(CallRefused):
    """The call can't be published yet. ``gaps`` names every reason."""


_PLAIN_FIELDS = (
    "title", "summary", "text", "opens_at", "closes_at", "decision_expected_on", "budget", "grant_cap_sme",
    "grant_cap_project", "is_pioneer_round",
)  # fmt: skip


@transaction.atomic
def create_call(*, programme: Programme, content: CallContent, by: User, now: datetime) -> Call:
    """A draft with that content. Raises ``Refused`` without the right to, ``CallRefused`` with every mistake."""
    demand(by, "create_call", programme)
    _refuse(wrongs_of(programme, content))
    call = Call(programme=programme, slug=content.slug or _free_slug(content, programme))
    for name in _PLAIN_FIELDS:
        setattr(call, name, getattr(content, name))
    call.save(force_insert=True)
    _set_choices(call, content)
    audit.record(subject=call, verb="call_created", by=by, now=now, after=facts_of(call))
    return call


@transaction.atomic
def edit_call(*, call: Call, content: CallContent, by: User, now: datetime, seen_version: int) -> Call:
    """Replace the content of a draft. Raises ``Refused``, ``CallRefused``, or ``Stale`` when somebody was faster."""
    demand(by, "edit", call)
    before = facts_of(call)
    _refuse(wrongs_of(call.programme, content, call))
    for name in _PLAIN_FIELDS:
        setattr(call, name, getattr(content, name))
    call.slug = content.slug or call.slug
    _save(call, seen_version, ("slug", *_PLAIN_FIELDS))
    _set_choices(call, content)
    _record_change(call, "call_edited", by, now, before)
    return call


@transaction.atomic
def amend_call(
    *,
    call: Call,
    title: LocalisedText,
    summary: LocalisedText,
    text: LocalisedText,
    closes_at: datetime,
    decision_expected_on: date | None = None,
    by: User,
    now: datetime,
    seen_version: int,
) -> Call:
    """Change what does not change the rules of a published call: its texts, a deadline that becomes later, and the
    day by which it will be decided (None: not known).

    Raises ``CallRefused`` for an earlier deadline, one that has passed already, and a text that lacks a language.
    """
    demand(by, "amend", call)
    before = facts_of(call)
    wrongs = _language_gaps(title=title, summary=summary, text=text)
    if call.closes_at is not None and closes_at != call.closes_at:
        if now >= call.closes_at:
            wrongs.append(Gap("closes_on", gettext("The deadline has passed and stays.")))
        elif closes_at < call.closes_at:
            wrongs.append(Gap("closes_on", gettext("A deadline that is published may only become later.")))
        wrongs += _period_wrongs(call.programme, None, closes_at)
    wrongs += _decision_wrongs(call.programme, closes_at, decision_expected_on)
    _refuse(wrongs)
    call.title, call.summary, call.text, call.closes_at = title, summary, text, closes_at
    call.decision_expected_on = decision_expected_on
    _save(call, seen_version, ("title", "summary", "text", "closes_at", "decision_expected_on"))
    _record_change(call, "call_amended", by, now, before)
    return call


def publish_call(*, call: Call, by: User, now: datetime, seen_version: int) -> Call:
    """Make a draft public. Raises ``NotComplete`` with every gap, ``Refused``, ``NotPossible`` or ``Stale``."""
    demand(by, "publish", call)
    found = gaps(call, now)
    if call.state == "draft" and found:
        raise NotComplete(found)
    return _move(call, "publish", by=by, now=now, seen_version=seen_version, published_at=now)


def decide_call(*, call: Call, by: User, now: datetime, seen_version: int) -> Call:
    """Record that every proposal of a closed call has its decision."""
    return _move(call, "decide", by=by, now=now, seen_version=seen_version)


def archive_call(*, call: Call, by: User, now: datetime, seen_version: int) -> Call:
    """Put a decided call away; it stays public."""
    return _move(call, "archive", by=by, now=now, seen_version=seen_version)


@transaction.atomic
def _move(call: Call, verb: str, *, by: User, now: datetime, seen_version: int, **values: Any) -> Call:
    row = CALL.find(verb, call.state, call=call, now=now)
    demand(by, row.action, call)
    before = {"state": call.state}
    call.state = row.target
    for name, value in values.items():
        setattr(call, name, value)
    _save(call, seen_version, ("state", *values))
    audit.record(subject=call, verb=row.event, by=by, now=now, before=before, after={"state": row.target})
    return call


def gaps(call: Call, now: datetime) -> list[Gap]:
    """Everything that keeps the call from being published at that moment. Three queries."""
    kinds = list(call.kinds.all())
    found = _language_gaps(title=call.title, summary=call.summary, text=call.text)
    if call.opens_at is None:
        found.append(Gap("opens_on", gettext("The day and time when the call opens are missing.")))
    if call.closes_at is None:
        found.append(Gap("closes_on", gettext("The day and time when the call closes are missing.")))
    elif now >= call.closes_at:
        found.append(Gap("closes_on", gettext("The closing time has passed.")))
    if not kinds:
        found.append(Gap("kinds", gettext("No kind of project is chosen.")))
    for kind in kinds:
        if not kind.rules:
            message = gettext("The kind of project %(kind)s has no eligibility rules in the programme file.")
            found.append(Gap("kinds", message % {"kind": kind.name}))
    if call.budget is None:
        found.append(Gap("budget", gettext("The budget is missing.")))
    if not call.kets.all():
        found.append(Gap("kets", gettext("No key enabling technology is chosen.")))
    if not call.fields.all():
        found.append(Gap("fields", gettext("No application field is chosen.")))
    return found


def wrongs_of(programme: Programme, content: CallContent, call: Call | None = None) -> list[Gap]:
    """What could not stand even in a draft: contradictions, limits that would loosen, parts of other programmes."""
    found = []
    if not content.title:
        found.append(Gap("title_en", gettext("Enter a title in at least one language.")))
    taken = Call.objects.filter(slug=content.slug)
    if content.slug in RESERVED_SLUGS:
        found.append(Gap("slug", gettext("The portal needs this address itself.")))
    if content.slug and (taken if call is None else taken.exclude(pk=call.pk)).exists():
        found.append(Gap("slug", gettext("Another call has this address.")))
    if content.opens_at and content.closes_at and content.closes_at <= content.opens_at:
        found.append(Gap("closes_on", gettext("The call closes before it opens.")))
    found += _period_wrongs(programme, content.opens_at, content.closes_at)
    found += _decision_wrongs(programme, content.closes_at, content.decision_expected_on)
    found += _limit_wrongs(programme, content)
    for name, chosen in (("kinds", content.kinds), ("kets", content.kets), ("fields", content.fields)):
        if any(part.programme_id != programme.pk for part in chosen):
            found.append(Gap(name, gettext("Choose what this programme has.")))
    return found


def _period_wrongs(programme: Programme, opens_at: datetime | None, closes_at: datetime | None) -> list[Gap]:
    found = []
    for name, moment in (("opens_on", opens_at), ("closes_on", closes_at)):
        day = moment and moment.astimezone(programme.zone).date()
        if day and day < programme.starts_on:
            found.append(Gap(name, gettext("This is before the programme starts.")))
        elif day and day > programme.ends_on:
            found.append(Gap(name, gettext("This is after the programme ends.")))
    return found


def _decision_wrongs(programme: Programme, closes_at: datetime | None, expected_on: date | None) -> list[Gap]:
    if expected_on and closes_at and expected_on <= closes_at.astimezone(programme.zone).date():
        return [
            Gap("decision_expected_on", gettext("The decision comes after the day on which the call closes."))
        ]
    return []


def _limit_wrongs(programme: Programme, content: CallContent) -> list[Gap]:
    """A call may only tighten: a limit above that of every kind it takes would promise what no rule allows."""
    found = []
    for name, amount in (
        ("budget", content.budget),
        ("grant_cap_sme", content.grant_cap_sme),
        ("grant_cap_project", content.grant_cap_project),
    ):
        if amount is not None and amount <= 0:
            found.append(Gap(name, gettext("Enter an amount above 0.")))
    cap = max((kind.grant_cap_sme for kind in content.kinds), default=programme.grant_cap)
    if content.grant_cap_sme is not None and content.grant_cap_sme > cap:
        message = gettext("A call may only lower the programme's limit of %(limit)s.")
        found.append(Gap("grant_cap_sme", message % {"limit": euro_text(cap)}))
    project_caps = [kind.grant_cap_project for kind in content.kinds]
    highest = max((c for c in project_caps if c is not None), default=None) if all(project_caps) else None
    if content.grant_cap_project is not None:
        if highest is not None and content.grant_cap_project > highest:
            message = gettext("A call may only lower the programme's limit of %(limit)s.")
            found.append(Gap("grant_cap_project", message % {"limit": euro_text(highest)}))
        elif content.budget is not None and content.grant_cap_project > content.budget:
            message = gettext("This is more than the budget of the call, %(budget)s.")
            found.append(Gap("grant_cap_project", message % {"budget": euro_text(content.budget)}))
    return found


def _language_gaps(**texts: LocalisedText) -> list[Gap]:
    sentences = {
        "title": gettext("The title in %(language)s is missing."),
        "summary": gettext("The summary in %(language)s is missing."),
        "text": gettext("The text in %(language)s is missing."),
    }
    return [
        Gap(f"{name}_{code}", sentences[name] % {"language": LANGUAGE_NAMES[code]})
        for name, text in texts.items()
        for code in LANGUAGES
        if not text.get(code)
    ]


def _refuse(wrongs: Sequence[Gap]) -> None:
    if wrongs:
        raise CallRefused(wrongs)


def _free_slug(content: CallContent, programme: Programme) -> str:
    base = slugify(content.title.in_language("en"))[:60].strip("-") or programme.code
    taken = {*RESERVED_SLUGS, *Call.objects.filter(slug__startswith=base).values_list("slug", flat=True)}
    number = 1
    slug = base
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    return slug


def _save(call: Call, seen_version: int, names: Sequence[str]) -> None:
    """Write the fields if the row still has the version that the person saw, else raise ``Stale``."""
    values = {name: getattr(call, name) for name in names}
    rows = Call.objects.filter(pk=call.pk, version=seen_version)
    if not rows.update(**values, version=seen_version + 1):
        raise Stale(
            gettext("Somebody changed this call in the meantime. Read it again, then repeat your change.")
        )
    call.version = seen_version + 1


def _set_choices(call: Call, content: CallContent) -> None:
    call.kinds.set(content.kinds)
    call.kets.set(content.kets)
    call.fields.set(content.fields)


def _record_change(call: Call, verb: str, by: User, now: datetime, before: dict[str, Any]) -> None:
    after = facts_of(call)
    changed = [name for name in after if after[name] != before[name]]
    if changed:
        audit.record(
            subject=call,
            verb=verb,
            by=by,
            now=now,
            before={name: before[name] for name in changed},
            after={name: after[name] for name in changed},
        )


def facts_of(call: Call) -> dict[str, Any]:
    """The content of a call as the audit trail keeps it."""
    return {
        "slug": call.slug,
        "title": dict(call.title),
        "summary": dict(call.summary),
        "text": dict(call.text),
        "opens_at": call.opens_at,
        "closes_at": call.closes_at,
        "decision_expected_on": call.decision_expected_on,
        "budget": call.budget,
        "grant_cap_sme": call.grant_cap_sme,
        "grant_cap_project": call.grant_cap_project,
        "is_pioneer_round": call.is_pioneer_round,
        "kinds": sorted(call.kinds.values_list("code", flat=True)),
        "kets": sorted(call.kets.values_list("code", flat=True)),
        "fields": sorted(call.fields.values_list("code", flat=True)),
    }
