"""The report can be opened in a spreadsheet program without running anything."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import pytest

from supporters.roster.report import ReportRow, RowOutcome, report_csv, safe_cell


def parsed(*rows: ReportRow) -> list[list[str]]:
    return list(csv.reader(io.StringIO(b"".join(report_csv(rows)).decode("utf-8-sig"), newline="")))


def test_one_line_for_each_row_under_a_header() -> None:
    assert parsed(
        ReportRow(2, RowOutcome.CREATED),
        ReportRow(3, RowOutcome.REFUSED, "“-29” is not an age", ("no e-mail", "Zoë؛")),
    ) == [
        ["row", "outcome", "message", "warnings"],
        ["2", "created", "", ""],
        ["3", "refused", "“-29” is not an age", "no e-mail; Zoë؛"],
    ]


def test_it_starts_with_a_mark_that_excel_understands() -> None:
    assert b"".join(report_csv([])).startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", " ="])
def test_nothing_is_run_as_a_formula(start: str) -> None:
    text = f"{start}HYPERLINK(1)"
    assert parsed(ReportRow(2, RowOutcome.CREATED, text, (text, "more")))[1][2:] == [
        f"'{text}",
        f"'{text}; more",
    ]


@pytest.mark.parametrize("text", ["", "plain", "a=b", "5 - 3", "“=x” is odd"])
def test_harmless_text_is_left_alone(text: str) -> None:
    assert safe_cell(text) == text


def test_separators_inside_a_cell_start_no_new_one() -> None:
    assert b'"a"";=b"' in b"".join(report_csv([ReportRow(2, RowOutcome.UPDATED, 'a";=b')]))


def test_rows_are_streamed() -> None:
    asked: list[int] = []

    def rows() -> Iterator[ReportRow]:
        for number in range(2, 2002):
            asked.append(number)
            yield ReportRow(number, RowOutcome.UNCHANGED)

    pieces = report_csv(rows())
    next(pieces)
    assert len(asked) < 2000
    assert sum(piece.count(b"\r\n") for piece in pieces) + 501 == 2001


def test_every_outcome_has_words() -> None:
    assert {outcome.value for outcome in RowOutcome} == {
        "created",
        "updated",
        "unchanged",
        "refused",
        "waiting",
    }
    assert all(outcome.words for outcome in RowOutcome)
