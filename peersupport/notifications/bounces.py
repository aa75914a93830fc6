"""Mail that came back later, read from a mailbox of its own if the organization has one (`BOUNCE_URL`).

A mail server tells in a delivery status notification (RFC 3464) that a mail could not be delivered for good, and
returns its header. Our Message-ID in it names the row: it is marked as not delivered, and a coordinator sees it.
"""

import imaplib
import logging
import re
import ssl
from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message as Mail
from urllib.parse import SplitResult, unquote, urlsplit
from uuid import UUID

from django.conf import settings

from peersupport.notifications.models import Message, MessageState

log = logging.getLogger("peersupport.notifications")
#: So many are looked at in one go; the others wait for the next.
AT_ONCE = 200
TIMEOUT_SECONDS = 30
#: A mail in bytes that is looked at.
LARGEST = 256 * 1024
_SIZE = re.compile(rb"RFC822\.SIZE (\d{1,12})")
_OURS = re.compile(r"<([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})@")


def failed_for_good(notice: Mail) -> list[UUID]:
    """Return the rows a notice says could not be delivered for good; nothing for any other mail."""
    if notice.get_content_type() != "multipart/report":
        return []
    parts = list(notice.walk())
    statuses = [
        field for part in parts if part.get_content_type() == "message/delivery-status" for field in _fields(part)
    ]
    for_good = any(action == "failed" and status.startswith("5") for action, status in statuses)
    return list(dict.fromkeys(_ours(parts))) if for_good else []


def _fields(part: object) -> Iterator[tuple[str, str]]:
    """Return action and status of each recipient a delivery status tells of."""
    for block in part.get_payload():  # type: ignore[attr-defined]
        if "Action" in block:
            yield str(block["Action"]).strip().lower(), str(block.get("Status", "")).strip()


def _ours(parts: list[object]) -> Iterator[UUID]:
    for part in parts:
        kind = part.get_content_type()  # type: ignore[attr-defined]
        if kind == "message/rfc822":
            text = str(part.get_payload(0).get("Message-ID", ""))  # type: ignore[attr-defined]
        elif kind == "text/rfc822-headers":
            header = (part.get_payload(decode=True) or b"").decode("ascii", "replace")  # type: ignore[attr-defined]
            found = re.search(r"^Message-ID:\s{0,99}+(\S{1,999}+)", header, re.I | re.M)
            text = found[1] if found else ""
        else:
            continue
        if named := _OURS.search(text):
            yield UUID(named[1])


def mark(pks: list[UUID]) -> int:
    """Mark rows whose mail came back; return how many."""
    return Message.objects.filter(pk__in=pks, state=MessageState.SENT).update(
        state=MessageState.FAILED, sent_at=None, read_at=None
    )


def look() -> int:
    """Read the mailbox, mark what came back, remove the notices that were ours; return how many rows were marked."""
    where = urlsplit(settings.BOUNCE_URL)
    with _connected(where) as box:
        box.login(unquote(where.username or ""), unquote(where.password or ""))
        box.select(unquote(where.path.strip("/")) or "INBOX")
        marked = sum(_one(box, number) for number in box.search(None, "UNSEEN")[1][0].split()[:AT_ONCE])
        box.expunge()
    return marked


def _connected(where: SplitResult) -> imaplib.IMAP4:
    """Return a connection; with `imaps` the server has to show a certificate for its name."""
    if where.scheme == "imaps":
        context = ssl.create_default_context()
        return imaplib.IMAP4_SSL(where.hostname or "", where.port or 993, ssl_context=context, timeout=TIMEOUT_SECONDS)
    return imaplib.IMAP4(where.hostname or "", where.port or 143, timeout=TIMEOUT_SECONDS)


def _size_of(box: imaplib.IMAP4, name: str) -> int:
    """Return the size of a mail in bytes, as the server says it."""
    _ok, answer = box.fetch(name, "(RFC822.SIZE)")
    found = _SIZE.search(b" ".join(part if isinstance(part, bytes) else part[0] for part in answer if part))
    return int(found[1]) if found else 0


def _one(box: imaplib.IMAP4, number: bytes) -> int:
    name = number.decode()
    if _size_of(box, name) > LARGEST:  # no notice is so large; anybody may send anything here
        box.store(name, "+FLAGS", "\\Seen")
        return 0
    _ok, answer = box.fetch(name, "(RFC822)")
    raw = next((part[1] for part in answer if isinstance(part, tuple)), b"")
    try:
        pks = failed_for_good(message_from_bytes(raw[:LARGEST]))
    except Exception as problem:  # anybody may send anything to a mailbox
        log.warning("a notice could not be read (%s)", type(problem).__name__)
        pks = []
    box.store(name, "+FLAGS", "\\Deleted" if pks else "\\Seen")
    return mark(pks)
