"""Who may do what, as named predicates that compose and say why they refuse.

may_edit = is_lead_partner & is_draft
PROPOSAL = ActionTable({"edit": may_edit, "view": is_partner | is_consultant_in_care})
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Allowed:
    def __bool__(self) -> bool:
        return True


@dataclass(frozen=True)
class Denied:
    """Not allowed; ``reason`` is a sentence for the person."""

    reason: Any

    def __bool__(self) -> bool:
        return False


Verdict = Allowed | Denied
ALLOWED = Allowed()


@dataclass(frozen=True)
class Predicate:
    """A named question about a user and an object. ``reason`` answers "why not?"."""

    name: str
    test: Callable[[Any, Any], Verdict]

    def __call__(self, user: Any, obj: Any = None) -> Verdict:
        return self.test(user, obj)

    def __and__(self, other: Predicate) -> Predicate:
        def both(user: Any, obj: Any) -> Verdict:
            first = self.test(user, obj)
            return other.test(user, obj) if first else first

        return Predicate(f"({self.name} & {other.name})", both)

    def __or__(self, other: Predicate) -> Predicate:
        def either(user: Any, obj: Any) -> Verdict:
            first = self.test(user, obj)
            if first:
                return first
            second = other.test(user, obj)
            return second or first

        return Predicate(f"({self.name} | {other.name})", either)

    def __repr__(self) -> str:
        return f"<{self.name}>"


def predicate(reason: Any) -> Callable[[Callable[[Any, Any], bool]], Predicate]:
    """Make a yes/no function of user and object a ``Predicate`` that gives ``reason`` for a no."""

    def wrap(test: Callable[[Any, Any], bool]) -> Predicate:
        return Predicate(test.__name__, lambda user, obj: ALLOWED if test(user, obj) else Denied(reason))

    return wrap


nobody = Predicate("nobody", lambda user, obj: Denied(_("Nobody may do this.")))
anyone = Predicate("anyone", lambda user, obj: ALLOWED)


class ActionTable(Mapping[str, Predicate]):
    """The actions on one kind of object. An action that is not in the table is allowed to nobody."""

    def __init__(self, actions: Mapping[str, Predicate]) -> None:
        self._actions = dict(actions)

    def __getitem__(self, verb: str) -> Predicate:
        return self._actions.get(verb, nobody)

    def __iter__(self) -> Iterator[str]:
        return iter(self._actions)

    def __len__(self) -> int:
        return len(self._actions)

    def allows(self, user: Any, verb: str, obj: Any = None) -> Verdict:
        return self[verb](user, obj)
