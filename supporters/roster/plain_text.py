"""CSV: from bytes to rows of cells, whatever program and country wrote them."""

from __future__ import annotations

import codecs
import csv
import io
import itertools
from collections import Counter
from collections.abc import Iterator

import charset_normalizer
from django.utils.text import format_lazy
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from .errors import UnreadableTable
from .limits import NumberedRow

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16: its mark starts the same
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DELIMITERS = ",;\t|"
# What spreadsheet programs save besides Unicode: Western, Arabic, Cyrillic, Mac. Central European
# (Windows-1250) is left out: it takes French and Spanish for its own.
_LOCAL_ENCODINGS = ["cp1252", "cp1256", "cp1251", "mac_roman"]
_WORDS = {
    "cp1252": "Windows-1252",
    "cp1256": "Windows-1256",
    "cp1251": "Windows-1251",
    "mac_roman": "Mac Roman",
}
_SAMPLE = 20_000
_ENOUGH_LETTERS = 30  # fewer accented letters than this and a guess of the script is dice
_END = "\x00end\x00"
_NOT_TEXT = _("This is not a table we can read. Please choose a CSV or XLSX file.")
_OPEN_QUOTE = _(
    'A quotation mark (") opened in row {row} is never closed, so the rows after it cannot be told apart. '
    "Please close or remove it and try again."
)


def decode(content: bytes) -> tuple[str, str, list[str]]:
    """The text, the encoding it was read as, and remarks for the person. Raises UnreadableTable."""
    text, encoding, notes = _decode(content)
    if "\x00" in text:
        text = text.replace("\x00", "")
        notes.append(_now("Empty (NUL) characters were removed."))
    _refuse_binary(text)
    return text, encoding, notes


def _decode(content: bytes) -> tuple[str, str, list[str]]:
    marked = next((name for mark, name in _MARKS if content.startswith(mark)), None)
    wide = marked or _unmarked_utf16(content)
    if wide:
        return _strictly(content, wide), wide, []
    try:
        return content.decode("utf-8"), "utf-8", []
    except UnicodeDecodeError:
        return _nearly_utf8(content) or _local(content)


def _strictly(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise UnreadableTable(
            _("Some characters of this file are broken. Please save it again as CSV (UTF-8).")
        ) from error


def _unmarked_utf16(content: bytes) -> str | None:
    """UTF-16 without its mark shows in Latin text: every second byte is zero."""
    sample = content[:4000]
    half = max(len(sample) // 2, 1)
    if sample[1::2].count(0) > 0.7 * half and sample[0::2].count(0) < 0.1 * half:
        return "utf-16-le"
    if sample[0::2].count(0) > 0.7 * half and sample[1::2].count(0) < 0.1 * half:
        return "utf-16-be"
    return None


def _nearly_utf8(content: bytes) -> tuple[str, str, list[str]] | None:
    """UTF-8 with a few broken bytes (two files pasted together); None when it is another encoding."""
    text = content.decode("utf-8", errors="replace")
    broken = text.count("\ufffd")
    whole = len(text) - len(text.encode("ascii", errors="ignore")) - broken
    if whole < 10 * broken:
        return None
    return text, "utf-8", [_now("Some characters could not be read; they show as �.")]


def _local(content: bytes) -> tuple[str, str, list[str]]:
    encoding = _guess_local(content)
    text = content.decode(encoding, errors="replace")
    notes = [_now("Read as %(encoding)s. Please check that names look right.") % {"encoding": _WORDS[encoding]}]
    if "\ufffd" in text:
        notes.append(_now("Some characters could not be read; they show as �."))
    return text, encoding, notes


def _guess_local(content: bytes) -> str:
    """Windows-1252 unless there is enough text to tell otherwise."""
    lines = [line for line in content.splitlines() if not line.isascii()]
    sample = b"\n".join(lines)[:_SAMPLE]
    if sum(byte > 127 for byte in sample) < _ENOUGH_LETTERS:
        return "cp1252"
    best = charset_normalizer.from_bytes(sample, cp_isolation=_LOCAL_ENCODINGS).best()
    return best.encoding if best and best.encoding in _WORDS else "cp1252"


def _refuse_binary(text: str) -> None:
    sample = text[:20_000]
    strange = sum(letter < " " and letter not in "\t\n\r" for letter in sample)
    if strange > len(sample) // 50 + 2:
        raise UnreadableTable(_NOT_TEXT)


def numbered_rows(text: str) -> Iterator[NumberedRow]:
    """Each record with its row number as a spreadsheet shows it: blank lines count, line breaks inside
    quotes do not. Raises UnreadableTable for a quotation mark that is never closed.
    """
    delimiter, text = _declared_delimiter(text)
    delimiter = delimiter or best_delimiter(text)
    lines = itertools.chain(io.StringIO(text, newline=""), [_END])
    number = 0
    try:
        for number, cells in enumerate(csv.reader(lines, delimiter=delimiter), start=1):
            if cells == [_END]:
                return
            if cells and cells[-1].endswith(_END):
                break
            yield number, cells
    except csv.Error:
        number += 1  # an open quotation mark has swallowed more than the csv module takes in one cell
    raise UnreadableTable(format_lazy(_OPEN_QUOTE, row=number))


def _declared_delimiter(text: str) -> tuple[str | None, str]:
    """Excel's own first line "sep=;", which it never shows as a row."""
    first, _newline, rest = text.partition("\n")
    declared = first.strip().strip('"')
    if len(declared) == 5 and declared.lower().startswith("sep=") and declared[4] in _DELIMITERS:
        return declared[4], rest
    return ("\t", rest) if first.rstrip("\r") == "sep=\t" else (None, text)


def best_delimiter(text: str) -> str:
    """The delimiter under which most of the first rows have the same number of cells; comma if none."""
    sample = text[:50_000]
    return max(_DELIMITERS, key=lambda delimiter: _evenness(sample, delimiter))


def _evenness(sample: str, delimiter: str) -> float:
    """Share of rows with the commonest width, times that width (capped: many commas in prose win nothing)."""
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
    try:
        widths = [len(cells) for cells in itertools.islice(reader, 60) if any(cells)]
    except csv.Error:
        return 0
    wide = Counter(width for width in widths if width > 1)
    if not wide:
        return 0
    width, times = wide.most_common(1)[0]
    return times / len(widths) * (1 + min(width, 20) / 100)
