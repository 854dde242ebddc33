"""Who may do what with projects and products. What is not in the tables is allowed to nobody."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from reporting.models import Product, Project, Report
from rocket.accounts.permissions import has_role
from rocket.accounts.roles import Role
from rocket.core.permissions import register
from rocket.core.predicates import ActionTable, anyone, predicate

is_manager = has_role(Role.MANAGER)
is_desk = has_role(Role.MANAGER, Role.AUDITOR)

reads_money = has_role(Role.CONTROLLER, Role.MANAGER, Role.AUDITOR)

PROJECT = ActionTable({"view": anyone, "view_on_desk": is_desk, "view_money": reads_money, "run": is_manager})
PRODUCT = ActionTable({"view": anyone, "set_stage": is_manager})


@predicate(_("Only who asked for this report, or a manager, stops it."))
def asked_for_it(user: Any, obj: Report) -> bool:
    return bool(obj.asked_by_id == user.pk)


REPORT = ActionTable({"view": is_desk, "ask": is_desk, "cancel": is_manager | is_desk & asked_for_it})
"""To ask for a report is to read: it changes nothing of the programme, so an auditor may."""


def register_tables() -> None:
    register(Project, PROJECT)
    register(Product, PRODUCT)
    register(Report, REPORT)
