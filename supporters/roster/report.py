"""The row-by-row report of an import, as a CSV that is safe to open in a spreadsheet program."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext as _now

COLUMNS = ("row", "outcome", "message", "warnings")
# OWASP, "CSV Injection": a cell starting so may be run as a formula; full-width forms are read the same.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "|", "%")
_BATCH = 500


class RowOutcome(StrEnum):
    """What became of one row. The values are stored and exported; they are not translated."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REFUSED = "refused"
    WAITING = "waiting"

    @property
    def words(self) -> str:
        """The outcome in the active language."""
        return {
            RowOutcome.CREATED: _now("new"),
            RowOutcome.UPDATED: _now("changed"),
            RowOutcome.UNCHANGED: _now("already up to date"),
            RowOutcome.REFUSED: _now("not imported"),
            RowOutcome.WAITING: _now("not yet"),
        }[self]


@dataclass(frozen=True)
class ReportRow:
    """One line of the report: the row number of the person's spreadsheet, what became of it, and why."""

    row: int
    outcome: RowOutcome
    message: str = ""
    warnings: tuple[str, ...] = ()


def report_csv(rows: Iterable[ReportRow]) -> Iterator[bytes]:
    """UTF-8 CSV with a byte-order mark, in pieces for a streaming response; rows are taken as they come."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, quoting=csv.QUOTE_ALL)  # a ";" inside a cell must not start a new one
    buffer.write("\ufeff")
    writer.writerow(COLUMNS)
    for count, row in enumerate(rows, start=1):
        writer.writerow((row.row, row.outcome.value, safe_cell(row.message), safe_cell("; ".join(row.warnings))))
        if count % _BATCH == 0:
            yield _drained(buffer)
    yield _drained(buffer)


def safe_cell(text: str) -> str:
    """The text, with an apostrophe before what a spreadsheet program could take for a formula."""
    risky = text.startswith(_FORMULA_STARTS) or text.lstrip().startswith(_FORMULA_STARTS)
    return f"'{text}" if risky else text


def _drained(buffer: io.StringIO) -> bytes:
    piece = buffer.getvalue().encode("utf-8", errors="replace")
    buffer.seek(0)
    buffer.truncate()
    return piece
