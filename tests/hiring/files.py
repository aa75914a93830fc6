"""Small files of every kind a candidate may send, and of kinds nobody should: made here, byte by byte."""

import io
import zipfile
import zlib

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def pdf(*objects, streams=()):
    """A small PDF: each object as its bytes; each stream as (dictionary, data)."""
    body = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Kids [] /Count 0 >>\nendobj\n"
    for number, one in enumerate(objects, start=3):
        body += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    for number, (head, data) in enumerate(streams, start=30):
        body += b"%d 0 obj\n<< %s /Length %d >>\nstream\n%s\nendstream\nendobj\n" % (number, head, len(data), data)
    return body + b"trailer\n<< /Root 1 0 R >>\n%%EOF\n"


def packed(words, level=9):
    return zlib.compress(words, level)


def folder(parts):
    """A packed folder with these parts, in this order."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, words in parts.items():
            how = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(name, words, how)
    return buffer.getvalue()


def docx(body="<w:p><w:r><w:t>I know how to wait.</w:t></w:r></w:p>", relations="", types="", **more):
    parts = {
        "[Content_Types].xml": f'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" '
        f'ContentType="application/xml"/>{types}</Types>',
        "word/document.xml": f'<w:document xmlns:w="{WORD}" xmlns:r="{OFFICE}"><w:body>{body}</w:body></w:document>',
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{RELS}">{relations}</Relationships>',
    }
    return folder(parts | {name.replace("__", "/"): words for name, words in more.items()})


def relation(kind, target, mode="External"):
    return f'<Relationship Id="r9" Type="{OFFICE}/{kind}" Target="{target}" TargetMode="{mode}"/>'


def odt(body="<text:p>I know how to wait.</text:p>", manifest="", **more):
    spaces = " ".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{long}:1.0"'
        for short, long in [
            ("office", "office"),
            ("text", "text"),
            ("draw", "drawing"),
            ("script", "script"),
            ("form", "form"),
            ("table", "table"),
            ("manifest", "manifest"),
        ]
    )
    parts = {
        "mimetype": "application/vnd.oasis.opendocument.text",
        "content.xml": f'<office:document-content {spaces} xmlns:xlink="http://www.w3.org/1999/xlink"><office:scripts/><office:body><office:text>'
        f"{body}</office:text></office:body></office:document-content>",
        "META-INF/manifest.xml": f"<manifest:manifest {spaces}>{manifest}</manifest:manifest>",
    }
    return folder(parts | {name.replace("__", "/"): words for name, words in more.items()})
