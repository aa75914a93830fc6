"""The vault's cryptography, version 1: libsodium through PyNaCl, and nothing of our own but the order of things.

XChaCha20-Poly1305-IETF (draft-irtf-cfrg-xchacha), X25519 sealed boxes (RFC 7748), Ed25519 (RFC 8032), Argon2id
(RFC 9106), keyed BLAKE2b (RFC 7693) with another `person` for each use. What is authenticated or signed is
canonical: every field with its length before it. Every stored blob starts with a version byte.
"""

import hmac
import secrets
import struct
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from nacl import bindings
from nacl.encoding import RawEncoder
from nacl.exceptions import CryptoError
from nacl.hash import blake2b

from peersupport.web.plain import plain_password

VERSION = 1
KEY, SALT, NONCE, SIGNATURE = 32, 16, 24, 64
PAGE = 1024
#: Argon2id: 64 MiB, three passes. Kept with each wrap, so that it can be raised later.
OPERATIONS, MEMORY = 3, 64 * 1024 * 1024


class Refused(Exception):
    """Something does not open or does not verify. It never says what: there is no oracle."""


Field = bytes | str | int | UUID


def pack(*fields: Field) -> bytes:
    """Return the fields as bytes, each with its length (32 bits) before it; numbers take 8 bytes."""
    return b"".join(struct.pack(">I", len(one)) + one for one in map(_bytes, fields))


def _bytes(field: Field) -> bytes:
    if isinstance(field, UUID):
        return field.bytes
    if isinstance(field, int):
        return struct.pack(">Q", field)
    return field.encode() if isinstance(field, str) else field


def digest(use: str, *fields: Field, key: bytes = b"", size: int = 32) -> bytes:
    """Return the BLAKE2b digest of the fields for one `use` (at most 16 letters), keyed if there is a key."""
    person = use.encode().ljust(16, b"\0")
    found: bytes = blake2b(pack(*fields), digest_size=size, key=key, person=person, encoder=RawEncoder)
    return found


@dataclass(frozen=True, repr=False)
class Keys:
    """A user's keys, opened. They live in memory for one request and are never printed."""

    user: UUID
    version: int
    seed: bytes

    @cached_property
    def encryption(self) -> tuple[bytes, bytes]:
        """The X25519 pair: public, private."""
        public, private = bindings.crypto_box_seed_keypair(digest("peer x25519", key=self.seed))
        return public, private

    @cached_property
    def signing(self) -> tuple[bytes, bytes]:
        """The Ed25519 pair: public, private."""
        public, private = bindings.crypto_sign_seed_keypair(digest("peer ed25519", key=self.seed))
        return public, private

    @cached_property
    def public(self) -> "Public":
        return Public(self.user, self.version, self.encryption[0], self.signing[0])

    def own(self, use: str) -> bytes:
        """Return a secret key of this user's for one use."""
        return digest(f"own {use}", key=self.seed)

    def sign(self, message: bytes) -> bytes:
        """Return the detached signature of a message."""
        return bytes(bindings.crypto_sign(message, self.signing[1])[:SIGNATURE])


@dataclass(frozen=True)
class Public:
    """The public half of a user's keys."""

    user: UUID
    version: int
    encryption: bytes
    signing: bytes

    @cached_property
    def fingerprint(self) -> bytes:
        """16 bytes that stand for these keys."""
        return digest("peer fingerprint", self.user, self.version, self.encryption, self.signing, size=16)

    def verify(self, message: bytes, signature: bytes) -> None:
        """Raise Refused unless this user signed the message."""
        try:
            opened = bindings.crypto_sign_open(signature + message, self.signing)
        except (CryptoError, ValueError, TypeError):
            raise Refused from None
        if len(signature) != SIGNATURE or opened != message:
            raise Refused


def new_seed() -> bytes:
    """Return 32 random bytes from which all keys of a user are derived."""
    return secrets.token_bytes(KEY)


