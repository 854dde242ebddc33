"""Who may do what with programmes and calls."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from calls.enums import CallState
from calls.models import Call, CallQuestion, Programme
from rocket.accounts.permissions import is_auditor, is_manager, is_signed_in, is_staff_of_programme
from rocket.accounts.roles import Role
from rocket.core.permissions import register
from rocket.core.predicates import ActionTable, anyone, predicate


def desk_programmes(user: Any, path: str) -> Q:
    """Rows whose programme, at ``path``, the person runs or audits."""
    return Q(**{f"{path}__code__in": user.programmes_as(Role.MANAGER, Role.AUDITOR)})


@predicate(_("This call is published: only its texts and a later deadline can be changed."))
def is_draft(user: Any, call: Any) -> bool:
    return bool(call.state == CallState.DRAFT)


@predicate(_("This call is not published."))
def is_published(user: Any, call: Any) -> bool:
    return bool(call.state == CallState.PUBLISHED)


@predicate(_("This call is not public yet."))
def is_public(user: Any, call: Any) -> bool:
    return CallState(call.state).is_public


PROGRAMME = ActionTable(
    {
        "view": anyone,
        "enter_desk": is_staff_of_programme,
        "list_calls": is_manager | is_auditor,
        "create_call": is_manager,
        "list_mails": is_manager | is_auditor,
        "settle_mails": is_manager,
    }
)
CALL = ActionTable(
    {
        "view": is_public | is_manager | is_auditor,
        "preview": is_manager | is_auditor,
        "edit": is_draft & is_manager,
        "amend": is_published & is_manager,
        "publish": is_manager,
        "decide": is_manager,
        "archive": is_manager,
        "ask": is_public & is_signed_in,
    }
)
QUESTION = ActionTable({"read": is_manager | is_auditor, "answer": is_manager})


def register_tables() -> None:
    """Enter all tables where the portal asks for permissions."""
    register(Programme, PROGRAMME)
    register(Call, CALL)
    register(CallQuestion, QUESTION)
