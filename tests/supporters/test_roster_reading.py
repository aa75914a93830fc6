"""Any file at all becomes a table or a plain word why not."""

from __future__ import annotations

import codecs
import contextlib
import datetime
import hashlib
import io
import time
import zipfile

import openpyxl
import pytest
from dirty_roster import SURVEY_HEADERS, dirty_roster, roster_with_contacts
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from supporters.roster.reading import MAX_BYTES, MAX_CELL, Table, UnreadableTable, is_empty, read_table

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 504
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR" + bytes(range(256))


def workbook(*rows: list[object], **sheets: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for title, content in sheets.items():
        sheet = book.create_sheet(title)
        for row in content:
            sheet.append(row)
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def zipped(**parts: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return buffer.getvalue()


def patched(content: bytes, part: str, old: bytes, new: bytes) -> bytes:
    """The same workbook with some bytes of one part replaced."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert old in parts[part]
    return zipped(**{**parts, part: parts[part].replace(old, new)})


SHEET = "xl/worksheets/sheet1.xml"


# CSV


def test_a_plain_csv_is_read_with_the_row_numbers_people_see() -> None:
    content = b"Name,Age\n Ana ,37\n\n,\nBo,41\n"
    table = read_table("roster.csv", content)
    assert table.headers == ("Name", "Age")
    assert table.rows == [(2, ("Ana", "37")), (5, ("Bo", "41"))]
    assert (table.format, table.encoding, table.notes, table.problems) == ("csv", "utf-8", (), {})
    assert table.digest == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_each_delimiter_is_recognised(delimiter: str) -> None:
    text = "\n".join(delimiter.join(row) for row in [("Name", "Age", "Town"), ("Ana", "37", "Ur"), ("Bo", "4", "Ys")])
    assert read_table("x.csv", text.encode()).rows == [(2, ("Ana", "37", "Ur")), (3, ("Bo", "4", "Ys"))]


@pytest.mark.parametrize("first", ["sep=;", '"sep=;"'])
def test_excels_separator_line_is_not_a_row(first: str) -> None:
    assert read_table("x.csv", f"{first}\r\nName;Age\r\nAna;37".encode()).rows == [(2, ("Ana", "37"))]


def test_commas_in_prose_do_not_beat_semicolons() -> None:
    table = read_table("x.csv", b"Name;Story\nAna;I walk, read, cook\nBo;Once, twice")
    assert table.headers == ("Name", "Story")


def test_line_breaks_inside_quotes_stay_in_the_cell_and_count_as_one_row() -> None:
    table = read_table("x.csv", b'Name,Story\r\nAna,"one\r\ntwo ""three"""\r\nBo,x')
    assert table.rows == [(2, ("Ana", 'one\ntwo "three"')), (3, ("Bo", "x"))]


def test_a_quotation_mark_never_closed_is_refused_with_its_row() -> None:
    with pytest.raises(UnreadableTable, match="row 3"):
        read_table("x.csv", b'Name,Story\nAna,x\nBo,"open\nCy,y\n')


def test_a_huge_open_quotation_is_refused_too() -> None:
    with pytest.raises(UnreadableTable, match="row 2"):
        read_table("x.csv", b'Name,Story\nBo,"' + b"open " * 40_000)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_unicode_encodings(encoding: str) -> None:
    table = read_table("x.csv", "Name,Town\nZoë Muñoz,Orléans\nHélène,Besançon".encode(encoding))
    assert table.headers == ("Name", "Town")
    assert table.rows[0] == (2, ("Zoë Muñoz", "Orléans"))


def test_utf16_big_endian_with_its_mark() -> None:
    content = codecs.BOM_UTF16_BE + "Name,Town\nZoë,Ur".encode("utf-16-be")
    assert read_table("x.csv", content).rows == [(2, ("Zoë", "Ur"))]


@pytest.mark.parametrize("times", [1, 12])
def test_windows_1252_is_read_and_said(times: int) -> None:
    text = "Name;Town\n" + "François Lévêque;Orléans\nÍñigo Peña;Logroño\nZoé “Zo”;Nîmes\n" * times
    table = read_table("x.csv", text.encode("cp1252"))
    assert table.rows[1] == (3, ("Íñigo Peña", "Logroño"))
    assert "Windows-1252" in table.notes[0]


def test_windows_arabic_is_told_from_western_when_there_is_enough_of_it() -> None:
    text = "الاسم,المدينة\n" + "محمد علي,القاهرة\nفاطمة حسن,الإسكندرية\n" * 5
    table = read_table("x.csv", text.encode("cp1256"))
    assert table.encoding == "cp1256"
    assert table.headers == ("الاسم", "المدينة")


def test_one_broken_byte_in_utf8_does_not_garble_every_name() -> None:
    table = read_table("x.csv", b"Name,Town\n" + "Zoë,Orléans\n".encode() * 20 + b"Ana,Ur\xff\n")
    assert table.encoding == "utf-8"
    assert table.rows[0] == (2, ("Zoë", "Orléans"))
    assert "�" in table.notes[0]


def test_nul_and_control_characters_are_removed() -> None:
    table = read_table("x.csv", "Name,Age\nA\x00n\x07a\u202e,3\u200b7\nBo,41\nCy,50".encode())
    assert table.rows[0] == (2, ("Ana", "37"))
    assert "NUL" in table.notes[0]


def test_short_rows_are_padded_and_long_ones_have_a_problem() -> None:
    table = read_table("x.csv", b"A,B\n1\n1,2,,\n1,2,3,4\nx,y\nx,y")
    assert table.rows[:3] == [(2, ("1", "")), (3, ("1", "2")), (4, ("1", "2"))]
    assert list(table.problems) == [4]
    assert "2 cells" in table.problems[4]


def test_headers_are_named_once_each_and_columns_without_anything_are_dropped() -> None:
    table = read_table("x.csv", b"Name,Name,,Name (2),,Name\na,b,c,d,,e")
    assert table.headers == ("Name", "Name (2)", "Column 3", "Name (2) (2)", "Name (3)")
    assert table.rows == [(2, ("a", "b", "c", "d", "e"))]


def test_formula_like_cells_stay_text() -> None:
    assert read_table("x.csv", b"Name,X\n=cmd|'/c calc'!A0,+1").rows == [(2, ("=cmd|'/c calc'!A0", "+1"))]


def test_a_cell_too_long_is_cut_and_reported() -> None:
    table = read_table("x.csv", b"Name,Story\nAna," + b"x" * (MAX_CELL + 1) + b"\nBo," + b"y" * MAX_CELL)
    assert list(table.problems) == [2]
    assert len(table.rows[0][1][1]) == MAX_CELL


def test_a_title_above_the_header_is_left_out_and_said() -> None:
    table = read_table("x.csv", b"Our roster 2024,,\n\nName,Age,Town\nAna,37,Ur\nBo,41,Ys")
    assert table.headers == ("Name", "Age", "Town")
    assert table.rows[0][0] == 4
    assert "Row 3" in table.notes[0]


def test_one_stray_comma_in_a_list_of_names_makes_no_header() -> None:
    table = read_table("x.csv", b"Name\nAna\nBo, the second\nCy\nDee")
    assert table.headers == ("Name",)
    assert list(table.problems) == [3]


@pytest.mark.parametrize("first", [b"Ana,ana@example.org,37", b"37,41,2014-08-27"])
def test_data_in_the_first_row_is_not_taken_for_column_names(first: bytes) -> None:
    with pytest.raises(UnreadableTable, match="column names"):
        read_table("x.csv", first + b"\nBo,bo@example.org,41")


# What is not a table


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "empty"),
        (b" \r\n\t\n", "empty"),
        (codecs.BOM_UTF8, "empty"),
        (b",,,\n,,", "empty"),
        (PNG, "picture"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "picture"),
        (b"GIF89a\x01\x00", "picture"),
        (b"%PDF-1.7\n%abc", "PDF"),
        (zipped(**{"notes.txt": b"x"}), "archive"),
        (
            zipped(**{"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<a/>"}),
            "ods",
        ),
        (zipped(**{"[Content_Types].xml": b"<a/>", "word/document.xml": b"<a/>"}), "Word"),
        (zipped(**{"[Content_Types].xml": b"<a/>", "xl/workbook.bin": b"x"}), "xlsb"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "password"),
        (OLE + "Workbook".encode("utf-16-le"), "old Excel"),
        (b"<html><table><tr><td>Name</td></tr></table></html>", "web page"),
        (b"{\\rtf1 hello}", "text document"),
        (b"\x1f\x8b\x08" + b"x" * 50, "archive"),
        (bytes(range(256)) * 40, "not a table"),
        (b"PK\x03\x04" + b"broken" * 20, "broken"),
        (workbook(["Name"], ["Ana"])[:-900], "broken"),
        (b"a" * (MAX_BYTES + 1), "10 MB"),
        (b"Name\n" + b"x\n" * 50_001, "50,000 rows"),
        (b",".join(b"h%d" % n for n in range(400)), "200 columns"),
        ("Name,Age\n".encode("utf-16")[:-1], "broken"),
    ],
)
@pytest.mark.parametrize("name", ["roster.csv", "roster.xlsx", ""])
def test_what_is_no_table_is_refused_in_plain_words_whatever_its_name(name: str, content: bytes, word: str) -> None:
    with pytest.raises(UnreadableTable, match=word):
        read_table(name, content)


