"""A user's keys: made at the first sign-in with a password, opened by the password or the recovery sheet, replaced."""

import logging
import secrets
import struct
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db import transaction

from peersupport.audit.recording import record
from peersupport.vault import crypto, pepper, pins, sheet
from peersupport.vault.crypto import Keys, Refused, pack
from peersupport.vault.models import KeyPair, KeyState, SheetState, Wrap, WrapKind
from peersupport.vault.slots import one_place

log = logging.getLogger("peersupport.vault")


class SwappedKeys(Refused):
    """The public keys in the database are not those of the user's seed: somebody wrote to the table."""


#: Salt, operations, memory in KiB, version of the pepper: kept at the head of a password wrap.
#: Version 2 of a password wrap derives from the NFKC form of the password: the same on every keyboard.
PASSWORD_WRAP_VERSION = 2
_HEAD = struct.Struct(f">{crypto.SALT}sIII")


def current(user_id: UUID) -> KeyPair | None:
    """Return the key pair in use, or None before the first sign-in with a password."""
    return KeyPair.objects.filter(user=user_id, state=KeyState.CURRENT).first()


def enrol(user: Any, password: str, *, anew: bool = False, kept: pins.PinnedKeys | None = None) -> Keys:
    """Make the first keys of a user, or with `anew` new ones in place of those they have.

    Argon2 is computed before the transaction, so that nobody waits for it. When another sign-in made keys
    meanwhile, those are opened. Raises PepperMissing, TooBusy, Refused.
    """
    for _try in range(3):
        latest = KeyPair.objects.filter(user=user).order_by("-version").first()
        if latest and latest.state == KeyState.CURRENT and not anew:
            return open_with_password(latest, password)
        keys = Keys(user.pk, latest.version + 1 if latest else 1, crypto.new_seed())
        blob = _password_blob(keys, password)
        with transaction.atomic():
            get_user_model().objects.select_for_update().get(pk=user.pk)
            now = KeyPair.objects.filter(user=user).order_by("-version").first()
            if (now and now.pk) == (latest and latest.pk):
                return _keep(user, keys, blob, kept)
    raise Refused


def _keep(user: Any, keys: Keys, blob: bytes, kept: pins.PinnedKeys | None) -> Keys:
    older = [pair.public for pair in KeyPair.objects.filter(user=user)]
    KeyPair.objects.filter(user=user, state=KeyState.CURRENT).update(state=KeyState.REPLACED)
    public = keys.public
    pair = KeyPair.objects.create(
        user=user, version=keys.version, encryption_public=public.encryption, signing_public=public.signing
    )
    Wrap.objects.create(key_pair=pair, kind=WrapKind.PASSWORD, blob=blob)
    pins.begin(keys, known=older, kept=kept)
    record("vault.enrol", pair, by=user, role="self", subjects=[user.pseudonym])
    return keys


def wrap_with_password(pair: KeyPair, keys: Keys, password: str) -> None:
    """Seal the seed under a password, in place of the wrap before. Raises PepperMissing, TooBusy."""
    blob = _password_blob(keys, password)
    Wrap.objects.update_or_create(key_pair=pair, kind=WrapKind.PASSWORD, defaults={"blob": blob})


def _password_blob(keys: Keys, password: str) -> bytes:
    number, value = pepper.newest()
    head = _HEAD.pack(secrets.token_bytes(crypto.SALT), crypto.OPERATIONS, crypto.MEMORY // 1024, number)
    about = pack("wrap", PASSWORD_WRAP_VERSION, keys.user, keys.version, WrapKind.PASSWORD, head)
    return bytes([PASSWORD_WRAP_VERSION]) + head + crypto.lock(_key_from(password, head, value), keys.seed, about)


def open_with_password(pair: KeyPair, password: str) -> Keys:
    """Open the seed with the password it was sealed under. Raises Refused, PepperMissing, TooBusy.

    A wrap made with an older pepper is made anew on the way.
    """
    blob = _blob(pair, WrapKind.PASSWORD)
    if blob[:1] != bytes([PASSWORD_WRAP_VERSION]) or len(blob) <= 1 + _HEAD.size:
        raise Refused
    head, sealed = blob[1 : 1 + _HEAD.size], blob[1 + _HEAD.size :]
    number = _HEAD.unpack(head)[3]
    seed = crypto.unlock(
        _key_from(password, head, pepper.of_version(number)), sealed, _about(pair, WrapKind.PASSWORD, head)
    )
    keys = checked(pair, seed)
    if number != pepper.newest()[0]:
        wrap_with_password(pair, keys, password)
    return keys


def _key_from(password: str, head: bytes, value: bytes) -> bytes:
    salt, operations, memory, _number = _HEAD.unpack(head)
    # A row that somebody changed must neither exhaust the machine nor break.
    if not (1 <= operations <= 10 and 8 <= memory <= 256 * 1024):
        raise Refused
    with one_place():
        return crypto.from_password(password, salt, value, operations=operations, memory=memory * 1024)


def new_sheet(pair: KeyPair, keys: Keys) -> str:
    """Make a recovery code and seal the seed under it; older sheets open nothing any more. Shown once, never kept."""
    code = sheet.new_code()
    blob = crypto.lock(sheet.key_of(code), keys.seed, _about(pair, WrapKind.SHEET))
    with transaction.atomic():
        Wrap.objects.update_or_create(key_pair=pair, kind=WrapKind.SHEET, defaults={"blob": blob})
        KeyPair.objects.filter(pk=pair.pk).update(sheet=SheetState.SHOWN)
    return code


def open_with_sheet(pair: KeyPair, typed: str) -> Keys:
    """Open the seed with a recovery code. Raises WrongSheet where a slip can be seen, else Refused."""
    return checked(pair, crypto.unlock(sheet.key_of(typed), _blob(pair, WrapKind.SHEET), _about(pair, WrapKind.SHEET)))


def _blob(pair: KeyPair, kind: str) -> bytes:
    wrap = Wrap.objects.filter(key_pair=pair, kind=kind).first()
    if wrap is None:
        raise Refused
    return bytes(wrap.blob)


def _about(pair: KeyPair, kind: str, head: bytes = b"") -> bytes:
    version = PASSWORD_WRAP_VERSION if kind == WrapKind.PASSWORD else crypto.VERSION
    return pack("wrap", version, pair.user_id, pair.version, kind, head)


def checked(pair: KeyPair, seed: bytes) -> Keys:
    """Return the keys of a seed, when the public keys in the database are theirs.

    Others were put there by somebody who writes to the tables: raises SwappedKeys, and leaves an alarm for the user
    and for whoever runs the server.
    """
    keys = Keys(pair.user_id, pair.version, seed)
    if len(seed) != crypto.KEY or keys.public != pair.public:
        log.error("the keys of an account are not its own: row %s was changed from outside", pair.pk)
        record("vault.swapped_keys", pair, by=None, role="system", subjects=[pair.user.pseudonym])
        raise SwappedKeys
    return keys
