"""Tables as files: CSV and XLSX. A cell is a value, never a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.utils import timezone
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

FORMULA_BEGINS = ("=", "+", "-", "@", "\t", "\r", "\n")
BOM = "\ufeff"
"""Tells a spreadsheet that the file is UTF-8."""


class Kind(StrEnum):
    """What a column holds: decides alignment and number format, never the value."""

    TEXT = "text"
    COUNT = "count"
    MONEY = "money"
    RATE = "rate"
    DAY = "day"
    MOMENT = "moment"


FORMATS = {
    Kind.COUNT: "#,##0",
    Kind.MONEY: "#,##0.00",
    Kind.RATE: "0.0%",
    Kind.DAY: "yyyy-mm-dd",
    Kind.MOMENT: "yyyy-mm-dd hh:mm",
}
WIDTHS = {Kind.TEXT: 28, Kind.COUNT: 12, Kind.MONEY: 17, Kind.RATE: 10, Kind.DAY: 12, Kind.MOMENT: 17}


@dataclass(frozen=True)
class Column:
    """``code`` names it for machines, ``title`` for readers."""

    code: str
    title: str
    kind: Kind = Kind.TEXT
    width: int | None = None


@dataclass(frozen=True)
class Table:
    """Rows under columns. Values are text, int, Decimal, bool, date, datetime or None."""

    code: str
    title: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Any]]
    note: str = ""

    @property
    def shown(self) -> Iterator[list[tuple[Column, Any]]]:
        """Each row as pairs of column and value, for a page."""
        return (list(zip(self.columns, row, strict=True)) for row in self.rows)


def harmless(text: str) -> str:
    """``text`` with an apostrophe before it where a spreadsheet would read a formula.

    Source: OWASP, CSV Injection.
    """
    return f"'{text}" if text.startswith(FORMULA_BEGINS) else text


def csv_value(value: Any, zone: tzinfo | None = None) -> str:
    """One value for a machine: point as decimal sign, ISO days and moments (in ``zone``, else the active one), no
    thousands."""
    if isinstance(value, str):
        return harmless(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        return timezone.localtime(value, zone).isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float):
        return str(value)
    return harmless(str(value))


def csv_lines(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """The file line by line, so that a long one never stands in memory. Source of the form: RFC 4180.

    Moments are told in the zone that is active now, not in the one of the moment at which a line is read.
    """
    return _csv_lines(header, rows, timezone.get_current_timezone())


def _csv_lines(header: Sequence[str], rows: Iterable[Sequence[Any]], zone: tzinfo) -> Iterator[bytes]:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")

    def line(values: Sequence[str]) -> bytes:
        buffer.seek(0)
        buffer.truncate()
        writer.writerow(values)
        return buffer.getvalue().encode()

    yield BOM.encode() + line([harmless(title) for title in header])
    for row in rows:
        yield line([csv_value(value, zone) for value in row])


def table_as_csv(table: Table) -> Iterator[bytes]:
    return csv_lines([column.title for column in table.columns], table.rows)


BLOCK = 32 * 1024
"""Bytes that go out at once: a line each would cost the server more than the lines do."""


def in_blocks(lines: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in fewer pieces."""
    block = bytearray()
    for line in lines:
        block += line
        if len(block) >= BLOCK:
            yield bytes(block)
            block.clear()
    if block:
        yield bytes(block)


def xlsx(tables: Iterable[Table]) -> bytes:
    """A workbook with a sheet for each table: heading row, frozen and with filters, formats by kind of column."""
    book = Workbook(write_only=True)
    names: set[str] = set()
    for table in tables:
        _sheet(book, table, names)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _sheet(book: Workbook, table: Table, names: set[str]) -> None:
    sheet = book.create_sheet(_sheet_name(table.title, names))
    sheet.freeze_panes = "A2"
    for place, column in enumerate(table.columns, 1):
        sheet.column_dimensions[get_column_letter(place)].width = column.width or WIDTHS[column.kind]
    sheet.append([_heading(sheet, column) for column in table.columns])
    last = 1
    for row in table.rows:
        sheet.append([_cell(sheet, column, value) for column, value in zip(table.columns, row, strict=True)])
        last += 1
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(table.columns))}{last}"
    if table.note:
        sheet.append([])
        sheet.append([_text(sheet, table.note)])


def _sheet_name(title: str, taken: set[str]) -> str:
    """At most 31 characters, none of ``[]:*?/\\``, and once only: what a workbook asks for."""
    base = (
        "".join(" " if character in "[]:*?/\\" else character for character in title).strip("' ")[:31] or "1"
    )
    name, number = base, 2
    while name.casefold() in taken:
        name, number = f"{base[:28]} {number}", number + 1
    taken.add(name.casefold())
    return name


def _heading(sheet: Any, column: Column) -> Any:
    cell = _text(sheet, column.title)
    cell.font = Font(bold=True, color="FFFFFF")
    cell.fill = PatternFill("solid", fgColor="06303B")
    cell.alignment = Alignment(
        horizontal="left" if column.kind is Kind.TEXT else "right", vertical="top", wrap_text=True
    )
    return cell


def _text(sheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(sheet)
    cell.value = text
    cell.data_type = "s"  # openpyxl would make a formula of a text that begins with "="
    if text.startswith(FORMULA_BEGINS):
        cell.style = "Normal"
        cell.alignment = Alignment(horizontal="left")
    return cell


def _cell(sheet: Any, column: Column, value: Any) -> Any:
    if value is None:
        return WriteOnlyCell(sheet)
    if isinstance(value, str) or not isinstance(value, bool | int | float | Decimal | date):
        return _text(sheet, str(value))
    if isinstance(value, datetime):
        value = timezone.make_naive(value)  # a workbook knows no zone
    cell = WriteOnlyCell(sheet, value=value)
    if column.kind in FORMATS:
        cell.number_format = FORMATS[column.kind]
    return cell
