"""Lists of organisations from files: the partners of a keep.eu export, and a CSV of our own form.

Both give one row after the other and keep none, so that memory does not grow with the file.
"""

from __future__ import annotations

import csv
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from django.utils.translation import gettext_lazy as _
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from consortia.enums import OrganisationKind, OrganisationSource
from consortia.names import FILLERS, normalise_name
from rocket.core.errors import RocketError
from rocket.core.text import without_controls

CSV_COLUMNS = (
    "reference",
    "name",
    "legal_form",
    "kind",
    "country",
    "region_code",
    "region_version",
    "region_name",
    "postcode",
    "town",
    "street",
    "register_number",
    "vat_number",
    "website",
)
CSV_REQUIRED = ("name", "country")
KEEP_COLUMNS = (
    "Programme",
    "Acronym",
    "Project Partner",
    "Street",
    "Postal code",
    "Town",
    "Country",
    "Department",
    "Legal Status",
    "Country code",
    "NUTS3 (or equivalent)",
)
KEEP_REQUIRED = ("Programme", "Acronym", "Project Partner", "Country code", "NUTS3 (or equivalent)")
_NUTS = re.compile(r"^([A-Z]{2}[A-Z0-9]{0,3})\s*(?:/\s*(.*))?$")
_ISO = {"EL": "GR", "UK": "GB"}
"""NUTS uses two country codes of its own."""


class UnreadableFile(RocketError):
    """The file as a whole cannot be taken; ``str()`` says what it lacks."""


@dataclass(frozen=True, kw_only=True)
class ImportRow:
    """One row of a list, cleaned: texts without control characters, a country as ISO code or empty.

    ``number`` is the row in the file, the header being row 1. ``reference`` names the record for ever: a second
    import knows it again by it. ``surplus``: the row has more cells than the header.
    """

    number: int
    source: OrganisationSource
    reference: str
    name: str
    country: str
    legal_form: str = ""
    kind: str = ""
    region_code: str = ""
    region_version: int | None = None
    region_name: str = ""
    postcode: str = ""
    town: str = ""
    street: str = ""
    register_number: str = ""
    vat_number: str = ""
    website: str = ""
    surplus: bool = False


