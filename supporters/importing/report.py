"""What became of each row, to look at and to download."""

from collections.abc import Iterator

from supporters.importing.runs import outcome_column
from supporters.models import ImportOutcome, ImportRow, ImportRun
from supporters.roster.report import ReportRow, RowOutcome, report_csv


def csv_of(run: ImportRun) -> Iterator[bytes]:
    """Return the report in pieces: what was taken, or before that what would be."""
    column = outcome_column(run)
    rows = run.rows.order_by("number").defer("cells").iterator(1000)
    return report_csv(_line(row, getattr(row, column)) for row in rows)


def _line(row: ImportRow, outcome: str) -> ReportRow:
    if outcome == ImportOutcome.REFUSED:
        return ReportRow(row.number, RowOutcome.REFUSED, reason(row), tuple(row.remarks[1:]))
    return ReportRow(row.number, RowOutcome(outcome), "", tuple(row.remarks))


def reason(row: ImportRow) -> str:
    """Return why a row was refused."""
    return str(row.remarks[0]) if row.remarks else row.problem
