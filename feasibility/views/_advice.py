"""Threads of advice on a page: whose turn it is for this reader, what the reader may do, and a form for words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from feasibility.enums import AdviceSide, SectionName
from feasibility.forms import AnswerForm
from feasibility.models import Proposal
from feasibility.permissions import ADVICE, is_of_consortium
from feasibility.selectors.advice import Thread, readers_text, threads_of
from rocket.accounts.http import SignedInRequest


@dataclass(frozen=True)
class Card:
    """One thread for one reader. Without ``form`` nothing can be said to it now."""

    thread: Thread
    state: str
    state_text: str
    form: AnswerForm | None
    may_finish: bool
    may_reopen: bool

    pk = property(lambda self: self.thread.pk)
    is_open = property(lambda self: self.thread.is_open)


@dataclass(frozen=True)
class Cards:
    """Threads for one reader; ``back`` names the page on which they stand, ``readers`` says who else reads them."""

    open: list[Card]
    done: list[Card]
    readers: str
    back: str

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """What the buttons send along."""
        return [("back", self.back)]

    @property
    def is_asked(self) -> bool:
        """A form in a thread that is done waits for its writer."""
        return any(card.form is not None for card in self.done)

    def __len__(self) -> int:
        return len(self.open) + len(self.done)


Bound = dict[int, AnswerForm]
"""Forms that somebody has sent or that were kept, by the thread to which they belong."""


def card_maker(
    request: SignedInRequest, proposal: Proposal, *, action: str, back: str, bound: Bound | None = None
) -> Callable[[list[Thread]], Cards]:
    """``make(threads)`` gives the cards of these threads; what the reader may do is asked once for all of them.

    Answers go to ``action``.
    """
    may = {verb: bool(ADVICE.allows(request.user, verb, proposal)) for verb in ("answer", "finish", "reopen")}
    is_own = bool(is_of_consortium(request.user, proposal))
    readers = readers_text(proposal)

    def card(thread: Thread) -> Card:
        # What was sent to a thread that is done by now stays on the page, with the reason beside it.
        form = (bound or {}).get(thread.pk)
        if form is None and thread.is_open and may["answer"]:
            form = AnswerForm(place=thread.pk, initial={"advice": thread.pk, "back": back})
        if form is not None:
            form.helper.form_action = action
        return Card(
            thread,
            *turn_tag(thread.waits_for, is_own=is_own),
            form,
            thread.is_open and may["finish"],
            not thread.is_open and may["reopen"],
        )

    def make(threads: list[Thread]) -> Cards:
        cards = [card(thread) for thread in threads]
        return Cards(
            [one for one in cards if one.is_open], [one for one in cards if not one.is_open], readers, back
        )

    return make


def turn_tag(waits_for: AdviceSide | None, *, is_own: bool) -> tuple[str, str]:
    """The tag of a thread, as somebody of the consortium (``is_own``) or of the consultants sees it: filled where it
    is their turn. None waits for nobody: it is done."""
    if waits_for is None:
        return "completed", _("Done")
    if waits_for == AdviceSide.CONSORTIUM:
        return ("due", _("Waits for you")) if is_own else ("waiting", _("Waits for the consortium"))
    return ("waiting", _("Waits for the consultant")) if is_own else ("due", _("Waits for your answer"))


def advice_beside(request: SignedInRequest, proposal: Proposal, section: str) -> Any:
    """The threads of one section, read when the page shows them."""

    def read() -> Cards:
        action = reverse("proposal_advice", args=[proposal.number])
        make = card_maker(request, proposal, action=action, back=section)
        return make(threads_of(proposal, SectionName(section)))

    return SimpleLazyObject(read)
