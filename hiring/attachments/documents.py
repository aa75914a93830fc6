"""DOCX and ODT: packed folders. Only known kinds of parts are taken, and none may fetch, run or hold anything else."""

import io
import re
import zipfile
import zlib
from collections import defaultdict
from pathlib import PurePosixPath
from xml.parsers import expat

from hiring.attachments.refused import ACTIVE, BOMB, BROKEN, OTHER, PASSWORD, FileRefused

MAX_UNPACKED = 60 * 1024 * 1024
MAX_WORDS = 20 * 1024 * 1024
MAX_RATIO = 120
RATIO_COUNTS_FROM = 5 * 1024 * 1024
MAX_PARTS = 1_000
MAX_ELEMENTS = 400_000
MAX_FIELDS = 100_000

_WORDS = {".xml", ".rels", ".rdf", ".svg"}
_PICTURES = {".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff", ".emf", ".wmf", ".wdp", ".webp"}
_FONTS = {".ttf", ".otf", ".odttf", ".fntdata"}
_TYPES_OF_THESE = (
    "image/",
    "font/",
    "application/x-font",
    "application/font",
    "application/vnd.openxmlformats-officedocument.obfuscatedfont",
)
#: What a picture or a font never begins with: words, or another packed folder or programme.
_NO_PICTURE = (
    b"<",
    b"PK",
    b"MZ",
    b"%PDF",
    b"\xd0\xcf\x11\xe0",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"\xfe\xff",
    b"\x00<",
    b"{\\rtf",
)
#: What LibreOffice writes beside the document, and nobody reads as words.
_SKIPPED = {"mimetype", "layout-cache"}
_FOLDERS = re.compile(
    r"(^|/)(embeddings|activex|vba\w*|macros|basic|scripts|dialogs|customui|object [^/]*)(/|\.|$)", re.IGNORECASE
)
#: Elements that hold or call something else: Word first, then OpenDocument, then pictures (SVG).
_ELEMENTS = frozenset(
    [
        "altchunk",
        "control",
        "oleobject",
        "object",
        "subdoc",
        "frameset",
        "mailmerge",
        "object-ole",
        "plugin",
        "applet",
        "floating-frame",
        "form",
        "event-listener",
        "dde-source",
        "dde-connection",
        "dde-connection-decl",
        "section-source",
        "execute-macro",
        "script",
        "table-source",
        "database-display",
        "database-next",
        "auto-reload",
        "foreignobject",
        "iframe",
        "embed",
    ]
)
_CALLS = re.compile(
    r"\W*(DDE(AUTO)?|INCLUDE(TEXT|PICTURE)?|LINK|EMBED|MACROBUTTON|DATABASE|IMPORT|QUOTE|RD)\b", re.IGNORECASE
)
_SCHEME = re.compile(r"\s*([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_MAY_LEAD = {"http", "https", "mailto", "tel"}
_LOCAL_FILE = re.compile(r"(file:///(?!/)|/(?!/))[^\\]*\Z", re.IGNORECASE)


def refuse_active(content: bytes) -> str:
    """Search a packed document; return "docx" or "odt". Raises Refused when it is neither, broken, or holds anything active."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            _measure(content, parts)
            kind = _kind(archive, [part.filename for part in parts])
            for part in parts:
                _search(archive, part)
    except (
        zipfile.BadZipFile,
        zlib.error,
        NotImplementedError,
        RuntimeError,
        EOFError,
        ValueError,
        LookupError,
        OSError,
        expat.ExpatError,
    ) as error:
        raise FileRefused(BROKEN) from error
    return kind


def _measure(content: bytes, parts: list[zipfile.ZipInfo]) -> None:
    """`zipfile` never unpacks more of a part than it declares, so declared sizes can be relied on."""
    unpacked = sum(part.file_size for part in parts)
    words = sum(part.file_size for part in parts if _suffix(part.filename) in _WORDS)
    if any(part.flag_bits & 1 for part in parts):
        raise FileRefused(PASSWORD)
    dense = unpacked > max(MAX_RATIO * len(content), RATIO_COUNTS_FROM)
    if len(parts) > MAX_PARTS or unpacked > MAX_UNPACKED or words > MAX_WORDS or dense:
        raise FileRefused(BOMB)
    end = content.rfind(b"PK\x05\x06")
    behind, said = len(content) - end - 22, int.from_bytes(content[end + 20 : end + 22], "little")
    unusual = any(part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for part in parts)
    twice = len({part.filename.casefold() for part in parts}) != len(parts)
    if behind != said or unusual or twice or not _side_by_side(content, parts, end):
        raise FileRefused(BROKEN)  # another file before, between or behind, or two parts under one name


def _side_by_side(content: bytes, parts: list[zipfile.ZipInfo], end: int) -> bool:
    """Tell whether the parts follow each other without room for anything that only another reader would find."""
    at = 0
    for part in sorted(parts, key=lambda one: one.header_offset):
        here = part.header_offset
        if not 0 <= here - at <= 24:  # 24: what may follow a part to say its size
            return False
        names = int.from_bytes(content[here + 26 : here + 28], "little") + int.from_bytes(
            content[here + 28 : here + 30], "little"
        )
        at = here + 30 + names + part.compress_size
    table = int.from_bytes(content[end + 16 : end + 20], "little")
    return 0 <= table - at <= 24


def _kind(archive: zipfile.ZipFile, names: list[str]) -> str:
    if {"word/document.xml", "[Content_Types].xml"} <= set(names):
        return "docx"
    odt = b"application/vnd.oasis.opendocument.text"
    if names[:1] == ["mimetype"] and "content.xml" in names and archive.read("mimetype").strip() == odt:
        return "odt"
    raise FileRefused(OTHER)


def _suffix(name: str) -> str:
    return "." + name.rpartition(".")[2].lower()


def _search(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    name, suffix = part.filename, _suffix(part.filename)
    if _FOLDERS.search(name) or name.startswith("/") or ".." in PurePosixPath(name).parts or "\\" in name:
        raise FileRefused(ACTIVE)
    if name.endswith("/") or name in _SKIPPED or part.file_size == 0:
        return
    if suffix in _PICTURES | _FONTS:
        with archive.open(part) as source:
            if source.read(64).lstrip().startswith(_NO_PICTURE):
                raise FileRefused(ACTIVE)
        return
    if suffix not in _WORDS:
        raise FileRefused(ACTIVE)
    _Part().read(archive.read(part))


class _Part:
    """Reads one part of a document as its programme would: element by element, whatever namespace an attribute is of."""

    def __init__(self) -> None:
        self._in_field, self._fields, self._length, self._elements = False, [""], 0, 0
        # Names stay as they are written: put together with their namespaces, long ones would cost their square.
        self._parser = expat.ParserCreate()
        self._svg: set[str] = set()
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._begins
        self._parser.EndElementHandler = self._ends
        self._parser.CharacterDataHandler = self._says
        self._parser.StartDoctypeDeclHandler = self._doctype

    def read(self, words: bytes) -> None:
        self._parser.Parse(words, True)
        if any(_CALLS.match(one) for one in "".join(self._fields).split("\x1f")):
            raise FileRefused(ACTIVE)

    def _doctype(self, *_found: object) -> None:
        raise FileRefused(ACTIVE)

    def _begins(self, name: str, attributes: dict[str, str]) -> None:
        self._elements += 1
        if self._elements > MAX_ELEMENTS:
            raise FileRefused(BOMB)
        prefix, _colon, local = name.lower().rpartition(":")
        self._in_field = local == "instrtext"
        if local in ("fldchar", "p", "fldsimple"):
            self._add("\x1f")  # another field begins
        if local in _ELEMENTS:
            raise FileRefused(ACTIVE)
        if local == "encryption-data":
            raise FileRefused(PASSWORD)
        if attributes:
            said = defaultdict(list)
            for key, value in attributes.items():
                lower = key.lower()
                if lower == "xmlns" or lower.startswith("xmlns:"):
                    self._note_svg(lower[6:], value)
                    continue
                said[lower.rpartition(":")[2]].append(value)
            self._look_at(local, prefix, said)

    def _note_svg(self, prefix: str, namespace: str) -> None:
        """Note that a prefix (or none) stands for pictures that can run scripts, or no longer does."""
        if "svg" in namespace.lower():
            self._svg.add(prefix)
        else:
            self._svg.discard(prefix)

    def _look_at(self, local: str, prefix: str, said: dict[str, list[str]]) -> None:
        if (prefix in self._svg or local == "svg") and any(key.startswith("on") for key in said):
            raise FileRefused(ACTIVE)
        if local == "blip" and "link" in said:  # a picture that is fetched
            raise FileRefused(ACTIVE)
        for one in said.get("instr", []) if local == "fldsimple" else []:
            self._add(f"\x1f{one}\x1f")
        _look_at_types(local, said)
        _look_where_it_leads(local, said)

    def _ends(self, _name: str) -> None:
        self._in_field = False

    def _says(self, words: str) -> None:
        if self._in_field:
            self._add(words)

    def _add(self, words: str) -> None:
        self._length += len(words)
        if self._length > MAX_FIELDS + MAX_ELEMENTS:
            raise FileRefused(BOMB)
        self._fields.append(words)


def _look_at_types(local: str, said: dict[str, list[str]]) -> None:
    """What a part is said to be fits its name: no macro, and no words under the name of a picture."""
    types = [one.lower() for one in (*said.get("contenttype", []), *said.get("media-type", []))]
    if any(word in one for one in types for word in ("macro", "vba", "activex")):
        raise FileRefused(ACTIVE)
    if local in ("default", "override"):
        names = [f".{one}" for one in said.get("extension", [])] + said.get("partname", [])
        if any(_suffix(one) in _PICTURES | _FONTS for one in names) and not all(
            one.startswith(_TYPES_OF_THESE) for one in types
        ):
            raise FileRefused(ACTIVE)


def _look_where_it_leads(local: str, said: dict[str, list[str]]) -> None:
    """A link somebody may click leads anywhere on the web; what loads by itself stays inside the document."""
    targets, kinds = said.get("target", []), [one.lower() for one in said.get("type", [])]
    if local == "relationship":
        if any(one.endswith("/officedocument") for one in kinds) and any(
            one.lstrip("/") != "word/document.xml" for one in targets
        ):
            raise FileRefused(ACTIVE)
        if any(one.lower() == "external" for one in said.get("targetmode", [])):
            link = kinds and all(one.endswith("/hyperlink") for one in kinds) and all(map(_may_be_clicked, targets))
            own = (
                kinds
                and all(one.endswith("/attachedtemplate") for one in kinds)
                and all(map(_LOCAL_FILE.match, targets))
            )
            if not link and not own:
                raise FileRefused(ACTIVE)
    for leads in said.get("href", []):
        clicked = local == "a" and _may_be_clicked(leads)
        if not clicked and not (local == "template" and _LOCAL_FILE.match(leads)) and _leads_out(leads):
            raise FileRefused(ACTIVE)
    if any(map(_leads_out, said.get("src", []))):
        raise FileRefused(ACTIVE)


def _may_be_clicked(target: str) -> bool:
    scheme = _SCHEME.match(target)
    return (scheme is None and not target.lstrip().startswith(("\\\\", "//"))) or bool(
        scheme and scheme[1].lower() in _MAY_LEAD
    )


def _leads_out(target: str) -> bool:
    """Tell whether something would be fetched from outside the document."""
    plain = target.strip()
    return not plain.startswith("data:image/") and bool(_SCHEME.match(plain) or plain.startswith(("/", "\\", "..")))
