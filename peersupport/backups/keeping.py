"""Making, keeping and opening backup files."""

import contextlib
import gzip
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from peersupport.backups import contents
from peersupport.vault import door as vault

ENDING = ".peersupport"
#: What is erased is gone from every backup after so many days; we promise it.
KEEP_DAYS = 35


def make(folder: Path, public: str) -> Path:
    """Write a sealed backup and return where it is. It has its name only when it is whole. Raises OSError, ValueError."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{datetime.now(UTC):%Y-%m-%dT%H%M%S.%f}{ENDING}"
    beside = path.with_name(f".{path.name}.part")
    try:
        with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            sealed = vault.boxes.SealedFile(file, public)
            with gzip.GzipFile(fileobj=sealed, mode="wb", mtime=0) as packed:  # type: ignore[arg-type]
                for line in contents.lines():
                    packed.write(line)
            sealed.close()
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    return path


def throw_old_away(folder: Path, days: int) -> list[Path]:
    """Remove backups that are older than so many days; return which."""
    before = (datetime.now(UTC) - timedelta(days=days)).timestamp()
    there = [*folder.glob(f"*{ENDING}"), *folder.glob(f".*{ENDING}.part")]  # also what a kill left half written
    old = [path for path in there if path.stat().st_mtime < before]
    for path in old:
        path.unlink()
    return old


def opened(path: Path, private: str) -> Iterator[bytes]:
    """Give the lines of a backup. Raises Refused (vault), NotABackup, OSError."""
    with open(path, "rb") as file, contextlib.closing(_Parts(vault.boxes.opened(file, private))) as parts:
        try:
            yield from gzip.GzipFile(fileobj=parts, mode="rb")  # type: ignore[arg-type]
        except (EOFError, gzip.BadGzipFile):
            raise contents.NotABackup("This backup is damaged inside.") from None


class _Parts:
    """The parts of an opened file, to be read like a file."""

    def __init__(self, parts: Iterator[bytes]) -> None:
        self._parts, self._rest = parts, b""

    def read(self, size: int = -1) -> bytes:
        while size < 0 or len(self._rest) < size:
            part = next(self._parts, None)
            if part is None:
                break
            self._rest += part
        size = len(self._rest) if size < 0 else size
        found, self._rest = self._rest[:size], self._rest[size:]
        return found

    def close(self) -> None:
        """Nothing to close: the file is closed by whoever opened it."""
