"""What letters with a token have in common: how one is made, found, and refused."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from consortia.enums import InvitationState
from consortia.models import Organisation
from consortia.models.letters import Letter
from consortia.permissions import has_verified_address
from rocket.accounts.models import User
from rocket.core.errors import RocketError

INVITATION_LIFE = timedelta(days=14)
TOKEN_BYTES = 32
LANGUAGE_OF_COUNTRY = {"DE": "de", "AT": "de", "NL": "nl", "BE": "nl"}
"""The language in which an unknown addressee is written to, by the country of the organisation."""


class InvitationRefused(RocketError):
    """An invitation cannot be answered; ``code`` is unknown, accepted, declined, expired, replaced,
    other_address or not_member."""


def new_token() -> str:
    return secrets.token_urlsafe(TOKEN_BYTES)


def hash_of(token: str) -> str:
    """What the database keeps of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def language_for(email: str, organisation: Organisation, by: User) -> str:
    """The language of a known addressee; else that of the organisation's country, else the sender's."""
    known = User.objects.filter(email__iexact=email).values_list("language", flat=True).first()
    return known or LANGUAGE_OF_COUNTRY.get(organisation.country, by.language)


def check_letter(
    letter: Letter, messages: Mapping[InvitationState, Any], other_address: Any, *, by: User, now: datetime
) -> None:
    """Raise ``InvitationRefused`` unless ``by`` may answer now.

    ``messages``: the sentence for each state that takes no answer. ``other_address``: the sentence for whoever has
    not proved to read the mailbox, with ``invited`` and ``own``.
    """
    state = letter.state_at(now)
    if state in messages:
        raise InvitationRefused(state.value, messages[state])
    if not has_verified_address(by, letter.email):
        raise InvitationRefused(
            "other_address", other_address % {"invited": letter.email, "own": getattr(by, "email", "")}
        )


def use(letter: Letter, field: str, now: datetime) -> None:
    """Mark the letter as answered; of two answers at once the second finds it used."""
    pending = type(letter)._default_manager.filter(
        pk=letter.pk, accepted_at=None, declined_at=None, replaced_at=None
    )
    if not pending.update(**{field: now}):
        raise InvitationRefused("accepted", _("This invitation was answered already. A link works once."))
