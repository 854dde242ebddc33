"""One place to ask: which rows may this person see, and what may they do with one of them?

Each app registers its table in ``AppConfig.ready()``. What is not registered is closed.
"""

from __future__ import annotations

from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404

from rocket.core.errors import Refused
from rocket.core.predicates import ActionTable, Denied, Verdict

M = TypeVar("M", bound=Model)
_tables: dict[type[Model], ActionTable] = {}


def register(model: type[Model], table: ActionTable) -> None:
    _tables[model] = table


def table_of(model: type[Model]) -> ActionTable:
    return _tables.get(model, ActionTable({}))


def registered() -> dict[type[Model], ActionTable]:
    return dict(_tables)


def may(user: Any, verb: str, obj: Any) -> Verdict:
    """May ``user`` do ``verb`` with ``obj`` (an instance, or a model class for "create")?"""
    model = obj if isinstance(obj, type) else type(obj)
    return table_of(model).allows(user, verb, None if isinstance(obj, type) else obj)


def demand(user: Any, verb: str, obj: Any) -> None:
    """Raise ``Refused`` with the reason unless ``user`` may do ``verb``; services call it first."""
    verdict = may(user, verb, obj)
    if isinstance(verdict, Denied):
        raise Refused("not_allowed", verdict.reason)


def visible(user: Any, model: type[M]) -> QuerySet[M]:
    """The rows of ``model`` that ``user`` may see."""
    return model._default_manager.visible_to(user)  # type: ignore[attr-defined,no-any-return]


def find(request: Any, model: type[M], *, to: str, queryset: QuerySet[M] | None = None, **lookup: Any) -> M:
    """The one object that ``lookup`` names.

    404 where it does not exist or the person may not see it, so that an address tells nothing; 403 with the
    reason where they may see it but not do ``to``.
    """
    rows = visible(request.user, model) if queryset is None else queryset
    try:
        obj = rows.get(**lookup)
    except model.DoesNotExist as error:  # type: ignore[attr-defined]
        raise Http404 from error
    verdict = may(request.user, to, obj)
    if isinstance(verdict, Denied):
        raise PermissionDenied(str(verdict.reason))
    return obj