def test_the_limits_themselves_are_allowed() -> None:
    assert len(read_table("x.csv", b"Name\n" + b"x\n" * 50_000).rows) == 50_000
    assert len(read_table("x.csv", b",".join(b"h%d" % n for n in range(200)) + b"," * 300).headers) == 200


def test_a_name_that_lies_is_mentioned() -> None:
    assert "Excel" in read_table("x.csv", workbook(["Name"], ["Ana"])).notes[0]
    assert "CSV" in read_table("x.xlsx", b"Name,Age\nAna,37").notes[0]


# XLSX


def test_values_of_a_sheet_become_text() -> None:
    day, moment = datetime.date(2014, 8, 27), datetime.datetime(2014, 8, 27, 11, 29)
    content = workbook(
        ["n", "f", "half", "day", "moment", "yes", "error", "zeros", None, "none"],
        [37, 37.0, 1.5, day, moment, True, "#N/A", "007", "x", None],
    )
    table = read_table("x.xlsx", content)
    assert table.rows == [
        (2, ("37", "37", "1.5", "2014-08-27", "2014-08-27 11:29:00", "TRUE", "", "007", "x", "")),
    ]
    assert table.headers[8] == "Column 9"
    assert table.format == "xlsx"


def test_rows_keep_their_number_over_gaps() -> None:
    book = openpyxl.Workbook()
    book.active["A1"], book.active["B1"], book.active["A5"], book.active["A9"] = "Name", "Age", "Ana", "Bo"
    assert [number for number, _cells in read_table("x.xlsx", saved(book)).rows] == [5, 9]


