"""Reading a JSON form: every mistake is gathered with its place, and none is dropped.

Used by the JSON forms of ``consortia.sme`` and ``consortia.de_minimis``. Amounts and shares are read exactly
(``Decimal``); sentences about mistakes are made when shown, in the reader's language.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Choice = TypeVar("Choice", bound=StrEnum)

MESSAGES: dict[str, str | Promise] = {
    "unreadable": _("%(file)s cannot be read: %(problem)s"),
    "not_text": _("%(file)s is not a text in UTF-8"),
    "not_json": _("not valid JSON at line %(line)s, column %(column)s"),
    "repeated_key": _("the name %(name)s stands twice in one object"),
    "object": _("an object is expected"),
    "list": _("a list is expected"),
    "list_too_long": _("at most %(most)s entries"),
    "missing": _("is missing"),
    "unknown_key": _("is not a field of this form"),
    "text": _("a text is expected"),
    "text_too_long": _("at most %(most)s characters"),
    "empty": _("must not be empty"),
    "number": _('a number is expected, best written as a text such as "12.5"'),
    "between": _("between %(low)s and %(high)s"),
    "not_negative": _("must not be negative"),
    "too_large": _("must be smaller than %(limit)s"),
    "places": _("at most %(places)s decimal places"),
    "date": _("a date such as 2025-12-31 is expected"),
    "flag": _("true or false is expected"),
    "choice": _("one of: %(choices)s"),
    "unknown_identifier": _("%(identifier)s is not in the list of %(list)s"),
    "repeated_identifier": _("%(identifier)s is named twice"),
}
"""Sentence of each mistake by its code. Modules with forms of their own add theirs."""


@dataclass(frozen=True, order=True)
class Mistake:
    """One mistake: where (``relations[2].votes``), which (a code of ``MESSAGES``), and the figures of it."""

    place: str
    code: str
    parameters: tuple[tuple[str, str], ...] = ()

    @property
    def message(self) -> str:
        """The sentence without its place, in the active language."""
        return str(MESSAGES[self.code]) % dict(self.parameters)

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" if self.place else self.message


class JsonFormError(ValueError):
    """A JSON form cannot be used. ``mistakes`` holds all of them in the order of the form."""

    def __init__(self, mistakes: list[Mistake]) -> None:
        self.mistakes: tuple[Mistake, ...] = tuple(mistakes)
        super().__init__(self.mistakes)

    def __str__(self) -> str:
        return "\n".join(str(mistake) for mistake in self.mistakes)


def read_source(name: str) -> str:
    """The text of a file, or of standard input for "-". Raises ``JsonFormError`` where there is none in UTF-8."""
    try:
        raw = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as problem:
        parameters = (("file", name), ("problem", problem.strerror or type(problem).__name__))
        raise JsonFormError([Mistake("", "unreadable", parameters)]) from problem
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise JsonFormError([Mistake("", "not_text", (("file", name),))]) from problem


def load_json(text: str) -> Any:
    """The value that a JSON text stands for, with numbers as exact decimals.

    Raises ``JsonFormError`` where the text is not JSON, or where an object names a field twice (the first of
    the two would be lost without a word).
    """

    def unrepeated(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        names = [name for name, _value in pairs]
        for name in names:
            if names.count(name) > 1:
                raise JsonFormError([Mistake("", "repeated_key", (("name", name),))])
        return dict(pairs)

    try:
        return json.loads(text, parse_float=Decimal, parse_int=Decimal, object_pairs_hook=unrepeated)
    except json.JSONDecodeError as problem:
        where = (("line", str(problem.lineno)), ("column", str(problem.colno)))
        raise JsonFormError([Mistake("", "not_json", where)]) from problem
    except RecursionError as problem:
        raise JsonFormError([Mistake("", "not_json", (("line", "1"), ("column", "1")))]) from problem


_NUMBER = re.compile(r"-?\d{1,30}(\.\d{1,30})?\Z", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}\Z", re.ASCII)


@dataclass
class Reader:
    """One object of a form. Each reading method gives a usable value, and notes a mistake where there is none;
    after the last field ``close()`` notes fields that nobody asked for."""

    value: Any
    place: str
    mistakes: list[Mistake]
    asked: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        if not isinstance(self.value, Mapping):
            self.mistakes.append(Mistake(self.place, "object"))
            self.value = None

    def at(self, key: str) -> str:
        """The place of a field of this object."""
        return f"{self.place}.{key}" if self.place else key

    def note(self, key: str, code: str, **parameters: object) -> None:
        """Keep a mistake at one field."""
        self.mistakes.append(
            Mistake(
                self.at(key), code, tuple((name, str(value)) for name, value in sorted(parameters.items()))
            )
        )

    def _get(self, key: str, required: bool) -> Any:
        self.asked.add(key)
        if self.value is None:
            return None
        found = self.value.get(key)
        if found is None and required:
            self.note(key, "missing")
        return found

    def text(self, key: str, *, required: bool = True, most: int = 200) -> str:
        """A text without blanks around it; "" where it is missing."""
        found = self._get(key, required)
        if found is None:
            return ""
        if not isinstance(found, str):
            self.note(key, "text")
            return ""
        if len(found) > most:
            self.note(key, "text_too_long", most=most)
        if required and not found.strip():
            self.note(key, "empty")
        return found.strip()

    def decimal(
        self,
        key: str,
        *,
        required: bool = True,
        most: Decimal | None = None,
        places: int = 4,
        limit: Decimal = Decimal(10) ** 15,
    ) -> Decimal | None:
        """A number from 0 to ``most`` (or below ``limit``), exactly as written; None where it is missing."""
        found = self._get(key, required)
        if found is None:
            return None
        if isinstance(found, bool) or not isinstance(found, (str, int, float, Decimal)):
            self.note(key, "number")
            return None
        try:
            number = Decimal(str(found).strip())
        except InvalidOperation:
            self.note(key, "number")
            return None
        # A text must be plain digits; a JSON number may come as 1E+3, which means the same amount.
        if not number.is_finite() or (isinstance(found, str) and not _NUMBER.match(found.strip())):
            self.note(key, "number")
            return None
        if most is not None and not 0 <= number <= most:
            self.note(key, "between", low=0, high=most)
            return None
        if number < 0:
            self.note(key, "not_negative")
            return None
        if number >= limit:
            self.note(key, "too_large", limit=f"{limit:f}")
            return None
        exponent = number.as_tuple().exponent
        if isinstance(exponent, int) and -exponent > places and number != round(number, places):
            self.note(key, "places", places=places)
            return None
        return abs(number)

    def day(self, key: str, *, required: bool = True) -> date | None:
        """A day in ISO form; None where it is missing."""
        found = self._get(key, required)
        if found is None:
            return None
        return as_date(found, self.at(key), self.mistakes)

    def flag(self, key: str) -> bool:
        """True or false; false where it is missing."""
        found = self._get(key, required=False)
        if found is None or isinstance(found, bool):
            return bool(found)
        self.note(key, "flag")
        return False

    def choice(self, key: str, choices: type[Choice], default: Choice) -> Choice:
        """One of the words of an enumeration; the default where it is missing."""
        found = self._get(key, required=False)
        if found is None:
            return default
        if not isinstance(found, str) or found not in {member.value for member in choices}:
            self.note(key, "choice", choices=", ".join(member.value for member in choices))
            return default
        return choices(found)

    def entries(self, key: str, *, required: bool = False, most: int = 500) -> list[Any]:
        """The entries of a list; none where it is missing."""
        found = self._get(key, required)
        if found is None:
            return []
        if not isinstance(found, (list, tuple)):
            self.note(key, "list")
            return []
        if len(found) > most:
            self.note(key, "list_too_long", most=most)
            return []
        return list(found)

    def children(self, key: str, *, required: bool = False, most: int = 500) -> list[Reader]:
        """The objects of a list, each with a reader of its own."""
        entries = self.entries(key, required=required, most=most)
        return [
            Reader(entry, f"{self.at(key)}[{number}]", self.mistakes) for number, entry in enumerate(entries)
        ]

    def texts(self, key: str, *, most: int = 500) -> list[str]:
        """The texts of a list that are texts."""
        texts = []
        for number, entry in enumerate(self.entries(key, most=most)):
            if isinstance(entry, str) and entry.strip():
                texts.append(entry.strip())
            else:
                self.note(f"{key}[{number}]", "text")
        return texts

    def days(self, key: str, *, most: int = 50) -> list[date]:
        """The days of a list that are days."""
        found = (
            as_date(entry, self.at(f"{key}[{number}]"), self.mistakes)
            for number, entry in enumerate(self.entries(key, most=most))
        )
        return [day for day in found if day is not None]

    def close(self) -> None:
        """Note every field that was never asked for: a misspelt name must not lose a figure in silence."""
        if self.value is None:
            return
        for key in self.value:
            if key not in self.asked:
                self.note(str(key), "unknown_key")


def as_date(found: object, place: str, mistakes: list[Mistake]) -> date | None:
    """A day from its ISO form, or None with the mistake noted. Years before 1900 are taken as slips."""
    if isinstance(found, str) and _DATE.match(found.strip()):
        try:
            day = date.fromisoformat(found.strip())
        except ValueError:
            day = date.min
        if 1900 <= day.year <= 2200:
            return day
    mistakes.append(Mistake(place, "date"))
    return None
