"""What a file is, told by its content: a name proves nothing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from .errors import UnreadableTable

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

MAX_BYTES = 10 * 1024 * 1024

_PICTURE = _("This is a picture, not a table. Please choose the spreadsheet itself (CSV or XLSX).")
_PDF = _("This is a PDF. Please save the table as CSV or XLSX and choose that file.")
_ARCHIVE = _("This is a packed archive. Please unpack it and choose the spreadsheet in it.")
_WEB_PAGE = _(
    "This is a web page, even if its name says otherwise. Please open it in your spreadsheet program "
    "and save it as CSV or XLSX."
)
_DOCUMENT = _("This is a text document. Please save the table in it as CSV or XLSX.")
_OTHER = _("This is not a table we can read. Please choose a CSV or XLSX file.")
_OLD_EXCEL = _("This is an old Excel file (.xls). Please save it as XLSX or CSV and choose that file.")
PASSWORD = _("This file is protected with a password. Please save it without one and try again.")

_STARTS = (
    (b"\x89PNG", _PICTURE),
    (b"\xff\xd8\xff", _PICTURE),
    (b"GIF87a", _PICTURE),
    (b"GIF89a", _PICTURE),
    (b"II*\x00", _PICTURE),
    (b"MM\x00*", _PICTURE),
    (b"RIFF", _PICTURE),
    (b"{\\rtf", _DOCUMENT),
    (b"\x1f\x8b", _ARCHIVE),
    (b"7z\xbc\xaf\x27\x1c", _ARCHIVE),
    (b"Rar!\x1a\x07", _ARCHIVE),
    (b"BZh9", _ARCHIVE),
    (b"\xfd7zXZ\x00", _ARCHIVE),
    (b"SQLite format 3\x00", _OTHER),
    (b"\x7fELF", _OTHER),
)
_ZIP_STARTS = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_OLE_START = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MARKUP = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|head|body|table|\?xml|meta|script|svg)", re.I)


def kind_of(content: bytes) -> str:
    """ "csv" or "xlsx" (any zip; `workbook` looks inside).

    Raises UnreadableTable for what is empty, too big, or visibly something else.
    """
    _refuse_size(content)
    if content.startswith(_ZIP_STARTS):
        return "xlsx"
    if content.startswith(_OLE_START):
        raise UnreadableTable(_ole_message(content))
    _refuse_known_starts(content)
    return "csv"


def _refuse_size(content: bytes) -> None:
    if not content.strip(b" \t\r\n\x00\xef\xbb\xbf"):
        raise UnreadableTable(_("This file is empty."))
    if len(content) > MAX_BYTES:
        raise UnreadableTable(_("This file is larger than 10 MB. Please split it and import the parts."))


def _ole_message(content: bytes) -> StrOrPromise:
    """Old Office files and password-protected new ones share a container; its directory tells which."""
    if "EncryptedPackage".encode("utf-16-le") in content:
        return PASSWORD
    if "Workbook".encode("utf-16-le") in content or "Book".encode("utf-16-le") in content:
        return _OLD_EXCEL
    return _DOCUMENT


def _refuse_known_starts(content: bytes) -> None:
    for start, message in _STARTS:
        if content.startswith(start):
            raise UnreadableTable(message)
    if b"%PDF-" in content[:1024]:
        raise UnreadableTable(_PDF)
    if content[4:8] == b"ftyp":
        raise UnreadableTable(_PICTURE)
    if _MARKUP.match(content[:2048]):
        raise UnreadableTable(_WEB_PAGE)
