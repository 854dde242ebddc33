"""How states look and what may be done in them."""

from __future__ import annotations

from enum import Enum
from functools import lru_cache
from typing import Any

from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from rocket.core.permissions import may as may_do
from rocket.core.templatetags.rocket.icons import icon
from rocket.core.templatetags.rocket.library import as_text, register

STATES: dict[str, tuple[str, str, Any]] = {
    # state: look, icon, word where the page gives none
    "completed": ("passed", "circle-check", _("Completed")),
    "passed": ("passed", "circle-check", _("Passed")),
    "confirmed": ("passed", "circle-check", _("Confirmed")),
    "approved": ("passed", "circle-check", _("Approved")),
    "approved_conditions": ("passed", "circle-check", _("Approved with conditions")),
    "eligible": ("passed", "circle-check", _("Eligible")),
    "accepted": ("passed", "circle-check", _("Accepted")),
    "certified": ("passed", "circle-check", _("Certified")),
    "paid": ("passed", "circle-check", _("Paid")),
    "open": ("passed", "circle-dot", _("Open")),
    "published": ("info", "globe", _("Published")),
    "granted": ("passed", "shield-check", _("Granted")),
    "refused": ("failed", "circle-x", _("Refused")),
    "taken_back": ("quiet", "circle-minus", _("Taken back")),
    "derogation": ("passed", "shield-check", _("Derogation recorded")),
    "in_progress": ("info", "pencil", _("In progress")),
    "draft": ("info", "pencil", _("Draft")),
    "reopened": ("warning filled", "triangle-alert", _("Reopened, submit again")),
    "submitted": ("info", "send", _("Submitted")),
    "running": ("info", "circle-dot", _("Running")),
    "contracting": ("info", "signature", _("Contracting")),
    "in_assessment": ("unknown", "users", _("In assessment")),
    "decision_pending": ("unknown", "scale", _("Decision pending")),
    "decided": ("info", "scale", _("Decided")),
    "unknown": ("unknown", "circle-question-mark", _("Not yet known")),
    "waiting": ("unknown", "circle-question-mark", _("Waiting")),
    "invited": ("unknown", "clock", _("Invited")),
    "appealed": ("unknown", "scale", _("Appeal recorded")),
    "in_development": ("info", "flask-conical", _("Being tested")),
    "on_market": ("passed", "circle-check", _("On the market")),
    "stopped": ("quiet", "circle-minus", _("Stopped")),
    "reserve": ("unknown", "hourglass", _("Reserve list")),
    "planned": ("quiet", "calendar-clock", _("Planned")),
    "not_started": ("quiet", "circle-dashed", _("Not started")),
    "locked": ("quiet", "lock", _("Cannot start yet")),
    "closing": ("info", "circle-dot", _("Closing")),
    "closed": ("quiet", "lock", _("Closed")),
    "archived": ("quiet", "archive", _("Archived")),
    "withdrawn": ("quiet", "circle-minus", _("Withdrawn")),
    "declined": ("quiet", "circle-minus", _("Declined")),
    "terminated": ("failed", "circle-x", _("Terminated")),
    "rejected": ("failed", "circle-x", _("Rejected")),
    "failed": ("failed", "circle-x", _("Failed")),
    "expired": ("warning", "clock", _("Expired")),
    "warns": ("warning", "triangle-alert", _("Warns")),
    "needs_attention": ("failed filled", "circle-x", _("Needs attention")),
    "ineligible": ("failed filled", "circle-x", _("Ineligible")),
    "returned": ("warning filled", "triangle-alert", _("Returned for completion")),
    "due": ("warning filled", "clock", _("Due")),
    "info": ("info", "info", ""),
}
"""How each state looks. Filled only where somebody must act."""


def _key(state: Any) -> str:
    value = state.value if isinstance(state, Enum) else state
    return str(value).strip().lower().replace("-", "_").replace(" ", "_")


def _look(state: Any) -> tuple[str, str, Any]:
    return STATES.get(_key(state), ("quiet", "circle-dot", getattr(state, "label", "") or str(state)))


@register.simple_tag
def status_tag(state: Any, text: Any = "") -> str:
    """Icon, word and colour of a state. The word is ``text``, else the state's own."""
    look, name, word = _look(state)
    return _tag(look, name, as_text(text or word))


@lru_cache(maxsize=512, typed=True)
def _tag(look: str, name: str, word: str) -> str:
    return format_html(
        '<span class="tag tag--{}">{}<span>{}</span></span>',
        look.replace(" ", " tag--"),
        icon(name, 18),
        word,
    )


@register.simple_tag
def state_icon(state: Any, size: int = 20) -> str:
    """Only the icon of a state, in its colour, where the words stand beside it."""
    look, name, _word = _look(state)
    return format_html('<span class="state-icon state-icon--{}">{}</span>', look.split()[0], icon(name, size))


@register.filter
def state_word(state: Any) -> str:
    """The word of a state, for people who don't see its icon."""
    return str(_look(state)[2])


@register.filter
def state_key(state: Any) -> str:
    """A state or outcome, member of an enumeration or text, as lower-case text to compare and to name classes."""
    return _key(state)


@register.simple_tag
def may(user: Any, verb: str, obj: Any) -> Any:
    """Whether the user may do ``verb`` with the object, from the same table that the view asks. Falsy with a reason if not."""
    return may_do(user, verb, obj)