def text_of(cell: Any) -> str:
    """What a cell says: whole numbers without a fraction, no control characters, no blanks around or doubled."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return " ".join(without_controls(str(cell)).split())


def tidy_postcode(country: str, postcode: str) -> str:
    """A postcode in the form of its country: spreadsheets drop leading zeros and people the blank."""
    if country == "DE" and postcode.isascii() and postcode.isdigit():
        return postcode.zfill(5)
    if country == "NL" and (match := re.fullmatch(r"(\d{4})\s*([A-Za-z]{2})", postcode)):
        return f"{match[1]} {match[2].upper()}"
    return postcode


def is_spreadsheet(path: Path) -> bool:
    """Whether the content is an XLSX, whatever the name says."""
    return zipfile.is_zipfile(path)


def _words(text: str) -> frozenset[str]:
    return frozenset(normalise_name(text).split()) - FILLERS


def programme_matches(programme: str, wanted: str) -> bool:
    """Whether the programme's title has every word of ``wanted``: "Germany - Netherlands" is in
    "2014 - 2020 INTERREG V-A Germany - The Netherlands"."""
    return _words(wanted) <= _words(programme)


def read_keep(path: Path, *, programme: str, nuts_version: int = 2013) -> Iterator[ImportRow]:
    """Partners of one programme in a keep.eu export, in the order of its partner sheet.

    The export's Website column holds the project's page, so it is left out. Legal status "public" gives a public
    body; "private" says nothing on size, so the kind stays open. ``nuts_version``: exports of 2014-2020 carry the
    codes of 2013. Raises ``UnreadableFile``.
    """
    try:
        workbook = load_workbook(path, read_only=True, data_only=True)
    except (OSError, KeyError, ValueError, InvalidFileException, zipfile.BadZipFile) as error:
        raise UnreadableFile("no_workbook", _("This is no spreadsheet that can be read.")) from error
    try:
        for sheet in workbook.worksheets:
            # The stated size of a sheet may be wrong, and then rows would be cut off.
            sheet.reset_dimensions()
            rows = sheet.iter_rows(values_only=True)
            header = [text_of(cell) for cell in next(rows, ())]
            if all(column in header for column in KEEP_REQUIRED):
                yield from _keep_rows(rows, header, programme, nuts_version)
                return
        raise UnreadableFile(
            "no_partners",
            _("No sheet has the columns %(columns)s of a keep.eu export.")
            % {"columns": ", ".join(KEEP_REQUIRED)},
        )
    finally:
        workbook.close()


def _keep_rows(rows: Any, header: list[str], programme: str, nuts_version: int) -> Iterator[ImportRow]:
    place = {column: header.index(column) for column in KEEP_COLUMNS if column in header}
    for number, cells in enumerate(rows, start=2):

        def cell(column: str, cells: tuple[Any, ...] = cells) -> str:
            index = place.get(column)
            return text_of(cells[index]) if index is not None and index < len(cells) else ""

        if not programme_matches(cell("Programme"), programme):
            continue
        code = cell("Country code")[:2].upper()
        country = _ISO.get(code, code)
        nuts = _NUTS.match(cell("NUTS3 (or equivalent)"))
        has_region = nuts is not None and len(nuts[1]) == 5
        name = cell("Project Partner")
        yield ImportRow(
            number=number,
            source=OrganisationSource.KEEP,
            reference=" | ".join(
                (cell("Programme"), cell("Acronym"), name, cell("Department"), cell("Town"))
            ),
            name=name,
            country=country,
            kind=OrganisationKind.PUBLIC if cell("Legal Status").casefold() == "public" else "",
            region_code=nuts[1] if nuts is not None and has_region else "",
            region_version=nuts_version if has_region else None,
            region_name=(nuts[2] or "").strip() if nuts is not None and has_region else "",
            postcode=tidy_postcode(country, cell("Postal code")),
            town=cell("Town"),
            street=cell("Street"),
        )


def read_csv(path: Path) -> Iterator[ImportRow]:
    """Rows of our own CSV form: UTF-8, a header with the names of ``CSV_COLUMNS`` in any order, comma or semicolon.

    Raises ``UnreadableFile``.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield from _csv_rows(file)
    except UnicodeDecodeError as error:
        raise UnreadableFile("not_utf8", _("The file is not in UTF-8. Save it as CSV UTF-8.")) from error
    except csv.Error as error:
        raise UnreadableFile(
            "no_csv", _("The file can't be read as CSV: %(problem)s.") % {"problem": error}
        ) from error
    except OSError as error:
        raise UnreadableFile(
            "no_file", _("The file can't be opened: %(problem)s.") % {"problem": error.strerror}
        ) from error


def _csv_rows(file: IO[str]) -> Iterator[ImportRow]:
    first = file.readline(10_000)
    separator = ";" if first.count(";") > first.count(",") else ","
    header = [column.strip().casefold() for column in next(csv.reader([first], delimiter=separator), [])]
    missing = [column for column in CSV_REQUIRED if column not in header]
    surplus = [column for column in header if column not in CSV_COLUMNS or header.count(column) > 1]
    if missing or surplus:
        raise UnreadableFile(
            "header",
            _("The first line names the columns. Missing: %(missing)s. Unknown or named twice: %(surplus)s.")
            % {"missing": ", ".join(missing) or "–", "surplus": ", ".join(dict.fromkeys(surplus)) or "–"},
        )
    reader = csv.reader(file, delimiter=separator, strict=True)
    # A quoted cell may run over several lines, so rows are counted and lines are not.
    for number, cells in enumerate(reader, start=2):
        values = {column: text_of(cell) for column, cell in zip(header, cells, strict=False)}
        if not any(values.values()):
            continue
        get = values.get
        country = get("country", "").upper()
        version = get("region_version", "")
        yield ImportRow(
            number=number,
            source=OrganisationSource.CSV,
            reference=get("reference", "") or " | ".join((country, get("name", ""), get("town", ""))),
            name=get("name", ""),
            country=country,
            legal_form=get("legal_form", ""),
            kind=get("kind", "").casefold(),
            region_code=get("region_code", "").upper(),
            region_version=int(version) if re.fullmatch(r"[0-9]{4}", version) else None,
            region_name=get("region_name", ""),
            postcode=tidy_postcode(country, get("postcode", "")),
            town=get("town", ""),
            street=get("street", ""),
            register_number=get("register_number", ""),
            vat_number=get("vat_number", ""),
            website=get("website", ""),
            surplus=len(cells) > len(header),
        )
