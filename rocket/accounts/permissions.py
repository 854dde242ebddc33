"""Predicates about people alone."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from rocket.accounts.roles import Role
from rocket.core.predicates import ALLOWED, Denied, Predicate, Verdict, predicate


@predicate(_("Sign in first."))
def is_signed_in(user: Any, obj: Any) -> bool:
    return bool(user and user.is_authenticated)


def programme_code_of(obj: Any) -> str | None:
    """The programme that ``obj`` belongs to: itself, its ``programme``, or that of its call. None for no object."""
    for path in ("programme_code", "programme", "call"):
        found = getattr(obj, path, None)
        if found is not None:
            return found if isinstance(found, str) else programme_code_of(found)
    return getattr(obj, "code", None) if obj is not None else None


def has_role(*roles: Role) -> Predicate:
    """Has one of ``roles`` in the programme of the object; without an object, in any programme.

    An object whose programme can't be told is closed: a role in one programme must not open another's things.
    """
    names = " / ".join(role.value for role in roles)

    def test(user: Any, obj: Any) -> Verdict:
        if user and user.is_authenticated:
            code = programme_code_of(obj)
            is_known = obj is None or code is not None
            if is_known and any(user.has_role(role, code) for role in roles):
                return ALLOWED
        return Denied(
            _("This needs the role of %(role)s.") % {"role": " / ".join(str(role.label) for role in roles)}
        )

    return Predicate(f"has_role({names})", test)


is_manager = has_role(Role.MANAGER)
is_auditor = has_role(Role.AUDITOR)
is_staff_of_programme = has_role(*Role)