def lock(key: bytes, message: bytes, about: bytes) -> bytes:
    """Return version ‖ nonce ‖ ciphertext, authenticated together with `about`."""
    nonce = secrets.token_bytes(NONCE)
    return bytes([VERSION]) + nonce + _encrypt(key, nonce, message, about)


def unlock(key: bytes, blob: bytes, about: bytes) -> bytes:
    """Open what `lock` made. Raises Refused."""
    if len(blob) <= NONCE or blob[0] != VERSION:
        raise Refused
    return _decrypt(key, blob[1 : NONCE + 1], blob[NONCE + 1 :], about)


def _encrypt(key: bytes, nonce: bytes, message: bytes, about: bytes) -> bytes:
    made: bytes = bindings.crypto_aead_xchacha20poly1305_ietf_encrypt(message, about, nonce, key)
    return made


def _decrypt(key: bytes, nonce: bytes, ciphertext: bytes, about: bytes) -> bytes:
    try:
        opened: bytes = bindings.crypto_aead_xchacha20poly1305_ietf_decrypt(ciphertext, about, nonce, key)
    except (CryptoError, ValueError, TypeError):
        raise Refused from None
    return opened


# A password


def from_password(
    password: str, salt: bytes, pepper: bytes, *, operations: int = OPERATIONS, memory: int = MEMORY
) -> bytes:
    """Return the key that a password and the pepper give: BLAKE2b keyed with Argon2id(NFKC(password)) ‖ pepper.

    Takes some 0.1 s and `memory` bytes.
    """
    stretched: bytes = bindings.crypto_pwhash_alg(
        KEY, plain_password(password).encode(), salt, operations, memory, bindings.crypto_pwhash_ALG_ARGON2ID13
    )
    return digest("peer password", key=stretched + pepper)


# Text


@dataclass(frozen=True)
class Header:
    """What a sealed text is: authenticated with its ciphertext, so that no row can stand in for another."""

    kind: str
    text: UUID
    revision: int
    relationship: UUID
    author: UUID
    author_version: int

    @cached_property
    def packed(self) -> bytes:
        return pack(self.kind, VERSION, self.text, self.revision, self.relationship, self.author, self.author_version)


@dataclass(frozen=True, repr=False)
class Sealed:
    """A text under a key of its own, signed by its author."""

    nonce: bytes
    ciphertext: bytes
    signature: bytes


def seal(content: bytes, header: Header, author: Keys) -> tuple[Sealed, bytes]:
    """Seal a text under a fresh key; return it and the key. The size is known to 1 KiB only."""
    key, nonce = secrets.token_bytes(KEY), secrets.token_bytes(NONCE)
    ciphertext = bytes([VERSION]) + _encrypt(key, nonce, _padded(content), header.packed)
    return Sealed(nonce, ciphertext, author.sign(_signed(header, nonce, ciphertext))), key


def open_text(sealed: Sealed, key: bytes, header: Header, author: Public) -> bytes:
    """Verify the author and open the text. Raises Refused."""
    author.verify(_signed(header, sealed.nonce, sealed.ciphertext), sealed.signature)
    if (author.user, author.version) != (header.author, header.author_version) or sealed.ciphertext[:1] != b"\1":
        raise Refused
    return _unpadded(_decrypt(key, sealed.nonce, sealed.ciphertext[1:], header.packed))


def _signed(header: Header, nonce: bytes, ciphertext: bytes) -> bytes:
    return digest("peer text", header.packed, nonce, ciphertext)


def _padded(content: bytes) -> bytes:
    framed = struct.pack(">I", len(content)) + content
    return framed + b"\0" * (-len(framed) % PAGE)


def _unpadded(padded: bytes) -> bytes:
    if len(padded) < 4 or len(padded) % PAGE:
        raise Refused
    size = struct.unpack(">I", padded[:4])[0]
    if size > len(padded) - 4 or padded[4 + size :].strip(b"\0"):
        raise Refused
    return padded[4 : 4 + size]


