"""Read the spreadsheet that an organization already has into a plain table of text."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field

from django.utils.text import format_lazy
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from . import plain_text, workbook
from .errors import UnreadableTable
from .kinds import MAX_BYTES, kind_of
from .limits import MAX_CELL, MAX_COLUMNS, MAX_ROWS, NumberedRow, limited
from .text import is_empty

__all__ = [
    "MAX_BYTES",
    "MAX_CELL",
    "MAX_COLUMNS",
    "MAX_ROWS",
    "Table",
    "UnreadableTable",
    "is_empty",
    "read_table",
]

_MAX_HEADER = 200
_DATA_LIKE = re.compile(r"[+-]?\d[\d.,:/ -]*|\S+@\S+\.\S+")


@dataclass(frozen=True)
class Table:
    """A spreadsheet as text.

    `rows` pairs the row number that people see in their program (the header's row counts) with exactly
    `len(headers)` cells. `problems` says by row number why a row should not be imported as it is; `notes`
    are remarks on the whole file. Both are in the language active while reading.
    """

    headers: tuple[str, ...]
    rows: list[tuple[int, tuple[str, ...]]]
    digest: str
    format: str
    encoding: str
    notes: tuple[str, ...] = ()
    problems: dict[int, str] = field(default_factory=dict)


def read_table(name: str, content: bytes) -> Table:
    """Read CSV or XLSX, told apart by content. `name` is never believed; it only words one remark.

    Limits: 10 MB, 50,000 rows, 200 columns. Raises UnreadableTable with a message in plain words; no other
    exception leaves this function.
    """
    kind = kind_of(content)
    if kind == "xlsx":
        sheet = workbook.read_sheet(content)
        raw, encoding, notes = _even(sheet.rows), "utf-8", sheet.notes
    else:
        text, encoding, notes = plain_text.decode(content)
        raw = limited(plain_text.numbered_rows(text))
    header, body, title_notes = _split_header(raw)
    headers, rows, problems = _shape(header, body)
    digest = hashlib.sha256(content).hexdigest()
    all_notes = (*_name_notes(name, kind), *notes, *title_notes)
    return Table(headers, rows, digest, kind, encoding, all_notes, problems)


def _name_notes(name: str, kind: str) -> list[str]:
    """A remark when the name says something else than the content."""
    ending = name.rpartition(".")[2].lower()
    if kind == "xlsx" and ending == "csv":
        return [_now("The name says CSV, but this is an Excel file (XLSX); it was read as such.")]
    if kind == "csv" and ending in ("xls", "xlsx", "xlsm", "ods"):
        return [_now("The name says Excel, but this is plain text (CSV); it was read as such.")]
    return []


def _even(rows: list[NumberedRow]) -> list[NumberedRow]:
    """A sheet is a rectangle: every row as wide as the widest, so no column without a header is lost."""
    width = max((len(cells) for _number, cells in rows), default=0)
    return [(number, cells + [""] * (width - len(cells))) for number, cells in rows]


def _split_header(rows: list[NumberedRow]) -> tuple[NumberedRow, list[NumberedRow], list[str]]:
    """Header, body, notes. Lines with a single cell above a wider header are a title and are left out."""
    if not rows:
        raise UnreadableTable(_("This file is empty."))
    start = _header_at([sum(map(bool, cells)) for _number, cells in rows[:20]])
    number, cells = rows[start]
    _refuse_data_as_header([cell for cell in cells if cell], number)
    notes = [_now("Row %(row)d was read as the column names.") % {"row": number}] if number > 1 else []
    return rows[start], rows[start + 1 :], notes


def _header_at(filled: list[int]) -> int:
    """Index of the header, given how many cells each of the first rows fills; 0 for a one-column list."""
    start = next((at for at, count in enumerate(filled) if count > 1), 0)
    wide = sum(count > 1 for count in filled[start:])
    return start if wide >= 0.6 * (len(filled) - start) else 0


def _refuse_data_as_header(names: list[str], number: int) -> None:
    """A first row with an address, or mostly numbers and dates, is somebody's data, not column names."""
    like_data = sum(_DATA_LIKE.fullmatch(name[:300]) is not None for name in names)
    if like_data * 2 > len(names) or any("@" in name and _DATA_LIKE.fullmatch(name[:300]) for name in names):
        message = _("Row {row} should name the columns but looks like data. Please add a row of column names.")
        raise UnreadableTable(format_lazy(message, row=number))


def _shape(
    header: NumberedRow, body: list[NumberedRow]
) -> tuple[tuple[str, ...], list[tuple[int, tuple[str, ...]]], dict[int, str]]:
    """Headers, rows of exactly that many cells, and the problem of each row that has one."""
    width = len(header[1])
    problems = {number: problem for number, cells in body if (problem := _problem(cells, width))}
    padded = [(number, _exactly(cells, width)) for number, cells in body]
    used = [at for at in range(width) if header[1][at] or any(cells[at] for _number, cells in padded)]
    rows = [(number, tuple(cells[at] for at in used)) for number, cells in padded]
    return _unique_names([(at, header[1][at]) for at in used]), rows, problems


def _exactly(cells: list[str], width: int) -> list[str]:
    return [cell[:MAX_CELL] for cell in cells[:width]] + [""] * (width - len(cells))


def _problem(cells: list[str], width: int) -> str:
    extra = sum(map(bool, cells[width:]))
    if extra:
        return ngettext(
            "This row has %(count)d cell more than there are columns.",
            "This row has %(count)d cells more than there are columns.",
            extra,
        ) % {"count": extra}
    if any(len(cell) > MAX_CELL for cell in cells):
        return _now("A cell in this row is longer than 5,000 characters.")
    return ""


def _unique_names(columns: list[tuple[int, str]]) -> tuple[str, ...]:
    """One name for each (position, header): "Column 3" when it has none, "Name (2)" when taken."""
    taken: set[str] = set()
    return tuple(_unique(_header_name(at, header), taken) for at, header in columns)


def _header_name(at: int, header: str) -> str:
    return " ".join(header.split())[:_MAX_HEADER] or _now("Column %(number)d") % {"number": at + 1}


def _unique(name: str, taken: set[str]) -> str:
    free, count = name, 1
    while free in taken:
        count += 1
        free = f"{name} ({count})"
    taken.add(free)
    return free
