"""Whose keys a user has seen, and the newest revision of each text: sealed under a key of their own.

The first key somebody is seen with is taken on trust; another one later blocks sealing and reading until the user
confirms it. Whoever writes to the database can't unsee what was seen.
"""

import json
from typing import Any
from uuid import UUID

from django.db import transaction

from peersupport.vault import crypto
from peersupport.vault.crypto import Public, Refused, pack
from peersupport.vault.models import KeyPair, KeyState, Pins
from peersupport.vault.unlocking import Unlocked


class KeyChanged(Exception):
    """Somebody's keys are not those that were seen before. `public` are the keys they have now."""

    def __init__(self, public: Public) -> None:
        super().__init__()
        self.public = public


class Seen:
    """The pins of one user, opened; `save` seals them again when something was added."""

    def __init__(self, unlocked: Unlocked) -> None:
        self.unlocked, self.changed = unlocked, False
        row = Pins.objects.filter(user=unlocked.user).first()
        self._row: dict[str, Any] = {"keys": {}, "revisions": {}}
        if row and row.key_version == unlocked.keys.version:
            self._row = json.loads(crypto._unpadded(crypto.unlock(self._key, bytes(row.blob), self._about)))

    @property
    def _key(self) -> bytes:
        return self.unlocked.keys.own("pins")

    @property
    def _about(self) -> bytes:
        return pack("pins", crypto.VERSION, self.unlocked.keys.user, self.unlocked.keys.version)

    def trust(self, public: Public) -> Public:
        """Return the keys when they are the ones seen before, or seen for the first time. Raises KeyChanged."""
        name = f"{public.user}:{public.version}"
        known = self._row["keys"].get(name)
        newest = self._row["keys"].get(f"{public.user}")
        if known == public.fingerprint.hex():
            return public
        if known is not None or newest is not None:
            raise KeyChanged(public)
        self.accept(public)
        return public

    def accept(self, public: Public) -> None:
        """Take these keys for theirs from now on; the older ones still verify what they wrote before."""
        keys = self._row["keys"]
        keys[f"{public.user}:{public.version}"] = public.fingerprint.hex()
        keys[f"{public.user}"] = max(public.version, keys.get(f"{public.user}", 0))
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
        """Seal what was added."""
        if not self.changed:
            return
        blob = crypto.lock(self._key, crypto._padded(json.dumps(self._row).encode()), self._about)
        Pins.objects.update_or_create(
            user=self.unlocked.user, defaults={"blob": blob, "key_version": self.unlocked.keys.version}
        )
        self.changed = False


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
    """The user compared the number and takes the new keys of the other for theirs."""
    seen = Seen(unlocked)
    seen.accept(public)
    seen.save()
