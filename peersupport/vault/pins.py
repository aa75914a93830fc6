"""Whose keys a user has seen, and the newest revision of each text: sealed under a key of their own.

The first key somebody is seen with is taken on trust; another one later blocks sealing and reading until the user
confirms it. Whoever writes to the database can't unsee what was seen.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction

from peersupport.vault import crypto
from peersupport.vault.crypto import Keys, Public, Refused, pack
from peersupport.vault.models import KeyPair, KeyState, Pins

if TYPE_CHECKING:
    from peersupport.vault.unlocking import Unlocked


class KeyChanged(Exception):
    """Somebody's keys are not those that were seen before. `public` are the keys they have now."""

    def __init__(self, public: Public) -> None:
        super().__init__()
        self.public = public


class PinnedKeys:
    """The pins of one user, opened; `save` seals them again when something was added.

    They are there from the first keys on: a row that is missing, of other keys or damaged is refused.
    """

    def __init__(self, unlocked: Unlocked) -> None:
        self.unlocked, self.changed = unlocked, False
        self._row = self._open(Pins.objects.filter(user=unlocked.user).first())

    def _open(self, row: Pins | None) -> dict[str, Any]:
        if row is None or row.key_version != self.unlocked.keys.version:
            raise Refused
        try:
            found: dict[str, Any] = {"ended": {}} | json.loads(
                crypto._unpadded(crypto.unlock(self._key, bytes(row.blob), self._about))
            )
        except ValueError:
            raise Refused from None
        return found

    @property
    def _key(self) -> bytes:
        return self.unlocked.keys.own("pins")

    @property
    def _about(self) -> bytes:
        return _about(self.unlocked.keys)

    def trust(self, public: Public) -> Public:
        """Return the keys when they are the ones seen before, or seen for the first time.

        Raises KeyChanged, and Refused for keys of one's own that were never one's own.
        """
        known = self._row["keys"].get(f"{public.user}:{public.version}")
        if known == public.fingerprint.hex():
            return public
        if public.user == self.unlocked.keys.user:
            raise Refused
        if known is not None or self._row["keys"].get(f"{public.user}") is not None:
            raise KeyChanged(public)
        self.accept(public)
        return public

    def accept(self, public: Public) -> None:
        """Take these keys for theirs from now on; the older ones still verify what they wrote before."""
        _take(self._row, public)
        self.changed = True

    def people(self, relationship: UUID, people: set[UUID]) -> None:
        """Note between whom something is. Raises Refused when it was between others before."""
        names, kept = sorted(map(str, people)), self._row["people"].get(str(relationship))
        if kept is None:
            self._row["people"][str(relationship)] = names
            self.changed = True
        elif kept != names:
            raise Refused

    def people_of(self, relationship: UUID) -> set[UUID] | None:
        """Return between whom something is, as it was first seen; None when nothing of it was seen yet."""
        kept = self._row["people"].get(str(relationship))
        return None if kept is None else {UUID(name) for name in kept}

    def has_ended(self, consent: UUID) -> bool:
        """Tell whether a consent was seen to end: its row may say otherwise again."""
        return str(consent) in self._row["ended"]

    def end(self, consent: UUID) -> None:
        """Note that a consent has ended, for good."""
        if str(consent) not in self._row["ended"]:
            self._row["ended"][str(consent)] = 1
            self.changed = True

    def newest_revision(self, text: UUID, revision: int) -> None:
        """Note the revision of a text. Raises Refused when a newer one was seen: somebody put an old row back."""
        seen = self._row["revisions"].get(str(text), 1)
        if revision < seen:
            raise Refused
        if revision > seen:
            self._row["revisions"][str(text)] = revision
            self.changed = True

    def forget(self, text: UUID) -> None:
        """A text is gone."""
        self.changed = self._row["revisions"].pop(str(text), None) is not None or self.changed

    def save(self) -> None:
        """Seal what was added, beside what another tab has added meanwhile."""
        if not self.changed:
            return
        with transaction.atomic():
            other = self._open(Pins.objects.select_for_update().filter(user=self.unlocked.user).first())
            for part, kept in other.items():
                for name, value in kept.items():
                    mine = self._row[part].get(name, value)
                    newer = isinstance(mine, int) and isinstance(value, int)
                    self._row[part][name] = max(mine, value) if newer else mine
            Pins.objects.filter(user=self.unlocked.user).update(blob=_sealed(self._row, self.unlocked.keys))
        self.changed = False


def begin(keys: Keys, *, known: Iterable[Public] = (), kept: PinnedKeys | None = None) -> None:
    """Make the pins of new keys: one's own keys, and what was known before."""
    row: dict[str, Any] = kept._row if kept else {"keys": {}, "revisions": {}, "people": {}, "ended": {}}
    for public in (*known, keys.public):
        _take(row, public)
    Pins.objects.update_or_create(user_id=keys.user, defaults={"blob": _sealed(row, keys), "key_version": keys.version})


def _take(row: dict[str, Any], public: Public) -> None:
    row["keys"][f"{public.user}:{public.version}"] = public.fingerprint.hex()
    row["keys"][f"{public.user}"] = max(public.version, row["keys"].get(f"{public.user}", 0))


def _sealed(row: dict[str, Any], keys: Keys) -> bytes:
    return crypto.lock(keys.own("pins"), crypto._padded(json.dumps(row).encode()), _about(keys))


def _about(keys: Keys) -> bytes:
    return pack("pins", crypto.VERSION, keys.user, keys.version)


def public_of(user_id: UUID) -> Public | None:
    """Return the keys somebody uses now, or None before their first sign-in with a password."""
    pair = KeyPair.objects.filter(user=user_id, state=KeyState.CURRENT).first()
    return pair.public if pair else None


def public_at(user_id: UUID, version: int) -> Public:
    """Return the keys somebody had. Raises Refused."""
    pair = KeyPair.objects.filter(user=user_id, version=version).first()
    if pair is None:
        raise Refused
    return pair.public


@transaction.atomic
def confirm(unlocked: Unlocked, public: Public) -> None:
    """The user compared the number and takes the new keys of the other for theirs.

    Older keys of theirs that were never seen are taken along: what they wrote with those can then be read.
    Raises Refused when the user's own pins do not open.
    """
    seen = PinnedKeys(unlocked)
    for pair in KeyPair.objects.filter(user=public.user, version__lt=public.version):
        if f"{pair.user_id}:{pair.version}" not in seen._row["keys"]:
            seen.accept(pair.public)
    seen.accept(public)
    seen.save()
