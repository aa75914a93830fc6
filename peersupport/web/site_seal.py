"""Text sealed with the site's secret, which lies outside the database: whoever reads the tables can't open it.

ChaCha20-Poly1305 (RFC 8439) under a key derived from the secret for each use (HKDF, RFC 5869). After the secret was
changed, what was sealed under one of SECRET_KEY_FALLBACKS still opens.
"""

import base64
import binascii
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

NONCE = 12


class NotOurs(Exception):
    """The text was not sealed by this site, for this use."""


def seal(text: str, *, use: str) -> bytes:
    """Return the text sealed, as URL-safe base64; `use` keeps it from being opened for another purpose."""
    nonce = secrets.token_bytes(NONCE)
    sealed = ChaCha20Poly1305(_key(settings.SECRET_KEY, use)).encrypt(nonce, text.encode(), use.encode())
    return base64.urlsafe_b64encode(nonce + sealed)


def open_sealed(blob: bytes, *, use: str) -> str:
    """Return the text that `seal` sealed. Raises NotOurs."""
    try:
        raw = base64.urlsafe_b64decode(bytes(blob))
    except (binascii.Error, ValueError):
        raise NotOurs from None
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        try:
            return ChaCha20Poly1305(_key(secret, use)).decrypt(raw[:NONCE], raw[NONCE:], use.encode()).decode()
        except (InvalidTag, ValueError):
            continue
    raise NotOurs


def _key(secret: str, use: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=use.encode()).derive(secret.encode())