def test_the_first_filled_visible_sheet_is_read_and_said() -> None:
    content = workbook(Secret=[["Hidden"], ["x"]], Roster=[["Name"], ["Ana"]], Later=[["Other"], ["y"]])
    book = openpyxl.load_workbook(io.BytesIO(content))
    book["Secret"].sheet_state = "hidden"
    table = read_table("x.xlsx", saved(book))
    assert table.headers == ("Name",)
    assert table.notes == ("Sheet “Roster” of 4 sheets was read.",)


def test_hidden_sheets_alone_are_not_read() -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook(Secret=[["Name"], ["Ana"]])))
    book["Secret"].sheet_state = "hidden"
    with pytest.raises(UnreadableTable, match="hidden"):
        read_table("x.xlsx", saved(book))


def test_an_empty_workbook_is_empty() -> None:
    with pytest.raises(UnreadableTable, match="empty"):
        read_table("x.xlsx", workbook())


def test_formulas_are_read_by_their_saved_value_and_said() -> None:
    content = workbook(["Name", "Age"], ["Ana", "=30+7"])
    assert read_table("x.xlsx", content).rows == [(2, ("Ana", ""))]
    content = patched(content, SHEET, b"<f>30+7</f><v />", b"<f>30+7</f><v>37</v>")
    table = read_table("x.xlsx", content)
    assert table.rows == [(2, ("Ana", "37"))]
    assert "Formulas" in table.notes[0]


@pytest.mark.parametrize("lie", [b"A1:A1", b"A1:XFD1048576"])
def test_a_sheet_that_lies_about_its_size_is_read_whole(lie: bytes) -> None:
    content = patched(workbook(["Name", "Age"], ["Ana", 37]), SHEET, b"A1:B2", lie)
    assert read_table("x.xlsx", content).rows == [(2, ("Ana", "37"))]


def test_nonsense_for_a_size_or_a_row_number_is_refused() -> None:
    content = workbook(["Name", "Age"], ["Ana", 37])
    for old, new in [(b"A1:B2", b"nonsense"), (b'r="2"', b'r="99999999999"'), (b'r="2"', b'r="two"')]:
        with pytest.raises(UnreadableTable):
            read_table("x.xlsx", patched(content, SHEET, old, new))


def test_too_many_rows_or_columns_in_a_sheet() -> None:
    with pytest.raises(UnreadableTable, match="200 columns"):
        read_table("x.xlsx", workbook([f"h{n}" for n in range(400)]))
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    for number in range(50_002):
        sheet.append([f"x{number}"])
    with pytest.raises(UnreadableTable, match="50,000 rows"):
        read_table("x.xlsx", saved(book))


def test_a_zip_bomb_is_not_opened() -> None:
    started = time.process_time()
    for size in (60, 201):
        with pytest.raises(UnreadableTable, match="unpacks"):
            read_table("x.xlsx", zipped(**{"[Content_Types].xml": b"<a/>", "xl/workbook.xml": b"0" * (size << 20)}))
    assert time.process_time() - started < 20  # making the files is most of it


def test_an_entity_bomb_is_refused() -> None:
    bomb = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "cc">]><worksheet'
    with pytest.raises(UnreadableTable, match="broken"):
        read_table("x.xlsx", patched(workbook(["Name"], ["Ana"]), SHEET, b"<worksheet", bomb))


