"""Backups: a stream sealed to a key that is kept offline. Whoever makes one can't open it.

A fresh key is sealed to the offline key (X25519 sealed box); the stream is libsodium's secretstream
(XChaCha20-Poly1305), whose last part says that it is the last: a file that was cut off is refused.
"""

import struct
from collections.abc import Iterator
from typing import BinaryIO

from nacl import bindings
from nacl.exceptions import CryptoError

from peersupport.vault.crypto import Refused

MAGIC = b"peer support backup, version 1\n"
PRIVATE, PUBLIC = "peer-backup-private-1 ", "peer-backup-public-1 "
PART = 256 * 1024
SEALED_KEY, HEADER = 48 + 32, bindings.crypto_secretstream_xchacha20poly1305_HEADERBYTES
OVERHEAD = bindings.crypto_secretstream_xchacha20poly1305_ABYTES
MESSAGE = bindings.crypto_secretstream_xchacha20poly1305_TAG_MESSAGE
LAST = bindings.crypto_secretstream_xchacha20poly1305_TAG_FINAL


def new_pair() -> tuple[str, str]:
    """Return a fresh pair: what is kept offline, and what the installation seals with. Both in letters."""
    public, private = bindings.crypto_box_keypair()
    return PRIVATE + private.hex(), PUBLIC + public.hex()


def _key(text: str, kind: str) -> bytes:
    found = text.strip()
    if not found.startswith(kind):
        raise ValueError(f"a key begins with {kind.strip()!r}")
    key = bytes.fromhex(found[len(kind) :])
    if len(key) != 32:
        raise ValueError("a key has 64 letters and digits after its name")
    return key


class SealedFile:
    """Write to it as to a file; `close` seals the end. Raises ValueError for a key that is none."""

    def __init__(self, file: BinaryIO, public: str) -> None:
        key = bindings.crypto_secretstream_xchacha20poly1305_keygen()
        sealed = bindings.crypto_box_seal(key, _key(public, PUBLIC))
        self._file, self._waiting = file, bytearray()
        self._state = bindings.crypto_secretstream_xchacha20poly1305_state()
        header = bindings.crypto_secretstream_xchacha20poly1305_init_push(self._state, key)
        file.write(MAGIC + sealed + header)

    def write(self, part: bytes) -> int:
        self._waiting += part
        while len(self._waiting) > PART:
            self._push(bytes(self._waiting[:PART]), MESSAGE)
            del self._waiting[:PART]
        return len(part)

    def flush(self) -> None:
        """Nothing is written before a part is full, or the end."""

    def _push(self, part: bytes, tag: int) -> None:
        sealed = bindings.crypto_secretstream_xchacha20poly1305_push(self._state, part, MAGIC, tag)
        self._file.write(struct.pack(">I", len(sealed)) + sealed)

    def close(self) -> None:
        self._push(bytes(self._waiting), LAST)
        self._waiting.clear()


def opened(file: BinaryIO, private: str) -> Iterator[bytes]:
    """Give the parts of what was sealed, in order. Raises Refused for another key, a changed or a cut file."""
    key = _key(private, PRIVATE)
    start = file.read(len(MAGIC) + SEALED_KEY + HEADER)
    if not start.startswith(MAGIC) or len(start) < len(MAGIC) + SEALED_KEY + HEADER:
        raise Refused
    sealed, header = start[len(MAGIC) : -HEADER], start[-HEADER:]
    state = bindings.crypto_secretstream_xchacha20poly1305_state()
    try:
        fresh = bindings.crypto_box_seal_open(sealed, bindings.crypto_scalarmult_base(key), key)
        bindings.crypto_secretstream_xchacha20poly1305_init_pull(state, header, fresh)
        tag = MESSAGE
        while tag != LAST:
            size = struct.unpack(">I", file.read(4))[0]
            if not OVERHEAD <= size <= PART + OVERHEAD:
                raise Refused
            part, tag = bindings.crypto_secretstream_xchacha20poly1305_pull(state, file.read(size), MAGIC)
            yield part
    except (CryptoError, struct.error, ValueError, TypeError, RuntimeError):
        raise Refused from None
    if file.read(1):
        raise Refused
