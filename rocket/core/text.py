"""Texts that exist in several languages, such as the names in a programme file."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from django.db import models
from django.utils import translation
from django.utils.translation import get_language

LANGUAGES = ("en", "de", "nl")


class LocalisedText(Mapping[str, str]):
    """A text in up to three languages. ``str()`` gives the reader's, else English, German, Dutch, in that order."""

    __slots__ = ("_texts",)

    def __init__(self, texts: Mapping[str, str] | str = "") -> None:
        given = {"en": texts} if isinstance(texts, str) else texts
        self._texts = {code: given[code] for code in LANGUAGES if given.get(code)}

    def __getitem__(self, language: str) -> str:
        return self._texts[language]

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)

    def __str__(self) -> str:
        return self.in_language((get_language() or "en")[:2])

    def __repr__(self) -> str:
        return f"LocalisedText({self._texts!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Mapping) and self._texts == dict(other)

    def __hash__(self) -> int:
        return hash(tuple(self._texts.items()))

    def in_language(self, language: str) -> str:
        return next((self._texts[code] for code in (language, *LANGUAGES) if code in self._texts), "")


def in_all_languages(label: Any) -> LocalisedText:
    """A lazy text of the code in every language of the portal, for values that outlive the request."""
    texts = {}
    for language in LANGUAGES:
        with translation.override(language):
            texts[language] = str(label)
    return LocalisedText(texts)


class LocalisedField(models.JSONField):
    """A ``LocalisedText``, kept as a JSON object of language codes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", dict)
        super().__init__(*args, **kwargs)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> LocalisedText | None:
        loaded = super().from_db_value(value, expression, connection)
        return None if loaded is None else LocalisedText(loaded)

    def to_python(self, value: Any) -> Any:
        return (
            LocalisedText(value)
            if isinstance(value, Mapping) and not isinstance(value, LocalisedText)
            else value
        )

    def get_prep_value(self, value: Any) -> Any:
        return super().get_prep_value(dict(value) if isinstance(value, Mapping) else value)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        return super().get_db_prep_value(
            dict(value) if isinstance(value, LocalisedText) else value, connection, prepared
        )


def without_controls(text: str) -> str:
    """``text`` as the database can keep it: without NUL, lone surrogates and other control characters.

    Line ends become ``\\n``. PostgreSQL refuses NUL and surrogates where SQLite takes them.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs"))
