"""XLSX: from bytes to rows of cells. Nothing in the file is trusted before it has been measured."""

from __future__ import annotations

import datetime
import io
import re
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import openpyxl
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from .errors import UnreadableTable
from .kinds import PASSWORD
from .limits import NumberedRow, limited
from .text import listed

MAX_UNPACKED = 200 * 1024 * 1024
MAX_RATIO = 250  # XML of a real table packs 5 to 60 times; deflate can reach 1,032
RATIO_COUNTS_FROM = 20 * 1024 * 1024  # a small bomb is none
MAX_PARTS = 2_000
MAX_SHEET_ROWS = 1_048_576  # Excel's own
MAX_CELLS_SEEN = 30_000_000  # empty formatted ones too
_CHUNK = 1 << 20
_DOCTYPES = (b"<!DOCTYPE", "<!DOCTYPE".encode("utf-16-le"), "<!DOCTYPE".encode("utf-16-be"))
_FORMULAS = (b"<f>", b"<f ", b"<f/>")
_ERRORS = frozenset(
    listed("#N/A #REF! #DIV/0! #NAME? #NULL! #NUM! #VALUE! #GETTING_DATA #SPILL! #CALC! #FIELD! #BLOCKED!")
)
_BROKEN = _("This XLSX file is broken. Please open it in your spreadsheet program, save it again and retry.")
_BOMB = _("This file unpacks to far more than a table would. It was not opened.")
_MOSTLY_EMPTY = _("This sheet has too many empty formatted cells to read. Please copy the filled part to a new file.")
_INSIDES = (
    ("xl/workbook.bin", _("This is a binary Excel file (.xlsb). Please save it as XLSX or CSV.")),
    ("word/", _("This is a Word document. Please save the table in it as CSV or XLSX.")),
    ("ppt/", _("This is a presentation. Please save the table in it as CSV or XLSX.")),
    ("content.xml", _("This is an OpenDocument file (.ods). Please save it as XLSX or CSV.")),
)
#: Sheets of a workbook, and the size of its parts beside the sheets: styles and the texts that cells share.
MAX_SHEETS = 50
_MAX_PART = {"xl/sharedStrings.xml": 80 * 1024 * 1024}
MAX_OTHER_PART = 10 * 1024 * 1024
#: A name of a namespace that is put together with the name of each element: a long one would cost its square.
_LONG_NAMESPACE = re.compile(rb"xmlns(?::[\w.-]{0,40}+)?\s{0,9}+=\s{0,9}+[\"'][^\"']{300}")
_TAIL = 400
_ARCHIVE = _("This is a packed archive. Please unpack it and choose the spreadsheet in it.")


@dataclass
class Sheet:
    """The rows of one sheet and what to tell about it."""

    rows: list[NumberedRow]
    notes: list[str] = field(default_factory=list)


def read_sheet(content: bytes) -> Sheet:
    """The first visible sheet with anything in it. Raises UnreadableTable."""
    try:
        has_formulas = _measure(content)
        sheet = _first_filled_sheet(content)
    except UnreadableTable:
        raise
    except Exception as error:  # zipfile, expat and openpyxl raise almost anything over a damaged file
        raise UnreadableTable(_BROKEN) from error
    if has_formulas:
        sheet.notes.append(_now("Formulas were read by their last saved value."))
    return sheet


