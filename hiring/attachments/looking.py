"""Look at a file before it is kept: its type by its content, its size, and whether anything in it could act by itself.

Nothing is opened the way a reader would open it: that would trust the file. Every byte is searched, packed parts too,
within limits. What can't be searched (a password, an unusual packing) is refused. Rules: docs/decisions, attachments.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePath

from django.db.models import TextChoices
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from hiring.attachments.child import search_apart
from hiring.attachments.refused import OTHER, FileRefused

MAX_BYTES = 5 * 1024 * 1024
_TEXT_NAMES = {"", "text", "md"}


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


Search = Callable[[bytes], tuple[str, bytes]]


def look(name: str, content: bytes, size: int, *, search: Search = search_apart) -> Looked:
    """Return what a file is; `size` in bytes, as it was sent. Raises Refused, with words for whoever chose it.

    It is searched in a process of its own, with limits; tests of the search itself give `searching.search`.
    """
    if max(size, len(content)) > MAX_BYTES:
        raise FileRefused(_("This file is larger than 5 MB. Please choose a smaller one."))
    if not content:
        raise FileRefused(_("This file is empty."))
    kind, kept = search(content)
    found = Looked(Type(kind), kept)
    said = PurePath(name).suffix.lower().lstrip(".")
    if said not in Type.values and said not in _TEXT_NAMES:
        raise FileRefused(OTHER)
    if said in Type.values and said != found.type:
        raise FileRefused(
            format_lazy(
                _("The name says {said}, the content is {found}. Please save it again as what it is."),
                said=said.upper(),
                found=found.type.label,
            )
        )
    return found
