"""PDF: every byte is searched for what could act by itself, packed streams too (ISO 32000-2, 7.3.5, 7.4, 7.5.7, 12.6).

A reader follows tables that say where an object begins, and a hostile file may point anywhere, into a picture too. So
nothing is believed of a file's order: the whole of it is searched, and once more what each stream unpacks to.
"""

import base64
import re
import zlib
from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from hiring.attachments.refused import BOMB, BROKEN, Refused

MAX_UNPACKED = 60 * 1024 * 1024
MAX_STREAMS = 5_000
MAX_LETTERS = 2 * 1024 * 1024
DEEP = 3
_PIECE = 4096
_ACTIVE = _("Something in this file could act by itself, or another file is inside it. Please save it as a plain PDF.")
_UNREADABLE = _(
    "This PDF has a password or is packed in an unusual way, so it can't be looked at. Please save it again."
)

_END = rb"(?=[\s/<>\[\](){}%]|$)"
#: Names that stand for an action, a programme, or a file within the file, wherever they are.
_NAMES = re.compile(
    rb"/(?:JavaScript|Launch|EmbeddedFiles?|Filespec|RichMedia\w*|XFA|SubmitForm|ImportData|GoToE|GoToR|Rendition|Movie|Sound|Collection|"
    rb"AFRelationship|NeedsRendering)" + _END
)
#: Short names appear by chance in packed pictures: they count where something follows that they could mean.
_SHORT = re.compile(rb"/(?:JS|AA)\s*(?:<<|[(<]|\d+\s+\d+\s+R)")
#: Ways to pack that are not searched, or that hide which one is used.
_UNSEARCHED = re.compile(
    rb"/(?:LZWDecode|RunLengthDecode|ASCIIHexDecode|Crypt)"
    + _END
    + rb"|/(?:Filter|Type|Encrypt)\s+\d+\s+\d+\s+R|/Encrypt\s*<<"
)
_STREAM = re.compile(rb"stream\r?\n")
_PREDICTOR = re.compile(rb"/Predictor\s+(?!1\b)\d")
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")


def refuse_active(content: bytes) -> None:
    """Search a PDF. Raises Refused when it is broken, can't be searched, or holds anything active."""
    if b"%%EOF" not in content[-2048:]:
        raise Refused(BROKEN)
    for words in (content, *_Unpacking(content).streams()):
        _search(words)


def _search(words: bytes) -> None:
    plain = _ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), words) if b"#" in words else words
    if _NAMES.search(plain) or _SHORT.search(plain):
        raise Refused(_ACTIVE)
    if _UNSEARCHED.search(plain):
        raise Refused(_UNREADABLE)


class _Unpacking:
    """Unpacks all streams of a file, with one budget for the whole of it."""

    def __init__(self, content: bytes) -> None:
        self._content, self._left, self._letters_left = content, MAX_UNPACKED, MAX_LETTERS

    def streams(self) -> Iterator[bytes]:
        """Yield what each packed stream holds. Raises Refused for too much, and for objects that were rearranged."""
        content = self._content
        for number, found in enumerate(_STREAM.finditer(content)):
            if number >= MAX_STREAMS:
                raise Refused(BOMB)
            head = content[max(content.rfind(b" obj", 0, found.start()), 0) : found.start()]
            if b"/ObjStm" in head and _PREDICTOR.search(head):
                raise Refused(_UNREADABLE)
            yield from self._unpacked(content, found.end(), DEEP)

    def _unpacked(self, content: bytes, start: int, deep: int) -> Iterator[bytes]:
        """Yield what unpacks from a place on, and what that unpacks to again."""
        for words in filter(None, (self._inflated(content, start), self._from_letters(content, start))):
            self._left -= len(words)
            if self._left <= 0:
                raise Refused(BOMB)
            yield words
            if deep:
                yield from self._unpacked(words, 0, deep - 1)

    def _inflated(self, content: bytes, start: int) -> bytes:
        """Return what unpacks (RFC 1950), as far as it goes and little more than the budget; checksums are not asked."""
        head = content[start : start + 2]
        if len(head) < 2 or head[0] & 0x0F != 8 or int.from_bytes(head, "big") % 31:
            return b""
        machine, found, at = zlib.decompressobj(wbits=-15), bytearray(), start + 2
        while at < len(content) and not machine.eof and len(found) <= self._left:
            before, piece = machine.copy(), content[at : at + _PIECE]
            try:
                found += machine.decompress(piece, self._left + 1)
            except zlib.error:
                return bytes(found + _before_the_damage(before, piece, self._left))
            at += _PIECE
        return bytes(found)

    def _from_letters(self, content: bytes, start: int) -> bytes:
        """Return bytes that were written as letters (ASCII base 85), or nothing. Raises Refused for too many."""
        end = content.find(b"~>", start, start + self._letters_left + 2)
        more = end < 0 and content.find(b"~>", start) >= 0
        letters = content[start : end if end >= 0 else start + 64].strip().removeprefix(b"<~")
        if (
            not letters
            or (end < 0 and not more)
            or any(not 0x21 <= byte <= 0x7A and byte not in b" \t\r\n" for byte in letters[:64])
        ):
            return b""
        if more:
            raise Refused(_UNREADABLE)
        self._letters_left -= len(letters)
        try:
            return base64.a85decode(letters)
        except ValueError:
            return b""


def _before_the_damage(machine: "zlib._Decompress", packed: bytes, budget: int) -> bytes:
    """Return what comes before a damaged place: readers show it."""
    found = bytearray()
    try:
        for at in range(len(packed)):
            found += machine.decompress(packed[at : at + 1], budget + 1)
    except zlib.error:
        pass
    return bytes(found)
