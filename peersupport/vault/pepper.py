"""The pepper: 32 random bytes in a file outside the database and its backups, in versions.

With a copy of the database alone, not even a weak password can be guessed. Operators keep a copy offline.
"""

import os
import secrets
from pathlib import Path

from django.conf import settings

SIZE = 32


class PepperMissing(Exception):
    """There is no pepper file, or not the version a wrap was made with."""


def path() -> Path:
    """Return where the file is."""
    return Path(settings.PEPPER_FILE)


def versions() -> dict[int, bytes]:
    """Return every version of the pepper. Raises PepperMissing without a file, or with one that was damaged."""
    try:
        lines = path().read_text().split("\n")
        found = {
            int(number): bytes.fromhex(value) for number, value in (line.split() for line in lines if line.strip())
        }
    except (OSError, ValueError):
        raise PepperMissing from None
    if not found or any(len(value) != SIZE for value in found.values()):
        raise PepperMissing
    return found


def newest() -> tuple[int, bytes]:
    """Return the version to seal with, making the file where tests and the demo run. Raises PepperMissing."""
    if settings.PEPPER_MADE_BY_ITSELF and not path().exists():
        add()
    found = versions()
    number = max(found)
    return number, found[number]


def of_version(number: int) -> bytes:
    """Return one version. Raises PepperMissing."""
    try:
        return versions()[number]
    except KeyError:
        raise PepperMissing from None


def add() -> int:
    """Add a new version to the file, or make it; return its number. Older versions stay, to open with."""
    old = versions() if path().exists() else {}
    number = max(old, default=0) + 1
    lines = [f"{one} {value.hex()}" for one, value in (old | {number: secrets.token_bytes(SIZE)}).items()]
    path().parent.mkdir(parents=True, exist_ok=True)
    beside = path().with_name(path().name + ".new")
    beside.touch(mode=0o600)
    with open(beside, "w") as file:
        file.write("\n".join(lines) + "\n")
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path())
    return number