def grant(key: bytes, header: Header, reader: Public, granter: Keys) -> tuple[bytes, bytes]:
    """Seal a text's key to a reader; return the wrap and the signature of the one who grants."""
    context = _context(header, reader)
    wrap = bytes([VERSION]) + _seal_box(key + context, reader)
    return wrap, granter.sign(digest("peer grant", context, wrap))


def verify_grant(wrap: bytes, signature: bytes, header: Header, reader: Public, granter: Public) -> None:
    """Raise Refused unless `granter` let this very reader read this very text and revision."""
    granter.verify(digest("peer grant", _context(header, reader), wrap), signature)


def sign_consent(keys: Keys, *what: Field) -> bytes:
    """Return the signature of somebody who agrees to what the fields say."""
    return keys.sign(digest("peer consent", VERSION, *what))


def verify_consent(public: Public, signature: bytes, *what: Field) -> None:
    """Raise Refused unless this user agreed to exactly this."""
    public.verify(digest("peer consent", VERSION, *what), signature)


def _seal_box(message: bytes, reader: Public) -> bytes:
    try:
        return bytes(bindings.crypto_box_seal(message, reader.encryption))
    except (CryptoError, ValueError, TypeError, RuntimeError):  # a public key that is none
        raise Refused from None


def take(wrap: bytes, signature: bytes, header: Header, reader: Keys, granter: Public) -> bytes:
    """Return the key that was sealed to this reader, for this very text and revision. Raises Refused."""
    context = _context(header, reader.public)
    verify_grant(wrap, signature, header, reader.public, granter)
    if wrap[:1] != b"\1":
        raise Refused
    opened = open_box(wrap[1:], reader)
    if len(opened) != 2 * KEY or not hmac.compare_digest(opened[KEY:], context):
        raise Refused
    return opened[:KEY]


def _context(header: Header, reader: Public) -> bytes:
    return digest("peer reader", header.packed, reader.user, reader.version, reader.encryption)


def box(message: bytes, reader: Public) -> bytes:
    """Seal something to a user who is not there to sign: only they can open it."""
    return bytes([VERSION]) + _seal_box(_padded(message), reader)


def open_own_box(blob: bytes, reader: Keys) -> bytes:
    """Open what `box` made. Raises Refused."""
    if blob[:1] != b"\1":
        raise Refused
    return _unpadded(open_box(blob[1:], reader))


def open_box(sealed: bytes, reader: Keys) -> bytes:
    """Open a sealed box of libsodium's. Raises Refused."""
    public, private = reader.encryption
    try:
        return bytes(bindings.crypto_box_seal_open(sealed, public, private))
    except (CryptoError, ValueError, TypeError):
        raise Refused from None


@dataclass(frozen=True)
class Comparison:
    """The fingerprints of two people, side by side, in the same order on both screens.

    Each is shown whole. One short number made of both would fall to somebody in between who looks for two keys that
    give the same number (a birthday collision, 2^33 tries for 20 digits); a key with the 30 digits of another takes 2^99.
    """

    rows: tuple[tuple[UUID, str], tuple[UUID, str]]

    def __str__(self) -> str:
        return " / ".join(digits for _user, digits in self.rows)


def fingerprint_digits(public: Public) -> str:
    """Return the fingerprint of somebody's keys as 30 digits in groups of five."""
    number = int.from_bytes(digest("peer digits", public.fingerprint, size=64), "big") % 10**30
    digits = f"{number:030d}"
    return " ".join(digits[start : start + 5] for start in range(0, 30, 5))


def comparison(one: Public, other: Public) -> Comparison:
    """Return what two people compare: each one's own 30 digits, the lower user id first."""
    first, second = sorted([one, other], key=lambda public: public.user)
    return Comparison(((first.user, fingerprint_digits(first)), (second.user, fingerprint_digits(second))))
