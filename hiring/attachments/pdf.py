"""PDF: every byte is searched for what could act by itself, packed streams too (ISO 32000-2, 7.2, 7.3.5, 7.4, 7.5.7, 12.6).

A reader follows tables that say where an object begins, and a hostile file may point anywhere, into a picture too. So
nothing is believed of a file's order: the whole of it is searched, and once more what each stream unpacks to. What
could hide how it is packed is refused: only what ordinary programmes write is taken.
"""

import base64
import re
import zlib
from collections.abc import Iterator
from itertools import islice

from hiring.attachments.refused import BOMB, BROKEN, PDF_ACTIVE, PDF_UNREADABLE, FileRefused

MAX_UNPACKED = 40 * 1024 * 1024
MAX_STREAMS = 5_000
MAX_LETTERS = 2 * 1024 * 1024
MAX_ESCAPES = 20_000
DEEP = 3
#: Streams whose packing is damaged: each is unpacked byte by byte.
MAX_DAMAGED = 200
_PIECE = 4096
_LOOK_BACK = 4 * 1024

_BLANK = rb"[\s\x00]"
#: Blanks and comments: both may stand between a name and what belongs to it. Possessive: what was taken is not given
#: back, so that no file makes the search slower than its length. More of them than ordinary programmes write: `_FAR`.
_GAP = rb"(?:[\s\x00]{0,50}+(?:%[^\r\n]{0,200}+[\r\n][\s\x00]{0,50}+){0,3}+)"
_END = rb"(?=[\s\x00/<>\[\](){}%]|$)"
_ELSEWHERE = _GAP + rb"\d++" + _GAP + rb"\d++" + _GAP + rb"R"
#: A name whose value stands farther away than is searched.
_FAR = re.compile(rb"/(?:JS|AA|FS|OpenAction|F(?:ilter)?|Type|Encrypt|DecodeParms|DP|Predictor)" + _GAP + rb"[\s\x00%]")
#: Names that stand for an action, a programme, or a file within the file, wherever they are.
_NAMES = re.compile(
    rb"/(?:JavaScript|Launch|EmbeddedFiles?|Filespec|RichMedia\w*|XFA|SubmitForm|ImportData|GoToE|GoToR|Rendition|Movie|Sound|Collection|"
    rb"AFRelationship|NeedsRendering|OnInstantiate|FFilter)" + _END
)
#: Short names appear by chance in packed pictures: they count where something follows that they could mean.
_SHORT = re.compile(
    rb"/(?:JS|AA)"
    + _GAP
    + rb"(?:<<|[(<]|\d++"
    + _GAP
    + rb"\d++"
    + _GAP
    + rb"R)|/FS"
    + _GAP
    + rb"/URL|/OpenAction"
    + _GAP
    + rb"<<[^>]{0,500}/URI"
    + _END
)
#: Ways to pack that are not searched, or that hide which one is used.
_UNSEARCHED = re.compile(
    rb"/(?:LZWDecode|RunLengthDecode|ASCIIHexDecode|Crypt)"
    + _END
    + rb"|/F(?:ilter)?"
    + _GAP
    + rb"(?:\["
    + _GAP
    + rb")?(?:/(?!(?:AHx|LZW|RL)\b)\w++"
    + _GAP
    + rb"){0,4}/(?:AHx|LZW|RL)"
    + _END
    + rb"|/(?:Filter|Type|Encrypt|DecodeParms|DP)"
    + _ELSEWHERE
    + rb"|/Encrypt"
    + _GAP
    + rb"<<"
)
_STREAM = re.compile(rb"(?<!end)stream(?=" + _BLANK + rb")")
_NOT_BLANK = re.compile(rb"[^\s\x00]|\Z")
_OBJECTS, _PACKED = re.compile(rb"/ObjStm" + _END), re.compile(rb"/F(?:ilter)?" + _GAP + rb"[/\[]")
_PREDICTOR = re.compile(rb"/Predictor" + _GAP + rb"(?!1\b)\d")
_LAST = re.compile(rb"~" + _BLANK + rb"{0,64}+>")
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")


def refuse_active(content: bytes) -> None:
    """Search a PDF. Raises Refused when it is broken, can't be searched, or holds anything active."""
    if b"%%EOF" not in content[-2048:]:
        raise FileRefused(BROKEN)
    for words in (content, *_Unpacking(content).streams()):
        _search(words)


def _search(words: bytes) -> None:
    plain = _plain(words)
    if _NAMES.search(plain) or _SHORT.search(plain):
        raise FileRefused(PDF_ACTIVE)
    if _UNSEARCHED.search(plain) or _FAR.search(plain):
        raise FileRefused(PDF_UNREADABLE)


