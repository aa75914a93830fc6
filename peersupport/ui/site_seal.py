"""Text sealed with the site's secret, which lies outside the database: whoever reads the tables can't open it."""

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class NotOurs(Exception):
    """The text was not sealed by this site, for this use."""


def seal(text: str, *, use: str) -> bytes:
    """Return the text sealed; `use` keeps what is sealed for one purpose from being opened for another."""
    return _fernet(use).encrypt(text.encode())


def open_sealed(blob: bytes, *, use: str) -> str:
    """Return the text that `seal` sealed. Raises NotOurs."""
    try:
        return _fernet(use).decrypt(bytes(blob)).decode()
    except (InvalidToken, ValueError):
        raise NotOurs from None


def _fernet(use: str) -> Fernet:
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=use.encode()).derive(settings.SECRET_KEY.encode())
    return Fernet(base64.urlsafe_b64encode(key))
