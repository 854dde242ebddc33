"""The region in which a postcode lies, from the table in ``data/``. A proposal: the organisation decides."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "data"
VERSION = 2024
"""The NUTS version of the table's codes."""
DIGITS = {"DE": 5, "NL": 4}
"""So many digits of a postcode are looked up; what follows them (the letters of a Dutch one) narrows no further."""


def digits_of(country: str, text: str) -> str:
    """The digits of a postcode of ``country`` as the table has them; empty where it is none, or has no table."""
    compact = re.sub(r"\s", "", text).upper()
    match = {
        "DE": re.fullmatch(r"(?:D-?)?([0-9]{5})", compact),
        "NL": re.fullmatch(r"(?:NL-?)?([0-9]{4})(?:[A-Z]{2})?", compact),
    }.get(country)
    return match[1] if match else ""


def regions_of(country: str, postcode: str) -> tuple[str, ...]:
    """NUTS-3 codes of 2024 of the regions in which the postcode lies: none where it is not known, else mostly one."""
    return _table().get((country, digits_of(country, postcode)), ())


def code_in(code: str, version: int) -> str:
    """The code that the place with the ``code`` of NUTS 2024 has in another version; most kept theirs."""
    return next(
        (row[str(version)] for row in _changes() if row["2024"] == code and str(version) in row), code
    )


@cache
def _table() -> dict[tuple[str, str], tuple[str, ...]]:
    found: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    with (FOLDER / "postcodes.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            for postcode in _expanded(row["postcodes"], DIGITS[row["country"]]):
                found[row["country"], postcode].append(row["nuts3_2024"])
    return {key: tuple(codes) for key, codes in found.items()}


def _expanded(text: str, digits: int) -> Iterator[str]:
    """Every postcode of ``01067 01069-01071``."""
    for part in text.split():
        first, _dash, last = part.partition("-")
        for number in range(int(first), int(last or first) + 1):
            yield f"{number:0{digits}}"


@cache
def _changes() -> tuple[dict[str, str], ...]:
    with (FOLDER / "nuts3_changes.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))
