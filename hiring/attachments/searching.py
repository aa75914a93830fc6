"""What a file is, and whether anything in it could act by itself. Without Django's models: a small process imports it."""

import re
from typing import Any

import charset_normalizer

from hiring.attachments import documents, pdf
from hiring.attachments.refused import OTHER, FileRefused

_PROGRAMME = (
    b"MZ",
    b"\x7fELF",
    b"#!",
    b"{\\rtf",
    b"\xd0\xcf\x11\xe0",
    b"Rar!",
    b"7z\xbc\xaf",
    b"\x1f\x8b",
    b"\xff\xd8\xff",
    b"\x89PNG",
)
_LOCAL = ["cp1252", "cp1256", "cp1251", "mac_roman", "utf_16"]
_MARKUP = re.compile(r"\s{0,1000}+<(\?xml|!doctype|html|svg|script)", re.IGNORECASE)
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")


def search(content: bytes) -> tuple[str, bytes]:
    """Return the type of a file ("pdf", "docx", "odt", "txt") and its content (text as UTF-8). Raises Refused."""
    if content.startswith(b"%PDF-"):
        pdf.refuse_active(content)
        return "pdf", content
    if content.startswith(b"PK"):
        return documents.refuse_active(content), content
    if content.startswith(_PROGRAMME):
        raise FileRefused(OTHER)
    return "txt", _text(content).encode()


def _text(content: bytes) -> str:
    """Return the words of a text file, whatever programme wrote it. Raises Refused."""
    try:
        words = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        best: Any = charset_normalizer.from_bytes(content, cp_isolation=_LOCAL).best()
        if best is None:
            raise FileRefused(OTHER) from None
        words = str(best)
    if _CONTROLS.search(words) or _MARKUP.match(words):
        raise FileRefused(OTHER)
    return words
