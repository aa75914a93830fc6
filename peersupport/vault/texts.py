"""Sealed texts: written for their readers, read, shared, taken back, destroyed. The only place with plain text."""

import json
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction

from peersupport.audit.recording import record, record_reads
from peersupport.vault import crypto, ledger, pins
from peersupport.vault.crypto import Header, Public, Refused
from peersupport.vault.models import Grant, SealedText
from peersupport.vault.pins import PinnedKeys
from peersupport.vault.unlocking import Unlocked
from peersupport.workflow.state_machine import NotPossible, lock

log = logging.getLogger("peersupport.vault")
#: A text at most, in bytes of UTF-8: all of it stays in memory on its way.
LARGEST = 100_000
#: The version of keys that nobody has: a grant under it waits for its author to compare and share again.
NONE = 0
#: Which guests may go on reading a text, by exactly which keys, as signed consents say. Its people are in the pins.
Stays = Callable[["SealedText"], list[Public]]


class CannotOpen(Exception):
    """The text can't be opened. Always the same words, whatever the cause."""


class NoKeys(Exception):
    """A reader has no keys yet: they never signed in with a password. `user_id` is theirs."""

    def __init__(self, user_id: UUID) -> None:
        super().__init__()
        self.user_id = user_id


@dataclass(repr=False)
class Content:
    """A text, opened: its parts by name. It never shows itself in a log or an error."""

    parts: dict[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        return "Content(…)"

    __str__ = __repr__

    @property
    def packed(self) -> bytes:
        made = json.dumps(self.parts, ensure_ascii=False, sort_keys=True).encode()
        if len(made) > LARGEST:
            raise ValueError("too long")
        return made


@dataclass(frozen=True)
class Belongs:
    """What the texts of one page have to be: of this kind and relationship, between these people, by one of them."""

    kind: str
    relationship: UUID
    people: frozenset[UUID]

    def fits(self, text: SealedText) -> bool:
        """Tell whether a row is what the page shows it as: a row can be moved, what is sealed in it can't."""
        return (text.kind, text.relationship) == (self.kind, self.relationship) and text.author_id in self.people


@transaction.atomic
def write(
    kind: str,
    relationship: UUID,
    content: Content,
    *,
    readers: Sequence[UUID],
    by: Unlocked,
    guests: Iterable[Public] = (),
) -> SealedText:
    """Seal a new text for its readers (the author is one) and return its row.

    `guests` read along without being one of its people, by exactly these keys, which somebody trusted agreed to.
    Raises NoKeys, KeyChanged, CannotOpen (its people are not those it was between before, or a key is none), and
    ValueError for more than LARGEST bytes.
    """
    try:
        text, key = _write(kind, relationship, content, readers, by)
        for guest in guests:
            _grant(text, key, guest, by)
        return text
    except Refused:
        raise CannotOpen from None


def _write(
    kind: str, relationship: UUID, content: Content, readers: Sequence[UUID], by: Unlocked
) -> tuple[SealedText, bytes]:
    header = Header(kind, uuid4(), 1, relationship, by.keys.user, by.keys.version)
    sealed, key = crypto.seal(content.packed, header, by.keys)
    text = SealedText(
        id=header.text,
        kind=kind,
        relationship=relationship,
        author_id=header.author,
        author_version=by.keys.version,
        nonce=sealed.nonce,
        ciphertext=sealed.ciphertext,
        signature=sealed.signature,
    )
    text.save(force_insert=True)
    seen = PinnedKeys(by)
    seen.people(relationship, {by.keys.user, *readers})
    for reader in dict.fromkeys([by.keys.user, *readers]):
        _grant(text, key, _public(reader, by, seen), by)
    seen.save()
    return text, key


def _public(reader: UUID, by: Unlocked, seen: PinnedKeys) -> Public:
    if reader == by.keys.user:
        return by.keys.public
    public = pins.public_of(reader)
    if public is None:
        raise NoKeys(reader)
    return seen.trust(public)


def _grant(text: SealedText, key: bytes, reader: Public, by: Unlocked) -> None:
    wrap, signature = crypto.grant(key, text.header, reader, by.keys)
    Grant.objects.update_or_create(
        text=text,
        reader_id=reader.user,
        defaults={
            "reader_version": reader.version,
            "wrap": wrap,
            "granted_by_id": by.keys.user,
            "granter_version": by.keys.version,
            "signature": signature,
        },
    )


def read(
    text: SealedText, *, by: Unlocked, role: str, subjects: Sequence[UUID | None] = (), belongs: Belongs | None = None
) -> Content:
    """Open a text for one of its readers, and write that it was read.

    Whether they may is asked before, by the caller. Raises CannotOpen, and KeyChanged for unconfirmed keys.
    """
    (content,) = read_all([text], by=by, role=role, subjects=subjects, belongs=belongs)
    if isinstance(content, pins.KeyChanged):
        raise content
    if content is None:
        raise CannotOpen
    return content


def read_all(
    texts: Sequence[SealedText],
    *,
    by: Unlocked,
    role: str,
    subjects: Sequence[UUID | None] = (),
    noted: bool = True,
    belongs: Belongs | None = None,
) -> list[Content | pins.KeyChanged | None]:
    """Open texts in the order given, in a number of queries that does not grow.

    For one that can't be opened, or is not what it is shown as, there is None; where somebody's keys have to be
    confirmed first, the KeyChanged. That somebody else's text was read is written once an hour.
    """
    try:
        opener = _Opener(texts, by)
        if belongs:
            opener.seen.people(belongs.relationship, set(belongs.people))
        found = [opener.content(text) if belongs is None or belongs.fits(text) else None for text in texts]
        opener.seen.save()
    except (CannotOpen, Refused):
        found = [None] * len(texts)
    for text in [text for text, content in zip(texts, found, strict=True) if content is None]:
        alarm(text, by)
    if noted:
        opened = [text for text, content in zip(texts, found, strict=True) if isinstance(content, Content)]
        others = [text for text in opened if text.author_id != by.keys.user]
        record_reads("note.read", others, by=by.user, role=role, subjects=subjects)
    return found


def naming(texts: Sequence[SealedText], part: str, value: str, *, by: Unlocked) -> list[SealedText]:
    """Return those of some texts whose sealed words have `value` as one part. No words leave the vault."""
    opened = read_all(texts, by=by, role="", noted=False)
    return [
        text
        for text, content in zip(texts, opened, strict=True)
        if isinstance(content, Content) and content.parts.get(part) == value
    ]


class _Opener:
    """What opening several texts needs, fetched at once."""

    def __init__(self, texts: Sequence[SealedText], by: Unlocked) -> None:
        self.by = by
        try:
            self.seen = PinnedKeys(by)
        except Refused:
            raise CannotOpen from None
        grants = Grant.objects.filter(text__in=[text.pk for text in texts], reader=by.keys.user)
        self.grants = {grant.text_id: grant for grant in grants}
        users = {text.author_id for text in texts} | {grant.granted_by_id for grant in self.grants.values()}
        pairs = pins.KeyPair.objects.filter(user__in=users)
        self.publics = {(pair.user_id, pair.version): pair.public for pair in pairs}

    def content(self, text: SealedText) -> Content | pins.KeyChanged | None:
        """Open one text."""
        header = text.header
        try:
            author = self._trusted(text.author_id, text.author_version)
            packed = crypto.open_text(text.sealed, self.key(text, header), header, author)
            self.seen.newest_revision(text.pk, text.revision)
        except pins.KeyChanged as changed:
            return changed
        except (Refused, KeyError):
            return None
        return Content(json.loads(packed))

    def key(self, text: SealedText, header: Header) -> bytes:
        """Return the key of a text. Raises Refused, KeyError, KeyChanged."""
        grant = self.grants[text.pk]
        if grant.reader_version != self.by.keys.version:
            raise Refused
        granter = self._trusted(grant.granted_by_id, grant.granter_version)
        return crypto.take(bytes(grant.wrap), bytes(grant.signature), header, self.by.keys, granter)

    def _trusted(self, user: UUID, version: int) -> Public:
        public = self.publics.get((user, version)) or pins.public_at(user, version)
        return self.seen.trust(public)


def alarm(text: SealedText, by: Unlocked) -> None:
    """A text does not open that should: write it down for its reader, and tell whoever runs the server, without words."""
    log.error("a sealed text could not be opened (%s)", text.pk)
    record("vault.alarm", text, by=None, role="system", subjects=[by.user.pseudonym])


def shared_with_older_keys(text: SealedText, reader: UUID, *, by: Unlocked) -> bool:
    """Tell whether a reader of a text can't open it any more because their keys are new, and the user can."""
    grants = {grant.reader_id: grant for grant in Grant.objects.filter(text=text)}
    now = pins.public_of(reader)
    mine = grants.get(by.keys.user)
    readable = mine is not None and mine.reader_version == by.keys.version
    return readable and now is not None and reader in grants and grants[reader].reader_version != now.version


@transaction.atomic
def share(text: SealedText, reader: UUID, *, by: Unlocked) -> None:
    """Let one more reader in. Raises CannotOpen, NoKeys, KeyChanged."""
    opener = _Opener([text], by)
    try:
        key = opener.key(text, text.header)
    except (Refused, KeyError):
        alarm(text, by)
        raise CannotOpen from None
    try:
        _grant(text, key, _public(reader, by, opener.seen), by)
    except Refused:
        raise CannotOpen from None
    opener.seen.save()


@transaction.atomic
def share_all(texts: Iterable[SealedText], guest: Public, *, by: Unlocked) -> int:
    """Let a guest read these texts, by exactly these keys; return how many could be opened and were shared.

    Raises CannotOpen when the user's own pins do not open, and KeyChanged.
    """
    several = list(texts)
    opener, done = _Opener(several, by), 0
    for text in several:
        try:
            key = opener.key(text, text.header)
            _grant(text, key, guest, by)
            done += 1
        except (Refused, KeyError):
            alarm(text, by)
    opener.seen.save()
    return done


def readable_by(texts: Any, user_id: UUID) -> Any:
    """Return the texts of a queryset that were sealed for somebody."""
    return texts.filter(grants__reader=user_id)


@transaction.atomic
def take_back(text: SealedText, reader: UUID, *, by: Unlocked | None, stays: Stays | None = None) -> SealedText:
    """Lock a reader out at once. The text gets a new key now when its author does it, else when the author is here."""
    fresh: SealedText = lock(text)
    Grant.objects.filter(text=fresh, reader=reader).delete()
    if by is not None and by.keys.user == fresh.author_id:
        return seal_anew(fresh, by=by, stays=stays)
    fresh.seal_anew = True
    fresh.save(update_fields=["seal_anew"])
    return fresh


@transaction.atomic
def seal_anew(
    text: SealedText, *, by: Unlocked, content: Content | None = None, stays: Stays | None = None
) -> SealedText:
    """Seal a text (or its new wording) under a new key, for the readers it has, as a new revision.

    Its readers are the people it was between when it was written, as the author's own pins have them, and guests that
    `stays` names: whatever the tables say lets nobody in.

    Raises CannotOpen, NotPossible for anybody but the author.
    """
    fresh: SealedText = lock(text)
    if fresh.author_id != by.keys.user:
        raise NotPossible
    opener = _Opener([fresh], by)
    opened = content or opener.content(fresh)
    if isinstance(opened, pins.KeyChanged):
        raise opened
    people = opener.seen.people_of(fresh.relationship)
    if opened is None or people is None or by.keys.user not in people:
        alarm(fresh, by)
        raise CannotOpen
    guests = {guest.user: guest for guest in (stays(fresh) if stays else [])}
    Grant.objects.filter(text=fresh).exclude(reader__in=[*people, *guests]).delete()
    fresh.revision, fresh.author_version, fresh.seal_anew = fresh.revision + 1, by.keys.version, False
    sealed, key = crypto.seal(opened.packed, fresh.header, by.keys)
    fresh.nonce, fresh.ciphertext, fresh.signature = sealed.nonce, sealed.ciphertext, sealed.signature
    fresh.save()
    for reader in people:
        try:
            _grant(fresh, key, _public(reader, by, opener.seen), by)
        except (pins.KeyChanged, NoKeys, Refused):
            # Theirs are new: what they have opens nothing now, and it is shared with them when they were compared.
            Grant.objects.filter(text=fresh, reader=reader).update(reader_version=NONE)
    for guest in guests.values():
        _grant(fresh, key, guest, by)
    opener.seen.newest_revision(fresh.pk, fresh.revision)
    opener.seen.save()
    return fresh


def catch_up(by: Unlocked, *, stays: Stays | None = None) -> int:
    """Seal anew what the user wrote and somebody was taken out of while they were away; return how many."""
    mine = SealedText.objects.filter(author=by.keys.user, seal_anew=True)
    usable = mine.filter(grants__reader=by.keys.user, grants__reader_version=by.keys.version).order_by("made_at", "pk")
    done = 0
    for text in list(usable[:50]):
        try:
            seal_anew(text, by=by, stays=stays)
            done += 1
        except CannotOpen:
            alarm(text, by)  # once more, as the transaction that said so was undone
        except (NoKeys, pins.KeyChanged, NotPossible):
            continue
    return done


@transaction.atomic
def destroy(texts: Any) -> int:
    """Destroy texts (a queryset) for good: ciphertext and every key of theirs. Return how many."""
    ids = list(texts.values_list("pk", flat=True))
    ledger.note(*ids)
    SealedText.objects.filter(pk__in=ids).delete()
    return len(ids)
