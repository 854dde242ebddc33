"""Mails about a proposal, each in its reader's language. The words of every mail stand here, in one table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from consortia.enums import PartnerState
from consortia.models import Partner
from feasibility.enums import Outcome
from feasibility.models import Advice, Proposal
from feasibility.permissions import was_submitted
from rocket.accounts.models import User
from rocket.accounts.roles import Role
from rocket.core.display import moment_text
from rocket.core.models import OutboxMessage
from rocket.core.outbox import enqueue, write_mail

OPEN_PROPOSAL = _("Open the proposal")
OPEN_SECTION = _("Open the section")
ADVICE = ("advised", "advice_answered", "advice_done", "advice_reopened")
"""Letters between a consortium and its consultant; the desk does not even see their subjects."""


@dataclass(frozen=True)
class Letter:
    """One kind of mail: what happened, what to do by when. Placeholders come from the event."""

    subject: Any
    paragraphs: tuple[Any, ...]
    action: Any = OPEN_PROPOSAL


LETTERS: dict[str, Letter] = {
    "submitted": Letter(
        _("“%(title)s” is submitted: receipt %(receipt)s"),
        (
            _("Received on %(received_at)s. Your receipt is %(receipt)s, for the proposal %(number)s."),
            _("Fingerprint of what was submitted (SHA-256): %(sha256)s"),
            _("Until the call closes, the lead partner can reopen the proposal and submit it again."),
        ),
        _("Open the receipt"),
    ),
    "reopened": Letter(
        _("“%(title)s” is open for changes again: it must be submitted again"),
        (
            _(
                "The lead partner reopened the proposal %(number)s. Changes count only once it is submitted again."
            ),
            _("The deadline is %(closes_at)s. Until then, and at the deadline, the last submission stands."),
        ),
    ),
    "withdrawn": Letter(
        _("“%(title)s” is withdrawn"), (_("The lead partner withdrew the proposal: %(reason)s"),)
    ),
    "advised": Letter(
        _("Advice on “%(title)s”: %(section)s"),
        (_("%(consultant)s advises on the section “%(section)s”:"), _("%(text)s")),
        OPEN_SECTION,
    ),
    "advice_answered": Letter(
        _("Answer to the advice on “%(title)s”: %(section)s"),
        (_("%(person)s (%(of)s) answers on the section “%(section)s”:"), _("%(text)s")),
        OPEN_SECTION,
    ),
    "advice_done": Letter(
        _("Advice done on “%(title)s”: %(section)s"),
        (
            _("%(person)s (%(of)s) marked this advice on the section “%(section)s” as done:"),
            _("%(text)s"),
        ),
        OPEN_SECTION,
    ),
    "advice_reopened": Letter(
        _("Advice open again on “%(title)s”: %(section)s"),
        (_("%(person)s (%(of)s) opened this advice on the section “%(section)s” again:"), _("%(text)s")),
        OPEN_SECTION,
    ),
    "returned": Letter(
        _("“%(title)s” is returned for completion"),
        (
            _("The formal check found something to complete: %(reason)s"),
            _("Complete it and submit again by %(due)s."),
        ),
    ),
    "found_eligible": Letter(
        _("“%(title)s” passed the formal check"), (_("The proposal %(number)s goes on to the decision."),)
    ),
    "found_ineligible": Letter(
        _("“%(title)s” is not eligible"),
        (_("The formal check ended: the proposal %(number)s is not eligible."), _("Reason: %(reason)s")),
    ),
    "appeal_recorded": Letter(
        _("An appeal on “%(title)s” is recorded"),
        (_("The programme decides again on the proposal %(number)s."), _("Recorded: %(reason)s")),
    ),
    "derogation_granted": Letter(
        _("“%(title)s”: a derogation is granted"),
        (
            _("The programme office granted a derogation from the rule “%(rule)s”: %(reason)s"),
            _("The rule passes for the proposal %(number)s and names the derogation."),
        ),
    ),
    "derogation_refused": Letter(
        _("“%(title)s”: a derogation is refused"),
        (
            _("The programme office refused a derogation from the rule “%(rule)s”: %(reason)s"),
            _("The proposal %(number)s has to meet the rule to be submitted."),
        ),
    ),
    "reminded": Letter(
        _("“%(title)s” still needs something of %(partner)s"),
        (_("%(person)s asks you to complete this for %(partner)s in the proposal %(number)s:"),),
    ),
    "accepted": Letter(
        _("The grant for “%(title)s” is accepted"),
        (_("The lead partner accepted the grant for %(number)s."),),
    ),
    Outcome.APPROVED.value: Letter(
        _("“%(title)s” is approved"),
        (
            _("The programme approved the proposal %(number)s. Reason: %(reason)s"),
            _("The lead partner now accepts the grant in the portal."),
        ),
    ),
    Outcome.APPROVED_WITH_CONDITIONS.value: Letter(
        _("“%(title)s” is approved with conditions"),
        (
            _("The programme approved the proposal %(number)s with conditions. Reason: %(reason)s"),
            _("Conditions: %(conditions)s"),
            _("The lead partner now accepts the grant in the portal."),
        ),
    ),
    Outcome.RESERVE.value: Letter(
        _("“%(title)s” is on the reserve list"),
        (_("The proposal %(number)s can be funded if money becomes free. Reason: %(reason)s"),),
    ),
    Outcome.REJECTED.value: Letter(
        _("“%(title)s” is rejected"),
        (
            _("The programme rejected the proposal %(number)s. Reason: %(reason)s"),
            _("You can appeal to the programme; its desk records it."),
        ),
    ),
}


def readers_of(proposal: Proposal) -> list[User]:
    """The people of all confirmed partners; one query."""
    return list(
        User.objects.filter(
            is_active=True,
            memberships__organisation__partnerships__consortium=proposal.consortium_id,
            memberships__organisation__partnerships__state=PartnerState.CONFIRMED,
        )
        .distinct()
        .order_by("pk")
    )


def _shown(name: str, value: Any) -> str:
    """A word of a mail in the active language. The moment of a receipt has seconds, as the receipt has."""
    if isinstance(value, datetime):
        return moment_text(value, "seconds" if name == "received_at" else "")
    return str(value)


def people_of(partner: Partner) -> list[User]:
    """The people of one partner; one query."""
    return list(
        User.objects.filter(is_active=True, memberships__organisation=partner.organisation_id).order_by("pk")
    )


def consultants_of(proposal: Proposal, advice: Advice) -> list[User]:
    """The consultants who spoke in this thread and still care for the proposal; where none is left, all who do.

    Nobody whose own organisation takes part. Two queries.
    """
    in_care = (
        User.objects.filter(
            is_active=True,
            consultancies__cluster=proposal.cluster_id,
            grants__role=Role.CONSULTANT,
            grants__programme_code=proposal.call.programme.code,
            grants__revoked_at=None,
        )
        .exclude(memberships__organisation__partnerships__consortium=proposal.consortium_id)
        .distinct()
        .order_by("pk")
    )
    spoke = {advice.by_id, *advice.replies.values_list("by_id", flat=True)}
    everybody = list(in_care)
    return [consultant for consultant in everybody if consultant.pk in spoke] or everybody


def tell_consortium(
    proposal: Proposal,
    letter: str,
    *,
    now: datetime,
    path: str = "",
    words: Mapping[str, Any] | None = None,
) -> None:
    """One mail of that kind to each person of the consortium; its button opens ``path``, or the proposal."""
    enqueue(letters_to_consortium(proposal, letter, now=now, path=path, words=words))


def letters_to_consortium(
    proposal: Proposal,
    letter: str,
    *,
    now: datetime,
    path: str = "",
    words: Mapping[str, Any] | None = None,
) -> list[OutboxMessage]:
    """The same mails, written but not sent: for ``enqueue`` to take. One query."""
    path = path or proposal.get_absolute_url()
    readers = [(reader, path) for reader in readers_of(proposal)]
    return _letters(proposal, letter, readers, now=now, words=words)


def fill_in(letters: Iterable[OutboxMessage], blank: str, text: str) -> list[OutboxMessage]:
    """The letters with ``text`` where they were written with ``blank``, a word that nothing else in them can be."""
    filled = list(letters)
    for letter in filled:
        letter.subject = letter.subject.replace(blank, text)
        letter.text = letter.text.replace(blank, text)
        letter.html = letter.html.replace(blank, text)
    return filled


def tell(
    proposal: Proposal,
    letter: str,
    readers: Iterable[tuple[User, str]],
    *,
    now: datetime,
    words: Mapping[str, Any] | None = None,
    lines: Iterable[Any] = (),
) -> None:
    """One mail of that kind to each reader, in their language, with a button that opens their path; one query.

    ``words`` fill the placeholders: texts (lazy ones become the reader's language), and moments. ``lines`` follow the
    paragraphs, one each.
    """
    enqueue(_letters(proposal, letter, readers, now=now, words=words, lines=lines))


def _letters(
    proposal: Proposal,
    letter: str,
    readers: Iterable[tuple[User, str]],
    *,
    now: datetime,
    words: Mapping[str, Any] | None = None,
    lines: Iterable[Any] = (),
) -> list[OutboxMessage]:
    following = list(lines)
    is_known = bool(was_submitted(None, proposal))
    return [
        write_mail(
            template="feasibility/mail/letter",
            to=reader.email,
            language=reader.language,
            now=now,
            context=_context(proposal, LETTERS[letter], reader, path, words or {}, following),
            desk_sees_subject=letter not in ADVICE and is_known,
        )
        for reader, path in readers
    ]


def _context(
    proposal: Proposal, kind: Letter, reader: User, path: str, words: Mapping[str, Any], lines: list[Any]
) -> dict[str, Any]:
    with translation.override(reader.language):
        known = {
            "title": proposal.title,
            "number": proposal.number,
            **{name: _shown(name, value) for name, value in words.items()},
        }
        return {
            "subject": str(kind.subject) % known,
            "paragraphs": [
                *(str(paragraph) % known for paragraph in kind.paragraphs),
                *(f"– {line}" for line in lines),
            ],
            "action_text": str(kind.action),
            "action_url": settings.SITE_URL + path,
            "name": str(reader),
            "programme_name": proposal.call.programme.short_name,
        }
