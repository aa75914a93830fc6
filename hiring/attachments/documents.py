"""DOCX and ODT: packed folders. Only known kinds of parts are taken, and none may fetch, run or hold anything else."""

import io
import re
import zipfile
import zlib
from pathlib import PurePosixPath
from xml.parsers import expat

from django.utils.translation import gettext_lazy as _

from hiring.attachments.refused import BOMB, BROKEN, OTHER, Refused

MAX_UNPACKED = 60 * 1024 * 1024
MAX_RATIO = 120
RATIO_COUNTS_FROM = 5 * 1024 * 1024
MAX_PARTS = 1_000
_PASSWORD = _("This file has a password, so it can't be looked at. Please save it without one.")
_ACTIVE = _("There is a macro, a link that loads by itself, or another file inside. Please save it without, or as PDF.")

_WORDS = {".xml", ".rels", ".rdf", ".svg"}
_PICTURES_AND_FONTS = {".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff", ".emf", ".wmf", ".wdp", ".webp", ".ttf", ".otf",
                       ".odttf", ".fntdata"}  # fmt: skip
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
        "foreignobject",
        "iframe",
        "embed",
    ]
)
_FIELDS = re.compile(
    r"\b(DDE(AUTO)?|INCLUDE(TEXT|PICTURE)?|LINK|EMBED|MACROBUTTON|DATABASE|IMPORT|QUOTE|RD)\b", re.IGNORECASE
)
_MAY_LEAD = re.compile(r"(https?:|mailto:|tel:|#)", re.IGNORECASE)
_LEADS_OUT = re.compile(r"\s*([a-z][a-z0-9+.-]*:|//|\\\\|\.\.)", re.IGNORECASE)
_LOCAL_TEMPLATE = re.compile(r"file:///[a-z]:", re.IGNORECASE)


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
        zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, ValueError, OSError, expat.ExpatError,
    ) as error:  # fmt: skip
        raise Refused(BROKEN) from error
    return kind


def _measure(content: bytes, parts: list[zipfile.ZipInfo]) -> None:
    """`zipfile` never unpacks more of a part than it declares, so declared sizes can be relied on."""
    unpacked = sum(part.file_size for part in parts)
    if any(part.flag_bits & 1 for part in parts):
        raise Refused(_PASSWORD)
    if len(parts) > MAX_PARTS or unpacked > MAX_UNPACKED or unpacked > max(MAX_RATIO * len(content), RATIO_COUNTS_FROM):
        raise Refused(BOMB)
    end = content.rfind(b"PK\x05\x06")
    behind, said = len(content) - end - 22, int.from_bytes(content[end + 20 : end + 22], "little")
    beside = behind != said or min((part.header_offset for part in parts), default=-1) != 0
    unusual = any(part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for part in parts)
    twice = len({part.filename.casefold() for part in parts}) != len(parts)
    if beside or unusual or twice:  # another file before or behind, or two parts under one name
        raise Refused(BROKEN)


def _kind(archive: zipfile.ZipFile, names: list[str]) -> str:
    if {"word/document.xml", "[Content_Types].xml"} <= set(names):
        return "docx"
    odt = b"application/vnd.oasis.opendocument.text"
    if names[:1] == ["mimetype"] and "content.xml" in names and archive.read("mimetype").strip() == odt:
        return "odt"
    raise Refused(OTHER)


def _search(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    name = part.filename
    suffix = "." + name.rpartition(".")[2].lower()
    if _FOLDERS.search(name) or name.startswith("/") or ".." in PurePosixPath(name).parts or "\\" in name:
        raise Refused(_ACTIVE)
    if name.endswith("/") or name == "mimetype" or suffix in _PICTURES_AND_FONTS or part.file_size == 0:
        return
    if suffix not in _WORDS:
        raise Refused(_ACTIVE)
    _Part().read(archive.read(part))


class _Part:
    """Reads one part of a document as its programme would: element by element."""

    def __init__(self) -> None:
        self._in_field, self._fields = False, ""
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.StartElementHandler = self._begins
        self._parser.EndElementHandler = self._ends
        self._parser.CharacterDataHandler = self._says
        self._parser.StartDoctypeDeclHandler = self._doctype

    def read(self, words: bytes) -> None:
        self._parser.Parse(words, True)
        if _FIELDS.search(self._fields):
            raise Refused(_ACTIVE)

    def _doctype(self, *_found: object) -> None:
        raise Refused(_ACTIVE)

    def _begins(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(" ")[2].lower()
        self._in_field = local == "instrtext"
        said = {key.rpartition(" ")[2].lower(): value for key, value in attributes.items()}
        if local in _ELEMENTS or any(key.startswith("on") and value for key, value in said.items() if "svg" in name):
            raise Refused(_ACTIVE)
        if local == "encryption-data":
            raise Refused(_PASSWORD)
        types = (said.get("contenttype", "") + said.get("media-type", "")).lower()
        if "macro" in types or "vba" in types or "activex" in types:
            raise Refused(_ACTIVE)
        self._fields += said.get("instr", "") + " " if local == "fldsimple" else ""
        self._look_where_it_leads(local, said)

    def _look_where_it_leads(self, local: str, said: dict[str, str]) -> None:
        """A link somebody may click leads anywhere on the web; what loads by itself stays inside the document."""
        if local == "relationship" and said.get("targetmode", "").lower() == "external":
            kind, target = said.get("type", "").lower(), said.get("target", "")
            if not (kind.endswith("/hyperlink") and _MAY_LEAD.match(target)) and not (
                kind.endswith("/attachedtemplate") and _LOCAL_TEMPLATE.match(target)
            ):
                raise Refused(_ACTIVE)
        leads = said.get("href", "")
        if leads and local not in {"template", "auto-reload"}:
            clicked = local == "a" and _MAY_LEAD.match(leads)
            if not clicked and _LEADS_OUT.match(leads) and not leads.startswith("data:image/"):
                raise Refused(_ACTIVE)

    def _ends(self, _name: str) -> None:
        self._in_field = False

    def _says(self, words: str) -> None:
        if self._in_field:
            self._fields += words
