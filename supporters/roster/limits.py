"""How much a table may hold, and the cleaning of its rows within that."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from .errors import UnreadableTable
from .text import clean

MAX_ROWS = 50_000
MAX_COLUMNS = 200
MAX_CELL = 5_000
LAST_ROW = 1_048_576  # of a spreadsheet; empty rows count
MAX_TEXT = 40_000_000  # characters in all: one long shared text in every cell would fill the memory
_MAX_RAW_CELL = 131_072  # what the csv module takes

_TOO_MANY_ROWS = _("This table has more than 50,000 rows. Please split it and import the parts.")

NumberedRow = tuple[int, list[str]]


def limited(source: Iterable[NumberedRow]) -> list[NumberedRow]:
    """The rows that are not empty, cleaned. Cells beyond MAX_CELL keep one character more, as a sign.

    Raises UnreadableTable for more rows, columns or text than the limits allow.
    """
    rows: list[NumberedRow] = []
    characters = 0
    for number, cells in source:
        if number > LAST_ROW:
            raise UnreadableTable(_TOO_MANY_ROWS)
        if tidy := _tidy(cells):
            characters += sum(map(len, tidy))
            rows.append((number, [cell[: MAX_CELL + 1] for cell in tidy]))
            _refuse_excess(len(rows), len(tidy), characters)
    return rows


def _tidy(cells: list[str]) -> list[str]:
    """Clean cells, without the empty ones beyond the last column allowed; none at all for an empty row."""
    if len(cells) > MAX_COLUMNS:
        while len(cells) > MAX_COLUMNS and not cells[-1].strip():
            cells.pop()
        cells = cells[: MAX_COLUMNS + 1]
    tidy = [clean(cell[:_MAX_RAW_CELL]) for cell in cells]
    return tidy if any(tidy) else []


def _refuse_excess(rows: int, columns: int, characters: int) -> None:
    if columns > MAX_COLUMNS:
        raise UnreadableTable(_("This table has more than 200 columns. Please keep those that are needed."))
    if rows > MAX_ROWS + 1:
        raise UnreadableTable(_("This table has more than 50,000 rows. Please split it and import the parts."))
    if characters > MAX_TEXT:
        raise UnreadableTable(_("This table holds too much text to be a roster. Please remove long columns."))