def test_a_zip_with_a_password_is_said_to_have_one() -> None:
    content = bytearray(workbook(["Name"], ["Ana"]))
    at = content.find(b"PK\x01\x02")
    content[at + 8] |= 1
    with pytest.raises(UnreadableTable, match="password"):
        read_table("x.xlsx", bytes(content))


# Empty cells


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "NA",
        "n/a",
        "N.A.",
        "-",
        "—",
        "--",
        "None",
        "NULL",
        ".",
        "No aplica",
        "s/d",
        "Néant",
        "لا يوجد",
    ],
)
def test_words_for_nothing(text: str) -> None:
    assert is_empty(text)


@pytest.mark.parametrize("text", ["no", "0", "Nil", "Nada", "ND", "Nan-a", "Nathan", "لا", "n", "-1"])
def test_what_is_something(text: str) -> None:
    assert not is_empty(text)


# Anything at all

XLSX = workbook(["Name", "Age"], ["Ana", 37], Other=[["x"]])


@settings(max_examples=300, deadline=2000, suppress_health_check=[HealthCheck.too_slow])
@given(
    name=st.text(max_size=20),
    content=st.one_of(
        st.binary(max_size=3000),
        st.text(alphabet='ab1,;\t|"\n\r\x00é٣=@-', max_size=1500).map(str.encode),
        st.sampled_from([b"PK\x03\x04", PNG, OLE, codecs.BOM_UTF16_LE, b'"']).flatmap(
            lambda start: st.binary(max_size=300).map(lambda rest: start + rest)
        ),
    ),
)
@example(name="x.csv", content=b'"')
@example(name="x.csv", content=b"a,b\n,,c")
@example(name="x.csv", content=b"\xff\xfe\x00\xd8")
def test_any_bytes_under_any_name_are_a_table_or_refused(name: str, content: bytes) -> None:
    assert_table_or_refused(name, content)


@settings(max_examples=200, deadline=2000)
@given(at=st.integers(0, len(XLSX) - 1), junk=st.binary(min_size=1, max_size=8))
def test_a_damaged_workbook_is_a_table_or_refused(at: int, junk: bytes) -> None:
    assert_table_or_refused("x.xlsx", XLSX[:at] + junk + XLSX[at + len(junk) :])


@settings(max_examples=150, deadline=2000)
@given(data=st.data(), part=st.sampled_from([SHEET, "xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml"]))
def test_a_workbook_with_a_damaged_part_is_a_table_or_refused(data: st.DataObject, part: str) -> None:
    with zipfile.ZipFile(io.BytesIO(XLSX)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    at = data.draw(st.integers(0, len(parts[part]) - 1))
    junk = data.draw(st.binary(min_size=1, max_size=6) | st.sampled_from([b"9", b"Z", b"<", b">", b'"', b"-"]))
    parts[part] = parts[part][:at] + junk + parts[part][at + len(junk) :]
    assert_table_or_refused("x.xlsx", zipped(**parts))


def assert_table_or_refused(name: str, content: bytes) -> None:
    with contextlib.suppress(UnreadableTable):
        assert_coherent(read_table(name, content))


def assert_coherent(table: Table) -> None:
    assert table.headers
    assert len(set(table.headers)) == len(table.headers)
    assert all(len(cells) == len(table.headers) for _number, cells in table.rows)
    numbers = [number for number, _cells in table.rows]
    assert numbers == sorted(set(numbers))
    assert set(table.problems) <= set(numbers)
    assert not any("\x00" in cell or len(cell) > MAX_CELL for _number, cells in table.rows for cell in cells)


# Speed


def test_ten_thousand_rows_of_csv_take_little_time() -> None:
    content = dirty_roster(10_000, seed=1)
    started = time.process_time()
    table = read_table("x.csv", content)
    assert time.process_time() - started < 5  # 0.5 s on a quiet machine; this catches what grows quadratically
    assert len(table.rows) == 10_000
    assert table.headers == SURVEY_HEADERS


def test_ten_thousand_rows_of_xlsx_take_little_time() -> None:
    source = read_table("x.csv", dirty_roster(10_000, seed=1))
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in [source.headers, *(cells for _number, cells in source.rows)]:
        sheet.append([cell if not cell.startswith("=") else f"'{cell}" for cell in row])
    content = saved(book)
    started = time.process_time()
    assert len(read_table("x.xlsx", content).rows) == 10_000
    assert time.process_time() - started < 30  # 1 s on a quiet machine; this catches what grows quadratically


def test_the_invented_rosters_are_the_same_for_the_same_seed() -> None:
    assert dirty_roster(50, seed=7) == dirty_roster(50, seed=7) != dirty_roster(50, seed=8)
    assert len(read_table("x.csv", roster_with_contacts(300, seed=2)).rows) == 300
