"""Look at a file before it is kept: its type by its content, its size, and whether anything in it could act by itself.

Nothing is opened the way a reader would open it: that would trust the file. Every byte is searched, packed parts too,
within limits. What can't be searched (a password, an unusual packing) is refused. Rules: docs/decisions, attachments.
"""

import re
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

import charset_normalizer
from django.db.models import TextChoices
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from hiring.attachments import documents, pdf
from hiring.attachments.refused import OTHER, Refused

MAX_BYTES = 5 * 1024 * 1024
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
_TEXT_NAMES = {"", "text", "md"}
_MARKUP = re.compile(r"\s*<(\?xml|!doctype|html|svg|script)", re.IGNORECASE)
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")


class Type(TextChoices):
    PDF = "pdf", "PDF"
    DOCX = "docx", "Word (DOCX)"
    ODT = "odt", "OpenDocument (ODT)"
    TEXT = "txt", _("text")


MIME = {
    Type.PDF: "application/pdf",
    Type.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    Type.ODT: "application/vnd.oasis.opendocument.text",
    Type.TEXT: "text/plain; charset=utf-8",
}


@dataclass(frozen=True)
class Looked:
    """A file that may be kept: its type, and its content (text as UTF-8)."""

    type: Type
    content: bytes


def look(name: str, content: bytes, size: int) -> Looked:
    """Return what a file is; `size` in bytes, as it was sent. Raises Refused, with words for whoever chose it."""
    if max(size, len(content)) > MAX_BYTES:
        raise Refused(_("This file is larger than 5 MB. Please choose a smaller one."))
    if not content:
        raise Refused(_("This file is empty."))
    found = _looked(content)
    said = PurePath(name).suffix.lower().lstrip(".")
    if said not in Type.values and said not in _TEXT_NAMES:
        raise Refused(OTHER)
    if said in Type.values and said != found.type:
        raise Refused(format_lazy(_("The name says {said}, the content is {found}. Please save it again as what it is."),
                                  said=said.upper(), found=found.type.label))  # fmt: skip
    return found


def _looked(content: bytes) -> Looked:
    if content.startswith(b"%PDF-"):
        pdf.refuse_active(content)
        return Looked(Type.PDF, content)
    if content.startswith(b"PK"):
        return Looked(Type(documents.refuse_active(content)), content)
    if content.startswith(_PROGRAMME):
        raise Refused(OTHER)
    return Looked(Type.TEXT, _text(content).encode())


def _text(content: bytes) -> str:
    """Return the words of a text file, whatever programme wrote it. Raises Refused."""
    try:
        words = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        best: Any = charset_normalizer.from_bytes(content, cp_isolation=_LOCAL).best()
        if best is None:
            raise Refused(OTHER) from None
        words = str(best)
    if _CONTROLS.search(words) or _MARKUP.match(words):
        raise Refused(OTHER)
    return words
