"""Typed reading of a TOML table: every value is checked, every mistake is collected with its place.

A reader returns a harmless stand-in for a value that is wrong, so that reading goes on to the next mistake; the
result of a reading with mistakes is never used.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email

from calls.programme_file.mistakes import Mistakes, did_you_mean
from rocket.core.money import LARGEST, InvalidAmount, euro
from rocket.core.text import LANGUAGES, LocalisedText, without_controls

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")
_ABSENT = object()

Json = None | bool | int | str | list["Json"] | dict[str, "Json"]


def as_json(value: Any) -> Any:
    """A TOML value in JSON: decimals and dates become texts, everything else stays."""
    if isinstance(value, Mapping):
        return {key: as_json(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [as_json(entry) for entry in value]
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    return value


def below(place: str, key: str) -> str:
    return f"{place}.{key}" if place else key


class Table:
    """One table of the file at its place. Every key must be read; ``finish()`` reports the others."""

    def __init__(self, values: Mapping[str, Any], place: str, mistakes: Mistakes) -> None:
        self._values = values
        self.place = place
        self.mistakes = mistakes
        self._asked: dict[str, None] = {}

    # Plumbing --------------------------------------------------------------------------------------------
    @property
    def is_empty(self) -> bool:
        return not self._values

    def has(self, key: str) -> bool:
        return key in self._values

    def at(self, key: str) -> str:
        """The place of one of its keys."""
        return below(self.place, key)

    def wrong(self, key: str, message: str) -> None:
        self.mistakes.add(self.at(key), message)

    def _get(self, key: str, wanted: str, *, required: bool) -> Any:
        self._asked[key] = None
        if key not in self._values:
            if required:
                self.wrong(key, f"missing: {wanted}")
            return _ABSENT
        return self._values[key]

    @property
    def unread(self) -> list[str]:
        """Keys that nobody asked for yet."""
        return [key for key in self._values if key not in self._asked]

    def finish(self) -> None:
        """Report every key that nobody asked for: an unknown key is a slip that would be lost silently."""
        for key in self.unread:
            self.wrong(key, f"no such key.{did_you_mean(key, self._asked)}")

    # Values ----------------------------------------------------------------------------------------------
    def text(self, key: str, *, required: bool = True, longest: int = 200) -> str:
        wanted = f"a text of at most {longest} characters"
        value = self._get(key, wanted, required=required)
        if value is _ABSENT:
            return ""
        if not isinstance(value, str) or not value.strip() or len(value) > longest:
            self.wrong(key, wanted)
            return ""
        return without_controls(value).strip()

    def localised(self, key: str, *, required: bool = True, longest: int = 400) -> LocalisedText:
        """A text in English, German and Dutch; one that lacks a language is a mistake."""
        wanted = "a table with en, de and nl"
        value = self._get(key, wanted, required=required)
        if value is _ABSENT:
            return LocalisedText()
        if not isinstance(value, Mapping):
            self.wrong(key, wanted)
            return LocalisedText()
        texts = Table(value, self.at(key), self.mistakes)
        read = {language: texts.text(language, longest=longest) for language in LANGUAGES}
        texts.finish()
        return LocalisedText(read)

    def whole(self, key: str, *, least: int = 0, most: int = 1_000_000, default: int | None = None) -> int:
        """A whole number; one without a default must be there."""
        wanted = f"a whole number of at least {least}" + (f" and at most {most}" if most < 1_000_000 else "")
        value = self._get(key, wanted, required=default is None)
        if value is _ABSENT:
            return least if default is None else default
        if type(value) is not int or not least <= value <= most:
            self.wrong(key, wanted)
            return least
        return value

    def decimal(self, key: str) -> Decimal | None:
        """A number that is not negative, or None where the key is absent."""
        wanted = "a number of at least 0"
        value = self._get(key, wanted, required=False)
        if value is _ABSENT:
            return None
        if type(value) not in (int, Decimal) or not Decimal(value).is_finite() or not 0 <= value < 10**12:
            self.wrong(key, wanted)
            return None
        return Decimal(value)

    def rate(self, key: str, *, required: bool = True, default: Decimal | None = None) -> Decimal | None:
        """A rate above 0 and at most 1, with at most four decimals: 0.60 is 60 percent."""
        wanted = "a rate above 0 and at most 1 with at most four decimals, e.g. 0.60"
        value = self._get(key, wanted, required=required and default is None)
        if value is _ABSENT:
            return default
        if type(value) not in (int, Decimal) or not Decimal(value).is_finite() or not 0 < value <= 1:
            self.wrong(key, wanted)
            return default
        exact = Decimal(value)
        if exact != exact.quantize(Decimal("0.0001")):
            self.wrong(key, wanted)
            return default
        return exact.quantize(Decimal("0.0001"))

    def amount(self, key: str, *, required: bool = True, default: Decimal | None = None) -> Decimal | None:
        """An amount in EUR above 0 with at most two decimals."""
        wanted = "an amount in EUR above 0 with at most two decimals"
        value = self._get(key, wanted, required=required and default is None)
        if value is _ABSENT:
            return default
        try:
            if (
                type(value) not in (int, Decimal)
                or not Decimal(value).is_finite()
                or not 0 < value <= LARGEST
            ):
                raise InvalidAmount(wanted)
            return euro(value)
        except InvalidAmount:
            self.wrong(key, wanted)
            return default

    def day(self, key: str) -> date:
        wanted = "a date without quotes, e.g. 2016-04-01"
        value = self._get(key, wanted, required=True)
        if value is _ABSENT:
            return date.min
        # A datetime is a date to Python, and a moment is not what a period begins with.
        if not isinstance(value, date) or isinstance(value, datetime):
            self.wrong(key, wanted)
            return date.min
        return value

    def flag(self, key: str, *, default: bool = False) -> bool:
        wanted = "true or false"
        value = self._get(key, wanted, required=False)
        if value is _ABSENT:
            return default
        if not isinstance(value, bool):
            self.wrong(key, wanted)
            return default
        return value

    def choice(self, key: str, choices: Collection[str], *, required: bool = True) -> str:
        """One of the words; an absent one that is not required is empty."""
        wanted = "one of " + ", ".join(choices)
        value = self._get(key, wanted, required=required)
        if value is _ABSENT:
            return ""
        if value not in choices or not isinstance(value, str):
            hint = did_you_mean(value, choices) if isinstance(value, str) else ""
            self.wrong(key, f"{wanted}.{hint}" if hint else wanted)
            return ""
        return value

    def texts(self, key: str, *, required: bool = True) -> list[tuple[str, str]]:
        """A list of texts, each with its place; the same text twice is a mistake."""
        wanted = "a list of texts"
        value = self._get(key, wanted, required=required)
        if value is _ABSENT:
            return []
        if not isinstance(value, list):
            self.wrong(key, wanted)
            return []
        read: list[tuple[str, str]] = []
        for number, entry in enumerate(value, 1):
            place = f"{self.at(key)}[{number}]"
            if not isinstance(entry, str) or not entry.strip():
                self.mistakes.add(place, "a text")
            elif entry in (text for text, _place in read):
                self.mistakes.add(place, f'"{entry}" stands here twice')
            else:
                read.append((entry, place))
        return read

    def years(self, key: str, *, least: int, most: int) -> list[int]:
        """A list of years, each once; an absent one is empty."""
        wanted = "a list of years, e.g. [2016, 2021]"
        value = self._get(key, wanted, required=False)
        if value is _ABSENT:
            return []
        if not isinstance(value, list):
            self.wrong(key, wanted)
            return []
        read: list[int] = []
        for number, entry in enumerate(value, 1):
            place = f"{self.at(key)}[{number}]"
            if type(entry) is not int or not least <= entry <= most:
                self.mistakes.add(place, f"a year from {least} to {most}")
            elif entry in read:
                self.mistakes.add(place, f"{entry} stands here twice")
            else:
                read.append(entry)
        return read

    def code(self, key: str, *, default: str, longest: int) -> str:
        """A code; ``false`` says that there is none, and then it is empty."""
        wanted = f"a code of at most {longest} letters, digits, - and _, or false"
        value = self._get(key, wanted, required=False)
        if value is _ABSENT:
            return default
        if value is False:
            return ""
        if not isinstance(value, str) or not CODE.fullmatch(value) or len(value) > longest:
            self.wrong(key, wanted)
            return default
        return value

    def codes(self, key: str, known: Collection[str], what: str, *, required: bool = True) -> list[str]:
        """A list of codes that another part of the file declares; where that part is missing whole, it is the mistake."""
        read = []
        for code, place in self.texts(key, required=required):
            if code in known:
                read.append(code)
            elif known:
                self.mistakes.add(place, f'the file declares no {what} "{code}".{did_you_mean(code, known)}')
        return read

    def known_code(self, key: str, known: Collection[str], what: str, *, required: bool = True) -> str:
        """A code that another part of the file declares, or an empty text; see ``codes``."""
        code = self.text(key, required=required, longest=40)
        if code and known and code not in known:
            self.wrong(key, f'the file declares no {what} "{code}".{did_you_mean(code, known)}')
            return ""
        return code

    def email(self, key: str) -> str:
        return self._checked(key, validate_email, "an e-mail address", longest=254)

    def website(self, key: str) -> str:
        return self._checked(
            key, URLValidator(schemes=["https", "http"]), "an address with https://", longest=200
        )

    def _checked(self, key: str, check: Callable[[str], None], wanted: str, *, longest: int) -> str:
        text = self.text(key, required=False, longest=longest)
        if text:
            try:
                check(text)
            except ValidationError:
                self.wrong(key, wanted)
                return ""
        return text

    def colour(self, key: str, *, required: bool = True) -> str:
        value = self._get(key, "a colour, e.g. #0A4A5A", required=required)
        if value is _ABSENT:
            return ""
        if not isinstance(value, str) or not COLOUR.fullmatch(value):
            self.wrong(key, "a colour, e.g. #0A4A5A")
            return ""
        return value.upper()

    # Tables ----------------------------------------------------------------------------------------------
    def table(self, key: str, *, required: bool = True) -> "Table":
        """A table within; an absent or wrong one is read as empty where it is not required."""
        value = self._get(key, "a table", required=required)
        if value is _ABSENT or not isinstance(value, Mapping):
            if value is not _ABSENT:
                self.wrong(key, "a table")
            return Table({}, self.at(key), Mistakes())
        return Table(value, self.at(key), self.mistakes)

    def tables(self, key: str, *, required: bool = True) -> list["Table"]:
        """A list of tables (``[[…]]`` in the file)."""
        value = self._get(key, "a list of tables", required=required)
        if value is _ABSENT:
            return []
        if not isinstance(value, list):
            self.wrong(key, "a list of tables")
            return []
        read = []
        for number, entry in enumerate(value, 1):
            place = f"{self.at(key)}[{number}]"
            if isinstance(entry, Mapping):
                read.append(Table(entry, place, self.mistakes))
            else:
                self.mistakes.add(place, "a table")
        return read

    def json(self, key: str) -> dict[str, Any]:
        """A table of any content, for whoever else checks it; absent is empty."""
        value = self._get(key, "a table", required=False)
        if value is _ABSENT:
            return {}
        if not isinstance(value, Mapping):
            self.wrong(key, "a table")
            return {}
        plain: dict[str, Any] = as_json(value)
        return plain

    def parts(self) -> Iterator[tuple[str, "Table"]]:
        """Its keys as codes, each with the table under it, in the order of the file; without those read before."""
        for key in self.unread:
            self._asked[key] = None
            value = self._values[key]
            if not CODE.fullmatch(key):
                self.wrong(key, "a code of at most 40 letters, digits, - and _")
            elif not isinstance(value, Mapping):
                self.wrong(key, "a table")
            else:
                yield key, Table(value, self.at(key), self.mistakes)
