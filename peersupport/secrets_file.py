"""Secrets that the installation makes for itself and keeps in a file only its own user can read."""

import contextlib
import os
import secrets
from pathlib import Path


def read_or_create(path: Path) -> str:
    """Return the secret in `path`, making 50 random URL-safe bytes on the first call.

    Safe when several processes start at once: only one creates, the others read. Raises OSError
    when the folder can't be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(50))
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)  # whole or not at all: nobody reads half a secret
        draft.unlink()
    return path.read_text().strip()
