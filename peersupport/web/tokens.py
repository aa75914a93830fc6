"""Tokens of private links: random, shown once, kept only as a hash."""

import hashlib
import secrets


def new_token() -> tuple[str, str]:
    """Return a token for a link (32 random bytes, URL-safe) and the hash that is kept."""
    token = secrets.token_urlsafe(32)
    return token, hash_of(token)


def hash_of(token: str) -> str:
    """Return the SHA-256 of a token in hex; the token has 256 random bits, so no slow hash is needed."""
    return hashlib.sha256(token.encode()).hexdigest()