def _measure(content: bytes) -> bool:
    """Refuse bombs and what is not a workbook; tell whether a sheet has formulas."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
        _refuse_bomb(parts, len(content))
        _refuse_other_zip({part.filename for part in parts})
        formulas = [_scan(archive, part) for part in parts]  # a list: every part must be looked at
    return any(formulas)


def _refuse_bomb(parts: list[zipfile.ZipInfo], packed: int) -> None:
    """`zipfile` never unpacks more of a part than it declares, so declared sizes can be relied on."""
    unpacked = sum(part.file_size for part in parts)
    if any(part.flag_bits & 1 for part in parts):
        raise UnreadableTable(PASSWORD)
    too_dense = unpacked > max(MAX_RATIO * packed, RATIO_COUNTS_FROM)
    if unpacked > MAX_UNPACKED or len(parts) > MAX_PARTS or too_dense:
        raise UnreadableTable(_BOMB)
    if any(part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for part in parts):
        raise UnreadableTable(_BROKEN)


def _refuse_other_zip(names: set[str]) -> None:
    if "xl/workbook.xml" in names:
        return
    for start, message in _INSIDES:
        if any(name.startswith(start) for name in names):
            raise UnreadableTable(message)
    if "[Content_Types].xml" not in names:
        raise UnreadableTable(_ARCHIVE)


def _scan(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    """Whether a sheet part has formulas. Raises for a DOCTYPE (entity bombs); no workbook needs one."""
    if part.filename.startswith("xl/media/"):  # pictures; an SVG may have a DOCTYPE
        return False
    formulas, tail = False, b""
    if part.file_size > _MAX_PART.get(part.filename, MAX_OTHER_PART) and "worksheets/" not in part.filename:
        raise UnreadableTable(_BOMB)
    with archive.open(part) as source:
        while chunk := source.read(_CHUNK):
            window = tail + chunk
            if any(mark in window for mark in _DOCTYPES) or _LONG_NAMESPACE.search(window):
                raise UnreadableTable(_BROKEN)
            formulas = formulas or any(mark in window for mark in _FORMULAS)
            tail = window[-_TAIL:]
    return formulas and "worksheets/" in part.filename


def _first_filled_sheet(content: bytes) -> Sheet:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl warns of every extension that it leaves out
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        try:
            return _pick(book)
        finally:
            book.close()


def _pick(book: Any) -> Sheet:
    visible = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    if len(book.worksheets) > MAX_SHEETS:
        raise UnreadableTable(_("This workbook has more than 50 sheets. Please keep the one with the list."))
    counted = _Counted()
    for sheet in visible:
        rows = limited(_rows_of(sheet, counted))
        if rows:
            return Sheet(rows, _sheet_notes(sheet.title, len(book.worksheets)))
    if len(visible) < len(book.worksheets):
        raise UnreadableTable(_("Nothing was found in the sheets that are shown; hidden sheets are not read."))
    raise UnreadableTable(_("This file is empty."))


def _sheet_notes(title: str, sheets: int) -> list[str]:
    if sheets == 1:
        return []
    return [_now("Sheet “%(title)s” of %(count)d sheets was read.") % {"title": title, "count": sheets}]


@dataclass
class _Counted:
    """Rows and cells of the whole book: gaps are filled sheet by sheet."""

    rows: int = 0
    cells: int = 0


def _rows_of(sheet: Any, counted: _Counted) -> Iterator[NumberedRow]:
    """Rows with anything in them, whatever size the sheet says it has."""
    sheet.reset_dimensions()  # the declared size may lie; cells are counted instead
    for number, values in enumerate(sheet.iter_rows(values_only=True), start=1):
        counted.rows += 1
        counted.cells += len(values) + 1
        if counted.rows > MAX_SHEET_ROWS or counted.cells > MAX_CELLS_SEEN:
            raise UnreadableTable(_MOSTLY_EMPTY)
        if cells := _filled(values):
            yield number, cells


def _filled(values: tuple[Any, ...]) -> list[str]:
    """The cells as text up to the last filled one; none when the row is empty."""
    last = len(values)
    while last and values[last - 1] is None:
        last -= 1
    cells = [as_text(value) for value in values[:last]]
    return cells if any(cells) else []


def as_text(value: object) -> str:
    """A cell's value as text: 37.0 is "37", dates are ISO 8601, TRUE/FALSE, error values are empty."""
    if isinstance(value, str):
        return "" if value in _ERRORS else value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return _number(value)
    return _moment(value) if isinstance(value, datetime.datetime) else str(value)


def _number(value: float) -> str:
    if value != value or value in (float("inf"), float("-inf")):
        return ""
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def _moment(value: datetime.datetime) -> str:
    if value.time() == datetime.time():
        return value.date().isoformat()
    return value.isoformat(sep=" ", timespec="seconds")
