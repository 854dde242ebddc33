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
from feasibility.models import Proposal
from rocket.accounts.models import User
from rocket.core.display import moment_text
from rocket.core.outbox import enqueue_mail

OPEN_PROPOSAL = _("Open the proposal")


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


def tell_consortium(
    proposal: Proposal,
    letter: str,
    *,
    now: datetime,
    path: str = "",
    words: Mapping[str, Any] | None = None,
) -> None:
    """One mail of that kind to each person of the consortium."""
    tell(readers_of(proposal), proposal, letter, now=now, path=path, words=words)


def tell(
    readers: Iterable[User],
    proposal: Proposal,
    letter: str,
    *,
    now: datetime,
    path: str = "",
    words: Mapping[str, Any] | None = None,
    lines: Iterable[Any] = (),
) -> None:
    """One mail of that kind to each reader; its button opens ``path``, or the proposal.

    ``words`` fill the placeholders: texts (lazy ones become the reader's language), and moments. ``lines`` follow the
    paragraphs, one each.
    """
    kind = LETTERS[letter]
    lines = list(lines)
    for reader in readers:
        with translation.override(reader.language):
            known = {
                "title": proposal.title,
                "number": proposal.number,
                **{name: _shown(name, value) for name, value in (words or {}).items()},
            }
            context = {
                "subject": str(kind.subject) % known,
                "paragraphs": [
                    *(str(paragraph) % known for paragraph in kind.paragraphs),
                    *(f"– {line}" for line in lines),
                ],
                "action_text": str(kind.action),
                "action_url": settings.SITE_URL + (path or proposal.get_absolute_url()),
                "name": str(reader),
            }
        enqueue_mail(
            template="feasibility/mail/letter",
            to=[reader.email],
            language=reader.language,
            now=now,
            context=context,
        )