def _plain(words: bytes) -> bytes:
    """Return the same with names spelt out: #4a is a way to write J. Raises Refused for more than any document has."""
    if b"#" not in words:
        return words
    if next(islice(_ESCAPED.finditer(words), MAX_ESCAPES, None), None):
        raise FileRefused(BOMB)
    return _ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), words)


class _Unpacking:
    """Unpacks all streams of a file, with one budget for the whole of it."""

    def __init__(self, content: bytes) -> None:
        self._content, self._left, self._letters_left = content, MAX_UNPACKED, MAX_LETTERS
        # Reading is counted too: many streams that unpack to nothing would each read the whole file.
        self._to_read, self._damaged = 10 * len(content) + MAX_UNPACKED, 0
        self._heads_left = 4 * len(content) + MAX_UNPACKED
        self._has_letters = b"ASCII85Decode" in content or b"/A85" in content

    def streams(self) -> Iterator[bytes]:
        """Yield what each packed stream holds. Raises Refused for too much, and for objects that can't be searched."""
        content = self._content
        for number, found in enumerate(_STREAM.finditer(content)):
            if number >= MAX_STREAMS:
                raise FileRefused(BOMB)
            first = _NOT_BLANK.search(content, found.end(), found.end() + 16)
            start = first.start() if first else found.end()
            whole = list(self._unpacked(content, start, DEEP))
            self._refuse_hidden_objects(found.start(), whole)
            yield from whole

    def _refuse_hidden_objects(self, at: int, unpacked: list[bytes]) -> None:
        """Objects in a stream have to unpack by deflate, and not to be rearranged before."""
        before = max(at - _LOOK_BACK, 0)
        head = self._content[max(self._content.rfind(b" obj", before, at), before) : at]
        self._heads_left -= len(head)
        if self._heads_left < 0:
            raise FileRefused(BOMB)
        if b"ObjStm" not in head and b"#" not in head:
            return
        head = _plain(head)
        if _OBJECTS.search(head) and (_PREDICTOR.search(head) or (_PACKED.search(head) and not unpacked)):
            raise FileRefused(PDF_UNREADABLE)

    def _unpacked(self, content: bytes, start: int, deep: int) -> Iterator[bytes]:
        """Yield what unpacks from a place on, and what that unpacks to again."""
        for words in filter(None, (self._inflated(content, start), self._from_letters(content, start))):
            self._left -= len(words)
            if self._left <= 0:
                raise FileRefused(BOMB)
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
            self._to_read -= len(piece)
            if self._to_read < 0:
                raise FileRefused(BOMB)
            try:
                found += machine.decompress(piece, self._left + 1)
            except zlib.error:
                self._damaged += 1
                if self._damaged > MAX_DAMAGED:
                    raise FileRefused(PDF_UNREADABLE) from None
                return bytes(found + _before_the_damage(before, piece, self._left))
            at += _PIECE
        return bytes(found)

    def _from_letters(self, content: bytes, start: int) -> bytes:
        """Return bytes that were written as letters (ASCII base 85), or nothing. Raises Refused for too many."""
        some = content[start : start + 64].partition(b"~")[0]
        if not some.strip() or any(not 0x21 <= byte <= 0x7A and byte not in b" \t\r\n\x0c\x00" for byte in some):
            return b""
        end = _LAST.search(content, start, start + self._letters_left + 64)
        self._to_read -= (end.end() if end else min(len(content), start + self._letters_left + 64)) - start
        if self._to_read < 0:
            raise FileRefused(BOMB)
        if end is None:
            if self._has_letters:
                self._refuse_endless(content, start)
            return b""
        letters = content[start : end.start()].replace(b"\x00", b"").removeprefix(b"<~")
        self._letters_left -= len(letters)
        try:
            return base64.a85decode(letters, ignorechars=b" \t\n\r\x0b\x0c")
        except ValueError:
            return b""

    def _refuse_endless(self, content: bytes, start: int) -> None:
        if content.find(b"~", start + self._letters_left) >= 0 and content[start : start + 5] != b"endst":
            raise FileRefused(PDF_UNREADABLE)


def _before_the_damage(machine: "zlib._Decompress", packed: bytes, budget: int) -> bytes:
    """Return what comes before a damaged place: readers show it."""
    found = bytearray()
    try:
        for at in range(len(packed)):
            found += machine.decompress(packed[at : at + 1], budget + 1)
    except zlib.error:
        pass
    return bytes(found)
