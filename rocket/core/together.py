"""Rows of several tables in one query.

A page about one thing reads a few rows from many tables, and each question costs more than its rows. Here every table
gives its rows as JSON, and one UNION ALL holds them all. What comes out is what each query would have given by itself.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC
from functools import cached_property
from operator import attrgetter
from typing import Any

from django.db import connection, models
from django.db.models import F, Field, Model, QuerySet, Value
from django.db.models.functions import JSONObject
from django.utils.dateparse import parse_date, parse_datetime

PLACE = -(2**52)
"""Stands for the key where a statement is compiled: no row has it."""


class Together:
    """Everything about one thing: ``questions`` gives, for its key, a query for each table.

    A question may filter and may name ``only`` some fields; joined objects, annotations and slices are not for it. Their
    statement is compiled once a process, since only the key differs.
    """

    def __init__(self, questions: Callable[[int], Sequence[QuerySet[Any]]]) -> None:
        self._questions = questions
        self._compiled: dict[str, tuple[str, tuple[Any, ...]]] = {}

    def about(self, key: int) -> list[list[Any]]:
        """The instances of each question, in the order of its model. One query."""
        sql, parameters = self._statement()
        with connection.cursor() as cursor:
            cursor.execute(sql, [key if value == PLACE else value for value in parameters])
            answers = cursor.fetchall()
        rows: list[list[dict[str, Any]]] = [[] for _ in self._wanted]
        for place, row in answers:
            rows[place].append(_loaded(row))
        return [
            _in_order(model, (_instance(model, fields, row) for row in found))
            for (model, fields), found in zip(self._wanted, rows, strict=True)
        ]

    @cached_property
    def _wanted(self) -> list[tuple[type[Model], dict[str, Field[Any, Any]]]]:
        return [
            (question.model, {field.attname: field for field in _fields_of(question)})
            for question in self._questions(PLACE)
        ]

    def _statement(self) -> tuple[str, tuple[Any, ...]]:
        if (known := self._compiled.get(connection.vendor)) is None:
            questions = [
                question.values(*fields)
                for question, (_model, fields) in zip(self._questions(PLACE), self._wanted, strict=True)
            ]
            query = _union(questions).query
            known = self._compiled[connection.vendor] = query.get_compiler(connection=connection).as_sql()
        return known


def rows_together(*questions: QuerySet[Any]) -> list[list[dict[str, Any]]]:
    """The rows of each question as its ``values`` gives them, fields and counts, in no order. One query."""
    found: list[list[dict[str, Any]]] = [[] for _ in questions]
    readers = [{name: _field_at(question, name) for name in _names_of(question)} for question in questions]
    for place, row in _union(questions):
        values = _loaded(row)
        found[place].append({name: _read(field, values[name]) for name, field in readers[place].items()})
    return found


def _union(questions: Sequence[QuerySet[Any]]) -> QuerySet[Any]:
    branches = [
        question.order_by()
        .annotate(row_of_it=JSONObject(**{name: F(name) for name in _names_of(question)}))
        .values_list(Value(place), "row_of_it")
        for place, question in enumerate(questions)
    ]
    return branches[0].union(*branches[1:], all=True)


def _loaded(row: Any) -> dict[str, Any]:
    return json.loads(row) if isinstance(row, str) else row


def _instance(model: type[Model], fields: dict[str, Field[Any, Any]], row: dict[str, Any]) -> Any:
    return model.from_db(
        connection.alias, list(fields), [_read(field, row[name]) for name, field in fields.items()]
    )


def _fields_of(question: QuerySet[Any]) -> list[Field[Any, Any]]:
    names, is_deferred = question.query.deferred_loading
    if is_deferred:
        return list(question.model._meta.concrete_fields)
    kept = {question.model._meta.pk.name, *names}
    return [f for f in question.model._meta.concrete_fields if f.name in kept or f.attname in kept]


def _names_of(question: QuerySet[Any]) -> list[str]:
    return [*question.query.values_select, *question.query.annotation_select]


def _field_at(question: QuerySet[Any], path: str) -> Field[Any, Any]:
    if path in question.query.annotation_select:
        return question.query.annotation_select[path].output_field  # type: ignore[no-any-return]
    model, field = question.model, question.model._meta.pk
    for name in path.split("__"):
        field = model._meta.pk if name == "pk" else model._meta.get_field(name)
        model = field.related_model or model
    return field  # type: ignore[no-any-return]


def _read(field: Field[Any, Any], value: Any) -> Any:
    """A value of JSON as the field's own query gives it."""
    if value is None:
        return None
    if field.is_relation:
        return _read(field.target_field, value)  # type: ignore[attr-defined]
    if isinstance(field, models.DateTimeField):
        moment = parse_datetime(value)
        # SQLite keeps moments in UTC and does not say so.
        return moment if moment is None or moment.tzinfo else moment.replace(tzinfo=UTC)
    if isinstance(field, models.DateField):
        return parse_date(value)
    if isinstance(field, models.BooleanField):
        return bool(value)
    if isinstance(field, models.JSONField):
        text = value if isinstance(value, str) else json.dumps(value)
        return field.from_db_value(text, None, connection)  # type: ignore[arg-type]  # it asks for none
    if hasattr(field, "from_db_value"):
        return field.from_db_value(value, None, connection)
    return field.to_python(value)


def _in_order(model: type[Model], instances: Iterable[Any]) -> list[Any]:
    """As ``Meta.ordering`` says, which names plain fields of the model; where it names none, by key."""
    found = sorted(instances, key=lambda one: one.pk)
    for name in reversed(_plain_names(model._meta.ordering)):
        found.sort(key=attrgetter(name.lstrip("-")), reverse=name.startswith("-"))
    return found


def _plain_names(ordering: Sequence[Any] | None) -> list[str]:
    return [str(name) for name in ordering or () if isinstance(name, str)]
