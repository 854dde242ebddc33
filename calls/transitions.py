"""Every way of a call from one state to the next."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from calls.enums import CallState
from calls.models import Call
from rocket.core.states import Condition, Transition, TransitionTable


def _over(call: Call, now: datetime, **facts: Any) -> bool:
    return call.closes_at is not None and now >= call.closes_at


call_is_over = Condition(
    "call_is_over", _over, _("The call still takes proposals. It can be decided once it has closed.")
)

CALL = TransitionTable(
    [
        Transition("publish", (CallState.DRAFT,), CallState.PUBLISHED, _("Publish"), "call_published"),
        Transition(
            "decide",
            (CallState.PUBLISHED,),
            CallState.DECIDED,
            _("Record as decided"),
            "call_decided",
            holds=(call_is_over,),
        ),
        Transition("archive", (CallState.DECIDED,), CallState.ARCHIVED, _("Archive"), "call_archived"),
    ]
)
"""What must be complete before a call is published, ``calls.services.calls.gaps`` says in detail."""
